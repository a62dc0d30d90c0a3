"""Editions: one run of a micro-credential with learners, and the counts it leaves."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, FSMModelMixin, transition

from iqas.core import clock
from iqas.core.models import Identified, Versioned
from iqas.organisation.models import AcademicYear, University
from microcredentials import rules
from microcredentials.models.catalogue import MicroCredential, MicroCredentialVersion
from microcredentials.workflow import Needs

HAS_DATES = Needs(
    "no-dates",
    lambda edition: edition.starts is not None and edition.ends is not None,
    _("The edition has no dates yet."),
    mend="edition-edit",
)
HAS_PLACES = Needs(
    "no-places",
    lambda edition: edition.places is not None,
    _("The places are not known yet."),
    mend="edition-edit",
)
VERSION_APPROVED = Needs(
    "not-approved",
    lambda edition: edition.version.approved_at is not None,
    _("Its version of the micro-credential is not approved."),
    mend="microcredential-detail",
)
NOT_SUSPENDED = Needs(
    "suspended",
    lambda edition: edition.microcredential.state != MicroCredential.State.SUSPENDED,
    rules.SUSPENDED,
    mend="approval-detail",
)
NOT_EXTINGUISHED = Needs(
    "extinguished",
    lambda edition: edition.microcredential.state != MicroCredential.State.EXTINGUISHED,
    rules.EXTINGUISHED,
)
PRICE_APPROVED = Needs(
    "price-not-approved",
    lambda edition: (
        edition.price in (None, edition.version.price or 0)
        or rules.price_agrees(edition.price, edition.version, public=University.current().is_public)
    ),
    rules.PRICE_DIFFERS,
    mend="edition-edit",
)
HAS_STARTED = Needs(
    "not-started",
    lambda edition: edition.starts is not None and edition.starts <= clock.today(),
    _("The first day has not come yet."),
)
HAS_ENDED = Needs(
    "not-ended",
    lambda edition: edition.ends is not None and edition.ends < clock.today(),
    _("The last day has not passed yet."),
)
HAS_RESULTS = Needs(
    "no-results",
    lambda edition: edition.has_results,
    _("Enrolled, completed and passed learners have not been recorded."),
    mend="edition-counts",
)
NOBODY_WAITS = Needs(
    "results-missing",
    lambda edition: not edition.enrolments.filter(state="enrolled").exists(),
    _("Somebody enrolled has no result yet: completed, passed, failed or withdrawn."),
    mend="enrolment-list",
)
HAS_REPORT = Needs(
    "no-report",
    lambda edition: edition.has_filed_report,
    _("Its final report has not been filed."),
    mend="edition-report",
)


class Edition(FSMModelMixin, Identified):
    """One run of a version with learners. Editions and nothing else are called so."""

    class State(models.TextChoices):
        PLANNED = "planned", _("planned")
        OPEN = "open", _("open")
        RUNNING = "running", _("running")
        FINISHED = "finished", _("finished")
        RESULTS_SIGNED = "results_signed", _("results signed")
        CLOSED = "closed", _("closed")
        CANCELLED = "cancelled", _("cancelled")
        IMPORTED = "imported", _("imported")

    code = models.CharField(_("code"), max_length=50, unique=True)
    microcredential = models.ForeignKey(
        MicroCredential, models.PROTECT, related_name="editions", verbose_name=_("micro-credential")
    )
    version = models.ForeignKey(
        MicroCredentialVersion, models.PROTECT, related_name="editions", verbose_name=_("version")
    )
    year = models.ForeignKey(
        AcademicYear, models.PROTECT, related_name="editions", verbose_name=_("academic year")
    )
    number = models.PositiveSmallIntegerField(_("number in the year"))
    starts = models.DateField(_("first day"), null=True, blank=True)
    ends = models.DateField(_("last day"), null=True, blank=True)
    places = models.PositiveIntegerField(_("places"), null=True, blank=True)
    venue = models.CharField(_("place"), max_length=200, blank=True)
    price = models.DecimalField(
        _("price"),
        max_digits=8,
        decimal_places=2,
        null=True,
        blank=True,
        help_text=_("In euros; 0 where it costs nothing."),
    )
    teachers = models.TextField(_("teachers"), blank=True, help_text=_("One name a line."))
    repeats = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="repeated_by", editable=False
    )
    signed_at = models.DateTimeField(_("results signed"), null=True, blank=True, editable=False)
    cancel_reason = models.TextField(_("reason of the cancellation"), blank=True, editable=False)
    state = FSMField(_("state"), choices=State, default=State.PLANNED, protected=True)
    revision = models.PositiveIntegerField(default=1, editable=False)  # `version` is the design that it runs
    created_at = models.DateTimeField(_("created"), default=clock.now, editable=False)

    class Meta:
        ordering = ["-year__starts", "code"]
        indexes = [models.Index(fields=["state", "ends"], name="edition_by_state")]
        constraints = [
            models.UniqueConstraint(fields=["microcredential", "year", "number"], name="edition_number_once"),
            models.CheckConstraint(
                condition=Q(ends__gte=F("starts")),
                name="edition_ends_after_start",
                violation_error_code="dates-order",
                violation_error_message=_("The last day is before the first one."),
            ),
            models.CheckConstraint(
                condition=Q(places__gt=0),
                name="edition_places_positive",
                violation_error_message=_("An edition has at least one place."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=["planned", "imported", "cancelled"])
                | Q(starts__isnull=False, ends__isnull=False, places__isnull=False),
                name="edition_open_is_dated",
                violation_error_message=_("An open edition has dates and places."),
            ),
            models.CheckConstraint(
                condition=Q(price__gte=0),
                name="edition_price_not_negative",
                violation_error_message=_("A price is 0 or more."),
            ),
            models.CheckConstraint(
                condition=~Q(state="cancelled") | ~Q(cancel_reason=""),
                name="edition_cancelled_with_reason",
                violation_error_message=_("A cancelled edition says why."),
            ),
        ]

    def __str__(self) -> str:
        return self.code

    def get_absolute_url(self) -> str:
        return reverse("microcredentials:edition-detail", args=[self.code])

    @property
    def has_results(self) -> bool:
        """Whether the counts that its rates need are there. Needs select_related("counts")."""
        counts: EnrolmentCount | None = getattr(self, "counts", None)
        return counts is not None and None not in (counts.enrolled, counts.completed, counts.passed)

    @property
    def has_filed_report(self) -> bool:
        """Needs select_related("report")."""
        report = getattr(self, "report", None)
        return report is not None and report.filed_at is not None

    @property
    def starters(self) -> int | None:
        """How many began: neither withdrawn before nor recognised. None where nobody knows. Needs select_related("counts")."""
        counts: EnrolmentCount | None = getattr(self, "counts", None)
        return None if counts is None else counts.began

    @property
    def teacher_names(self) -> list[str]:
        return [line.strip() for line in self.teachers.splitlines() if line.strip()]

    @transition(
        field=state,
        source=State.PLANNED,
        target=State.OPEN,
        conditions=[
            NOT_SUSPENDED,
            NOT_EXTINGUISHED,
            VERSION_APPROVED,
            HAS_DATES,
            HAS_PLACES,
            PRICE_APPROVED,
        ],
        custom={
            "verb": _("Open the registration"),
            "done": _("Registration opened"),
            "event": "edition.opened",
        },
    )
    def open(self) -> None:
        """Learners may register."""

    @transition(
        field=state,
        source=State.OPEN,
        target=State.RUNNING,
        conditions=[HAS_STARTED],
        custom={"verb": _("Begin the teaching"), "done": _("Teaching begun"), "event": "edition.started"},
    )
    def run(self) -> None:
        """Teaching has begun."""

    @transition(
        field=state,
        source=State.RUNNING,
        target=State.FINISHED,
        conditions=[HAS_ENDED],
        custom={"verb": _("Mark as finished"), "done": _("Teaching finished"), "event": "edition.finished"},
    )
    def finish(self) -> None:
        """Teaching is over; results are awaited."""

    @transition(
        field=state,
        source=State.FINISHED,
        target=State.RESULTS_SIGNED,
        conditions=[HAS_RESULTS, NOBODY_WAITS],
        custom={"verb": _("Sign the results"), "done": _("Results signed"), "event": "edition.signed"},
    )
    def sign(self) -> None:
        """From here on neither the counts nor the states of the enrolled change."""

    @transition(
        field=state,
        source=State.RESULTS_SIGNED,
        target=State.FINISHED,
        custom={
            "verb": _("Take the signature back"),
            "done": _("Signature taken back"),
            "event": "edition.unsigned",
            "aside": True,
            "asks_reason": True,
        },
    )
    def rectify(self) -> None:
        """A mistake was found in the signed results: they are corrected and signed again."""

    @transition(
        field=state,
        source=State.RESULTS_SIGNED,
        target=State.CLOSED,
        conditions=[HAS_REPORT],
        custom={"verb": _("Close the edition"), "done": _("Edition closed"), "event": "edition.closed"},
    )
    def close(self) -> None:
        """Results are signed and the final report is filed: nothing changes any more."""

    @transition(
        field=state,
        source=[State.PLANNED, State.OPEN, State.RUNNING],
        target=State.CANCELLED,
        custom={
            "verb": _("Cancel the edition"),
            "done": _("Edition cancelled"),
            "event": "edition.cancelled",
            "aside": True,
            "asks_reason": True,
        },
    )
    def cancel(self) -> None:
        """It does not take place; who had enrolled stays on record."""


def _sum_of(*names: str) -> Combinable:
    total: Combinable = Coalesce(F(names[0]), Value(0))
    for name in names[1:]:
        total = total + Coalesce(F(name), Value(0))
    return total


class EnrolmentCount(Identified, Versioned):
    """How many learners; null is "no data yet", never 0. Rates are computed from these, never stored.

    `enrolled` is everybody who enrolled. Of them, `withdrawn_before_start`, `withdrawn` later, `completed` and
    `recognised` (who got it by recognition, outside every rate) are apart from each other; `presented` took the
    assessment and `passed` or `failed` it.
    """

    edition = models.OneToOneField(Edition, models.PROTECT, related_name="counts")
    enrolled = models.PositiveIntegerField(_("enrolled"), null=True, blank=True)
    withdrawn_before_start = models.PositiveIntegerField(
        _("withdrawn before the start"), null=True, blank=True
    )
    withdrawn = models.PositiveIntegerField(_("withdrawn later"), null=True, blank=True)
    completed = models.PositiveIntegerField(_("completed"), null=True, blank=True)
    presented = models.PositiveIntegerField(_("presented to assessment"), null=True, blank=True)
    passed = models.PositiveIntegerField(_("passed"), null=True, blank=True)
    failed = models.PositiveIntegerField(_("failed"), null=True, blank=True)
    recognised = models.PositiveIntegerField(_("recognised"), null=True, blank=True)
    source = models.CharField(
        _("source"), max_length=200, blank=True, help_text=_("The system or record they come from.")
    )
    extracted_on = models.DateField(_("taken on"), null=True, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )

    REGISTER = "register"
    """The source of counts that are derived from enrolments."""

    NUMBERS = (
        "enrolled",
        "withdrawn_before_start",
        "withdrawn",
        "completed",
        "presented",
        "passed",
        "failed",
        "recognised",
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(enrolled__isnull=False)
                | Q(
                    withdrawn_before_start__isnull=True,
                    withdrawn__isnull=True,
                    completed__isnull=True,
                    presented__isnull=True,
                    passed__isnull=True,
                    failed__isnull=True,
                    recognised__isnull=True,
                ),
                name="counts_need_enrolled",
                violation_error_code="no-enrolled",
                violation_error_message=_("Without the enrolled, the other counts say nothing."),
            ),
            models.CheckConstraint(
                condition=Q(enrolled__isnull=True)
                | Q(enrolled__gte=_sum_of("withdrawn_before_start", "withdrawn", "completed", "recognised")),
                name="counts_within_enrolled",
                violation_error_code="more-than-enrolled",
                violation_error_message=_(
                    "Withdrawn, completed and recognised are together more than the enrolled."
                ),
            ),
            models.CheckConstraint(
                condition=Q(enrolled__isnull=True)
                | Q(enrolled__gte=_sum_of("withdrawn_before_start", "recognised", "presented")),
                name="counts_presented_within_started",
                violation_error_code="more-presented",
                violation_error_message=_("More people were presented to assessment than began."),
            ),
            models.CheckConstraint(
                condition=Q(presented__isnull=True) | Q(presented__gte=_sum_of("passed", "failed")),
                name="counts_within_presented",
                violation_error_code="more-than-presented",
                violation_error_message=_("Passed and failed are together more than the presented."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.edition_id)

    @property
    def began(self) -> int | None:
        """Who was still enrolled on the first day, recognitions left out: the people of every rate."""
        if self.enrolled is None:
            return None
        return self.enrolled - (self.withdrawn_before_start or 0) - (self.recognised or 0)
