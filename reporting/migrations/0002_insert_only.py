from django.db import migrations

from dm_portal.shell.triggers import insert_only


class Migration(migrations.Migration):
    dependencies = [("reporting", "0001_initial")]

    operations = [insert_only("reporting_facts"), insert_only("reporting_reportrevision")]
