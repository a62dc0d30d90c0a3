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
        ('jobs', '0001_initial'),
        ('organisation', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='SelfAssessment',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version')),
                ('code', models.CharField(max_length=20, unique=True, verbose_name='code')),
                ('scope', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='self_assessments', to='organisation.scope', verbose_name='centre')),
                ('framework', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='self_assessments', to='frameworks.framework', verbose_name='framework')),
                ('scale', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='self_assessments', to='frameworks.ratingscale', verbose_name='rating scale')),
                ('year', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='self_assessments', to='organisation.academicyear', verbose_name='academic year')),
                ('title', models.CharField(max_length=200, verbose_name='title')),
                ('sort_title', models.CharField(editable=False, max_length=200)),
                ('language', models.CharField(choices=[('es', 'Spanish'), ('en', 'English'), ('ca', 'Catalan'), ('gl', 'Galician'), ('eu', 'Basque')], default='es', max_length=2, verbose_name='language of the texts')),
                ('introduction', models.TextField(blank=True, verbose_name='how this report was written')),
                ('state', django_fsm.FSMField(choices=[('drafting', 'Being written'), ('review', 'In review'), ('frozen', 'Frozen')], default='drafting', max_length=50, protected=True, verbose_name='state')),
                ('started_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('started_at', models.DateTimeField(verbose_name='opened')),
                ('submitted_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('submitted_at', models.DateTimeField(blank=True, null=True, verbose_name='submitted')),
                ('authors', models.ManyToManyField(related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='authors')),
            ],
            options={
                'verbose_name': 'self-assessment',
                'verbose_name_plural': 'self-assessments',
                'ordering': ['-code'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('state', 'review'), _negated=True), models.Q(('submitted_at__isnull', False), ('submitted_by__isnull', False)), _connector='OR'), name='assessment_review_has_submitter', violation_error_message='A report in review was submitted by somebody.')],
            },
            bases=(django_fsm.FSMModelMixin, models.Model),
        ),
        migrations.CreateModel(
            name='CriterionAssessment',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version')),
                ('self_assessment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='criteria', to='audits.selfassessment')),
                ('criterion', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='assessments', to='frameworks.criterion')),
                ('narrative', models.TextField(blank=True, verbose_name='assessment')),
                ('rating', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='assessments', to='frameworks.ratinglevel', verbose_name='rating')),
                ('strengths', models.TextField(blank=True, verbose_name='strengths')),
                ('weaknesses', models.TextField(blank=True, verbose_name='weaknesses')),
                ('saved_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('saved_at', models.DateTimeField(blank=True, null=True, verbose_name='saved')),
            ],
            options={
                'verbose_name': 'assessment of a criterion',
                'ordering': [models.OrderBy(models.F('criterion__order'))],
                'constraints': [models.UniqueConstraint(fields=('self_assessment', 'criterion'), name='assessment_criterion_once', violation_error_message='This criterion is already in the report.')],
            },
        ),
        migrations.CreateModel(
            name='Snapshot',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('self_assessment', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='snapshot', to='audits.selfassessment')),
                ('body', models.TextField(verbose_name='content')),
                ('sha256', models.CharField(max_length=64, verbose_name='SHA-256')),
                ('frozen_at', models.DateTimeField(verbose_name='frozen')),
                ('frozen_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('chain_seq', models.BigIntegerField(verbose_name='head of the audit chain')),
                ('chain_hash', models.CharField(max_length=64)),
            ],
            options={
                'verbose_name': 'snapshot',
                'ordering': ['-frozen_at'],
            },
        ),
        migrations.CreateModel(
            name='Dossier',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('code', models.CharField(max_length=20, unique=True, verbose_name='code')),
                ('scope', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='dossier', to='organisation.scope')),
                ('snapshot', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='dossiers', to='audits.snapshot')),
                ('language', models.CharField(choices=[('es', 'Spanish'), ('en', 'English'), ('ca', 'Catalan'), ('gl', 'Galician'), ('eu', 'Basque')], max_length=2, verbose_name='language')),
                ('state', models.CharField(choices=[('pending', 'Not printed yet'), ('current', 'Current'), ('superseded', 'Superseded')], default='pending', max_length=12, verbose_name='state')),
                ('csv_code', models.CharField(max_length=16, unique=True, verbose_name='verification code')),
                ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('created_at', models.DateTimeField(verbose_name='requested')),
                ('job', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='jobs.job')),
                ('artefact', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='jobs.artefact')),
                ('sha256', models.CharField(blank=True, max_length=64, verbose_name='SHA-256')),
                ('size', models.PositiveBigIntegerField(default=0, verbose_name='size in bytes')),
                ('pages', models.PositiveIntegerField(default=0, verbose_name='pages')),
                ('manifest_sha256', models.CharField(blank=True, max_length=64)),
                ('registered_at', models.DateTimeField(blank=True, null=True, verbose_name='registered')),
                ('registered_seq', models.BigIntegerField(blank=True, null=True)),
            ],
            options={
                'verbose_name': 'dossier',
                'verbose_name_plural': 'dossiers',
                'ordering': ['-code'],
                'constraints': [models.UniqueConstraint(fields=('snapshot', 'language'), name='dossier_once_per_language', violation_error_message='This snapshot already has a dossier in this language.'), models.UniqueConstraint(condition=models.Q(('sha256', ''), _negated=True), fields=('sha256',), name='dossier_file_once'), models.CheckConstraint(condition=models.Q(models.Q(('artefact__isnull', True), ('sha256', ''), ('state', 'pending')), models.Q(models.Q(('state', 'pending'), _negated=True), models.Q(('sha256', ''), _negated=True), ('artefact__isnull', False), ('registered_seq__isnull', False)), _connector='OR'), name='dossier_file_when_registered', violation_error_message='A registered dossier has its file, its hash and its event.')],
            },
        ),
        migrations.CreateModel(
            name='Reading',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('dossier', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='readings', to='audits.dossier')),
                ('reader', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('what', models.CharField(max_length=120, verbose_name='what')),
                ('at', models.DateTimeField(verbose_name='when')),
            ],
            options={
                'ordering': ['-at'],
                'indexes': [models.Index(fields=['dossier', 'reader', '-at'], name='reading_of_person')],
            },
        ),
    ]
