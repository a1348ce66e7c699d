from django.db import migrations

from dm_portal.shell.triggers import insert_only


class Migration(migrations.Migration):
    dependencies = [("engagements", "0002_initial")]

    operations = [insert_only("engagements_milestonerevision")]
