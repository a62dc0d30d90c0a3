from __future__ import annotations

import logging
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import DatabaseError, close_old_connections, connection

from iqas.jobs import reaper, registry, runner, schedule
from iqas.jobs.conf import timings
from iqas.jobs.tasks import worker_name

log = logging.getLogger(__name__)


class Command(BaseCommand):
    help = (
        "Do the waiting jobs and the recurring work, without a broker: the worker of a small installation, "
        "and the fallback when Redis is gone. Any number may run at once."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="stop when no job is due")
        parser.add_argument(
            "--queue",
            action="append",
            choices=registry.QUEUES,
            help="serve only this queue (can be given several times; default: all)",
        )

    def handle(self, *, once: bool, queue: list[str] | None, **options: Any) -> None:
        queues = tuple(queue or registry.QUEUES)
        with _own_signals():
            if once:
                self._drain(queues)
            else:
                self._serve(queues)

    def _drain(self, queues: tuple[str, ...]) -> None:
        reaper.sweep()
        schedule.run_due()
        done = sum(1 for _ in iter(lambda: _perform_next(queues), False))
        self.stdout.write(f"{done} attempts made; no job is due.")

    def _serve(self, queues: tuple[str, ...]) -> None:
        self.stdout.write(f"Serving {', '.join(queues)}. Stop with Ctrl-C.")
        try:
            _serve(queues)
        except (KeyboardInterrupt, SystemExit):
            self.stdout.write("Stopped; unfinished work is back in the queue.")


@contextmanager
def _own_signals() -> Iterator[None]:
    """Our answers to signals, and afterwards those of whoever called this command."""
    handlers = {signal.SIGINT: _stop, signal.SIGTERM: _stop, signal.SIGALRM: _time_is_up}
    before = {number: signal.signal(number, handler) for number, handler in handlers.items()}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _serve(queues: tuple[str, ...]) -> None:
    next_reaping = next_tick = 0.0
    while True:
        try:
            close_old_connections()
            now = time.monotonic()
            if now >= next_reaping:
                reaper.sweep()
                next_reaping = now + timings().reaper
            if now >= next_tick:
                schedule.run_due()
                next_tick = now + schedule.tick_seconds()
            busy = _perform_next(queues)
        except DatabaseError:
            log.warning("the database did not answer; trying again", exc_info=True)
            connection.close()
            busy = False
        if not busy:
            time.sleep(timings().poll)


def _perform_next(queues: tuple[str, ...]) -> bool:
    signal.setitimer(signal.ITIMER_REAL, timings().time_limit)
    try:
        return runner.perform_next(queues, worker=worker_name())
    except (Exception, *runner.STOP_REQUESTS):
        raise
    except BaseException:
        log.warning("work raised an exception that is no Exception; its job is settled", exc_info=True)
        return True
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _stop(number: int, frame: FrameType | None) -> None:
    """Once is enough: a second request must not disturb giving the job back."""
    for known in (signal.SIGINT, signal.SIGTERM):
        signal.signal(known, _stop_already_asked)
    sys.exit(0)


def _stop_already_asked(number: int, frame: FrameType | None) -> None:
    """A function and not SIG_IGN: Python reports a signal as lost that came just before it was to be ignored."""


def _time_is_up(number: int, frame: FrameType | None) -> None:
    raise runner.TimeLimitReached
