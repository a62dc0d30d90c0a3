"""What every printed record has: what it says, its hashes, its job and its file."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from iqas.core.models import Identified
from iqas.jobs.models import Artefact, Job, JobState


class Printed(Identified):
    """`body` is what it says, canonical JSON in its language: the same content is never printed twice.

    `content_sha256` is of the body, `sha256` of the printed file. `as_of` is when the data last said this. Each model has its
    own kinds, and a scope.
    """

    kind: Any
    scope: Any

    class Language(models.TextChoices):
        ES = "es", _("Spanish")
        EN = "en", _("English")

    code = models.CharField(_("code"), max_length=20, unique=True)
    language = models.CharField(_("language"), max_length=2, choices=Language)
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
        abstract = True
        ordering = ["-as_of"]

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
