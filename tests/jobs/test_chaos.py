"""Twenty jobs among killed workers, a broker that forgets, and messages that come twice: each is done once.

The seed is printed; `CHAOS_SEED=n` repeats the choices (not the scheduling of the machine).
"""

from __future__ import annotations

import contextlib
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from iqas.core import audit, durable
from iqas.core.files import open_stored
from iqas.core.models import AuditEvent
from iqas.jobs import services
from iqas.jobs.models import Artefact, Job, JobState
from tests.jobs.processes import LEASE_SECONDS, Process, celery, environment, run_jobs
from tests.support.servers import OwnRedis

JOBS = 20
KILLS = 10
FREEZES = 3
PATIENCE = 240
"""Seconds until a run counts as stuck; it takes 25 to 45 on an idle machine of two cores."""

pytestmark = [pytest.mark.slow, pytest.mark.timeout(PATIENCE + 60)]


class Chaos:
    """The killer: picks a worker that is in the middle of a job, by chance, and ends it without warning."""

    def __init__(self, folder: Path) -> None:
        self.seed = int(os.environ.get("CHAOS_SEED", random.SystemRandom().randrange(1_000_000)))
        self.random = random.Random(self.seed)
        self.starts = folder / "starts"
        self.starts.touch()
        self.kills = 0
        self.freezes = 0
        self.frozen: list[tuple[float, Process]] = []
        self.began = time.monotonic()

    def candidates(self, workers: list[Process]) -> list[Process]:
        """Workers in the middle of a job, but of none in its last two attempts: five are all that is promised."""
        attempts: dict[int, int] = {}
        for line in self.starts.read_text().splitlines():
            _number, pid, attempt = map(int, line.split())
            attempts[pid] = attempt
        return [
            worker
            for worker in workers
            if worker.alive and not self.sleeps(worker) and 0 < self.last_attempt(worker, attempts) <= 3
        ]

    def last_attempt(self, worker: Process, attempts: dict[int, int]) -> int:
        return max((attempts.get(pid, 0) for pid in worker.family()), default=0)

    def kill_one(self, workers: list[Process], replace: Callable[[], Process], *, children_too: bool) -> None:
        """Kill a busy worker and start another in its place; sometimes only one child that does the work."""
        candidates = self.candidates(workers)
        if not candidates:
            return
        worker = self.random.choice(candidates)
        if children_too and self.random.random() < 0.4:
            child = self.random.choice(sorted(worker.family() - {worker.pid}))
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        else:
            worker.kill()
            workers[workers.index(worker)] = replace()
        self.kills += 1

    def freeze_one(self, workers: list[Process]) -> None:
        """Stop a busy worker for longer than its lease: it wakes up believing that the job is still its own."""
        candidates = self.candidates(workers)
        if candidates:
            worker = self.random.choice(candidates)
            os.killpg(worker.pid, signal.SIGSTOP)
            self.frozen.append((time.monotonic() + LEASE_SECONDS + 2, worker))
            self.freezes += 1

    def wake(self) -> None:
        now = time.monotonic()
        for moment, worker in [sleeper for sleeper in self.frozen if sleeper[0] < now]:
            self.frozen.remove((moment, worker))
            if worker.alive:
                os.killpg(worker.pid, signal.SIGCONT)

    def strike(self, workers: list[Process], replace: Callable[[], Process], *, children_too: bool) -> None:
        self.wake()
        if self.freezes < FREEZES and self.kills > 2 * self.freezes:
            self.freeze_one(workers)
        elif self.kills < KILLS:
            self.kill_one(workers, replace, children_too=children_too)

    def sleeps(self, worker: Process) -> bool:
        return any(sleeper is worker for _moment, sleeper in self.frozen)

    def report(self) -> str:
        attempts = len(self.starts.read_text().splitlines())
        return (
            f"seed {self.seed}, {connection.vendor}: {JOBS} jobs, {self.kills} kills, {self.freezes} freezes, {attempts} starts, "
            f"{time.monotonic() - self.began:.0f} s"
        )


@pytest.fixture
def chaos(tmp_path: Path, transactional_db: None) -> Iterator[Chaos]:
    chaos = Chaos(tmp_path)
    print(f"\nchaos seed {chaos.seed}")
    yield chaos
    print(chaos.report())


