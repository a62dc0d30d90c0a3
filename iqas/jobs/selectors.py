"""What pages and operations read about jobs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from django.db.models import Count, Min, Q, QuerySet

from iqas.core import clock
from iqas.core.access import allowed
from iqas.jobs import registry
from iqas.jobs.claim import due
from iqas.jobs.models import Artefact, Job, JobState, PeriodicRun
from iqas.jobs.reaper import NAME as REAPER

SAMPLE = 20
LONGEST_BELL = 10


def jobs_for(user: Any) -> QuerySet[Job]:
    """The jobs a person may see, without those nobody waits for, unless they failed."""
    return (
        allowed(user, "job.view")
        .exclude(Q(kind__in=registry.unlisted()) & ~Q(state=JobState.FAILED))
        .select_related("scope", "requested_by", "artefact")
    )


def unseen(user: Any) -> list[Job]:
    """The person's own jobs that ended since they last looked, the newest first; at most ten."""
    if not getattr(user, "is_authenticated", False):
        return []
    ended = Job.objects.filter(
        requested_by=user.pk, seen_at__isnull=True, state__in=(JobState.SUCCEEDED, JobState.FAILED)
    ).exclude(kind__in=registry.unlisted())
    return list(ended.only("kind", "about", "state").order_by("-finished_at")[:LONGEST_BELL])


def file_for(user: Any, job: Job) -> Artefact | None:
    """What the job made, None where there is nothing; refuses what its kind no longer lets this person have."""
    artefact = Artefact.objects.filter(job=job).first()
    if artefact is not None and (check := registry.find(job.kind).may_take) is not None:
        check(user, job)
    return artefact


def typical_duration(kind: str) -> timedelta | None:
    """The median of the last twenty successes of the kind; None where there is none."""
    ended = Job.objects.filter(
        kind=kind, state=JobState.SUCCEEDED, started_at__isnull=False, finished_at__isnull=False
    ).order_by("-finished_at")
    spans = [
        (finished - started).total_seconds()
        for started, finished in ended.values_list("started_at", "finished_at")[:SAMPLE]
        if started and finished
    ]
    return timedelta(seconds=median(spans)) if spans else None


@dataclass(frozen=True)
class QueueHealth:
    """How one queue stands. `oldest_seconds` counts from when the oldest waiting job was due; None: none waits."""

    queue: str
    waiting: int
    running: int
    oldest_seconds: float | None


@dataclass(frozen=True)
class Health:
    """What `doctor` and `/readyz` need to know about the floor."""

    queues: tuple[QueueHealth, ...]
    last_sweep: datetime | None

    @property
    def oldest_seconds(self) -> float:
        return max((queue.oldest_seconds or 0 for queue in self.queues), default=0)

    def is_swept(self, *, within: timedelta) -> bool:
        """Whether a reaper was at work lately: without one, a killed worker's jobs wait for ever."""
        return self.last_sweep is not None and clock.now() - self.last_sweep <= within


def health() -> Health:
    now = clock.now()
    waiting = Q(state=JobState.QUEUED) & due(now)
    rows: dict[str, Any] = {
        row["queue"]: row
        for row in Job.objects.order_by()
        .values("queue")
        .annotate(
            waiting=Count("pk", filter=waiting),
            running=Count("pk", filter=Q(state=JobState.RUNNING)),
            oldest=Min("created_at", filter=waiting & Q(not_before__isnull=True)),
            oldest_retry=Min("not_before", filter=waiting),
        )
    }
    queues = tuple(_queue_health(queue, rows.get(queue, {}), now) for queue in registry.QUEUES)
    last_sweep = PeriodicRun.objects.filter(name=REAPER).values_list("last_run_at", flat=True).first()
    return Health(queues, last_sweep)


def failed() -> int:
    """How many jobs stand failed: each is on the page of jobs, with its reason."""
    return Job.objects.filter(state=JobState.FAILED).count()


def _queue_health(queue: str, row: dict[str, Any], now: datetime) -> QueueHealth:
    oldest = min((moment for moment in (row.get("oldest"), row.get("oldest_retry")) if moment), default=None)
    age = (now - oldest).total_seconds() if oldest else None
    return QueueHealth(queue, row.get("waiting", 0), row.get("running", 0), age)
