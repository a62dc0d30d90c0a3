"""What `manage.py check` and `manage.py doctor` ask about jobs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.core.checks import CheckMessage, Error, register

import iqas
from iqas.core import clock
from iqas.core.doctor import check
from iqas.core.metrics import Gauge, metrics_source
from iqas.core.unheld import holds_files
from iqas.jobs import registry, selectors
from iqas.jobs.conf import seconds, timings

holds_files("jobs.Artefact", "sha256")


@register()
def periodic_kinds_exist(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    known = {kind.name for kind in registry.kinds()}
    return [
        Error(f"The schedule asks for jobs of the unknown kind {periodic.kind!r}.", id="jobs.E001")
        for periodic in registry.periodics()
        if periodic.kind not in known
    ]


@check("jobs-wait", "No job has waited longer than a worker should leave it.")
def jobs_are_done() -> Iterator[str]:
    health = selectors.health()
    never = "" if health.last_sweep else "No worker has been at work here yet. "
    for queue in health.queues:
        if queue.oldest_seconds and queue.oldest_seconds > timings().alarm:
            yield (
                f"Waiting in the queue {queue.queue}: {queue.waiting}, the oldest for "
                f"{in_words(queue.oldest_seconds)}. {never}Start a worker for it, or: manage.py run_jobs"
            )


def in_words(seconds: float) -> str:
    """A wait as a person says it: minutes, from two hours on hours, from two days on days."""
    for unit, length in (("days", 86_400), ("hours", 3_600)):
        if seconds >= 2 * length:
            return f"{seconds / length:.0f} {unit}"
    return f"{seconds / 60:.0f} minutes"


@check("jobs-reaper", "Abandoned jobs are put back.", advice=True)
def abandoned_jobs_are_put_back() -> Iterator[str]:
    """A job whose worker was killed waits for the reaper: Celery beat with a worker of `ctl`, or `run_jobs`."""
    if not selectors.health().is_swept(within=seconds(10 * timings().reaper)):
        yield "Nobody has looked for abandoned jobs lately. Start Celery beat and a worker of ctl, or: manage.py run_jobs"


@metrics_source
def queues() -> Iterator[Gauge]:
    floor = selectors.health()

    def by_queue(name: str, doc: str, of: Callable[[selectors.QueueHealth], float]) -> Gauge:
        return Gauge(name, doc, tuple(({"queue": queue.queue}, of(queue)) for queue in floor.queues))

    yield Gauge("iqas_info", "The version that answers.", (({"version": iqas.__version__}, 1),))
    yield by_queue("iqas_jobs_waiting", "Jobs that are due.", lambda queue: queue.waiting)
    yield by_queue("iqas_jobs_running", "Jobs that a worker holds.", lambda queue: queue.running)
    yield by_queue(
        "iqas_jobs_oldest_waiting_seconds",
        "How long the oldest due job has waited.",
        lambda queue: queue.oldest_seconds or 0,
    )
    yield Gauge("iqas_jobs_failed", "Jobs that failed and were not tried again.", (({}, selectors.failed()),))
    if floor.last_sweep is not None:
        age = (clock.now() - floor.last_sweep).total_seconds()
        yield Gauge(
            "iqas_jobs_last_sweep_seconds", "Since when nobody looked for abandoned jobs.", (({}, age),)
        )
