"""A centre judges itself against one framework, criterion by criterion, until it is frozen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, FSMModelMixin, transition

from iqas.core.models import Identified, Versioned
from iqas.frameworks.models import Criterion, Framework, RatingLevel, RatingScale
from iqas.organisation.models import AcademicYear, Scope

if TYPE_CHECKING:
    from audits.models.dossiers import Snapshot


class SelfAssessment(FSMModelMixin, Identified, Versioned):
    """One report of one centre and year against one version of a framework and one version of a scale."""

    class State(models.TextChoices):
        DRAFTING = "drafting", _("Being written")
        REVIEW = "review", _("In review")
        FROZEN = "frozen", _("Frozen")

    class Language(models.TextChoices):
        SPANISH = "es", _("Spanish")
        ENGLISH = "en", _("English")
        CATALAN = "ca", _("Catalan")
        GALICIAN = "gl", _("Galician")
        BASQUE = "eu", _("Basque")

    code = models.CharField(_("code"), max_length=20, unique=True)
    scope = models.ForeignKey(
        Scope, models.PROTECT, related_name="self_assessments", verbose_name=_("centre")
    )
    framework = models.ForeignKey(
        Framework, models.PROTECT, related_name="self_assessments", verbose_name=_("framework")
    )
    scale = models.ForeignKey(
        RatingScale, models.PROTECT, related_name="self_assessments", verbose_name=_("rating scale")
    )
    year = models.ForeignKey(
        AcademicYear, models.PROTECT, related_name="self_assessments", verbose_name=_("academic year")
    )
    title = models.CharField(_("title"), max_length=200)
    sort_title = models.CharField(max_length=200, editable=False)
    language = models.CharField(
        _("language of the texts"), max_length=2, choices=Language, default=Language.SPANISH
    )
    introduction = models.TextField(_("how this report was written"), blank=True)
    state = FSMField(_("state"), default=State.DRAFTING, choices=State.choices, protected=True)
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    started_at = models.DateTimeField(_("opened"))
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    submitted_at = models.DateTimeField(_("submitted"), null=True, blank=True)
    authors = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+", verbose_name=_("authors"))

    snapshot: Snapshot

    class Meta:
        ordering = ["-code"]
        verbose_name = _("self-assessment")
        verbose_name_plural = _("self-assessments")
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="review") | Q(submitted_by__isnull=False, submitted_at__isnull=False),
                name="assessment_review_has_submitter",
                violation_error_message=_("A report in review was submitted by somebody."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} · {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("audits:assessment-detail", args=[self.code])

    @property
    def is_open(self) -> bool:
        return self.state == self.State.DRAFTING

    @transition(state, source=State.DRAFTING, target=State.REVIEW, permission="assessment.submit")
    def submit(self) -> None:
        """The authors hand the text over."""

    @transition(state, source=State.REVIEW, target=State.DRAFTING, permission="assessment.return")
    def return_to_authors(self) -> None:
        """The review asks for changes."""

    @transition(state, source=State.REVIEW, target=State.FROZEN, permission="assessment.freeze")
    def freeze(self) -> None:
        """Nothing changes any more."""


class CriterionAssessment(Identified, Versioned):
    """What the report says about one criterion."""

    self_assessment = models.ForeignKey(SelfAssessment, models.PROTECT, related_name="criteria")
    criterion = models.ForeignKey(Criterion, models.PROTECT, related_name="assessments")
    narrative = models.TextField(_("assessment"), blank=True)
    rating = models.ForeignKey(
        RatingLevel,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="assessments",
        verbose_name=_("rating"),
    )
    strengths = models.TextField(_("strengths"), blank=True)
    weaknesses = models.TextField(_("weaknesses"), blank=True)
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    saved_at = models.DateTimeField(_("saved"), null=True, blank=True)

    class Meta:
        ordering = [F("criterion__order").asc()]
        verbose_name = _("assessment of a criterion")
        constraints = [
            models.UniqueConstraint(
                fields=["self_assessment", "criterion"],
                name="assessment_criterion_once",
                violation_error_message=_("This criterion is already in the report."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.self_assessment.code} · {self.criterion.code}"

    def get_absolute_url(self) -> str:
        return reverse("audits:criterion-edit", args=[self.self_assessment.code, self.criterion.code])
