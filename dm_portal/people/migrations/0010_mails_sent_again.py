from django.db import migrations, models
from django.db.models import F
from django.db.models.functions import Now

from dm_portal.shell.clock import now

STATES = [
    ("queued", "Waiting to be sent"),
    ("sending", "Being sent"),
    ("sent", "Sent"),
    ("kept", "Kept in the outbox"),
    ("withheld", "Not sent: not theirs to read any more"),
    ("parked", "Failed, needs an admin"),
]


def fill(apps, schema_editor):
    """Whatever is there has been tried since it was written."""
    apps.get_model("people", "OutgoingMail").objects.update(trying_since=F("created_at"))


class Migration(migrations.Migration):
    dependencies = [("people", "0009_user_digested_on")]

    operations = [
        migrations.AddField(
            "outgoingmail",
            "trying_since",
            models.DateTimeField(db_default=Now(), default=now, editable=False),
        ),
        migrations.AddField(
            "outgoingmail",
            "engagements",
            models.JSONField(
                blank=True, db_default=models.Value([], models.JSONField()), default=list
            ),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AlterField(
            "outgoingmail",
            "state",
            models.CharField(choices=STATES, default="queued", max_length=10),
        ),
    ]
