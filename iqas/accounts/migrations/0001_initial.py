import django.db.models.deletion
import iqas.core.clock
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('organisation', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='User',
            fields=[
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('email', models.EmailField(error_messages={'unique': 'There is an account with this e-mail.'}, max_length=254, unique=True, verbose_name='e-mail')),
                ('name', models.CharField(max_length=150, verbose_name='name')),
                ('sort_name', models.CharField(default='', editable=False, max_length=150)),
                ('language', models.CharField(choices=[('es', 'Spanish'), ('en', 'English')], default='es', max_length=5, verbose_name='language of messages')),
                ('is_active', models.BooleanField(default=True, verbose_name='active')),
                ('invited_at', models.DateTimeField(default=iqas.core.clock.now, editable=False)),
                ('previous_login', models.DateTimeField(blank=True, editable=False, null=True)),
            ],
            options={
                'ordering': ['sort_name', 'email'],
            },
        ),
        migrations.CreateModel(
            name='RoleAssignment',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='assignments', to=settings.AUTH_USER_MODEL)),
                ('role', models.CharField(choices=[('administrator', 'administrator'), ('quality_officer', 'quality officer'), ('centre_quality', 'quality officer of a centre'), ('coordinator', 'coordinator'), ('reviewer', 'reviewer'), ('approver', 'approver'), ('auditor', 'external auditor'), ('student_auditor', 'student auditor'), ('reader', 'reader')], max_length=20, verbose_name='role')),
                ('scope', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='assignments', to='organisation.scope')),
                ('valid_from', models.DateField(verbose_name='from')),
                ('valid_until', models.DateField(blank=True, null=True, verbose_name='until')),
                ('granted_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='granted', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['valid_from', 'id'],
                'indexes': [models.Index(fields=['user', 'valid_from', 'valid_until'], name='assignment_now')],
                'constraints': [models.CheckConstraint(condition=models.Q(('valid_until__isnull', True), ('valid_until__gte', models.F('valid_from')), _connector='OR'), name='assignment_ends_after_start', violation_error_message='The role ends before it starts.')],
            },
        ),
    ]
