"""What is learnt (M6) and how it is shown (M9)."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from iqas.core.models import Identified
from microcredentials import rules
from microcredentials.models.catalogue import MicroCredentialVersion


class LearningOutcome(Identified):
    """One thing a learner knows, can do or answers for afterwards."""

    class Kind(models.TextChoices):
        KNOWLEDGE = "knowledge", _("knowledge")
        SKILL = "skill", _("skill")
        RESPONSIBILITY = "responsibility", _("responsibility and autonomy")

    version = models.ForeignKey(MicroCredentialVersion, models.PROTECT, related_name="outcomes")
    code = models.CharField(_("code"), max_length=12)
    kind = models.CharField(_("kind"), max_length=15, choices=Kind, blank=True)
    text = models.TextField(_("learning outcome"))
    esco_uri = models.URLField(_("ESCO address"), max_length=200, blank=True)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["order", "code"]
        constraints = [
            models.UniqueConstraint(
                fields=["version", "code"],
                name="outcome_code_once",
                violation_error_message=_("Two outcomes have the same code."),
            ),
            models.CheckConstraint(
                condition=Q(esco_uri="") | Q(esco_uri__startswith=rules.ESCO_SKILL),
                name="outcome_esco_skill",
                violation_error_code="not-esco",
                violation_error_message=rules.NOT_ESCO,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.text}"


class Assessment(Identified):
    """One assessment activity, and the outcomes that it lets a learner show."""

    version = models.ForeignKey(MicroCredentialVersion, models.PROTECT, related_name="assessments")
    code = models.CharField(_("code"), max_length=12)
    name = models.CharField(_("type of assessment"), max_length=200)
    criteria = models.TextField(_("criteria"), blank=True)
    weight = models.PositiveSmallIntegerField(
        _("weight (%)"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    outcomes = models.ManyToManyField(
        LearningOutcome, related_name="assessments", verbose_name=_("learning outcomes")
    )
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["order", "code"]
        constraints = [
            models.UniqueConstraint(
                fields=["version", "code"],
                name="assessment_code_once",
                violation_error_message=_("Two assessments have the same code."),
            ),
            models.CheckConstraint(
                condition=Q(weight__gte=1, weight__lte=100),
                name="assessment_weight_range",
                violation_error_message=_("A weight is between 1 and 100 %."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"
