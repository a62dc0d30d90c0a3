"""A campaign asks one questionnaire version of the people of one target; its invitations are links."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, FSMModelMixin, transition

from feedback.anonymity.tokens import new_salt
from feedback.targets import Target, TargetKind
from iqas.core.models import Identified, Versioned

MIXED_AT_LEAST = 10
REMINDERS = 2
MOST_REMINDERS = 5


class Moment(models.TextChoices):
    """When in the life of an edition people are asked."""

    START = "start", _("at the start")
    MIDDLE = "middle", _("half-way")
    END = "end", _("at the end")
    AFTER = "after", _("months afterwards")
    OTHER = "other", _("at another time")


class Campaign(FSMModelMixin, Identified, Versioned):
    """One questionnaire version, one target, one window, one mode, one key and one threshold.

    Everything that respondents are told is frozen when it opens: questionnaire, mode, threshold, and who will read
    their comments. `edition` is the target of a campaign on one edition; others have rows of CampaignEdition or
    CampaignPartner. Read `target`, never these.
    """

    class Mode(models.TextChoices):
        ANONYMOUS = "anonymous", _("anonymous")
        CONFIDENTIAL = "confidential", _("confidential")
        ATTRIBUTED = "attributed", _("attributed")
        IMPORTED = "imported", _("imported")

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        OPEN = "open", _("open")
        PAUSED = "paused", _("paused")
        CLOSED = "closed", _("closed, being mixed")
        MIXED = "mixed", _("finished")

    code = models.CharField(_("code"), max_length=40, unique=True)
    title = models.CharField(_("title"), max_length=300)
    sort_title = models.CharField(max_length=300, blank=True, editable=False)
    questionnaire_version = models.ForeignKey(
        "feedback.QuestionnaireVersion",
        models.PROTECT,
        related_name="campaigns",
        verbose_name=_("questionnaire"),
    )
    target_kind = models.CharField(
        _("asked about"), max_length=10, choices=TargetKind, default=TargetKind.EDITION
    )
    edition = models.ForeignKey(
        "microcredentials.Edition",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="campaigns",
        verbose_name=_("edition"),
    )
    pooled = models.ManyToManyField(
        "microcredentials.Edition", through="feedback.CampaignEdition", related_name="pooled_campaigns"
    )
    partners = models.ManyToManyField(
        "microcredentials.Partner", through="feedback.CampaignPartner", related_name="campaigns"
    )
    year = models.ForeignKey(
        "organisation.AcademicYear",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="campaigns",
        verbose_name=_("academic year"),
    )
    moment = models.CharField(_("moment"), max_length=10, choices=Moment, default=Moment.END)
    round = models.ForeignKey(
        "feedback.Round", models.PROTECT, null=True, blank=True, related_name="campaigns", editable=False
    )
    rule = models.ForeignKey(
        "feedback.OpeningRule",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="campaigns",
        editable=False,
    )
    scope = models.ForeignKey("organisation.Scope", models.PROTECT, related_name="+")
    mode = models.CharField(_("mode"), max_length=20, choices=Mode, default=Mode.ANONYMOUS)
    state = FSMField(_("state"), choices=State.choices, default=State.DRAFT, protected=True)
    opens = models.DateField(_("opens"), null=True, blank=True)
    closes = models.DateField(_("closes"), null=True, blank=True)
    threshold = models.PositiveSmallIntegerField(_("minimum group size"))
    mail_language = models.CharField(_("language of the messages"), max_length=5, default="es")
    reminders_most = models.PositiveSmallIntegerField(_("reminders at most"), default=REMINDERS)
    open_link = models.BooleanField(_("open link"), default=False)
    open_idx = models.CharField(max_length=64, null=True, unique=True, editable=False)

    salt = models.BinaryField(max_length=16, default=new_salt, editable=False)
    public_key = models.BinaryField(max_length=32, null=True, editable=False)
    sealed_size = models.PositiveIntegerField(null=True, editable=False)

    invited_count = models.PositiveIntegerField(default=0, editable=False)
    sheets_count = models.PositiveSmallIntegerField(default=0, editable=False)
    reminders_count = models.PositiveSmallIntegerField(default=0, editable=False)
    responses_count = models.PositiveIntegerField(default=0, editable=False)
    destroyed_count = models.PositiveIntegerField(default=0, editable=False)
    undelivered_count = models.PositiveIntegerField(default=0, editable=False)
    straight_lined = models.PositiveIntegerField(default=0, editable=False)
    mixings_count = models.PositiveIntegerField(default=0, editable=False)
    settled_count = models.PositiveIntegerField(default=0, editable=False)  # mixings compacted and summarised
    mixed_at = models.DateTimeField(null=True, editable=False)
    review_closed_at = models.DateTimeField(_("review of comments closed"), null=True, editable=False)

    class Meta:
        verbose_name = _("campaign")
        verbose_name_plural = _("campaigns")
        constraints = [
            models.CheckConstraint(
                condition=Q(closes__gte=F("opens")),
                name="campaign_closes_after_it_opens",
                violation_error_message=_("The closing date is before the opening date."),
            ),
            models.CheckConstraint(
                condition=Q(mode="imported") | Q(opens__isnull=False, closes__isnull=False),
                name="campaign_has_dates",
                violation_error_message=_("A campaign needs an opening and a closing date."),
            ),
            models.CheckConstraint(
                condition=Q(threshold__gte=3) | Q(mode="attributed", threshold=1),
                name="campaign_threshold_min",
                violation_error_message=_("The minimum group size cannot be below 3."),
            ),
            models.CheckConstraint(
                condition=~Q(mode="anonymous")
                | Q(state="draft")
                | Q(public_key__isnull=False, sealed_size__isnull=False),
                name="campaign_open_has_key",
                violation_error_message=_("An anonymous campaign opens with a key."),
            ),
            models.CheckConstraint(
                condition=~Q(mode="imported") | Q(state="mixed"),
                name="campaign_imported_is_over",
                violation_error_message=_("An imported campaign is already over."),
            ),
            models.CheckConstraint(
                condition=Q(target_kind="edition", edition__isnull=False)
                | (~Q(target_kind="edition") & Q(edition__isnull=True)),
                name="campaign_target_fits",
                violation_error_message=_("A campaign is about one edition, several, or a list of partners."),
            ),
            models.CheckConstraint(
                condition=Q(open_link=False) | ~Q(mode="attributed"),
                name="campaign_open_link_unnamed",
                violation_error_message=_(
                    "Who answers in the name of an institution needs a link of their own."
                ),
            ),
            models.CheckConstraint(
                condition=Q(open_link=True, open_idx__isnull=False)
                | Q(open_link=False, open_idx__isnull=True),
                name="campaign_open_link_has_code",
            ),
            models.CheckConstraint(
                condition=Q(reminders_most__lte=MOST_REMINDERS),
                name="campaign_reminders_most",
                violation_error_message=_("Nobody is reminded more than 5 times."),
            ),
            models.UniqueConstraint(
                fields=["round", "edition"],
                condition=Q(round__isnull=False, edition__isnull=False),
                name="campaign_once_per_round",
            ),
            models.UniqueConstraint(
                fields=["round", "scope"],
                condition=Q(round__isnull=False, edition__isnull=True),
                name="campaign_pool_once_per_round",
            ),
            models.UniqueConstraint(
                fields=["rule", "edition"],
                condition=Q(rule__isnull=False),
                name="campaign_once_per_rule",
            ),
        ]
        indexes = [models.Index(fields=["state", "closes"], name="campaign_by_state")]

    def __str__(self) -> str:
        return f"{self.code} · {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("feedback:campaign-detail", kwargs={"code": self.code})

    @property
    def target(self) -> Target:
        """About what people are asked. Needs `selectors.targets.with_target`."""
        pooled = self.pooled.all() if self.target_kind == TargetKind.EDITIONS else ()
        return Target(
            kind=self.target_kind,
            editions=tuple(pooled) if self.edition is None else (self.edition,),
            partners=tuple(self.partners.all()) if self.target_kind == TargetKind.PARTNERS else (),
            year=self.year,
        )

    @property
    def is_signed(self) -> bool:
        """Whether answers are kept with their invitation: confidential or attributed."""
        return self.mode in (self.Mode.CONFIDENTIAL, self.Mode.ATTRIBUTED)

    @property
    def takes_links(self) -> bool:
        """Whether people may still be invited, as far as its state goes."""
        return self.state in (self.State.DRAFT, self.State.OPEN, self.State.PAUSED)

    @property
    def reached_count(self) -> int | None:
        """How many could have answered: those invited whose mail did not come back; None where nobody knows."""
        if self.mode == self.Mode.IMPORTED or self.open_link:
            return None
        answered = self.responses_count + self.destroyed_count
        return max(self.invited_count - self.undelivered_count, answered)

    @property
    def batch(self) -> int:
        """How many answers are mixed at a time, at least."""
        return max(self.threshold, MIXED_AT_LEAST)

    @transition(field=state, source=State.DRAFT, target=State.OPEN)
    def begin(self, *, public_key: bytes | None, sealed_size: int | None) -> None:
        self.public_key = public_key
        self.sealed_size = sealed_size

    @transition(field=state, source=State.OPEN, target=State.PAUSED)
    def pause(self) -> None:
        """No answer is taken for a while; those taken are kept."""

    @transition(field=state, source=State.PAUSED, target=State.OPEN)
    def resume(self) -> None:
        """Answers are taken again, with the same links and drafts."""

    @transition(field=state, source=[State.OPEN, State.PAUSED], target=State.CLOSED)
    def end(self) -> None:
        """No further answer is taken; those taken wait for their last mixing."""

    @transition(field=state, source=State.CLOSED, target=State.MIXED)
    def finish(self, *, at: Any) -> None:
        self.mixed_at = at


class CampaignGroup(Identified):
    """A group of invited people declared before the campaign opens."""

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="groups")
    code = models.CharField(max_length=32)
    label = models.CharField(_("group"), max_length=120)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["campaign", "code"], name="campaign_group_once"),
        ]

    def __str__(self) -> str:
        return self.label


class Invitation(Identified):
    """One link. It knows whether it was used, never when; of an anonymous answer, nothing.

    `sheet` is the number of the printed sheet for a link without address, `by_open_link` one that its holder made.
    `undelivered`: a mail server refuses the address for good. `partner` is whose answer it will be, never set where
    answers are anonymous (held by the services and by `doctor`).
    """

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="invitations")
    group_code = models.CharField(max_length=32, blank=True)
    email_enc = models.BinaryField(null=True)
    mail_idx = models.CharField(max_length=64, blank=True)
    tok_idx = models.CharField(max_length=64, unique=True)
    code_idx = models.CharField(max_length=64, null=True, unique=True)
    sheet = models.PositiveSmallIntegerField(null=True)
    used = models.BooleanField(default=False)
    by_open_link = models.BooleanField(default=False)
    partner = models.ForeignKey(
        "microcredentials.Partner", models.PROTECT, null=True, related_name="+", verbose_name=_("partner")
    )
    reminder_count = models.PositiveSmallIntegerField(default=0)
    last_mail_day = models.DateField(null=True)
    undelivered = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "mail_idx"],
                condition=~Q(mail_idx=""),
                name="invitation_once_per_address",
                violation_error_message=_("This address is already invited."),
            ),
            models.CheckConstraint(
                condition=Q(email_enc__isnull=True, mail_idx="")
                | (Q(email_enc__isnull=False) & ~Q(mail_idx="")),
                name="invitation_address_with_index",
            ),
            models.CheckConstraint(
                condition=Q(sheet__isnull=True) | Q(email_enc__isnull=True),
                name="invitation_printed_without_address",
            ),
            models.CheckConstraint(
                condition=Q(by_open_link=False)
                | Q(email_enc__isnull=True, sheet__isnull=True, partner__isnull=True),
                name="invitation_open_is_nobodys",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class MailOptOut(models.Model):
    """Somebody wants no more survey mail; only the index of the address is kept."""

    mail_idx = models.CharField(max_length=64, primary_key=True)

    def __str__(self) -> str:
        return self.mail_idx
