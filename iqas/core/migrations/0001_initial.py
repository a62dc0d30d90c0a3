import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='AuditEvent',
            fields=[
                ('seq', models.BigIntegerField(primary_key=True, serialize=False)),
                ('at', models.DateTimeField(verbose_name='at')),
                ('actor_id', models.CharField(blank=True, max_length=36)),
                ('actor_role', models.CharField(blank=True, max_length=40)),
                ('scope_id', models.CharField(blank=True, max_length=36)),
                ('action', models.CharField(max_length=80, verbose_name='action')),
                ('object_type', models.CharField(max_length=80)),
                ('object_id', models.CharField(max_length=80)),
                ('result', models.CharField(default='done', max_length=20)),
                ('request_id', models.CharField(blank=True, max_length=64)),
                ('detail_hash', models.CharField(max_length=64)),
                ('prev', models.CharField(max_length=64, unique=True)),
                ('hash', models.CharField(max_length=64, unique=True)),
            ],
            options={
                'ordering': ['seq'],
                'indexes': [models.Index(fields=['object_type', 'object_id', 'seq'], name='audit_by_object'), models.Index(fields=['actor_id', 'seq'], name='audit_by_actor')],
            },
        ),
        migrations.CreateModel(
            name='Sequence',
            fields=[
                ('prefix', models.CharField(max_length=40, primary_key=True, serialize=False)),
                ('last', models.PositiveIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name='AuditDetail',
            fields=[
                ('event', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='detail', serialize=False, to='core.auditevent')),
                ('salt', models.CharField(max_length=32)),
                ('label', models.CharField(blank=True, max_length=200)),
                ('before', models.JSONField(default=dict)),
                ('after', models.JSONField(default=dict)),
                ('reason', models.TextField(blank=True)),
                ('erased_at', models.DateTimeField(blank=True, null=True)),
            ],
        ),
    ]
