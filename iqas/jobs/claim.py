"""Who holds a job: claim, renew, give back, each one conditional UPDATE that runs alike on SQLite and PostgreSQL.

The token is the fence. Every write about a running job names it, so a worker that was thought dead and comes back
changes nothing: its UPDATE matches no row.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, Q, QuerySet

import iqas
from iqas.core import clock
from iqas.jobs.conf import seconds, timings
from iqas.jobs.models import Job, JobState, blank_lease
from iqas.jobs.wording import Sentence


class LeaseLost(Exception):
    """The job is no longer ours: cancelled by a person, or given to another worker after silence."""


@dataclass(frozen=True)
class Lease:
    """The right to work on one job, as long as its token stands in the row."""

    job_id: uuid.UUID
    token: uuid.UUID
    attempt: int
    max_attempts: int

    @property
    def held(self) -> QuerySet[Job]:
        """The job's row while the lease is ours, otherwise no row."""
        return Job.objects.filter(pk=self.job_id, lease_token=self.token, state=JobState.RUNNING)


def due(now: datetime) -> Q:
    """Jobs that a worker may take: waiting and not told to wait longer, or abandoned; never one out of attempts."""
    waiting = Q(state=JobState.QUEUED) & (Q(not_before__isnull=True) | Q(not_before__lte=now))
    abandoned = Q(state=JobState.RUNNING, lease_until__lt=now)
    return (waiting | abandoned) & Q(attempts__lt=F("max_attempts"))


def claim(job_id: uuid.UUID, *, worker: str, lease_seconds: float | None = None) -> Lease | None:
    """Take the job, or None when another has it, it is over, cancelled, or not due yet."""
    now = clock.now()
    token = uuid.uuid4()
    taken = (
        Job.objects.filter(due(now), pk=job_id)
        .order_by()
        .update(
            state=JobState.RUNNING,
            attempts=F("attempts") + 1,
            lease_token=token,
            lease_until=now + seconds(lease_seconds or timings().lease),
            heartbeat_at=now,
            started_at=now,
            finished_at=None,
            worker=worker[:120],
            code_version=iqas.__version__,
            progress_done=0,
            progress_total=0,
            step={},
        )
    )
    if not taken:
        return None
    attempt, max_attempts = Job.objects.values_list("attempts", "max_attempts").get(pk=job_id)
    return Lease(job_id, token, attempt, max_attempts)


def next_due(queues: Sequence[str], *, limit: int = 5) -> list[uuid.UUID]:
    """Ids of the jobs to try next, the most urgent and then the oldest first."""
    return list(
        Job.objects.filter(due(clock.now()), queue__in=queues)
        .order_by("-priority", "created_at", "id")
        .values_list("pk", flat=True)[:limit]
    )


def claim_next(queues: Sequence[str], *, worker: str) -> Lease | None:
    for job_id in next_due(queues):
        lease = claim(job_id, worker=worker)
        if lease:
            return lease
    return None


def renew(lease: Lease, *, done: int = 0, total: int = 0, step: Sentence | None = None) -> None:
    """Prove life and show progress. LeaseLost when the job is not ours any more."""
    now = clock.now()
    renewed = lease.held.update(
        lease_until=now + seconds(timings().lease),
        heartbeat_at=now,
        progress_done=done,
        progress_total=total,
        step=step or {},
    )
    if not renewed:
        raise LeaseLost(str(lease.job_id))


def put_back(lease: Lease, *, pause: timedelta, **reason: Any) -> bool:
    """Return the job to the queue after a failed attempt; it is due again after ``pause``. False when not ours."""
    return bool(
        lease.held.update(
            state=JobState.QUEUED,
            not_before=clock.now() + pause,
            dispatched_at=None,
            **blank_lease(),
            **reason,
        )
    )


def give_back(lease: Lease) -> bool:
    """Return the job at once, as if it had not been tried: the worker was told to stop. False when not ours."""
    return bool(
        lease.held.update(
            state=JobState.QUEUED,
            attempts=F("attempts") - 1,
            not_before=None,
            dispatched_at=None,
            **blank_lease(),
        )
    )


def settle(lease: Lease, state: JobState, **values: Any) -> None:
    """The job is over. LeaseLost (and nothing changed) when it is not ours any more."""
    if not lease.held.update(
        state=state, finished_at=clock.now(), not_before=None, **blank_lease(), **values
    ):
        raise LeaseLost(str(lease.job_id))
