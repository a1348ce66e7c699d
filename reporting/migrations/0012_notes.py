import django.db.models.deletion
import dm_portal.shell.refs
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('engagements', '0026_events_of_an_import'),
        ('reporting', '0011_updates'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='report',
            name='own_words',
            field=models.TextField(blank=True, db_default='', default=''),
        ),
        migrations.CreateModel(
            name='Note',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.CharField(default=dm_portal.shell.refs.new_ref, editable=False, max_length=10, unique=True)),
                ('text', models.CharField(max_length=1000)),
                ('purpose', models.CharField(choices=[('friday', 'Friday'), ('retro', 'The retro')], default='friday', max_length=10, verbose_name='for')),
                ('written_at', models.DateTimeField()),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('outcome', models.CharField(blank=True, choices=[('used', 'In the status'), ('done', 'Done'), ('taken_back', 'Taken back')], max_length=10)),
                ('settled_at', models.DateTimeField(blank=True, null=True)),
                ('carried_past', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='reporting.report')),
                ('engagement', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='notes', to='engagements.engagement')),
                ('settled_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('written_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='notes', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['engagement__name', 'engagement', '-written_at', '-pk'],
                'indexes': [models.Index(condition=models.Q(('outcome', '')), fields=['engagement'], name='note_open')],
                'constraints': [models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='note_has_a_text'), models.CheckConstraint(condition=models.Q(models.Q(('outcome', ''), ('settled_at__isnull', True), ('settled_by__isnull', True)), models.Q(models.Q(('outcome', ''), _negated=True), ('settled_at__isnull', False), ('settled_by__isnull', False)), _connector='OR'), name='note_settled_at_by')],
            },
        ),
        migrations.CreateModel(
            name='UntoldRed',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('turned_on', models.DateField(help_text='The day on which it turned red by the rules.')),
                ('reason', models.CharField(max_length=300)),
                ('left_at', models.DateTimeField()),
                ('left_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('milestone', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='untold_reds', to='engagements.milestone')),
            ],
            options={
                'ordering': ['milestone', '-turned_on'],
                'constraints': [models.UniqueConstraint(fields=('milestone', 'turned_on'), name='untold_red_once'), models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='untold_red_has_a_reason')],
            },
        ),
    ]
