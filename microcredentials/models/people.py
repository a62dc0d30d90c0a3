"""Who teaches, and who outside the university says that it is needed."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from iqas.core.models import Identified
from iqas.evidence.models import Evidence
from microcredentials.models.catalogue import MicroCredentialVersion
from microcredentials.models.partners import Partner


class Teacher(Identified):
    """One who teaches or co-directs. The responsible teacher is a field of the version (RD 822/2021 art. 37.4)."""

    class Role(models.TextChoices):
        CO_DIRECTOR = "co_director", _("co-director")
        TEACHER = "teacher", pgettext_lazy("role", "teacher")

    version = models.ForeignKey(MicroCredentialVersion, models.PROTECT, related_name="teachers")
    name = models.CharField(_("name"), max_length=150)
    role = models.CharField(_("role"), max_length=15, choices=Role, default=Role.TEACHER)
    is_external = models.BooleanField(_("from outside the university"), default=False)
    institution = models.CharField(_("institution"), max_length=200, blank=True)
    hours = models.DecimalField(_("hours of teaching"), max_digits=5, decimal_places=1, null=True, blank=True)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["order", "name"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(name=""),
                name="teacher_named",
                violation_error_message=_("A teacher has a name."),
            ),
            models.CheckConstraint(
                condition=Q(hours__gt=0),
                name="teacher_hours_positive",
                violation_error_message=_("The hours of teaching are more than 0."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Supporter(Identified):
    """A stakeholder behind the need, and what it said: its expression of interest."""

    version = models.ForeignKey(MicroCredentialVersion, models.PROTECT, related_name="supporters")
    name = models.CharField(_("stakeholder"), max_length=200)
    interest = models.TextField(_("expression of interest"), blank=True)
    expressed_on = models.DateField(_("expressed on"), null=True, blank=True)
    evidence = models.ForeignKey(
        Evidence, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("evidence")
    )
    partner = models.ForeignKey(
        Partner,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="supporters",
        verbose_name=_("partner of the register"),
    )
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["order", "name"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(name=""),
                name="supporter_named",
                violation_error_message=_("A stakeholder has a name."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def has_spoken(self) -> bool:
        return bool(self.interest or self.evidence_id)
