from django.db import migrations

from dm_portal.shell.triggers import insert_only


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial")]

    operations = [insert_only("people_auditevent")]