def ask_twice(numbers: range) -> None:
    for number in numbers:
        for _click in range(2):
            services.enqueue(
                actor=None, kind="tests.chaos", payload={"number": number}, idem_key=f"chaos {number}"
            )


def all_over() -> bool:
    states = Counter(Job.objects.filter(kind="tests.chaos").values_list("state", flat=True))
    return states[JobState.SUCCEEDED] + states[JobState.FAILED] == JOBS


def assert_each_done_once(chaos: Chaos, logs: Path) -> None:
    story = f"{chaos.report()}\n{logs.read_text()[-6000:]}"
    jobs = list(Job.objects.filter(kind="tests.chaos").select_related("artefact"))
    assert Counter(job.state for job in jobs) == {JobState.SUCCEEDED: JOBS}, story
    assert sorted(job.payload["number"] for job in jobs) == list(range(JOBS)), story
    assert Artefact.objects.filter(job__kind="tests.chaos").count() == JOBS, story
    for job in jobs:
        with open_stored(job.artefact.sha256) as stream:
            assert stream.read().startswith(f"{job.payload['number']} ".encode()), story
    finished = AuditEvent.objects.filter(
        action="job.finished", object_id__in=[str(job.pk) for job in jobs]
    ).values_list("object_id", flat=True)
    assert Counter(finished) == Counter(str(job.pk) for job in jobs), story
    assert list(audit.verify()) == []
    durable.remove_abandoned(older_than_seconds=0)
    assert list(durable.waiting_room().glob("*")) == []


def until(over: Callable[[], bool], act: Callable[[], None], *, pause: Callable[[], float]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not over() and time.monotonic() < deadline:
        time.sleep(pause())
        act()


def test_embedded_workers_killed_at_random_lose_and_repeat_nothing(chaos: Chaos, tmp_path: Path) -> None:
    log = tmp_path / "log"
    env = environment(BROKER_URL="", CHAOS_LOG=str(chaos.starts))

    def start() -> Process:
        return run_jobs(log=log, env=env)

    workers = [start() for _ in range(3)]
    try:
        ask_twice(range(JOBS))

        def act() -> None:
            chaos.strike(workers, start, children_too=False)

        until(lambda: all_over() and not chaos.frozen, act, pause=lambda: chaos.random.uniform(0.2, 0.8))
    finally:
        for worker in workers:
            worker.kill()
    assert chaos.kills >= KILLS / 2
    assert chaos.freezes
    assert_each_done_once(chaos, log)


@pytest.mark.redis
def test_celery_workers_killed_and_a_broker_that_forgets_lose_and_repeat_nothing(
    chaos: Chaos, tmp_path: Path, own_redis: OwnRedis, broker: Callable[[str], Any]
) -> None:
    log = tmp_path / "log"
    broker(own_redis.url)
    env = environment(BROKER_URL=own_redis.url, CHAOS_LOG=str(chaos.starts))

    def start() -> Process:
        return celery("worker", "-Q", "pdf,mail", "-c", "2", "--loglevel", "WARNING", log=log, env=env)

    workers = [start() for _ in range(2)]
    keepers = [
        celery("worker", "-Q", "ctl", "-c", "1", "-n", "ctl@%h", "--loglevel", "WARNING", log=log, env=env),
        celery("beat", "-s", str(tmp_path / "beat"), "--loglevel", "WARNING", log=log, env=env),
    ]
    forgettings = []
    try:
        ask_twice(range(JOBS // 2))

        def act() -> None:
            chaos.strike(workers, start, children_too=True)
            if len(forgettings) < 2 and chaos.kills >= 3 * (len(forgettings) + 1):
                forget_everything()

        def forget_everything() -> None:
            own_redis.kill()
            begun = time.monotonic()
            half = JOBS // 2
            first = half + len(forgettings) * half // 2
            ask_twice(range(first, first + half // 2))
            forgettings.append(time.monotonic() - begun)
            own_redis.start()

        until(
            lambda: len(forgettings) == 2 and all_over() and not chaos.frozen,
            act,
            pause=lambda: chaos.random.uniform(0.2, 0.8),
        )
    finally:
        for process in (*workers, *keepers):
            process.kill()
    print(f"asking while the broker is down took {max(forgettings, default=0):.2f} s for ten requests")
    assert chaos.kills >= KILLS / 2
    assert chaos.freezes
    assert len(forgettings) == 2
    assert max(forgettings) < 10
    assert_each_done_once(chaos, log)
