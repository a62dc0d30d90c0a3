import django.core.serializers.json
import django.db.models.deletion
import iqas.core.clock
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ('organisation', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Job',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(max_length=80, verbose_name='Kind')),
                ('queue', models.CharField(max_length=16, verbose_name='Queue')),
                ('idem_key', models.CharField(max_length=200, unique=True)),
                ('payload', models.JSONField(default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder)),
                ('about', models.CharField(blank=True, max_length=120, verbose_name='About')),
                ('about_url', models.CharField(blank=True, max_length=300)),
                ('scope', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisation.scope', verbose_name='Scope')),
                ('requested_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='Requested by')),
                ('state', models.CharField(choices=[('queued', 'Waiting'), ('running', 'Running'), ('finished', 'Finished'), ('failed', 'Failed'), ('cancelled', 'Cancelled')], default='queued', max_length=16, verbose_name='State')),
                ('attempts', models.PositiveSmallIntegerField(default=0, verbose_name='Attempts')),
                ('max_attempts', models.PositiveSmallIntegerField(default=5)),
                ('priority', models.SmallIntegerField(default=0)),
                ('not_before', models.DateTimeField(blank=True, null=True)),
                ('created_at', models.DateTimeField(default=iqas.core.clock.now, verbose_name='Requested')),
                ('dispatched_at', models.DateTimeField(blank=True, null=True)),
                ('started_at', models.DateTimeField(blank=True, null=True, verbose_name='Started')),
                ('finished_at', models.DateTimeField(blank=True, null=True, verbose_name='Finished')),
                ('seen_at', models.DateTimeField(blank=True, null=True)),
                ('lease_token', models.UUIDField(blank=True, null=True)),
                ('lease_until', models.DateTimeField(blank=True, null=True)),
                ('heartbeat_at', models.DateTimeField(blank=True, null=True)),
                ('worker', models.CharField(blank=True, max_length=120)),
                ('code_version', models.CharField(blank=True, max_length=40)),
                ('progress_done', models.PositiveIntegerField(default=0)),
                ('progress_total', models.PositiveIntegerField(default=0)),
                ('step', models.JSONField(blank=True, default=dict)),
                ('error_code', models.CharField(blank=True, max_length=60)),
                ('error', models.JSONField(blank=True, default=dict)),
                ('last_error', models.CharField(blank=True, max_length=300)),
            ],
            options={
                'verbose_name': 'Job',
                'verbose_name_plural': 'Jobs',
                'ordering': ('-created_at', 'id'),
                'indexes': [models.Index(condition=models.Q(('state', 'queued')), fields=['queue', '-priority', 'created_at'], name='job_waiting'), models.Index(condition=models.Q(('state', 'running')), fields=['lease_until'], name='job_leases'), models.Index(fields=['requested_by', '-created_at'], name='job_of_person'), models.Index(fields=['kind', '-finished_at'], name='job_of_kind')],
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['queued', 'running', 'finished', 'failed', 'cancelled'])), name='job_state_known', violation_error_message='This state does not exist.'), models.CheckConstraint(condition=models.Q(models.Q(('lease_token__isnull', False), ('lease_until__isnull', False), ('state', 'running')), models.Q(models.Q(('state', 'running'), _negated=True), ('lease_token__isnull', True), ('lease_until__isnull', True)), _connector='OR'), name='job_lease_exactly_while_running', violation_error_message='Only a running job is held by a worker.'), models.CheckConstraint(condition=models.Q(('attempts__lte', models.F('max_attempts'))), name='job_attempts_within_limit', violation_error_message='The job was tried more often than allowed.')],
            },
        ),
        migrations.CreateModel(
            name='PeriodicRun',
            fields=[
                ('name', models.CharField(max_length=80, primary_key=True, serialize=False)),
                ('due_at', models.DateTimeField()),
                ('last_run_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'verbose_name': 'Recurring work',
                'verbose_name_plural': 'Recurring work',
            },
        ),
        migrations.CreateModel(
            name='Letter',
            fields=[
                ('job', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='letter', serialize=False, to='jobs.job')),
                ('sealed', models.BinaryField()),
                ('created_at', models.DateTimeField(default=iqas.core.clock.now)),
            ],
            options={
                'verbose_name': 'Message',
                'verbose_name_plural': 'Messages',
            },
        ),
        migrations.CreateModel(
            name='Artefact',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('job', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='artefact', to='jobs.job')),
                ('sha256', models.CharField(db_index=True, max_length=64)),
                ('size', models.PositiveBigIntegerField(verbose_name='Size')),
                ('filename', models.CharField(max_length=200, verbose_name='File name')),
                ('media_type', models.CharField(max_length=120)),
                ('created_at', models.DateTimeField(default=iqas.core.clock.now)),
            ],
            options={
                'verbose_name': 'File',
                'verbose_name_plural': 'Files',
                'constraints': [models.CheckConstraint(condition=models.Q(('sha256__regex', '^[0-9a-f]{64}$')), name='artefact_sha256_is_hex', violation_error_message='The checksum must be 64 hexadecimal digits.')],
            },
        ),
    ]
