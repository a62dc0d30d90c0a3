import django.db.models.deletion
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('microcredentials', '0001_initial'),
        ('organisation', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Definition',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('code', models.SlugField(max_length=40, verbose_name='code')),
                ('version', models.PositiveSmallIntegerField(verbose_name='version')),
                ('order', models.PositiveSmallIntegerField(default=0)),
                ('title', models.CharField(max_length=160, verbose_name='title')),
                ('title_es', models.CharField(max_length=160, null=True, verbose_name='title')),
                ('title_en', models.CharField(max_length=160, null=True, verbose_name='title')),
                ('title_ca', models.CharField(max_length=160, null=True, verbose_name='title')),
                ('title_gl', models.CharField(max_length=160, null=True, verbose_name='title')),
                ('title_eu', models.CharField(max_length=160, null=True, verbose_name='title')),
                ('formula', models.TextField(verbose_name='formula')),
                ('formula_es', models.TextField(null=True, verbose_name='formula')),
                ('formula_en', models.TextField(null=True, verbose_name='formula')),
                ('formula_ca', models.TextField(null=True, verbose_name='formula')),
                ('formula_gl', models.TextField(null=True, verbose_name='formula')),
                ('formula_eu', models.TextField(null=True, verbose_name='formula')),
                ('unit', models.CharField(default='share', max_length=20, verbose_name='unit')),
                ('better', models.CharField(choices=[('up', 'higher is better'), ('down', 'lower is better')], default='up', max_length=4, verbose_name='direction')),
                ('computation', models.CharField(choices=[('response_rate', 'answers and invited people'), ('favourable', 'favourable answers'), ('completion', 'completed and enrolled'), ('success', 'passed and presented'), ('coverage', 'enrolled and places'), ('evidence', 'criteria with valid evidence')], max_length=20, verbose_name='computation')),
                ('disclosure', models.CharField(choices=[('none', 'no opinions or results of persons: always shown'), ('left_out', 'small groups are left out of every total'), ('hidden', 'small groups and the groups that would reveal them are hidden')], max_length=10, verbose_name='small groups')),
                ('items', models.JSONField(blank=True, default=dict, verbose_name='questions')),
                ('tolerance', models.DecimalField(decimal_places=3, default=0, max_digits=4, verbose_name='tolerance')),
                ('is_current', models.BooleanField(default=True, editable=False)),
                ('sha256', models.CharField(editable=False, max_length=64)),
            ],
            options={
                'ordering': ['order', 'code'],
                'constraints': [models.UniqueConstraint(fields=('code', 'version'), name='indicator_version_once', violation_error_message='This version exists already.'), models.UniqueConstraint(condition=models.Q(('is_current', True)), fields=('code',), name='indicator_one_current', violation_error_message='Only one version is in force.')],
            },
        ),
        migrations.CreateModel(
            name='Measurement',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('definition', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='measurements', to='indicators.definition')),
                ('level', models.CharField(choices=[('edition', 'edition'), ('microcredential', 'micro-credential'), ('centre', 'centre'), ('university', 'university')], max_length=20, verbose_name='level')),
                ('scope', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisation.scope')),
                ('edition', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='microcredentials.edition')),
                ('year', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisation.academicyear')),
                ('numerator', models.PositiveIntegerField(null=True, verbose_name='numerator')),
                ('denominator', models.PositiveIntegerField(null=True, verbose_name='denominator')),
                ('n', models.PositiveIntegerField(null=True)),
                ('suppressed', models.BooleanField(default=False, verbose_name='suppressed')),
                ('left_out', models.PositiveIntegerField(default=0)),
                ('source', models.CharField(blank=True, max_length=300, verbose_name='source')),
                ('computed_at', models.DateTimeField(verbose_name='computed')),
            ],
            options={
                'indexes': [models.Index(fields=['scope', 'year'], name='measurement_by_scope_year')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('edition__isnull', True)), fields=('definition', 'scope', 'year'), name='measurement_once'), models.UniqueConstraint(condition=models.Q(('edition__isnull', False)), fields=('definition', 'edition', 'year'), name='measurement_once_per_edition'), models.CheckConstraint(condition=models.Q(models.Q(('denominator__isnull', True), ('n__isnull', True), ('numerator__isnull', True), ('suppressed', True)), models.Q(('denominator__isnull', False), ('n__isnull', False), ('numerator__isnull', False), ('suppressed', False)), _connector='OR'), name='measurement_suppressed_has_no_figure')],
            },
        ),
        migrations.CreateModel(
            name='Target',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version')),
                ('definition', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='targets', to='indicators.definition')),
                ('scope', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisation.scope')),
                ('year', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisation.academicyear')),
                ('kind', models.CharField(choices=[('at_least', 'at least'), ('at_most', 'at most'), ('range', 'between')], default='at_least', max_length=10, verbose_name='kind')),
                ('value', models.DecimalField(decimal_places=4, max_digits=6, verbose_name='target')),
                ('upper', models.DecimalField(blank=True, decimal_places=4, max_digits=6, null=True, verbose_name='upper bound')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('definition', 'scope', 'year'), name='target_once', violation_error_message='There is already a target for this year.'), models.CheckConstraint(condition=models.Q(('value__gte', 0)), name='target_not_negative', violation_error_message='A target cannot be negative.'), models.CheckConstraint(condition=models.Q(models.Q(('kind', 'range'), ('upper__isnull', False), ('upper__gt', models.F('value'))), models.Q(models.Q(('kind', 'range'), _negated=True), ('upper__isnull', True)), _connector='OR'), name='target_range_has_upper', violation_error_message='A range needs an upper bound above the lower one; others have none.')],
            },
        ),
    ]
