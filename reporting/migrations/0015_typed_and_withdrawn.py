import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from dm_portal.shell.triggers import insert_only, never_emptied


class Migration(migrations.Migration):

    dependencies = [
        ('reporting', '0014_questions'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='report',
            name='saved_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='report',
            name='saved_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='report',
            name='unrecorded',
            field=models.JSONField(db_default=models.Value({}, models.JSONField()), default=dict),
        ),
        migrations.AddIndex(
            model_name='report',
            index=models.Index(condition=models.Q(('unrecorded', {}), _negated=True), fields=['saved_at'], name='report_unrecorded'),
        ),
        migrations.AddConstraint(
            model_name='report',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('saved_at__isnull', True), ('saved_by__isnull', True)), models.Q(('saved_at__isnull', False), ('saved_by__isnull', False)), _connector='OR'), name='report_saved_at_by'),
        ),
        migrations.AddConstraint(
            model_name='report',
            constraint=models.CheckConstraint(condition=models.Q(('unrecorded', {}), models.Q(('saved_by__isnull', False), ('state', 'draft')), _connector='OR'), name='report_typed_as_a_draft'),
        ),
        migrations.CreateModel(
            name='Retraction',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.TextField()),
                ('retracted_at', models.DateTimeField()),
                ('retracted_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('revision', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='retraction', to='reporting.reportrevision')),
            ],
            options={
                'ordering': ['revision'],
                'constraints': [models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='retraction_has_a_reason')],
            },
        ),
        insert_only("reporting_retraction"),
        never_emptied("reporting_retraction"),
    ]
