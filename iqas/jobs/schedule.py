"""Recurring work. Each kind has a row with the time it is due next; who moves that time on makes the job."""

from __future__ import annotations

import logging
from typing import Any

from django.db import transaction

from iqas.core import clock
from iqas.jobs import registry
from iqas.jobs.conf import timings
from iqas.jobs.models import Job, JobState, PeriodicRun
from iqas.jobs.services import enqueue

log = logging.getLogger(__name__)

REAPER_TASK = "jobs.reaper"
SCHEDULE_TASK = "jobs.schedule"


def run_due() -> int:
    """Enqueue each recurring kind that is due; how many. Two runners at once make one job, not two."""
    return sum(_run_if_due(periodic) for periodic in registry.periodics())


def tick_seconds() -> float:
    """How often the schedule must be looked at: as often as its shortest period, at most as often as the reaper."""
    shortest = min(
        (periodic.every.total_seconds() for periodic in registry.periodics()), default=timings().reaper
    )
    return min(shortest, timings().reaper)


def beat_schedule() -> dict[str, dict[str, Any]]:
    """The schedule of Celery beat. It only ticks: what is due is decided by the rows, so that a beat that was
    away, or two of them, change nothing."""
    return {
        task: {"task": task, "schedule": every, "options": {"queue": "ctl", "expires": 2 * every}}
        for task, every in ((REAPER_TASK, timings().reaper), (SCHEDULE_TASK, tick_seconds()))
    }


def _run_if_due(periodic: registry.Periodic) -> bool:
    now = clock.now()
    PeriodicRun.objects.bulk_create([PeriodicRun(name=periodic.kind, due_at=now)], ignore_conflicts=True)
    with transaction.atomic():
        row = PeriodicRun.objects.get(name=periodic.kind)
        if row.due_at > now + periodic.every:  # the period was shortened since
            PeriodicRun.objects.filter(name=row.name, due_at=row.due_at).update(due_at=now)
            row.due_at = now
        if row.due_at > now or _unfinished(periodic.kind):
            return False
        mine = PeriodicRun.objects.filter(name=row.name, due_at=row.due_at).update(
            due_at=now + periodic.every, last_run_at=now
        )
        if mine:
            enqueue(actor=None, kind=periodic.kind, payload={}, idem_key=f"due {row.due_at.isoformat()}")
        return bool(mine)


def _unfinished(kind: str) -> bool:
    return Job.objects.filter(kind=kind, state__in=(JobState.QUEUED, JobState.RUNNING), payload={}).exists()
