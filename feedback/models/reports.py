"""Printed reports of what people said, with what each says and the file that the job printed."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from feedback.models.campaigns import Campaign
from iqas.organisation.models import AcademicYear, Scope
from microcredentials.models import Edition, Printed


class Report(Printed):
    """`scope` is the campaign's, the edition's micro-credential's, or the centre's."""

    class Kind(models.TextChoices):
        CAMPAIGN = "campaign", _("report of a campaign")
        EDITION = "edition", _("report of an edition")
        CENTRE = "centre", _("report of a centre")

    kind = models.CharField(_("report"), max_length=20, choices=Kind)
    scope = models.ForeignKey(Scope, models.PROTECT, related_name="+")
    campaign = models.ForeignKey(Campaign, models.PROTECT, null=True, blank=True, related_name="reports")
    edition = models.ForeignKey(
        Edition, models.PROTECT, null=True, blank=True, related_name="feedback_reports"
    )
    year = models.ForeignKey(AcademicYear, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta(Printed.Meta):
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        indexes = [models.Index(fields=["scope", "kind", "-as_of"], name="feedback_report_of_scope")]
        constraints = [
            models.UniqueConstraint(
                fields=["scope", "kind", "language", "content_sha256"],
                name="feedback_report_once_per_content",
                violation_error_message=_("This report exists already."),
            ),
            models.CheckConstraint(
                condition=Q(kind="campaign", campaign__isnull=False, edition__isnull=True)
                | Q(kind="edition", campaign__isnull=True, edition__isnull=False)
                | Q(kind="centre", campaign__isnull=True, edition__isnull=True, year__isnull=False),
                name="feedback_report_about_fits",
                violation_error_message=_("A report is about a campaign, an edition, or a year of a centre."),
            ),
            models.CheckConstraint(
                condition=Q(sha256="", artefact__isnull=True, made_at__isnull=True)
                | (~Q(sha256="") & Q(artefact__isnull=False, made_at__isnull=False)),
                name="feedback_report_file_when_made",
                violation_error_message=_("A report that was made has its file and its hash."),
            ),
        ]
