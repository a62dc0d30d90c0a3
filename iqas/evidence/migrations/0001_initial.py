import django.db.models.deletion
import django_fsm
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ('frameworks', '0001_initial'),
        ('organisation', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Evidence',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version')),
                ('code', models.CharField(max_length=20, unique=True, verbose_name='code')),
                ('scope', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='evidence', to='organisation.scope', verbose_name='scope')),
                ('title', models.CharField(max_length=200, verbose_name='title')),
                ('sort_title', models.CharField(db_index=True, editable=False, max_length=200)),
                ('description', models.TextField(blank=True, verbose_name='description')),
                ('kind', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='evidence', to='frameworks.evidencekind', verbose_name='kind')),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='evidence_owned', to=settings.AUTH_USER_MODEL, verbose_name='owner')),
                ('personal_data', models.BooleanField(default=False, verbose_name='contains personal data')),
                ('redaction_note', models.TextField(blank=True, verbose_name='redaction note')),
                ('created_at', models.DateTimeField(verbose_name='created')),
            ],
            options={
                'verbose_name': 'evidence',
                'verbose_name_plural': 'evidence',
                'ordering': ('code',),
            },
        ),
        migrations.CreateModel(
            name='EvidenceCriterion',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('evidence', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='criterion_links', to='evidence.evidence')),
                ('criterion', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='evidence_links', to='frameworks.criterion')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('evidence', 'criterion'), name='evidence_criterion_once')],
            },
        ),
        migrations.CreateModel(
            name='EvidenceVersion',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('evidence', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='evidence.evidence')),
                ('number', models.PositiveSmallIntegerField(verbose_name='version')),
                ('sha256', models.CharField(blank=True, max_length=64, verbose_name='SHA-256')),
                ('size', models.PositiveBigIntegerField(default=0, verbose_name='size in bytes')),
                ('media_type', models.CharField(blank=True, max_length=100, verbose_name='type')),
                ('original_name', models.CharField(blank=True, max_length=255, verbose_name='file name')),
                ('url', models.URLField(blank=True, max_length=1000, verbose_name='address')),
                ('date_of_fact', models.DateField(verbose_name='date of fact')),
                ('valid_until', models.DateField(blank=True, null=True, verbose_name='valid until')),
                ('note', models.TextField(blank=True, verbose_name='note')),
                ('state', django_fsm.FSMField(choices=[('draft', 'Waiting for approval'), ('approved', 'Approved'), ('withdrawn', 'Withdrawn')], default='draft', max_length=50, protected=True, verbose_name='state')),
                ('uploaded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('uploaded_at', models.DateTimeField(verbose_name='uploaded')),
                ('approved_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('approved_at', models.DateTimeField(blank=True, null=True, verbose_name='approved')),
                ('withdrawn_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('withdrawn_at', models.DateTimeField(blank=True, null=True, verbose_name='withdrawn')),
                ('withdrawal_reason', models.TextField(blank=True, verbose_name='reason')),
            ],
            options={
                'verbose_name': 'version of evidence',
                'ordering': ('evidence', '-number'),
                'indexes': [models.Index(fields=['evidence', 'state', 'valid_until'], name='evidence_version_validity')],
                'constraints': [models.UniqueConstraint(fields=('evidence', 'number'), name='evidence_version_number'), models.CheckConstraint(condition=models.Q(models.Q(('sha256', ''), models.Q(('url', ''), _negated=True)), models.Q(models.Q(('sha256', ''), _negated=True), ('url', '')), _connector='OR'), name='evidence_version_file_or_url', violation_error_message='Give a file or an address, one of the two.'), models.CheckConstraint(condition=models.Q(('valid_until__isnull', True), ('valid_until__gte', models.F('date_of_fact')), _connector='OR'), name='evidence_version_validity_order', violation_error_message='It cannot cease to be valid before the date of fact.'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'approved'), _negated=True), models.Q(('approved_by__isnull', False), ('approved_at__isnull', False)), _connector='OR'), name='evidence_version_approved_by'), models.CheckConstraint(condition=models.Q(('approved_by__isnull', True), models.Q(('approved_by', models.F('uploaded_by')), _negated=True), _connector='OR'), name='evidence_version_second_person', violation_error_message='Somebody else than the uploader approves a version.'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'withdrawn'), _negated=True), models.Q(('withdrawal_reason', ''), _negated=True), _connector='OR'), name='evidence_version_withdrawal_reason')],
            },
            bases=(django_fsm.FSMModelMixin, models.Model),
        ),
        migrations.CreateModel(
            name='Citation',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='citations', to='evidence.evidenceversion')),
                ('criterion', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='citations', to='frameworks.criterion')),
                ('scope', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisation.scope')),
                ('citing_code', models.CharField(db_index=True, max_length=40, verbose_name='cited by')),
                ('cited_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('cited_at', models.DateTimeField()),
            ],
            options={
                'verbose_name': 'citation',
                'ordering': ('citing_code', 'criterion__order'),
                'constraints': [models.UniqueConstraint(fields=('version', 'criterion', 'citing_code'), name='evidence_citation_once')],
            },
        ),
        migrations.AddField(
            model_name='evidence',
            name='criteria',
            field=models.ManyToManyField(related_name='evidence', through='evidence.EvidenceCriterion', to='frameworks.criterion', verbose_name='criteria'),
        ),
    ]
