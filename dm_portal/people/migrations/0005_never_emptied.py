from django.db import migrations

from dm_portal.shell.triggers import never_emptied


class Migration(migrations.Migration):
    dependencies = [("people", "0004_addresses_alike")]

    operations = [never_emptied("people_auditevent")]
