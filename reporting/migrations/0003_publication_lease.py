from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("reporting", "0002_insert_only")]

    operations = [
        migrations.RemoveConstraint(model_name="report", name="report_leased_while_compiling"),
        migrations.AddConstraint(
            model_name="report",
            constraint=models.CheckConstraint(
                condition=Q(state="publishing")
                | Q(state="compiling", lease_until__isnull=False)
                | (~Q(state="compiling") & Q(lease_until__isnull=True)),
                name="report_leased_while_at_work",
            ),
        ),
    ]
