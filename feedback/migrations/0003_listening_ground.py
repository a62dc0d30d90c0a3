import django.db.models.deletion
import django_fsm
import iqas.core.clock
import uuid
from django.conf import settings
from django.db import migrations, models
from django.db.models import OuterRef, Subquery


def tell_targets(apps, schema_editor):
    """Campaigns of before were about one edition, in its year, or about none."""
    Campaign = apps.get_model("feedback", "Campaign")
    Edition = apps.get_model("microcredentials", "Edition")
    year = Edition.objects.filter(pk=OuterRef("edition_id")).values("year_id")
    Campaign.objects.filter(edition__isnull=False).update(year_id=Subquery(year))
    Campaign.objects.filter(edition__isnull=True).update(target_kind="editions")
    if schema_editor.connection.vendor == "postgresql":
        # what waits for the end of the transaction is checked now: a table with such checks pending cannot change
        schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        schema_editor.execute("SET CONSTRAINTS ALL DEFERRED")


class Migration(migrations.Migration):

    dependencies = [
        ('evidence', '0001_initial'),
        ('feedback', '0002_questions_that_depend'),
        ('improvement', '0001_initial'),
        ('jobs', '0001_initial'),
        ('microcredentials', '0007_documents'),
        ('organisation', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='AudienceThreshold',
            fields=[
                ('subject', models.CharField(choices=[('learner', 'learners'), ('withdrawn', 'learners who withdrew'), ('graduate', 'graduates'), ('teacher', 'teaching staff'), ('support', 'support staff'), ('partner', 'employers and other bodies'), ('provider', 'other providers'), ('persons', 'surveys about persons')], max_length=20, primary_key=True, serialize=False, verbose_name='audience')),
                ('least', models.PositiveSmallIntegerField(verbose_name='minimum group size')),
            ],
        ),
        migrations.CreateModel(
            name='CampaignEdition',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
            ],
            options={
                'ordering': ['edition__code'],
            },
        ),
        migrations.CreateModel(
            name='CampaignPartner',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
            ],
            options={
                'ordering': ['partner__sort_name'],
            },
        ),
        migrations.CreateModel(
            name='CommentReader',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('role', models.CharField(blank=True, choices=[('administrator', 'administrator'), ('quality_officer', 'quality officer'), ('centre_quality', 'quality officer of a centre'), ('coordinator', 'coordinator'), ('reviewer', 'reviewer'), ('approver', 'approver'), ('auditor', 'external auditor'), ('student_auditor', 'student auditor'), ('reader', 'reader')], max_length=20, verbose_name='role')),
                ('item_code', models.CharField(blank=True, max_length=20, verbose_name='question')),
            ],
            options={
                'ordering': ['item_code', 'role'],
            },
        ),
        migrations.CreateModel(
            name='CommentTheme',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
            ],
        ),
        migrations.CreateModel(
            name='Complaint',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version')),
                ('code', models.CharField(max_length=20, unique=True, verbose_name='code')),
                ('kind', models.CharField(choices=[('complaint', 'complaint'), ('suggestion', 'suggestion'), ('praise', 'praise')], default='complaint', max_length=20, verbose_name='kind')),
                ('channel', models.CharField(choices=[('form', 'our form'), ('mail', 'e-mail'), ('office', 'in person'), ('registry', 'official registry'), ('survey', 'comment in a survey'), ('ombudsman', 'ombudsperson')], max_length=20, verbose_name='channel')),
                ('received_on', models.DateField(verbose_name='received')),
                ('due_on', models.DateField(blank=True, null=True, verbose_name='answer due')),
                ('criterion_code', models.CharField(blank=True, max_length=20, verbose_name='criterion')),
                ('text', models.TextField(verbose_name='text')),
                ('is_urgent', models.BooleanField(default=False, verbose_name='urgent')),
                ('sender_enc', models.BinaryField(null=True)),
                ('state', models.CharField(choices=[('received', 'received'), ('in_progress', 'being looked into'), ('answered', 'answered'), ('dismissed', 'not admitted')], default='received', max_length=20, verbose_name='state')),
                ('answer', models.TextField(blank=True, verbose_name='answer')),
                ('answered_on', models.DateField(blank=True, null=True, verbose_name='answered')),
                ('created_at', models.DateTimeField(default=iqas.core.clock.now, editable=False, verbose_name='created')),
            ],
            options={
                'verbose_name': 'complaint or suggestion',
                'verbose_name_plural': 'complaints and suggestions',
                'ordering': ['-received_on', '-code'],
            },
        ),
        migrations.CreateModel(
            name='Consultation',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version')),
                ('code', models.CharField(max_length=20, unique=True, verbose_name='code')),
                ('kind', models.CharField(choices=[('meeting', 'meeting'), ('interview', 'interview'), ('group', 'focus group'), ('visit', 'visit'), ('letter', 'letter or mail')], default='meeting', max_length=20, verbose_name='kind')),
                ('title', models.CharField(max_length=200, verbose_name='title')),
                ('sort_title', models.CharField(editable=False, max_length=200)),
                ('held_on', models.DateField(verbose_name='held on')),
                ('participants', models.TextField(blank=True, help_text='One a line.', verbose_name='participants')),
                ('summary', models.TextField(blank=True, verbose_name='summary')),
                ('created_at', models.DateTimeField(default=iqas.core.clock.now, editable=False, verbose_name='created')),
            ],
            options={
                'verbose_name': 'consultation',
                'verbose_name_plural': 'consultations',
                'ordering': ['-held_on', '-code'],
            },
        ),
        migrations.CreateModel(
            name='ConsultationPartner',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
            ],
        ),
        migrations.CreateModel(
            name='ConsultationPoint',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('order', models.PositiveSmallIntegerField(default=0)),
                ('text', models.TextField(verbose_name='point raised')),
                ('criterion_code', models.CharField(blank=True, max_length=20, verbose_name='criterion')),
                ('answer', models.TextField(blank=True, verbose_name='what came of it')),
            ],
            options={
                'ordering': ['order'],
            },
        ),
        migrations.CreateModel(
            name='OpeningRule',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version')),
                ('code', models.CharField(max_length=20, unique=True, verbose_name='code')),
                ('title', models.CharField(max_length=200, verbose_name='title')),
                ('moment', models.CharField(choices=[('start', 'at the start'), ('middle', 'half-way'), ('end', 'at the end'), ('after', 'months afterwards'), ('other', 'at another time')], default='end', max_length=10, verbose_name='moment')),
                ('mode', models.CharField(choices=[('anonymous', 'anonymous'), ('confidential', 'confidential'), ('attributed', 'attributed')], default='anonymous', max_length=20, verbose_name='mode')),
                ('anchor', models.CharField(choices=[('starts', 'the first day'), ('ends', 'the last day'), ('signed', 'the signing of the results')], default='ends', max_length=10, verbose_name='counted from')),
                ('offset_days', models.SmallIntegerField(default=0, help_text='Before it with a minus sign, after it without.', verbose_name='days')),
                ('duration_days', models.PositiveSmallIntegerField(default=14, verbose_name='days that it stays open')),
                ('threshold', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='minimum group size')),
                ('reminders_most', models.PositiveSmallIntegerField(default=2, verbose_name='reminders at most')),
                ('mail_language', models.CharField(default='es', max_length=5, verbose_name='language of the messages')),
                ('enrolment_states', models.JSONField(blank=True, default=list)),
                ('since', models.DateField(verbose_name='for campaigns that open from')),
                ('is_active', models.BooleanField(default=True, verbose_name='active')),
                ('created_at', models.DateTimeField(default=iqas.core.clock.now, editable=False, verbose_name='created')),
            ],
            options={
                'verbose_name': 'opening rule',
                'verbose_name_plural': 'opening rules',
                'ordering': ['code'],
            },
        ),
        migrations.CreateModel(
            name='Outcome',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version')),
                ('order', models.PositiveSmallIntegerField(default=0)),
                ('item_code', models.CharField(blank=True, max_length=20, verbose_name='question')),
                ('you_said', models.TextField(verbose_name='you said')),
                ('you_said_es', models.TextField(null=True, verbose_name='you said')),
                ('you_said_en', models.TextField(null=True, verbose_name='you said')),
                ('you_said_ca', models.TextField(null=True, verbose_name='you said')),
                ('you_said_gl', models.TextField(null=True, verbose_name='you said')),
                ('you_said_eu', models.TextField(null=True, verbose_name='you said')),
                ('we_will', models.TextField(blank=True, verbose_name='we will')),
                ('we_will_es', models.TextField(blank=True, null=True, verbose_name='we will')),
                ('we_will_en', models.TextField(blank=True, null=True, verbose_name='we will')),
                ('we_will_ca', models.TextField(blank=True, null=True, verbose_name='we will')),
                ('we_will_gl', models.TextField(blank=True, null=True, verbose_name='we will')),
                ('we_will_eu', models.TextField(blank=True, null=True, verbose_name='we will')),
                ('we_did', models.TextField(blank=True, verbose_name='we did')),
                ('we_did_es', models.TextField(blank=True, null=True, verbose_name='we did')),
                ('we_did_en', models.TextField(blank=True, null=True, verbose_name='we did')),
                ('we_did_ca', models.TextField(blank=True, null=True, verbose_name='we did')),
                ('we_did_gl', models.TextField(blank=True, null=True, verbose_name='we did')),
                ('we_did_eu', models.TextField(blank=True, null=True, verbose_name='we did')),
                ('created_at', models.DateTimeField(default=iqas.core.clock.now, editable=False, verbose_name='created')),
                ('published_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='published')),
                ('done_published_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='“we did” published')),
                ('told_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='those asked were told')),
            ],
            options={
                'ordering': ['campaign', 'order', 'created_at'],
            },
        ),
        migrations.CreateModel(
            name='OutcomeAction',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
            ],
        ),
        migrations.CreateModel(
            name='ReplyLink',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=150, verbose_name='name')),
                ('email_enc', models.BinaryField(null=True)),
                ('tok_idx', models.CharField(max_length=64, unique=True)),
                ('item_code', models.CharField(blank=True, max_length=20)),
                ('opens', models.DateField(verbose_name='first day')),
                ('closes', models.DateField(verbose_name='last day')),
                ('first_read_on', models.DateField(blank=True, null=True)),
                ('created_at', models.DateTimeField(default=iqas.core.clock.now, editable=False)),
            ],
            options={
                'ordering': ['campaign', 'name'],
            },
        ),
        migrations.CreateModel(
            name='Report',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('code', models.CharField(max_length=20, unique=True, verbose_name='code')),
                ('kind', models.CharField(choices=[('campaign', 'report of a campaign'), ('edition', 'report of an edition'), ('centre', 'report of a centre')], max_length=20, verbose_name='report')),
                ('language', models.CharField(choices=[('es', 'Spanish'), ('en', 'English')], max_length=2, verbose_name='language')),
                ('body', models.TextField(verbose_name='content')),
                ('content_sha256', models.CharField(max_length=64)),
                ('requested_at', models.DateTimeField(verbose_name='requested')),
                ('as_of', models.DateTimeField(verbose_name='as of')),
                ('sha256', models.CharField(blank=True, max_length=64, verbose_name='SHA-256')),
                ('size', models.PositiveBigIntegerField(default=0, verbose_name='size in bytes')),
                ('pages', models.PositiveIntegerField(default=0, verbose_name='pages')),
                ('made_at', models.DateTimeField(blank=True, null=True, verbose_name='made')),
            ],
            options={
                'verbose_name': 'report',
                'verbose_name_plural': 'reports',
                'ordering': ['-as_of'],
            },
        ),
        migrations.CreateModel(
            name='Round',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version')),
                ('code', models.CharField(max_length=20, unique=True, verbose_name='code')),
                ('title', models.CharField(max_length=200, verbose_name='title')),
                ('ends_from', models.DateField(blank=True, null=True, verbose_name='editions that end from')),
                ('ends_until', models.DateField(blank=True, null=True, verbose_name='until')),
                ('grouping', models.CharField(choices=[('edition', 'each edition'), ('microcredential', 'the editions of each micro-credential together'), ('centre', 'the editions of each centre together')], default='edition', max_length=20, verbose_name='one campaign for')),
                ('moment', models.CharField(choices=[('start', 'at the start'), ('middle', 'half-way'), ('end', 'at the end'), ('after', 'months afterwards'), ('other', 'at another time')], default='end', max_length=10, verbose_name='moment')),
                ('mode', models.CharField(choices=[('anonymous', 'anonymous'), ('confidential', 'confidential'), ('attributed', 'attributed')], default='anonymous', max_length=20, verbose_name='mode')),
                ('opens', models.DateField(verbose_name='first day')),
                ('closes', models.DateField(verbose_name='last day')),
                ('threshold', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='minimum group size')),
                ('reminders_most', models.PositiveSmallIntegerField(default=2, verbose_name='reminders at most')),
                ('mail_language', models.CharField(default='es', max_length=5, verbose_name='language of the messages')),
                ('enrolment_states', models.JSONField(blank=True, default=list)),
                ('opens_campaigns', models.BooleanField(default=False, verbose_name='open the campaigns as they are made')),
                ('state', models.CharField(choices=[('draft', 'draft'), ('made', 'campaigns made')], default='draft', editable=False, max_length=10, verbose_name='state')),
                ('made_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='made')),
                ('created_at', models.DateTimeField(default=iqas.core.clock.now, editable=False, verbose_name='created')),
            ],
            options={
                'verbose_name': 'round',
                'verbose_name_plural': 'rounds',
                'ordering': ['-created_at'],
            },
        ),
        migrations.CreateModel(
            name='RoundExclusion',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('by_hand', models.BooleanField(default=False)),
                ('rule', models.CharField(blank=True, max_length=40)),
                ('reason', models.CharField(max_length=500, verbose_name='reason')),
            ],
            options={
                'ordering': ['edition__code'],
            },
        ),
        migrations.CreateModel(
            name='SignedAnswer',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('answers', models.JSONField()),
                ('comments', models.JSONField(default=dict)),
                ('answered_on', models.DateField(verbose_name='answered')),
            ],
            options={
                'ordering': ['campaign', 'answered_on'],
            },
        ),
        migrations.CreateModel(
            name='TeacherReply',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('text', models.TextField(verbose_name='reply')),
                ('written_at', models.DateTimeField(default=iqas.core.clock.now, verbose_name='written')),
                ('is_published', models.BooleanField(default=False, verbose_name='published')),
            ],
            options={
                'ordering': ['written_at'],
            },
        ),
        migrations.CreateModel(
            name='Theme',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=120, verbose_name='theme')),
                ('sort_name', models.CharField(editable=False, max_length=120)),
                ('is_active', models.BooleanField(default=True, verbose_name='active')),
            ],
            options={
                'ordering': ['sort_name'],
            },
        ),
        migrations.RemoveConstraint(
            model_name='campaign',
            name='campaign_threshold_min',
        ),
        migrations.AddField(
            model_name='campaign',
            name='moment',
            field=models.CharField(choices=[('start', 'at the start'), ('middle', 'half-way'), ('end', 'at the end'), ('after', 'months afterwards'), ('other', 'at another time')], default='end', max_length=10, verbose_name='moment'),
        ),
        migrations.AddField(
            model_name='campaign',
            name='open_idx',
            field=models.CharField(editable=False, max_length=64, null=True, unique=True),
        ),
        migrations.AddField(
            model_name='campaign',
            name='open_link',
            field=models.BooleanField(default=False, verbose_name='open link'),
        ),
        migrations.AddField(
            model_name='campaign',
            name='reminders_most',
            field=models.PositiveSmallIntegerField(default=2, verbose_name='reminders at most'),
        ),
        migrations.AddField(
            model_name='campaign',
            name='review_closed_at',
            field=models.DateTimeField(editable=False, null=True, verbose_name='review of comments closed'),
        ),
        migrations.AddField(
            model_name='campaign',
            name='target_kind',
            field=models.CharField(choices=[('edition', 'one edition'), ('editions', 'several editions'), ('partners', 'partners')], default='edition', max_length=10, verbose_name='asked about'),
        ),
        migrations.AddField(
            model_name='campaign',
            name='year',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='campaigns', to='organisation.academicyear', verbose_name='academic year'),
        ),
        migrations.AddField(
            model_name='comment',
            name='decided_on',
            field=models.DateField(blank=True, null=True, verbose_name='decided'),
        ),
        migrations.AddField(
            model_name='comment',
            name='decision_reason',
            field=models.CharField(blank=True, max_length=40, verbose_name='reason'),
        ),
        migrations.AddField(
            model_name='comment',
            name='is_urgent',
            field=models.BooleanField(default=False, verbose_name='urgent'),
        ),
        migrations.AddField(
            model_name='comment',
            name='marks',
            field=models.JSONField(blank=True, default=list),
        ),
        migrations.AddField(
            model_name='comment',
            name='original',
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name='comment',
            name='partner',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='microcredentials.partner'),
        ),
        migrations.AddField(
            model_name='invitation',
            name='by_open_link',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='invitation',
            name='partner',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='microcredentials.partner', verbose_name='partner'),
        ),
        migrations.AddField(
            model_name='invitation',
            name='undelivered',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='itemsummary',
            name='computed_at',
            field=models.DateTimeField(default=iqas.core.clock.now, verbose_name='computed'),
        ),
        migrations.AddField(
            model_name='itemsummary',
            name='is_behind',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='itemsummary',
            name='middle_sum',
            field=models.IntegerField(null=True),
        ),
        migrations.AddField(
            model_name='itemsummary',
            name='total',
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='questionnaire',
            name='about_persons',
            field=models.BooleanField(default=False, verbose_name='judges persons who can be named'),
        ),
        migrations.AddField(
            model_name='questionnaireversion',
            name='based_on',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='derived', to='feedback.questionnaireversion', verbose_name='made from'),
        ),
        migrations.AddField(
            model_name='questionnaireversion',
            name='created_by',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='questionnaireversion',
            name='origin',
            field=models.CharField(choices=[('pack', 'pack'), ('own', 'own')], default='pack', editable=False, max_length=10, verbose_name='origin'),
        ),
        migrations.AddField(
            model_name='questionnaireversion',
            name='state',
            field=models.CharField(choices=[('draft', 'draft'), ('ready', 'ready')], default='ready', editable=False, max_length=10, verbose_name='state'),
        ),
        migrations.AddField(
            model_name='questionnaireversion',
            name='version',
            field=models.PositiveIntegerField(default=1, editable=False, verbose_name='version'),
        ),
        migrations.AlterField(
            model_name='campaign',
            name='state',
            field=django_fsm.FSMField(choices=[('draft', 'draft'), ('open', 'open'), ('paused', 'paused'), ('closed', 'closed, being mixed'), ('mixed', 'finished')], default='draft', max_length=50, protected=True, verbose_name='state'),
        ),
        migrations.AlterField(
            model_name='comment',
            name='review_state',
            field=models.CharField(choices=[('pending', 'to be reviewed'), ('shown', 'shown'), ('held', 'held back for now'), ('redacted', 'shown with passages removed'), ('withheld', 'withheld')], default='pending', max_length=10),
        ),
        migrations.AlterField(
            model_name='questionnaireversion',
            name='sha256',
            field=models.CharField(blank=True, editable=False, max_length=64),
        ),
        migrations.AddConstraint(
            model_name='comment',
            constraint=models.CheckConstraint(condition=models.Q(('original', ''), ('review_state', 'redacted'), _connector='OR'), name='comment_original_of_redacted', violation_error_message='Only a redacted comment has an original.'),
        ),
        migrations.AddConstraint(
            model_name='invitation',
            constraint=models.CheckConstraint(condition=models.Q(('by_open_link', False), models.Q(('email_enc__isnull', True), ('partner__isnull', True), ('sheet__isnull', True)), _connector='OR'), name='invitation_open_is_nobodys'),
        ),
        migrations.AddConstraint(
            model_name='questionnaireversion',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('frozen_at__isnull', True), ('origin', 'own'), ('state', 'draft')), models.Q(('state', 'ready'), models.Q(('sha256', ''), _negated=True)), _connector='OR'), name='questionnaire_draft_unused', violation_error_message='A draft is asked of nobody.'),
        ),
        migrations.AddConstraint(
            model_name='audiencethreshold',
            constraint=models.CheckConstraint(condition=models.Q(('least__gte', 3), ('least__lte', 100)), name='audience_threshold_range', violation_error_message='A minimum group size is between 3 and 100.'),
        ),
        migrations.AddField(
            model_name='campaignedition',
            name='campaign',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='pool', to='feedback.campaign'),
        ),
        migrations.AddField(
            model_name='campaignedition',
            name='edition',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='microcredentials.edition'),
        ),
        migrations.AddField(
            model_name='campaign',
            name='pooled',
            field=models.ManyToManyField(related_name='pooled_campaigns', through='feedback.CampaignEdition', to='microcredentials.edition'),
        ),
        migrations.AddField(
            model_name='campaignpartner',
            name='campaign',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='asked_partners', to='feedback.campaign'),
        ),
        migrations.AddField(
            model_name='campaignpartner',
            name='partner',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='microcredentials.partner'),
        ),
        migrations.AddField(
            model_name='campaign',
            name='partners',
            field=models.ManyToManyField(related_name='campaigns', through='feedback.CampaignPartner', to='microcredentials.partner'),
        ),
        migrations.AddField(
            model_name='commentreader',
            name='campaign',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='comment_readers', to='feedback.campaign'),
        ),
        migrations.AddField(
            model_name='commentreader',
            name='user',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='person'),
        ),
        migrations.AddField(
            model_name='commenttheme',
            name='comment',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='feedback.comment'),
        ),
        migrations.AddField(
            model_name='complaint',
            name='action',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='improvement.action', verbose_name='improvement action'),
        ),
        migrations.AddField(
            model_name='complaint',
            name='created_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='complaint',
            name='edition',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='microcredentials.edition', verbose_name='edition'),
        ),
        migrations.AddField(
            model_name='complaint',
            name='responsible',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='responsible'),
        ),
        migrations.AddField(
            model_name='complaint',
            name='scope',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='complaints', to='organisation.scope', verbose_name='scope'),
        ),
        migrations.AddField(
            model_name='consultation',
            name='created_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='consultation',
            name='edition',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='microcredentials.edition', verbose_name='edition'),
        ),
        migrations.AddField(
            model_name='consultation',
            name='evidence',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='evidence.evidenceversion', verbose_name='minutes'),
        ),
        migrations.AddField(
            model_name='consultation',
            name='scope',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='consultations', to='organisation.scope', verbose_name='scope'),
        ),
        migrations.AddField(
            model_name='consultationpartner',
            name='consultation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='feedback.consultation'),
        ),
        migrations.AddField(
            model_name='consultationpartner',
            name='partner',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='microcredentials.partner'),
        ),
        migrations.AddField(
            model_name='consultation',
            name='partners',
            field=models.ManyToManyField(related_name='consultations', through='feedback.ConsultationPartner', to='microcredentials.partner'),
        ),
        migrations.AddField(
            model_name='consultationpoint',
            name='action',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='improvement.action', verbose_name='improvement action'),
        ),
        migrations.AddField(
            model_name='consultationpoint',
            name='consultation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='points', to='feedback.consultation'),
        ),
        migrations.AddField(
            model_name='openingrule',
            name='created_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='openingrule',
            name='questionnaire',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='feedback.questionnaire', verbose_name='questionnaire'),
        ),
        migrations.AddField(
            model_name='openingrule',
            name='scope',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisation.scope', verbose_name='scope'),
        ),
        migrations.AddField(
            model_name='campaign',
            name='rule',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='campaigns', to='feedback.openingrule'),
        ),
        migrations.AddField(
            model_name='outcome',
            name='campaign',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='outcomes', to='feedback.campaign'),
        ),
        migrations.AddField(
            model_name='outcome',
            name='created_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='outcomeaction',
            name='action',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='improvement.action'),
        ),
        migrations.AddField(
            model_name='outcomeaction',
            name='outcome',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='feedback.outcome'),
        ),
        migrations.AddField(
            model_name='outcome',
            name='actions',
            field=models.ManyToManyField(related_name='outcomes', through='feedback.OutcomeAction', to='improvement.action'),
        ),
        migrations.AddField(
            model_name='replylink',
            name='campaign',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reply_links', to='feedback.campaign'),
        ),
        migrations.AddField(
            model_name='replylink',
            name='edition',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='microcredentials.edition'),
        ),
        migrations.AddField(
            model_name='report',
            name='artefact',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='jobs.artefact'),
        ),
        migrations.AddField(
            model_name='report',
            name='campaign',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reports', to='feedback.campaign'),
        ),
        migrations.AddField(
            model_name='report',
            name='edition',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='feedback_reports', to='microcredentials.edition'),
        ),
        migrations.AddField(
            model_name='report',
            name='job',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='jobs.job'),
        ),
        migrations.AddField(
            model_name='report',
            name='requested_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='report',
            name='scope',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisation.scope'),
        ),
        migrations.AddField(
            model_name='report',
            name='year',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisation.academicyear'),
        ),
        migrations.AddField(
            model_name='round',
            name='created_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='round',
            name='questionnaire_version',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='feedback.questionnaireversion', verbose_name='questionnaire'),
        ),
        migrations.AddField(
            model_name='round',
            name='scope',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisation.scope', verbose_name='scope'),
        ),
        migrations.AddField(
            model_name='round',
            name='year',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisation.academicyear', verbose_name='academic year'),
        ),
        migrations.AddField(
            model_name='campaign',
            name='round',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='campaigns', to='feedback.round'),
        ),
        migrations.AddConstraint(
            model_name='campaign',
            constraint=models.CheckConstraint(condition=models.Q(('threshold__gte', 3), models.Q(('mode', 'attributed'), ('threshold', 1)), _connector='OR'), name='campaign_threshold_min', violation_error_message='The minimum group size cannot be below 3.'),
        ),
        migrations.RunPython(tell_targets, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name='campaign',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('edition__isnull', False), ('target_kind', 'edition')), models.Q(models.Q(('target_kind', 'edition'), _negated=True), ('edition__isnull', True)), _connector='OR'), name='campaign_target_fits', violation_error_message='A campaign is about one edition, several, or a list of partners.'),
        ),
        migrations.AddConstraint(
            model_name='campaign',
            constraint=models.CheckConstraint(condition=models.Q(('open_link', False), models.Q(('mode', 'attributed'), _negated=True), _connector='OR'), name='campaign_open_link_unnamed', violation_error_message='Who answers in the name of an institution needs a link of their own.'),
        ),
        migrations.AddConstraint(
            model_name='campaign',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('open_idx__isnull', False), ('open_link', True)), models.Q(('open_idx__isnull', True), ('open_link', False)), _connector='OR'), name='campaign_open_link_has_code'),
        ),
        migrations.AddConstraint(
            model_name='campaign',
            constraint=models.CheckConstraint(condition=models.Q(('reminders_most__lte', 5)), name='campaign_reminders_most', violation_error_message='Nobody is reminded more than 5 times.'),
        ),
        migrations.AddConstraint(
            model_name='campaign',
            constraint=models.UniqueConstraint(condition=models.Q(('edition__isnull', False), ('round__isnull', False)), fields=('round', 'edition'), name='campaign_once_per_round'),
        ),
        migrations.AddConstraint(
            model_name='campaign',
            constraint=models.UniqueConstraint(condition=models.Q(('edition__isnull', True), ('round__isnull', False)), fields=('round', 'scope'), name='campaign_pool_once_per_round'),
        ),
        migrations.AddConstraint(
            model_name='campaign',
            constraint=models.UniqueConstraint(condition=models.Q(('rule__isnull', False)), fields=('rule', 'edition'), name='campaign_once_per_rule'),
        ),
        migrations.AddField(
            model_name='roundexclusion',
            name='edition',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='microcredentials.edition'),
        ),
        migrations.AddField(
            model_name='roundexclusion',
            name='round',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='exclusions', to='feedback.round'),
        ),
        migrations.AddField(
            model_name='signedanswer',
            name='campaign',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='signed_answers', to='feedback.campaign'),
        ),
        migrations.AddField(
            model_name='signedanswer',
            name='invitation',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='signed_answer', to='feedback.invitation'),
        ),
        migrations.AddField(
            model_name='teacherreply',
            name='comment',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='replies', to='feedback.comment'),
        ),
        migrations.AddField(
            model_name='teacherreply',
            name='link',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='replies', to='feedback.replylink'),
        ),
        migrations.AddField(
            model_name='theme',
            name='comments',
            field=models.ManyToManyField(related_name='themes', through='feedback.CommentTheme', to='feedback.comment'),
        ),
        migrations.AddField(
            model_name='theme',
            name='scope',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisation.scope', verbose_name='scope'),
        ),
        migrations.AddField(
            model_name='commenttheme',
            name='theme',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='feedback.theme'),
        ),
        migrations.AddConstraint(
            model_name='campaignedition',
            constraint=models.UniqueConstraint(fields=('campaign', 'edition'), name='campaign_edition_once'),
        ),
        migrations.AddConstraint(
            model_name='campaignpartner',
            constraint=models.UniqueConstraint(fields=('campaign', 'partner'), name='campaign_partner_once'),
        ),
        migrations.AddConstraint(
            model_name='commentreader',
            constraint=models.UniqueConstraint(condition=models.Q(('role', ''), _negated=True), fields=('campaign', 'role', 'item_code'), name='comment_reader_role_once', violation_error_message='They are among the readers already.'),
        ),
        migrations.AddConstraint(
            model_name='commentreader',
            constraint=models.UniqueConstraint(condition=models.Q(('user__isnull', False)), fields=('campaign', 'user', 'item_code'), name='comment_reader_person_once', violation_error_message='They are among the readers already.'),
        ),
        migrations.AddConstraint(
            model_name='commentreader',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('role', ''), ('user__isnull', False)), models.Q(models.Q(('role', ''), _negated=True), ('user__isnull', True)), _connector='OR'), name='comment_reader_role_or_person', violation_error_message='A reader is a role or a person.'),
        ),
        migrations.AddIndex(
            model_name='complaint',
            index=models.Index(fields=['state', 'due_on'], name='complaint_by_state'),
        ),
        migrations.AddConstraint(
            model_name='complaint',
            constraint=models.CheckConstraint(condition=models.Q(('answered_on__gte', models.F('received_on'))), name='complaint_answered_after_received', violation_error_message='It was answered before it was received.'),
        ),
        migrations.AddConstraint(
            model_name='complaint',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['answered', 'dismissed']), _negated=True), models.Q(models.Q(('answer', ''), _negated=True), ('answered_on__isnull', False)), _connector='OR'), name='complaint_answered_has_answer', violation_error_message='An answered complaint has its answer and the day.'),
        ),
        migrations.AddConstraint(
            model_name='consultationpartner',
            constraint=models.UniqueConstraint(fields=('consultation', 'partner'), name='consultation_partner_once'),
        ),
        migrations.AddIndex(
            model_name='consultation',
            index=models.Index(fields=['scope', '-held_on'], name='consultation_of_scope'),
        ),
        migrations.AddConstraint(
            model_name='openingrule',
            constraint=models.CheckConstraint(condition=models.Q(('duration_days__gte', 1), ('duration_days__lte', 180)), name='opening_rule_duration', violation_error_message='A campaign lasts from 1 to 180 days.'),
        ),
        migrations.AddConstraint(
            model_name='openingrule',
            constraint=models.CheckConstraint(condition=models.Q(('offset_days__gte', -365), ('offset_days__lte', 1100)), name='opening_rule_offset', violation_error_message='At most a year before or three years after.'),
        ),
        migrations.AddConstraint(
            model_name='openingrule',
            constraint=models.CheckConstraint(condition=models.Q(('reminders_most__lte', 5)), name='opening_rule_reminders_most', violation_error_message='Nobody is reminded more than 5 times.'),
        ),
        migrations.AddConstraint(
            model_name='outcomeaction',
            constraint=models.UniqueConstraint(fields=('outcome', 'action'), name='outcome_action_once'),
        ),
        migrations.AddConstraint(
            model_name='outcome',
            constraint=models.CheckConstraint(condition=models.Q(('done_published_at__isnull', True), ('published_at__isnull', False), _connector='OR'), name='outcome_done_after_promise', violation_error_message='What was done is published after what was promised.'),
        ),
        migrations.AddConstraint(
            model_name='replylink',
            constraint=models.CheckConstraint(condition=models.Q(('closes__gte', models.F('opens'))), name='reply_link_days_in_order', violation_error_message='The closing date is before the opening date.'),
        ),
        migrations.AddIndex(
            model_name='report',
            index=models.Index(fields=['scope', 'kind', '-as_of'], name='feedback_report_of_scope'),
        ),
        migrations.AddConstraint(
            model_name='report',
            constraint=models.UniqueConstraint(fields=('scope', 'kind', 'language', 'content_sha256'), name='feedback_report_once_per_content', violation_error_message='This report exists already.'),
        ),
        migrations.AddConstraint(
            model_name='report',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('campaign__isnull', False), ('edition__isnull', True), ('kind', 'campaign')), models.Q(('campaign__isnull', True), ('edition__isnull', False), ('kind', 'edition')), models.Q(('campaign__isnull', True), ('edition__isnull', True), ('kind', 'centre'), ('year__isnull', False)), _connector='OR'), name='feedback_report_about_fits', violation_error_message='A report is about a campaign, an edition, or a year of a centre.'),
        ),
        migrations.AddConstraint(
            model_name='report',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('artefact__isnull', True), ('made_at__isnull', True), ('sha256', '')), models.Q(models.Q(('sha256', ''), _negated=True), ('artefact__isnull', False), ('made_at__isnull', False)), _connector='OR'), name='feedback_report_file_when_made', violation_error_message='A report that was made has its file and its hash.'),
        ),
        migrations.AddConstraint(
            model_name='round',
            constraint=models.CheckConstraint(condition=models.Q(('closes__gte', models.F('opens'))), name='round_closes_after_it_opens', violation_error_message='The closing date is before the opening date.'),
        ),
        migrations.AddConstraint(
            model_name='round',
            constraint=models.CheckConstraint(condition=models.Q(('ends_until__gte', models.F('ends_from'))), name='round_term_in_order', violation_error_message='The term ends before it begins.'),
        ),
        migrations.AddConstraint(
            model_name='round',
            constraint=models.CheckConstraint(condition=models.Q(('reminders_most__lte', 5)), name='round_reminders_most', violation_error_message='Nobody is reminded more than 5 times.'),
        ),
        migrations.AddConstraint(
            model_name='round',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('made_at__isnull', True), ('state', 'draft')), models.Q(('made_at__isnull', False), ('state', 'made')), _connector='OR'), name='round_made_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='roundexclusion',
            constraint=models.UniqueConstraint(fields=('round', 'edition'), name='round_exclusion_once'),
        ),
        migrations.AddConstraint(
            model_name='teacherreply',
            constraint=models.UniqueConstraint(condition=models.Q(('comment__isnull', False)), fields=('link', 'comment'), name='teacher_reply_once_per_comment'),
        ),
        migrations.AddConstraint(
            model_name='teacherreply',
            constraint=models.UniqueConstraint(condition=models.Q(('comment__isnull', True)), fields=('link',), name='teacher_reply_once_to_all'),
        ),
        migrations.AddConstraint(
            model_name='theme',
            constraint=models.UniqueConstraint(fields=('scope', 'sort_name'), name='theme_once', violation_error_message='There is a theme of this name.'),
        ),
        migrations.AddConstraint(
            model_name='commenttheme',
            constraint=models.UniqueConstraint(fields=('comment', 'theme'), name='comment_theme_once'),
        ),
    ]
