import django.db.models.deletion
import django_fsm
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ('evidence', '0001_initial'),
        ('frameworks', '0001_initial'),
        ('organisation', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Action',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version')),
                ('code', models.CharField(max_length=20, unique=True, verbose_name='code')),
                ('scope', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='actions', to='organisation.scope', verbose_name='scope')),
                ('title', models.CharField(max_length=200, verbose_name='title')),
                ('sort_title', models.CharField(db_index=True, editable=False, max_length=200)),
                ('cause', models.TextField(verbose_name='cause')),
                ('criterion', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='actions', to='frameworks.criterion', verbose_name='criterion')),
                ('responsible', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='actions', to=settings.AUTH_USER_MODEL, verbose_name='responsible')),
                ('due', models.DateField(verbose_name='due')),
                ('follow_up', models.TextField(help_text='How progress and result are measured.', verbose_name='follow-up measure')),
                ('state', django_fsm.FSMField(choices=[('open', 'Open'), ('in_progress', 'In progress'), ('done', 'Done, to be verified'), ('verified', 'Verified'), ('cancelled', 'Cancelled')], db_index=True, default='open', max_length=50, protected=True, verbose_name='state')),
                ('proof', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='proves', to='evidence.evidenceversion', verbose_name='proof')),
                ('effect', models.TextField(blank=True, help_text='What changed, measured as foreseen.', verbose_name='effect')),
                ('origin_code', models.CharField(blank=True, db_index=True, max_length=40, verbose_name='origin')),
                ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('created_at', models.DateTimeField(verbose_name='created')),
                ('done_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('done_at', models.DateTimeField(blank=True, null=True, verbose_name='done')),
                ('verified_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('verified_at', models.DateTimeField(blank=True, null=True, verbose_name='verified')),
                ('cancel_reason', models.TextField(blank=True, verbose_name='reason')),
            ],
            options={
                'verbose_name': 'improvement action',
                'ordering': ('due', 'code'),
                'indexes': [models.Index(fields=['state', 'due'], name='improvement_overdue')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('state__in', ('done', 'verified')), _negated=True), models.Q(('proof__isnull', False), ('done_by__isnull', False)), _connector='OR'), name='improvement_done_needs_proof', violation_error_message='An action is done only with its proof.'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'verified'), _negated=True), models.Q(('verified_by__isnull', False), models.Q(('verified_by', models.F('done_by')), _negated=True), models.Q(('verified_by', models.F('responsible')), _negated=True)), _connector='OR'), name='improvement_second_person', violation_error_message='Somebody else verifies an action.'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'cancelled'), _negated=True), models.Q(('cancel_reason', ''), _negated=True), _connector='OR'), name='improvement_cancel_reason')],
            },
            bases=(django_fsm.FSMModelMixin, models.Model),
        ),
    ]
