"""What an edition leaves in words: its incidents and its final report."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from iqas.core import clock
from iqas.core.models import Identified, Versioned
from microcredentials.models.editions import Edition


class Incident(Identified, Versioned):
    """Something that went otherwise than planned, and what was done about it."""

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="incidents")
    happened_on = models.DateField(_("day"))
    text = models.TextField(_("what happened"), max_length=4000)
    response = models.TextField(_("what was done"), max_length=4000, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        ordering = ["happened_on", "created_at"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(text=""),
                name="incident_says_something",
                violation_error_message=_("Say what happened."),
            ),
        ]

    def __str__(self) -> str:
        return self.text[:80]


class EditionReport(Identified, Versioned):
    """The final report of an edition. Frozen once filed."""

    edition = models.OneToOneField(Edition, models.PROTECT, related_name="report")
    went_well = models.TextField(_("what went well"), max_length=10_000, blank=True)
    incidents = models.TextField(_("incidents and how they were solved"), max_length=10_000, blank=True)
    proposals = models.TextField(_("proposals for the next edition"), max_length=10_000, blank=True)
    filed_at = models.DateTimeField(_("filed"), null=True, blank=True, editable=False)
    filed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )

    TEXTS = ("went_well", "incidents", "proposals")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(filed_at__isnull=True) | (~Q(went_well="") & ~Q(proposals="")),
                name="report_filed_is_written",
                violation_error_code="report-empty",
                violation_error_message=_(
                    "A filed report says at least what went well and what is proposed for the next edition."
                ),
            ),
        ]

    def __str__(self) -> str:
        return str(self.edition_id)
