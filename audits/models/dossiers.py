"""What was frozen, the file that was made from it, and who read it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from audits.models.assessments import SelfAssessment
from iqas.core.models import Identified
from iqas.jobs.models import Artefact, Job
from iqas.organisation.models import Scope


class Snapshot(Identified):
    """The canonical JSON of a frozen self-assessment. Written once; its hash stands in the audit chain."""

    self_assessment = models.OneToOneField(SelfAssessment, models.PROTECT, related_name="snapshot")
    body = models.TextField(_("content"))
    sha256 = models.CharField("SHA-256", max_length=64)
    frozen_at = models.DateTimeField(_("frozen"))
    frozen_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    chain_seq = models.BigIntegerField(_("head of the audit chain"))
    chain_hash = models.CharField(max_length=64)

    class Meta:
        ordering = ["-frozen_at"]
        verbose_name = _("snapshot")

    def __str__(self) -> str:
        return f"{self.self_assessment.code} · {self.sha256[:12]}"


class Dossier(Identified):
    """A printed snapshot. `csv_code` is the verification code (80 bits); the file's hash comes with its registration."""

    class State(models.TextChoices):
        PENDING = "pending", _("Not printed yet")
        CURRENT = "current", _("Current")
        SUPERSEDED = "superseded", _("Superseded")

    code = models.CharField(_("code"), max_length=20, unique=True)
    scope = models.OneToOneField(Scope, models.PROTECT, related_name="dossier")
    snapshot = models.ForeignKey(Snapshot, models.PROTECT, related_name="dossiers")
    language = models.CharField(_("language"), max_length=2, choices=SelfAssessment.Language)
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.PENDING)
    csv_code = models.CharField(_("verification code"), max_length=16, unique=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(_("requested"))
    job = models.ForeignKey(Job, models.PROTECT, null=True, blank=True, related_name="+")
    artefact = models.OneToOneField(Artefact, models.PROTECT, null=True, blank=True, related_name="+")
    sha256 = models.CharField("SHA-256", max_length=64, blank=True)
    size = models.PositiveBigIntegerField(_("size in bytes"), default=0)
    pages = models.PositiveIntegerField(_("pages"), default=0)
    manifest_sha256 = models.CharField(max_length=64, blank=True)
    registered_at = models.DateTimeField(_("registered"), null=True, blank=True)
    registered_seq = models.BigIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["-code"]
        verbose_name = _("dossier")
        verbose_name_plural = _("dossiers")
        constraints = [
            models.UniqueConstraint(
                fields=["snapshot", "language"],
                name="dossier_once_per_language",
                violation_error_message=_("This snapshot already has a dossier in this language."),
            ),
            models.UniqueConstraint(fields=["sha256"], condition=~Q(sha256=""), name="dossier_file_once"),
            models.CheckConstraint(
                condition=Q(state="pending", sha256="", artefact__isnull=True)
                | (
                    ~Q(state="pending")
                    & ~Q(sha256="")
                    & Q(artefact__isnull=False, registered_seq__isnull=False)
                ),
                name="dossier_file_when_registered",
                violation_error_message=_("A registered dossier has its file, its hash and its event."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} · {self.scope.label}"

    def get_absolute_url(self) -> str:
        return reverse("audits:dossier-detail", args=[self.code])

    @property
    def is_registered(self) -> bool:
        return self.state != self.State.PENDING

    @property
    def file_name(self) -> str:
        return f"{self.code}-{self.language}.pdf"


class Reading(Identified):
    """One thing that one person opened in the auditor's room. The person sees these rows too."""

    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="readings")
    reader = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    what = models.CharField(_("what"), max_length=120)
    at = models.DateTimeField(_("when"))

    class Meta:
        ordering = ["-at"]
        indexes = [models.Index(fields=["dossier", "reader", "-at"], name="reading_of_person")]

    def __str__(self) -> str:
        return f"{self.dossier.code} · {self.what}"
