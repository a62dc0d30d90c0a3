"""The job row is the truth about work that outlives a request; Celery and Redis only ring a bell."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from iqas.core import clock
from iqas.core.files import StoredFile
from iqas.core.models import Identified
from iqas.jobs import registry, wording


class JobState(models.TextChoices):
    QUEUED = "queued", _("Waiting")
    RUNNING = "running", _("Running")
    SUCCEEDED = "finished", _("Finished")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


class Job(Identified):
    """One piece of work, asked for once (``idem_key``) and done once (``lease_token`` is the fence).

    States change only by conditional UPDATEs in ``claim.py`` and ``services.py``: several workers may hold a copy
    of the row, so reading, deciding and saving (as a state-machine field does) would lose the race.
    ``payload`` holds ids and hashes only, never personal data. Times are UTC.
    """

    kind = models.CharField(_("Kind"), max_length=80)
    queue = models.CharField(_("Queue"), max_length=16)
    idem_key = models.CharField(max_length=200, unique=True)
    payload = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    about = models.CharField(_("About"), max_length=120, blank=True)
    about_url = models.CharField(max_length=300, blank=True)
    scope = models.ForeignKey(
        "organisation.Scope",
        verbose_name=_("Scope"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("Requested by"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )

    state = models.CharField(_("State"), max_length=16, choices=JobState.choices, default=JobState.QUEUED)
    attempts = models.PositiveSmallIntegerField(_("Attempts"), default=0)
    max_attempts = models.PositiveSmallIntegerField(default=registry.MAX_ATTEMPTS)
    priority = models.SmallIntegerField(default=0)
    not_before = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(_("Requested"), default=clock.now)
    dispatched_at = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(_("Started"), null=True, blank=True)
    finished_at = models.DateTimeField(_("Finished"), null=True, blank=True)
    seen_at = models.DateTimeField(null=True, blank=True)

    lease_token = models.UUIDField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    worker = models.CharField(max_length=120, blank=True)
    code_version = models.CharField(max_length=40, blank=True)

    progress_done = models.PositiveIntegerField(default=0)
    progress_total = models.PositiveIntegerField(default=0)
    step = models.JSONField(default=dict, blank=True)
    error_code = models.CharField(max_length=60, blank=True)
    error = models.JSONField(default=dict, blank=True)
    last_error = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("Job")
        verbose_name_plural = _("Jobs")
        ordering = ("-created_at", "id")
        constraints = [
            models.CheckConstraint(
                name="job_state_known",
                condition=Q(state__in=JobState.values),
                violation_error_message=_("This state does not exist."),
            ),
            models.CheckConstraint(
                name="job_lease_exactly_while_running",
                condition=Q(state=JobState.RUNNING, lease_token__isnull=False, lease_until__isnull=False)
                | (~Q(state=JobState.RUNNING) & Q(lease_token__isnull=True, lease_until__isnull=True)),
                violation_error_message=_("Only a running job is held by a worker."),
            ),
            models.CheckConstraint(
                name="job_attempts_within_limit",
                condition=Q(attempts__lte=models.F("max_attempts")),
                violation_error_message=_("The job was tried more often than allowed."),
            ),
        ]
        indexes = [
            models.Index(
                fields=["queue", "-priority", "created_at"],
                condition=Q(state=JobState.QUEUED),
                name="job_waiting",
            ),
            models.Index(fields=["lease_until"], condition=Q(state=JobState.RUNNING), name="job_leases"),
            models.Index(fields=["requested_by", "-created_at"], name="job_of_person"),
            models.Index(fields=["kind", "-finished_at"], name="job_of_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.about}".strip()

    def get_absolute_url(self) -> str:
        return reverse("jobs:job-detail", kwargs={"pk": self.pk})

    @property
    def title(self) -> str | Promise:
        try:
            return registry.find(self.kind).title
        except registry.UnknownKind:
            return self.kind

    @property
    def reference(self) -> str:
        """What a person reads out to an administrator."""
        return str(self.pk)[:8]

    @property
    def is_over(self) -> bool:
        return self.state in {JobState.SUCCEEDED, JobState.FAILED, JobState.CANCELLED}

    @property
    def percent(self) -> int | None:
        """0 to 100; None while the amount of work is not known."""
        if self.state == JobState.SUCCEEDED:
            return 100
        if not self.progress_total:
            return None
        return min(100, self.progress_done * 100 // self.progress_total)

    @property
    def step_sentence(self) -> str:
        return wording.in_reader_language(self.step)

    @property
    def error_sentence(self) -> str:
        return wording.in_reader_language(self.error)


class Artefact(Identified):
    """The file that a job made. The store keeps it under its SHA-256, so equal bytes of two jobs share a file."""

    job = models.OneToOneField(Job, on_delete=models.PROTECT, related_name="artefact")
    sha256 = models.CharField(max_length=64, db_index=True)
    size = models.PositiveBigIntegerField(_("Size"))
    filename = models.CharField(_("File name"), max_length=200)
    media_type = models.CharField(max_length=120)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("File")
        verbose_name_plural = _("Files")
        constraints = [
            models.CheckConstraint(
                name="artefact_sha256_is_hex",
                condition=Q(sha256__regex=r"^[0-9a-f]{64}$"),
                violation_error_message=_("The checksum must be 64 hexadecimal digits."),
            )
        ]

    def __str__(self) -> str:
        return self.filename

    @property
    def stored(self) -> StoredFile:
        return StoredFile(self.sha256, self.size, self.media_type, self.filename)


class PeriodicRun(models.Model):
    """When a recurring piece of work is due next: the row two runners compete for, so that only one runs it."""

    name = models.CharField(max_length=80, primary_key=True)
    due_at = models.DateTimeField()
    last_run_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("Recurring work")
        verbose_name_plural = _("Recurring work")

    def __str__(self) -> str:
        return self.name


class Letter(models.Model):
    """An outgoing message, sealed with a key derived from SECRET_KEY, until it is sent or too old; then the row goes.

    It exists because a job's payload must not hold addresses, names, or links that open something.
    """

    job = models.OneToOneField(
        Job, on_delete=models.CASCADE, primary_key=True, related_name="letter"
    )  # dies with its job
    sealed = models.BinaryField()
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("Message")
        verbose_name_plural = _("Messages")

    def __str__(self) -> str:
        return str(self.job_id)


def blank_lease() -> dict[str, Any]:
    """The column values of a job that no worker holds."""
    return {"lease_token": None, "lease_until": None}
