from datetime import UTC, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db import migrations, models
from django.db.models import F, Q


def fill(apps, schema_editor):
    """Each week's day of ``due_at``, as it was named until now: by the engagement's zone of today.

    Where that zone is not the one that the week was opened in, the day may have slipped past an
    end of its week: then it is that end.
    """
    Period = apps.get_model("reporting", "Period")
    rows = Period.objects.filter(due_on=None).select_related("engagement")
    changed = []
    for period in rows.iterator():
        due_on = period.due_at.astimezone(_zone(period.engagement.time_zone)).date()
        last = period.starts_on + timedelta(days=6)
        period.due_on = min(max(due_on, period.starts_on), last)
        changed.append(period)
    Period.objects.bulk_update(changed, ["due_on"], batch_size=1000)


def _zone(name):
    try:
        return ZoneInfo(name)
    except ZoneInfoNotFoundError:
        return UTC


class Migration(migrations.Migration):
    dependencies = [("reporting", "0004_never_emptied")]

    operations = [
        migrations.AddField("period", "due_on", models.DateField(null=True)),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AlterField("period", "due_on", models.DateField()),
        migrations.AddConstraint(
            model_name="period",
            constraint=models.CheckConstraint(
                condition=~Q(kind="weekly")
                | Q(due_on__gte=F("starts_on"), due_on__lt=F("starts_on") + timedelta(days=7)),
                name="period_due_in_its_week",
            ),
        ),
    ]
