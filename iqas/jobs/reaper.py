"""What keeps the floor clean without a person: abandoned jobs, unheard bells, half-written files, old rows."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F, Q

from iqas.core import clock, durable
from iqas.jobs import bell, registry
from iqas.jobs.claim import due
from iqas.jobs.conf import seconds, timings
from iqas.jobs.models import Job, JobState, Letter, PeriodicRun, blank_lease
from iqas.jobs.runner import VANISHED, announce_failure
from iqas.jobs.wording import in_every_language

log = logging.getLogger(__name__)

NAME = "jobs.reaper"
MOST_BELLS = 1000
MOST_ROWS = 1000


@dataclass(frozen=True)
class Sweep:
    """What one round of the reaper did."""

    put_back: int = 0
    failed: int = 0
    bells: int = 0
    files: int = 0
    rows: int = 0


def sweep() -> Sweep:
    """One round. Any number of reapers may run at once; each step is a conditional change."""
    failed = fail_exhausted()
    done = Sweep(
        put_back=put_back_abandoned(),
        failed=failed,
        bells=ring_again(),
        files=durable.remove_abandoned(older_than_seconds=timings().keep_temporary),
        rows=forget_old(),
    )
    now = clock.now()
    marker, _first = PeriodicRun.objects.get_or_create(name=NAME, defaults={"due_at": now})
    swept_at = marker.last_run_at
    was_awake = swept_at is not None and swept_at > now - seconds(timings().alarm)
    marker.due_at, marker.last_run_at = now + seconds(timings().reaper), now
    marker.save(update_fields=["due_at", "last_run_at"])
    if was_awake:
        warn_of_standstill()
    return done


def put_back_abandoned() -> int:
    """Jobs whose worker gave no sign of life in time go back to the queue, due at once."""
    return (
        Job.objects.filter(
            state=JobState.RUNNING, lease_until__lt=clock.now(), attempts__lt=F("max_attempts")
        )
        .order_by()
        .update(state=JobState.QUEUED, dispatched_at=None, not_before=None, **blank_lease())
    )


def fail_exhausted() -> int:
    """Jobs abandoned in their last attempt have failed, with a sentence that a person understands."""
    code, message = VANISHED
    exhausted = Q(attempts__gte=F("max_attempts")) & (
        Q(state=JobState.RUNNING, lease_until__lt=clock.now()) | Q(state=JobState.QUEUED)
    )
    failed = 0
    for job in Job.objects.filter(exhausted).select_related("scope", "requested_by")[:MOST_ROWS]:
        with transaction.atomic():
            settled = Job.objects.filter(exhausted, pk=job.pk).update(
                state=JobState.FAILED,
                finished_at=clock.now(),
                error_code=code,
                error=in_every_language(message),
                **blank_lease(),
            )
            if settled:
                announce_failure(job, code)
                failed += 1
    return failed


def ring_again() -> int:
    """Ring for waiting jobs whose bell was never taken, or taken long ago without effect; how many bells.

    No more than the broker has room for: a queue that already holds a thousand bells gets none.
    """
    if not bell.exists() or bell.breaker.is_open:
        return 0
    now = clock.now()
    unheard = Q(dispatched_at__isnull=True) | Q(dispatched_at__lt=now - seconds(timings().ring_again))
    rung = 0
    for queue in registry.QUEUES:
        waiting = list(
            Job.objects.filter(due(now), unheard, queue=queue, state=JobState.QUEUED)
            .order_by("-priority", "created_at", "id")
            .values_list("pk", "queue")[:MOST_BELLS]
        )
        if not waiting:
            continue
        try:
            room = max(0, MOST_BELLS - bell.unheard(queue))
        except Exception:
            log.warning("the broker did not answer", exc_info=True)
            bell.breaker.trip(timings().breaker)
            return rung
        for start in range(0, min(room, len(waiting)), bell.MOST_AT_ONCE):
            rung += bell.ring(waiting[start : min(room, start + bell.MOST_AT_ONCE)])
    return rung


def forget_old() -> int:
    """Remove finished work that nobody waits for, and messages too old to be sent."""
    now = clock.now()
    letters, _ = Letter.objects.filter(created_at__lt=now - seconds(timings().keep_letters)).delete()
    old = Job.objects.filter(
        kind__in=registry.unlisted(),
        state__in=(JobState.SUCCEEDED, JobState.CANCELLED),
        finished_at__lt=now - seconds(timings().keep_unlisted),
        artefact__isnull=True,
    ).values_list("pk", flat=True)[:MOST_ROWS]
    Letter.objects.filter(job__in=list(old)).delete()
    rows, _ = Job.objects.filter(pk__in=list(old)).delete()
    return letters + rows


def warn_of_standstill() -> None:
    """Jobs that waited while somebody swept: their queue is not served. After a night off, waiting is nobody's fault."""
    limit = clock.now() - seconds(timings().alarm)
    for queue in registry.QUEUES:
        stuck = Job.objects.filter(
            Q(not_before__isnull=True) | Q(not_before__lt=limit),
            queue=queue,
            state=JobState.QUEUED,
            created_at__lt=limit,
        ).count()
        if stuck:
            log.error(
                "%s jobs of the queue %s have waited for more than %.0f s", stuck, queue, timings().alarm
            )
