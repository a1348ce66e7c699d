from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('reporting', '0012_notes'),
    ]

    operations = [
        migrations.AddField(
            model_name='report',
            name='choices',
            field=models.JSONField(db_default=models.Value({}, models.JSONField()), default=dict),
        ),
    ]
