from django.db import migrations

from dm_portal.shell.triggers import never_emptied


class Migration(migrations.Migration):
    dependencies = [("engagements", "0005_import_previews")]

    operations = [never_emptied("engagements_milestonerevision")]
