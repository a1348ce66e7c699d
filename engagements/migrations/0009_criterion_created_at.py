from django.db import migrations, models
from django.db.models import F, OuterRef, Subquery

from dm_portal.shell.clock import now


def fill(apps, schema_editor):
    """As old as its milestone: what is there counted in every status until now."""
    AcceptanceCriterion = apps.get_model("engagements", "AcceptanceCriterion")
    Milestone = apps.get_model("engagements", "Milestone")
    milestone = Milestone.objects.filter(pk=OuterRef("milestone"))
    AcceptanceCriterion.objects.filter(created_at=None).update(
        created_at=Subquery(milestone.values(at=F("created_at"))[:1])
    )


class Migration(migrations.Migration):
    dependencies = [("engagements", "0008_import_read_at")]

    operations = [
        migrations.AddField("acceptancecriterion", "created_at", models.DateTimeField(null=True)),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AlterField(
            "acceptancecriterion", "created_at", models.DateTimeField(default=now, editable=False)
        ),
    ]
