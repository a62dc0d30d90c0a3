"""The doorbell: a message with a job's id, and nothing else, that wakes a worker.

Losing it, or hearing it twice, does no harm: the row in the database is the job. An empty BROKER_URL means that no
bell exists and ``manage.py run_jobs`` looks at the rows itself.
"""

from __future__ import annotations

import logging
import time
import uuid
from threading import Lock

from celery import current_app
from django.conf import settings

from iqas.core import clock
from iqas.jobs.conf import timings
from iqas.jobs.models import Job

log = logging.getLogger(__name__)

RUN_TASK = "jobs.run"
MOST_AT_ONCE = 100


class CircuitBreaker:
    """After one failure everybody in this process stays silent for a while, instead of waiting for timeouts in turn."""

    def __init__(self) -> None:
        self._silent_until = 0.0
        self._lock = Lock()

    @property
    def is_open(self) -> bool:
        with self._lock:
            return time.monotonic() < self._silent_until

    def trip(self, seconds: float) -> None:
        with self._lock:
            self._silent_until = time.monotonic() + seconds

    def reset(self) -> None:
        self.trip(0)


breaker = CircuitBreaker()


def exists() -> bool:
    return bool(settings.BROKER_URL)


def ring(jobs: list[tuple[uuid.UUID, str]]) -> int:
    """Ring for ``(job id, queue)`` pairs; how many bells the broker took. Never raises for a broker that is away.

    At most 100 in one call: the reaper rings for the rest.
    """
    if not jobs or not exists() or breaker.is_open:
        return 0
    heard: list[uuid.UUID] = []
    for job_id, queue in jobs[:MOST_AT_ONCE]:
        try:
            current_app.send_task(RUN_TASK, args=[str(job_id)], queue=queue, ignore_result=True)
        except Exception:
            log.warning(
                "the broker did not take the bell of job %s; silent for a while", job_id, exc_info=True
            )
            breaker.trip(timings().breaker)
            break
        heard.append(job_id)
    if heard:
        Job.objects.filter(pk__in=heard).update(dispatched_at=clock.now())
    return len(heard)


def unheard(queue: str) -> int:
    """How many bells of the queue no worker has taken yet. Raises what the broker client raises."""
    with current_app.connection_for_write() as connection:
        connection.ensure_connection(
            max_retries=1, interval_start=0, interval_step=0.1, interval_max=0.1, timeout=2
        )
        channel = connection.default_channel
        return int(channel.queue_declare(queue=queue, durable=True).message_count)
