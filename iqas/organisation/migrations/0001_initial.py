import django.core.validators
import django.db.models.deletion
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='AcademicYear',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('code', models.CharField(max_length=9, unique=True, verbose_name='code')),
                ('starts', models.DateField(verbose_name='starts')),
                ('ends', models.DateField(verbose_name='ends')),
            ],
            options={
                'ordering': ['-starts'],
                'constraints': [models.CheckConstraint(condition=models.Q(('ends__gt', models.F('starts'))), name='year_ends_after_start', violation_error_message='The year ends before it starts.')],
            },
        ),
        migrations.CreateModel(
            name='Scope',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('university', 'university'), ('centre', 'centre'), ('microcredential', 'micro-credential'), ('dossier', 'dossier')], max_length=20, verbose_name='kind')),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='organisation.scope')),
                ('path', models.CharField(editable=False, max_length=160, unique=True)),
                ('code', models.CharField(max_length=40, unique=True, verbose_name='code')),
                ('label', models.CharField(max_length=300, verbose_name='name')),
            ],
            options={
                'ordering': ['path'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('kind', 'university')), fields=('kind',), name='scope_one_university', violation_error_message='An installation serves one university.'), models.CheckConstraint(condition=models.Q(models.Q(('kind', 'university'), ('parent__isnull', True)), models.Q(models.Q(('kind', 'university'), _negated=True), ('parent__isnull', False)), _connector='OR'), name='scope_has_parent', violation_error_message='Every scope but the university hangs below another.')],
            },
        ),
        migrations.CreateModel(
            name='Centre',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version')),
                ('scope', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='centre', to='organisation.scope')),
                ('code', models.CharField(max_length=20, unique=True, verbose_name='code')),
                ('name', models.CharField(max_length=200, verbose_name='name')),
                ('name_es', models.CharField(max_length=200, null=True, verbose_name='name')),
                ('name_en', models.CharField(max_length=200, null=True, verbose_name='name')),
                ('name_ca', models.CharField(max_length=200, null=True, verbose_name='name')),
                ('name_gl', models.CharField(max_length=200, null=True, verbose_name='name')),
                ('name_eu', models.CharField(max_length=200, null=True, verbose_name='name')),
                ('kind', models.CharField(choices=[('faculty', 'faculty'), ('school', 'school'), ('affiliated', 'affiliated centre'), ('institute', 'research institute'), ('lifelong', 'lifelong learning centre'), ('foundation', 'university foundation')], default='faculty', max_length=20, verbose_name='kind')),
                ('municipality', models.CharField(blank=True, help_text='Where it stands; SIIU counts learners by it (RD 640/2021 art. 18.1.a).', max_length=80, verbose_name='municipality')),
                ('sort_name', models.CharField(editable=False, max_length=200)),
            ],
            options={
                'ordering': ['sort_name'],
            },
        ),
        migrations.CreateModel(
            name='University',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version')),
                ('scope', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='university', to='organisation.scope')),
                ('name', models.CharField(max_length=200, verbose_name='name')),
                ('short_name', models.CharField(blank=True, max_length=40, verbose_name='short name')),
                ('logo_sha256', models.CharField(blank=True, max_length=64)),
                ('logo_media_type', models.CharField(blank=True, max_length=40)),
                ('is_public', models.BooleanField(default=True, help_text='In a public university the Consejo Social approves prices (RD 822/2021 art. 37.2).', verbose_name='public university')),
                ('threshold', models.PositiveSmallIntegerField(default=5, help_text='No figure about fewer people than this is shown anywhere.', validators=[django.core.validators.MinValueValidator(3), django.core.validators.MaxValueValidator(50)], verbose_name='minimum group size')),
                ('dpo_email', models.EmailField(blank=True, max_length=254, verbose_name='data protection contact')),
                ('complaints_email', models.EmailField(blank=True, max_length=254, verbose_name='complaints and suggestions contact')),
                ('retention_days', models.PositiveIntegerField(default=90, help_text='Counted from the closing of the survey; only counts remain.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(3650)], verbose_name='days that addresses of invited people are kept')),
                ('year_start_month', models.PositiveSmallIntegerField(default=9, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(12)], verbose_name='month in which the academic year begins')),
                ('year_start_day', models.PositiveSmallIntegerField(default=1, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(28)], verbose_name='day on which the academic year begins')),
                ('results_deadline_days', models.PositiveSmallIntegerField(default=7, validators=[django.core.validators.MinValueValidator(1)], verbose_name='days after the end to sign the results')),
                ('report_deadline_months', models.PositiveSmallIntegerField(default=2, validators=[django.core.validators.MinValueValidator(1)], verbose_name='months after the end to file the final report')),
                ('min_enrolment', models.PositiveSmallIntegerField(default=8, validators=[django.core.validators.MinValueValidator(1)], verbose_name='minimum enrolment of an edition')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('threshold__gte', 3)), name='university_threshold_min', violation_error_message='The minimum group size cannot be below 3.')],
            },
        ),
    ]
