from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("engagements", "0024_stays_of_known_work")]

    operations = [
        migrations.AlterField(
            model_name="import",
            name="rows_total",
            field=models.PositiveIntegerField(
                blank=True,
                help_text="How many rows the file has; empty: it was not looked over yet.",
                null=True,
            ),
        ),
    ]
