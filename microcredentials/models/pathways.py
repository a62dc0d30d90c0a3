"""Pathways: which micro-credentials lead together to a larger credential or into an official degree."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from iqas.core import clock
from iqas.core.models import Identified, Versioned
from iqas.organisation.models import Centre
from microcredentials.models.catalogue import MicroCredential


class Pathway(Identified, Versioned):
    """Steps towards a target. How much of it they fill is never stored: see `stacking.py`."""

    class Target(models.TextChoices):
        DEGREE = "degree", _("official degree")
        CREDENTIAL = "credential", _("larger credential (own title)")

    code = models.CharField(_("code"), max_length=20, unique=True)
    centre = models.ForeignKey(Centre, models.PROTECT, related_name="pathways", verbose_name=_("centre"))
    name = models.CharField(_("name"), max_length=200)
    target = models.CharField(_("kind of target"), max_length=12, choices=Target, default=Target.DEGREE)
    target_name = models.CharField(_("name of the target"), max_length=200)
    target_ects = models.DecimalField(_("credits of its plan"), max_digits=5, decimal_places=2)
    other_ects = models.DecimalField(
        _("credits recognised otherwise"), max_digits=5, decimal_places=2, default=Decimal(0)
    )
    replaces_own_title = models.BooleanField(
        _("the degree replaces an extinguished own title"), default=False
    )
    note = models.TextField(_("note"), blank=True)
    sort_name = models.CharField(max_length=200, editable=False)
    search_key = models.TextField(editable=False, default="")
    created_at = models.DateTimeField(_("created"), default=clock.now, editable=False)

    class Meta:
        ordering = ["sort_name", "code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(target_ects__gt=0),
                name="pathway_target_credits",
                violation_error_code="target-ects",
                violation_error_message=_("The target has more than 0 credits."),
            ),
            models.CheckConstraint(
                condition=Q(other_ects__gte=0, other_ects__lte=F("target_ects")),
                name="pathway_other_credits",
                violation_error_code="other-ects",
                violation_error_message=_(
                    "Credits recognised otherwise are between 0 and those of the plan."
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    def get_absolute_url(self) -> str:
        return reverse("microcredentials:pathway-detail", args=[self.code])


class PathwayStep(Identified):
    """A micro-credential at a step. Several at the same step are alternatives: one of them is taken."""

    pathway = models.ForeignKey(Pathway, models.PROTECT, related_name="steps")
    number = models.PositiveSmallIntegerField(_("step"))
    microcredential = models.ForeignKey(MicroCredential, models.PROTECT, related_name="pathway_steps")

    class Meta:
        ordering = ["number", "microcredential__code"]
        constraints = [
            models.UniqueConstraint(
                fields=["pathway", "number", "microcredential"],
                name="pathway_step_once",
                violation_error_message=_("The micro-credential stands twice at this step."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.pathway.code} {self.number} {self.microcredential.code}"
