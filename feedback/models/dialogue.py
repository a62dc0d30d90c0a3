"""Feedback that is no survey: meetings and interviews with stakeholders and other providers; complaints and suggestions."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from iqas.core import clock
from iqas.core.models import Identified, Versioned
from iqas.evidence.models import EvidenceVersion
from iqas.improvement.models import Action
from iqas.organisation.models import Scope
from microcredentials.models import Edition, Partner


class Consultation(Identified, Versioned):
    """Minutes: when was spoken with whom, about what, and what they raised (`points`)."""

    class Kind(models.TextChoices):
        MEETING = "meeting", _("meeting")
        INTERVIEW = "interview", _("interview")
        GROUP = "group", _("focus group")
        VISIT = "visit", _("visit")
        LETTER = "letter", _("letter or mail")

    code = models.CharField(_("code"), max_length=20, unique=True)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind, default=Kind.MEETING)
    title = models.CharField(_("title"), max_length=200)
    sort_title = models.CharField(max_length=200, editable=False)
    held_on = models.DateField(_("held on"))
    scope = models.ForeignKey(Scope, models.PROTECT, related_name="consultations", verbose_name=_("scope"))
    edition = models.ForeignKey(
        Edition, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("edition")
    )
    partners = models.ManyToManyField(
        Partner, through="feedback.ConsultationPartner", related_name="consultations"
    )
    participants = models.TextField(_("participants"), blank=True, help_text=_("One a line."))
    summary = models.TextField(_("summary"), blank=True)
    evidence = models.ForeignKey(
        EvidenceVersion, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("minutes")
    )
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(_("created"), default=clock.now, editable=False)

    class Meta:
        ordering = ["-held_on", "-code"]
        verbose_name = _("consultation")
        verbose_name_plural = _("consultations")
        indexes = [models.Index(fields=["scope", "-held_on"], name="consultation_of_scope")]

    def __str__(self) -> str:
        return f"{self.code} · {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("feedback:consultation-detail", kwargs={"code": self.code})


class ConsultationPartner(Identified):
    """A partner of the register who took part."""

    consultation = models.ForeignKey(Consultation, models.CASCADE, related_name="+")  # part of it
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["consultation", "partner"], name="consultation_partner_once"),
        ]

    def __str__(self) -> str:
        return f"{self.consultation_id} {self.partner_id}"


class ConsultationPoint(Identified):
    """One point that was raised, the criterion it touches, and what came of it."""

    consultation = models.ForeignKey(Consultation, models.CASCADE, related_name="points")  # part of it
    order = models.PositiveSmallIntegerField(default=0)
    text = models.TextField(_("point raised"))
    criterion_code = models.CharField(_("criterion"), max_length=20, blank=True)
    answer = models.TextField(_("what came of it"), blank=True)
    action = models.ForeignKey(
        Action,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("improvement action"),
    )

    class Meta:
        ordering = ["order"]

    def __str__(self) -> str:
        return self.text[:80]


class SafeguardingPerson(Identified):
    """Who reads the urgent complaints about a scope and everything below it. Where nobody is named: the quality officers."""

    scope = models.ForeignKey(Scope, models.PROTECT, related_name="+", verbose_name=_("scope"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("person")
    )

    class Meta:
        ordering = ["scope__path", "user__sort_name"]
        constraints = [
            models.UniqueConstraint(
                fields=["scope", "user"],
                name="safeguarding_person_once",
                violation_error_message=_("They are named already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scope_id} {self.user_id}"


class Complaint(Identified, Versioned):
    """A complaint, suggestion or praise, with the time that its answer took. `sender_enc` is an encrypted address;

    `secret_hash` is of the code by which whoever sent it through the form reads the answer.

    An urgent one (somebody may be in danger or was harmed) is read by the persons named for safeguarding alone.
    """

    class Kind(models.TextChoices):
        COMPLAINT = "complaint", _("complaint")
        SUGGESTION = "suggestion", _("suggestion")
        PRAISE = "praise", _("praise")

    class Channel(models.TextChoices):
        FORM = "form", _("our form")
        MAIL = "mail", _("e-mail")
        OFFICE = "office", _("in person")
        REGISTRY = "registry", _("official registry")
        SURVEY = "survey", _("comment in a survey")
        OMBUDSMAN = "ombudsman", _("ombudsperson")

    class State(models.TextChoices):
        RECEIVED = "received", _("received")
        IN_PROGRESS = "in_progress", _("being looked into")
        ANSWERED = "answered", _("answered")
        DISMISSED = "dismissed", _("not admitted")

    code = models.CharField(_("code"), max_length=20, unique=True)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind, default=Kind.COMPLAINT)
    channel = models.CharField(_("channel"), max_length=20, choices=Channel)
    received_on = models.DateField(_("received"))
    due_on = models.DateField(_("answer due"), null=True, blank=True)
    scope = models.ForeignKey(Scope, models.PROTECT, related_name="complaints", verbose_name=_("scope"))
    edition = models.ForeignKey(
        Edition, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("edition")
    )
    criterion_code = models.CharField(_("criterion"), max_length=20, blank=True)
    text = models.TextField(_("text"))
    is_urgent = models.BooleanField(_("urgent"), default=False)
    sender_enc = models.BinaryField(null=True, editable=False)
    secret_hash = models.CharField(max_length=64, blank=True, editable=False)
    state = models.CharField(_("state"), max_length=20, choices=State, default=State.RECEIVED)
    answer = models.TextField(_("answer"), blank=True)
    answered_on = models.DateField(_("answered"), null=True, blank=True)
    action = models.ForeignKey(
        Action,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("improvement action"),
    )
    responsible = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("responsible"),
    )
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(_("created"), default=clock.now, editable=False)

    class Meta:
        ordering = ["-received_on", "-code"]
        verbose_name = _("complaint or suggestion")
        verbose_name_plural = _("complaints and suggestions")
        indexes = [models.Index(fields=["state", "due_on"], name="complaint_by_state")]
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_on__gte=F("received_on")),
                name="complaint_answered_after_received",
                violation_error_message=_("It was answered before it was received."),
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["answered", "dismissed"])
                | (~Q(answer="") & Q(answered_on__isnull=False)),
                name="complaint_answered_has_answer",
                violation_error_message=_("An answered complaint has its answer and the day."),
            ),
        ]

    def __str__(self) -> str:
        return self.code

    def get_absolute_url(self) -> str:
        return reverse("feedback:complaint-detail", kwargs={"code": self.code})

    @property
    def days_taken(self) -> int | None:
        """Days from arriving to the answer; None while it waits."""
        return None if self.answered_on is None else (self.answered_on - self.received_on).days
