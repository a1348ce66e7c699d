from django.db import migrations

from dm_portal.shell.triggers import never_emptied


class Migration(migrations.Migration):
    dependencies = [("reporting", "0003_publication_lease")]

    operations = [never_emptied("reporting_facts"), never_emptied("reporting_reportrevision")]
