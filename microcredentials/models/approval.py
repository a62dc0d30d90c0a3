"""How a version is approved: the route as data, submissions with their acts, remarks by section, the annual programme;
and how its offer ends, for a while or for ever.

RD 822/2021 art. 37.2 (prices: Consejo Social), 37.10 (annual programme: governing bodies), 37.11 (quality assurance system).
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from iqas.core.models import Identified
from iqas.evidence.models import EvidenceVersion
from iqas.organisation.models import AcademicYear, Scope
from microcredentials import rules
from microcredentials.models.catalogue import MicroCredential, MicroCredentialVersion


class ApprovalRoute(Identified):
    """One version of the way to approval, from a pack; its rules never change once something was submitted by it."""

    code = models.CharField(max_length=40)
    number = models.PositiveSmallIntegerField(_("version"))
    title = models.CharField(_("title"), max_length=200)
    source = models.CharField(max_length=300, blank=True)
    sha256 = models.CharField(max_length=64)
    substantial = models.JSONField(default=list)  # fields and lists whose change is substantial
    in_force = models.BooleanField(default=False)

    class Meta:
        ordering = ["code", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["code", "number"], name="approval_route_once"),
            models.UniqueConstraint(
                fields=["in_force"], condition=Q(in_force=True), name="approval_one_route_in_force"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.number}"

    def get_absolute_url(self) -> str:
        return reverse("routes:route-detail", args=[self.code, self.number])


class Change(models.TextChoices):
    """What a version is, compared with the approved one before it."""

    NEW = "new", pgettext_lazy("version", "new")
    SUBSTANTIAL = "substantial", _("substantial change")
    MINOR = "minor", _("minor change")


class ApprovalStep(Identified):
    """What one body does on the route. `permission` is what recording it demands; `days` count from the act before."""

    route = models.ForeignKey(
        ApprovalRoute, models.CASCADE, related_name="steps"
    )  # a step is part of its route
    order = models.PositiveSmallIntegerField()
    code = models.SlugField(max_length=40)
    name = models.CharField(_("step"), max_length=200)
    body = models.CharField(_("body"), max_length=200)
    permission = models.CharField(max_length=60)
    needed_for = models.JSONField(default=list)  # values of Change
    public_only = models.BooleanField(default=False)
    needs_document = models.BooleanField(default=False)
    document_kind = models.CharField(max_length=40, default="approval")
    by_programme = models.BooleanField(default=False)
    days = models.PositiveSmallIntegerField(_("days"))

    class Meta:
        ordering = ["order"]
        constraints = [
            models.UniqueConstraint(fields=["route", "code"], name="approval_step_once"),
            models.UniqueConstraint(fields=["route", "order"], name="approval_step_order"),
        ]

    def __str__(self) -> str:
        return self.name


class Submission(Identified):
    """One time that a version is handed in: the steps that it needs, and where it stands now."""

    class State(models.TextChoices):
        WAITING = "waiting", _("in process")
        RETURNED = "returned", pgettext_lazy("version", "returned")
        REJECTED = "rejected", pgettext_lazy("version", "rejected")
        APPROVED = "approved", _("approved")

    version = models.ForeignKey(MicroCredentialVersion, models.PROTECT, related_name="submissions")
    number = models.PositiveSmallIntegerField()
    change = models.CharField(_("kind of change"), max_length=12, choices=Change)
    steps = models.ManyToManyField(ApprovalStep, related_name="+")
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    waiting_for = models.ForeignKey(
        ApprovalStep, models.PROTECT, null=True, related_name="waiting", editable=False
    )
    due = models.DateField(null=True, editable=False)
    note = models.TextField(_("note"), blank=True)
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField()

    class Meta:
        ordering = ["version", "-number"]
        indexes = [models.Index(fields=["waiting_for", "due"], name="submission_by_step")]
        constraints = [
            models.UniqueConstraint(fields=["version", "number"], name="submission_number_once"),
            models.UniqueConstraint(
                fields=["version"], condition=Q(state="waiting"), name="submission_one_waiting"
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", waiting_for__isnull=False, due__isnull=False)
                | (~Q(state="waiting") & Q(waiting_for__isnull=True, due__isnull=True)),
                name="submission_waits_for_a_step",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version_id} {self.number}"


class AnnualProgramme(Identified):
    """What the governing body approves at once for an academic year (RD 822/2021 art. 37.10).

    Each new version gets its act; `continues` are the versions in force that go on being offered, as of the approval.
    """

    code = models.CharField(_("code"), max_length=20, unique=True)
    scope = models.ForeignKey(Scope, models.PROTECT, related_name="+")
    year = models.ForeignKey(
        AcademicYear, models.PROTECT, related_name="programmes", verbose_name=_("academic year")
    )
    number = models.PositiveSmallIntegerField(default=1)
    held_on = models.DateField(_("date of the act"), null=True, blank=True)
    body = models.CharField(_("body"), max_length=200, blank=True)
    document = models.ForeignKey(
        EvidenceVersion,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("document"),
    )
    continues = models.ManyToManyField(
        MicroCredentialVersion, related_name="+", verbose_name=_("offer that continues"), blank=True
    )
    prepared_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    prepared_at = models.DateTimeField()
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    approved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-year__starts", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["year", "number"], name="programme_number_once"),
            models.UniqueConstraint(
                fields=["year"],
                condition=Q(approved_at__isnull=True),
                name="programme_one_in_preparation",
                violation_error_message=_("A programme of this year is already being prepared."),
            ),
            models.CheckConstraint(
                condition=Q(approved_at__isnull=True) | Q(approved_by__isnull=False, held_on__isnull=False),
                name="programme_approved_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.code

    def get_absolute_url(self) -> str:
        return reverse("microcredentials:programme-detail", args=[self.code])

    @property
    def is_approved(self) -> bool:
        return self.approved_at is not None


class ApprovalAct(Identified):
    """What a body decided about one submission. Written once."""

    class Outcome(models.TextChoices):
        FAVOURABLE = "favourable", _("favourable")
        CONDITIONS = "conditions", _("favourable with conditions")
        RETURNED = "returned", pgettext_lazy("version", "returned")
        REJECTED = "rejected", pgettext_lazy("version", "rejected")

    submission = models.ForeignKey(Submission, models.PROTECT, related_name="acts")
    step = models.ForeignKey(ApprovalStep, models.PROTECT, related_name="acts")
    outcome = models.CharField(_("outcome"), max_length=12, choices=Outcome)
    held_on = models.DateField(_("date of the act"))
    body = models.CharField(_("body"), max_length=200)
    document = models.ForeignKey(
        EvidenceVersion,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="approval_acts",
        verbose_name=_("document"),
    )
    conditions = models.TextField(_("conditions or reasons"), blank=True)
    programme = models.ForeignKey(AnnualProgramme, models.PROTECT, null=True, blank=True, related_name="acts")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    fulfilled_on = models.DateField(_("conditions fulfilled on"), null=True, blank=True)
    fulfilled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["submission", "step__order"]
        constraints = [
            models.UniqueConstraint(
                fields=["submission", "step"],
                name="approval_act_once",
                violation_error_message=_("The act of this step is already recorded."),
            ),
            models.CheckConstraint(
                condition=Q(outcome="favourable") | ~Q(conditions=""),
                name="approval_act_says_why",
                violation_error_message=_("Say the conditions, or the reasons."),
            ),
            models.CheckConstraint(
                condition=Q(fulfilled_on__isnull=True)
                | Q(outcome="conditions", fulfilled_by__isnull=False, fulfilled_on__gte=F("held_on")),
                name="approval_conditions_fulfilled",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.body}, {self.held_on:%d/%m/%Y}"

    @property
    def is_open_condition(self) -> bool:
        return self.outcome == self.Outcome.CONDITIONS and self.fulfilled_on is None


class StandingAct(Identified):
    """What a body decided about the offer of a micro-credential: since when, why, on which conditions. Written once."""

    class Step(models.TextChoices):
        PUBLISH = "publish", _("publication")
        SUSPEND = "suspend", _("suspension")
        RESUME = "resume", _("resumption")
        EXTINGUISH = "extinguish", _("extinction")

    microcredential = models.ForeignKey(MicroCredential, models.PROTECT, related_name="standing_acts")
    number = models.PositiveSmallIntegerField()
    step = models.CharField(_("act"), max_length=12, choices=Step)
    held_on = models.DateField(_("date of the act"))
    body = models.CharField(_("body"), max_length=200, blank=True)
    document = models.ForeignKey(
        EvidenceVersion,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="standing_acts",
        verbose_name=_("document"),
    )
    reason = models.TextField(_("reason"), blank=True)
    conditions = models.TextField(_("conditions"), blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["microcredential", "number"]
        constraints = [
            models.UniqueConstraint(fields=["microcredential", "number"], name="standing_act_number_once"),
            models.CheckConstraint(
                condition=Q(step="publish") | (~Q(reason="") & ~Q(body="")),
                name="standing_act_says_who_and_why",
                violation_error_message=_("Say which body decided it, and why."),
            ),
            models.CheckConstraint(
                condition=~Q(step="extinguish") | Q(document__isnull=False),
                name="standing_extinction_documented",
                violation_error_message=rules.NO_DOCUMENT,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_step_display()}, {self.held_on:%d/%m/%Y}"


class Remark(Identified):
    """A word on one section of a version: a comment, a reply to one, or a reason for its return (`act`)."""

    version = models.ForeignKey(MicroCredentialVersion, models.PROTECT, related_name="remarks")
    section = models.CharField(_("section"), max_length=20)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="replies")
    act = models.ForeignKey(ApprovalAct, models.PROTECT, null=True, blank=True, related_name="reasons")
    text = models.TextField(_("comment"))
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    written_at = models.DateTimeField()
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    resolved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["written_at"]
        indexes = [models.Index(fields=["version", "section"], name="remark_by_section")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(text=""),
                name="remark_says_something",
                violation_error_message=_("Write something."),
            ),
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | Q(resolved_at__isnull=True, act__isnull=True),
                name="remark_thread_is_resolved_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.text[:80]

    @property
    def is_resolved(self) -> bool:
        return self.resolved_at is not None
