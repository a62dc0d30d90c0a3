"""How long things may take, in seconds. The two that an installation may choose come from its environment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings


@dataclass(frozen=True)
class Timings:
    lease: float
    """A worker that gives no sign of life for this long has lost its job."""
    reaper: float
    """Abandoned jobs are put back, and unheard bells rung again, this often."""
    heartbeat: float
    """A working worker renews its lease this often."""
    ring_again: float
    """A job still waiting this long after its bell gets another."""
    progress: float = 1
    """Progress is written at most this often."""
    breaker: float = 30
    """After one bell that the broker refused, this process rings none for so long."""
    poll: float = 1
    """The embedded runner looks for work this often."""
    time_limit: float = 600
    """Work that takes longer is stopped and counts as a failed attempt."""
    slowest_retry: float = 3600
    """The pause between two attempts never grows beyond this."""
    alarm: float = 300
    """A job that has waited longer than this means that no worker serves its queue."""
    keep_temporary: float = 86_400
    """Half-written files older than this are removed."""
    keep_unlisted: float = 90 * 86_400
    """Rows of finished work that nobody waits for (mails, sweeps) are removed after this."""
    keep_letters: float = 7 * 86_400
    """A message that could not be sent is forgotten after this."""


def timings() -> Timings:
    """The timings in force: `JOB_LEASE_SECONDS` and `JOB_REAPER_SECONDS`, what follows from them, and `JOBS` over all."""
    values: dict[str, Any] = {
        "lease": settings.JOB_LEASE_SECONDS,
        "reaper": settings.JOB_REAPER_SECONDS,
        "heartbeat": settings.JOB_LEASE_SECONDS / 6,
        "ring_again": settings.JOB_REAPER_SECONDS * 2,
    }
    return Timings(**(values | getattr(settings, "JOBS", {})))


def seconds(amount: float) -> timedelta:
    return timedelta(seconds=amount)
