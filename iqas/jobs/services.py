"""What people and other apps ask of jobs: enqueue, cancel, retry, mark as seen."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from iqas.core import clock
from iqas.core.access import require
from iqas.core.audit import record
from iqas.core.events import emit
from iqas.core.refusals import RuleViolation
from iqas.jobs import bell, registry
from iqas.jobs.models import Job, JobState, blank_lease
from iqas.organisation.models import Scope


@dataclass(frozen=True)
class Order:
    """One job to be made: what it works on, and the key that makes asking twice the same as asking once."""

    payload: Mapping[str, Any]
    idem_key: str
    about: str = ""
    about_url: str = ""


def enqueue(
    *,
    actor: Any,
    kind: str,
    payload: Mapping[str, Any],
    idem_key: str,
    scope: Scope | None = None,
    about: str = "",
    about_url: str = "",
    priority: int = 0,
) -> Job:
    """Insert the job in the caller's transaction, and ring for it once that has committed.

    ``payload``: ids and hashes, as keyword arguments of the kind's function; never personal data.
    ``idem_key``: one key, one job, for ever: the same key returns the job that exists, whatever its state.
    ``about``: what people call it by, such as ``D-2026-003``. ``actor`` is None for work that nobody asked for.
    Raises UnknownKind for a kind no app declares.
    """
    order = Order(payload, idem_key, about, about_url)
    return enqueue_many(actor=actor, kind=kind, orders=[order], scope=scope, priority=priority)[0]


def enqueue_many(
    *,
    actor: Any,
    kind: str,
    orders: Iterable[Order],
    scope: Scope | None = None,
    priority: int = 0,
) -> list[Job]:
    """As ``enqueue``, for thousands at once, in the order of ``orders``."""
    known = registry.find(kind)
    if actor is None and scope is None:
        scope = Scope.objects.filter(kind=Scope.Kind.UNIVERSITY).first()
    wanted = [
        Job(
            kind=known.name,
            queue=known.queue,
            max_attempts=known.max_attempts,
            idem_key=_key(known.name, order.idem_key),
            payload=dict(order.payload),
            about=order.about[:120],
            about_url=order.about_url,
            scope=scope,
            requested_by=actor,
            priority=priority,
        )
        for order in orders
    ]
    with transaction.atomic():
        Job.objects.bulk_create(wanted, ignore_conflicts=True, batch_size=500)
        standing = _by_key([job.idem_key for job in wanted])
        new = [(job.pk, job.queue) for job in wanted if standing[job.idem_key].pk == job.pk]
        transaction.on_commit(lambda: bell.ring(new))
    return [standing[job.idem_key] for job in wanted]


def cancel(*, actor: Any, job: Job) -> None:
    """Stop a waiting or running job. A running worker notices at its next sign of life and keeps nothing.

    Refuses ``job-over`` when it had finished, failed or been cancelled before.
    """
    with transaction.atomic():
        require(actor, "job.cancel", job)
        cancelled = Job.objects.filter(pk=job.pk, state__in=(JobState.QUEUED, JobState.RUNNING)).update(
            state=JobState.CANCELLED, finished_at=clock.now(), seen_at=clock.now(), **blank_lease()
        )
        if not cancelled:
            raise RuleViolation("job-over", _("This job is already over, so it cannot be cancelled."))
        before = job.state
        job.refresh_from_db()
        record(
            actor=actor,
            action="job.cancelled",
            subject=job,
            scope=job.scope,
            before={"state": before},
            after={"state": job.state},
        )
        emit("job.cancelled", job=job)


def retry(*, actor: Any, job: Job) -> None:
    """Put a failed or cancelled job back in the queue with all its attempts.

    ``actor`` is None for the terminal. Refuses ``job-not-failed`` for any other state.
    """
    with transaction.atomic():
        if actor is not None:
            require(actor, "job.retry", job)
        revived = Job.objects.filter(pk=job.pk, state__in=(JobState.FAILED, JobState.CANCELLED)).update(
            state=JobState.QUEUED,
            attempts=0,
            not_before=None,
            dispatched_at=None,
            started_at=None,
            finished_at=None,
            seen_at=None,
            error_code="",
            error={},
            last_error="",
            progress_done=0,
            progress_total=0,
            step={},
        )
        if not revived:
            raise RuleViolation(
                "job-not-failed", _("Only a job that failed or was cancelled can be tried again.")
            )
        before = job.state
        job.refresh_from_db()
        record(
            actor=actor,
            action="job.retried",
            subject=job,
            scope=job.scope,
            before={"state": before},
            after={"state": job.state},
        )
        transaction.on_commit(lambda: bell.ring([(job.pk, job.queue)]))


def mark_seen(*, actor: Any, jobs: Iterable[uuid.UUID] | None = None) -> int:
    """The requester has seen how these jobs (None: all of theirs) ended; they leave the bell."""
    over = Job.objects.filter(
        requested_by=actor, seen_at__isnull=True, state__in=(JobState.SUCCEEDED, JobState.FAILED)
    )
    if jobs is not None:
        over = over.filter(pk__in=list(jobs))
    return over.update(seen_at=clock.now())


def _key(kind: str, idem_key: str) -> str:
    """Keys of different kinds never meet."""
    if not idem_key:
        raise ValueError(f"{kind}: a job needs an idem_key")
    return f"{kind}|{idem_key}"


def _by_key(keys: list[str]) -> dict[str, Job]:
    found: dict[str, Job] = {}
    for start in range(0, len(keys), 500):
        found |= {job.idem_key: job for job in Job.objects.filter(idem_key__in=keys[start : start + 500])}
    return found
