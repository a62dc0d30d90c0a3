"""Orders that make campaigns: a round, once, for all editions of a term; a rule, by itself, for each edition in its time."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from feedback.models.campaigns import MOST_REMINDERS, REMINDERS, Campaign, Moment
from feedback.models.questionnaires import Questionnaire, QuestionnaireVersion
from iqas.core import clock
from iqas.core.models import Identified, Versioned
from iqas.organisation.models import AcademicYear, Scope
from microcredentials.models import Edition

ASKED_MODES = [choice for choice in Campaign.Mode.choices if choice[0] != Campaign.Mode.IMPORTED]


class Round(Identified, Versioned):
    """One order for many campaigns: a questionnaire, the editions of a term below a scope, one window.

    `grouping` says what one campaign covers. `enrolment_states` are the learners invited from the register, none for
    lists that come later. `readers` are the roles that read the comments, none for the usual ones.
    """

    class Grouping(models.TextChoices):
        EDITION = "edition", _("each edition")
        MICROCREDENTIAL = "microcredential", _("the editions of each micro-credential together")
        CENTRE = "centre", _("the editions of each centre together")

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        MADE = "made", _("campaigns made")

    code = models.CharField(_("code"), max_length=20, unique=True)
    title = models.CharField(_("title"), max_length=200)
    scope = models.ForeignKey(Scope, models.PROTECT, related_name="+", verbose_name=_("scope"))
    year = models.ForeignKey(AcademicYear, models.PROTECT, related_name="+", verbose_name=_("academic year"))
    ends_from = models.DateField(_("editions that end from"), null=True, blank=True)
    ends_until = models.DateField(_("until"), null=True, blank=True)
    questionnaire_version = models.ForeignKey(
        QuestionnaireVersion, models.PROTECT, related_name="+", verbose_name=_("questionnaire")
    )
    grouping = models.CharField(
        _("one campaign for"), max_length=20, choices=Grouping, default=Grouping.EDITION
    )
    moment = models.CharField(_("moment"), max_length=10, choices=Moment, default=Moment.END)
    mode = models.CharField(_("mode"), max_length=20, choices=ASKED_MODES, default=Campaign.Mode.ANONYMOUS)
    opens = models.DateField(_("first day"))
    closes = models.DateField(_("last day"))
    threshold = models.PositiveSmallIntegerField(_("minimum group size"), null=True, blank=True)
    reminders_most = models.PositiveSmallIntegerField(_("reminders at most"), default=REMINDERS)
    mail_language = models.CharField(_("language of the messages"), max_length=5, default="es")
    enrolment_states = models.JSONField(default=list, blank=True)
    readers = models.JSONField(default=list, blank=True)
    opens_campaigns = models.BooleanField(_("open the campaigns as they are made"), default=False)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT, editable=False)
    made_at = models.DateTimeField(_("made"), null=True, blank=True, editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(_("created"), default=clock.now, editable=False)

    class Meta:
        ordering = ["-created_at"]
        verbose_name = _("round")
        verbose_name_plural = _("rounds")
        constraints = [
            models.CheckConstraint(
                condition=Q(closes__gte=F("opens")),
                name="round_closes_after_it_opens",
                violation_error_message=_("The closing date is before the opening date."),
            ),
            models.CheckConstraint(
                condition=Q(ends_until__gte=F("ends_from")),
                name="round_term_in_order",
                violation_error_message=_("The term ends before it begins."),
            ),
            models.CheckConstraint(
                condition=Q(reminders_most__lte=MOST_REMINDERS),
                name="round_reminders_most",
                violation_error_message=_("Nobody is reminded more than 5 times."),
            ),
            models.CheckConstraint(
                condition=Q(state="draft", made_at__isnull=True) | Q(state="made", made_at__isnull=False),
                name="round_made_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} · {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("feedback:round-detail", kwargs={"code": self.code})


class RoundExclusion(Identified):
    """An edition that a round leaves out: by hand, with a reason, or because it cannot be asked (`rule`)."""

    round = models.ForeignKey(Round, models.CASCADE, related_name="exclusions")  # part of it
    edition = models.ForeignKey(Edition, models.PROTECT, related_name="+")
    by_hand = models.BooleanField(default=False)
    rule = models.CharField(max_length=40, blank=True)
    reason = models.CharField(_("reason"), max_length=500)

    class Meta:
        ordering = ["edition__code"]
        constraints = [
            models.UniqueConstraint(fields=["round", "edition"], name="round_exclusion_once"),
        ]

    def __str__(self) -> str:
        return f"{self.round_id} {self.edition_id}"


class OpeningRule(Identified, Versioned):
    """Makes and opens a campaign for every edition below its scope, so many days before or after a day of it.

    It looks at editions whose opening day is not before `since`, so that a new rule never asks about the past.
    """

    class Anchor(models.TextChoices):
        STARTS = "starts", _("the first day")
        ENDS = "ends", _("the last day")
        SIGNED = "signed", _("the signing of the results")

    code = models.CharField(_("code"), max_length=20, unique=True)
    title = models.CharField(_("title"), max_length=200)
    scope = models.ForeignKey(Scope, models.PROTECT, related_name="+", verbose_name=_("scope"))
    questionnaire = models.ForeignKey(
        Questionnaire, models.PROTECT, related_name="+", verbose_name=_("questionnaire")
    )
    moment = models.CharField(_("moment"), max_length=10, choices=Moment, default=Moment.END)
    mode = models.CharField(_("mode"), max_length=20, choices=ASKED_MODES, default=Campaign.Mode.ANONYMOUS)
    anchor = models.CharField(_("counted from"), max_length=10, choices=Anchor, default=Anchor.ENDS)
    offset_days = models.SmallIntegerField(
        _("days"), default=0, help_text=_("Before it with a minus sign, after it without.")
    )
    duration_days = models.PositiveSmallIntegerField(_("days that it stays open"), default=14)
    threshold = models.PositiveSmallIntegerField(_("minimum group size"), null=True, blank=True)
    reminders_most = models.PositiveSmallIntegerField(_("reminders at most"), default=REMINDERS)
    mail_language = models.CharField(_("language of the messages"), max_length=5, default="es")
    enrolment_states = models.JSONField(default=list, blank=True)
    readers = models.JSONField(default=list, blank=True)
    since = models.DateField(_("for campaigns that open from"))
    is_active = models.BooleanField(_("active"), default=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(_("created"), default=clock.now, editable=False)

    class Meta:
        ordering = ["code"]
        verbose_name = _("opening rule")
        verbose_name_plural = _("opening rules")
        constraints = [
            models.CheckConstraint(
                condition=Q(duration_days__gte=1, duration_days__lte=180),
                name="opening_rule_duration",
                violation_error_message=_("A campaign lasts from 1 to 180 days."),
            ),
            models.CheckConstraint(
                condition=Q(offset_days__gte=-365, offset_days__lte=1100),
                name="opening_rule_offset",
                violation_error_message=_("At most a year before or three years after."),
            ),
            models.CheckConstraint(
                condition=Q(reminders_most__lte=MOST_REMINDERS),
                name="opening_rule_reminders_most",
                violation_error_message=_("Nobody is reminded more than 5 times."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} · {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("feedback:rule-edit", kwargs={"code": self.code})
