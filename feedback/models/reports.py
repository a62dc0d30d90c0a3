"""Printed reports of what people said, with what each says and the file that the job printed."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from feedback.models.campaigns import Campaign
from iqas.core.models import Identified
from iqas.jobs.models import Artefact, Job, JobState
from iqas.organisation.models import AcademicYear, Scope
from microcredentials.models import Edition


class Report(Identified):
    """`body` is what it says, canonical JSON in its language: the same content is never printed twice.

    `content_sha256` is of the body, `sha256` of the printed file. `as_of` is when the data last said this. `scope` is
    the campaign's, the edition's micro-credential's, or the centre's.
    """

    class Kind(models.TextChoices):
        CAMPAIGN = "campaign", _("report of a campaign")
        EDITION = "edition", _("report of an edition")
        CENTRE = "centre", _("report of a centre")

    class Language(models.TextChoices):
        ES = "es", _("Spanish")
        EN = "en", _("English")

    code = models.CharField(_("code"), max_length=20, unique=True)
    kind = models.CharField(_("report"), max_length=20, choices=Kind)
    language = models.CharField(_("language"), max_length=2, choices=Language)
    scope = models.ForeignKey(Scope, models.PROTECT, related_name="+")
    campaign = models.ForeignKey(Campaign, models.PROTECT, null=True, blank=True, related_name="reports")
    edition = models.ForeignKey(
        Edition, models.PROTECT, null=True, blank=True, related_name="feedback_reports"
    )
    year = models.ForeignKey(AcademicYear, models.PROTECT, null=True, blank=True, related_name="+")
    body = models.TextField(_("content"))
    content_sha256 = models.CharField(max_length=64)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    requested_at = models.DateTimeField(_("requested"))
    as_of = models.DateTimeField(_("as of"))
    job = models.ForeignKey(Job, models.PROTECT, null=True, blank=True, related_name="+")
    artefact = models.OneToOneField(Artefact, models.PROTECT, null=True, blank=True, related_name="+")
    sha256 = models.CharField("SHA-256", max_length=64, blank=True)
    size = models.PositiveBigIntegerField(_("size in bytes"), default=0)
    pages = models.PositiveIntegerField(_("pages"), default=0)
    made_at = models.DateTimeField(_("made"), null=True, blank=True)

    class Meta:
        ordering = ["-as_of"]
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

    def __str__(self) -> str:
        return self.code

    @property
    def is_made(self) -> bool:
        return bool(self.sha256)

    @property
    def has_failed(self) -> bool:
        """Needs select_related("job")."""
        return (
            not self.is_made
            and self.job is not None
            and self.job.state in (JobState.FAILED, JobState.CANCELLED)
        )
