"""Enrolments: one person in one edition, from enrolling to the result."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_fsm import FSMField, FSMModelMixin, transition

from iqas.core import clock
from iqas.core.models import Identified, Versioned
from microcredentials.models.editions import Edition
from microcredentials.models.learners import Learner

GRADE_ONLY_ASSESSED = _("Only who passed or failed has a grade.")


class Enrolment(FSMModelMixin, Identified, Versioned):
    """A learner in an edition. The counts of the edition are derived from these."""

    class State(models.TextChoices):
        ENROLLED = "enrolled", pgettext_lazy("enrolment", "enrolled")
        WITHDRAWN_EARLY = "withdrawn_before_start", pgettext_lazy("enrolment", "withdrawn before the start")
        WITHDRAWN = "withdrawn", pgettext_lazy("enrolment", "withdrawn")
        COMPLETED = "completed", pgettext_lazy("enrolment", "completed, not assessed")
        PASSED = "passed", pgettext_lazy("enrolment", "passed")
        FAILED = "failed", pgettext_lazy("enrolment", "failed")
        RECOGNISED = "recognised", pgettext_lazy("enrolment", "recognised")

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="enrolments")
    learner = models.ForeignKey(Learner, models.PROTECT, related_name="enrolments")
    state = FSMField(_("state"), choices=State, default=State.ENROLLED, protected=True)
    grade = models.DecimalField(
        _("grade"),
        max_digits=4,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(10)],
        help_text=_("From 0 to 10; optional."),
    )
    enrolled_on = models.DateField(_("enrolled on"), null=True, blank=True)
    state_on = models.DateField(_("in this state since"), null=True, blank=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        ordering = ["learner__sort_name", "id"]
        indexes = [models.Index(fields=["edition", "state"], name="enrolment_by_state")]
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "learner"],
                name="enrolment_once",
                violation_error_code="enrolled-already",
                violation_error_message=_("This person is already enrolled in this edition."),
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=[
                        "enrolled",
                        "withdrawn_before_start",
                        "withdrawn",
                        "completed",
                        "passed",
                        "failed",
                        "recognised",
                    ]
                ),
                name="enrolment_known_state",
                violation_error_message=_("Unknown state."),
            ),
            models.CheckConstraint(
                condition=Q(grade__gte=0, grade__lte=10),
                name="enrolment_grade_range",
                violation_error_message=_("A grade is a number from 0 to 10."),
            ),
            models.CheckConstraint(
                condition=Q(grade__isnull=True) | Q(state__in=["passed", "failed"]),
                name="enrolment_grade_of_assessed",
                violation_error_code="grade-without-result",
                violation_error_message=GRADE_ONLY_ASSESSED,
            ),
            models.CheckConstraint(
                condition=Q(state_on__gte=F("enrolled_on")),
                name="enrolment_dates_order",
                violation_error_code="dates-order",
                violation_error_message=_("Nobody leaves or finishes before enrolling."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    def get_absolute_url(self) -> str:
        return reverse("microcredentials:enrolment-edit", args=[self.pk])

    @transition(
        field=state,
        source=State.ENROLLED,
        target=State.WITHDRAWN_EARLY,
    )
    def withdraw_early(self) -> None:
        """Formally withdrew before the first day: outside the completion rate."""

    @transition(
        field=state,
        source=State.ENROLLED,
        target=State.WITHDRAWN,
    )
    def withdraw(self) -> None:
        """Began and left, formally or not."""

    @transition(
        field=state,
        source=State.ENROLLED,
        target=State.COMPLETED,
    )
    def complete(self) -> None:
        """Took part to the end and was not assessed."""

    @transition(
        field=state,
        source=[State.ENROLLED, State.COMPLETED, State.FAILED],
        target=State.PASSED,
    )
    def succeed(self) -> None:
        """Passed the assessment, at once or the second time."""

    @transition(
        field=state,
        source=[State.ENROLLED, State.COMPLETED],
        target=State.FAILED,
    )
    def fail(self) -> None:
        """Took the assessment and did not pass it."""

    @transition(
        field=state,
        source=State.ENROLLED,
        target=State.RECOGNISED,
    )
    def recognise(self) -> None:
        """Got it by recognition: outside every rate."""

    @transition(
        field=state,
        source=[
            State.WITHDRAWN_EARLY,
            State.WITHDRAWN,
            State.COMPLETED,
            State.PASSED,
            State.FAILED,
            State.RECOGNISED,
        ],
        target=State.ENROLLED,
        custom={"asks_reason": True},
    )
    def reopen(self) -> None:
        """What was recorded was a mistake."""


STEPS = {
    Enrolment.State.WITHDRAWN_EARLY: "withdraw_early",
    Enrolment.State.WITHDRAWN: "withdraw",
    Enrolment.State.COMPLETED: "complete",
    Enrolment.State.PASSED: "succeed",
    Enrolment.State.FAILED: "fail",
    Enrolment.State.RECOGNISED: "recognise",
    Enrolment.State.ENROLLED: "reopen",
}
"""State → the transition that leads to it."""
