"""The two carriers: `run_jobs` without a broker, and the bell on Redis."""

from __future__ import annotations

import base64
import json
import resource
import signal
import threading
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import redis
from celery.contrib.testing.worker import start_worker
from django.core.management import call_command
from django.db import connection, transaction

from iqas.celery import app
from iqas.core import clock, durable
from iqas.jobs import bell, reaper, registry, runner, schedule, services
from iqas.jobs.models import Artefact, Job, JobState, PeriodicRun
from tests.jobs.processes import environment, run_jobs
from tests.support.servers import OwnRedis, free_port


def ask(**payload: Any) -> Job:
    return services.enqueue(actor=None, kind="tests.make", payload=payload, idem_key=uuid.uuid4().hex)


class TestRunJobsOnce:
    def test_does_all_that_is_due_and_says_so(self, transactional_db: None, capsys: Any) -> None:
        jobs = [ask(number=number) for number in range(3)]
        call_command("run_jobs", "--once")
        assert {Job.objects.get(pk=job.pk).state for job in jobs} == {JobState.SUCCEEDED}
        assert "3 attempts made" in capsys.readouterr().out

    def test_leaves_the_answers_to_signals_as_they_were(self, transactional_db: None) -> None:
        numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGALRM)
        before = [signal.getsignal(number) for number in numbers]
        call_command("run_jobs", "--once")
        assert [signal.getsignal(number) for number in numbers] == before

    def test_serves_only_the_queue_it_is_told(self, transactional_db: None) -> None:
        job = ask()
        call_command("run_jobs", "--once", "--queue", "mail")
        job.refresh_from_db()
        assert job.state == JobState.QUEUED

    def test_goes_on_after_work_that_raises_what_is_no_exception(self, transactional_db: None) -> None:
        class Fatal(BaseException):
            pass

        @registry.job_kind("tests.fatal", title="Fatal")
        def fatal(context: runner.JobContext) -> None:
            raise Fatal

        try:
            services.enqueue(actor=None, kind="tests.fatal", payload={}, idem_key="1", priority=9)
            good = ask()
            call_command("run_jobs", "--once")
        finally:
            registry.forget("tests.fatal")
        good.refresh_from_db()
        assert good.state == JobState.SUCCEEDED

    def test_stops_work_that_takes_too_long(self, transactional_db: None, settings: Any) -> None:
        settings.JOBS = {"time_limit": 0.5}
        job = ask(seconds=30)
        begun = time.monotonic()
        call_command("run_jobs", "--once")
        assert time.monotonic() - begun < 10
        job.refresh_from_db()
        assert (job.state, job.error_code) == (JobState.QUEUED, "job-too-long")


@pytest.mark.slow
class TestAWorkerProcess:
    @pytest.mark.parametrize("times", [1, 2])
    def test_told_to_stop_gives_its_job_back_at_once(
        self, transactional_db: None, tmp_path: Path, times: int
    ) -> None:
        job = ask(seconds=60)
        worker = run_jobs(log=tmp_path / "log", env=environment(BROKER_URL=""))
        try:
            wait_until(lambda: Job.objects.get(pk=job.pk).state == JobState.RUNNING)
            # Once the job is back, the handlers are too: an impatient second signal may still end the process.
            assert worker.stop(times) in ((0,) if times == 1 else (0, -signal.SIGTERM))
        finally:
            worker.kill()
        job.refresh_from_db()
        assert (job.state, job.attempts) == (JobState.QUEUED, 0), (tmp_path / "log").read_text()

    def test_with_a_full_disk_keeps_nothing_and_says_it_in_words(
        self, transactional_db: None, tmp_path: Path
    ) -> None:
        """The kernel refuses to let a file of this worker grow beyond 16 MiB, as a full disk does."""
        job = services.enqueue(actor=None, kind="tests.large", payload={"megabytes": 20}, idem_key="large")
        small = services.enqueue(actor=None, kind="tests.large", payload={"megabytes": 1}, idem_key="small")
        worker = run_jobs(
            "--once", log=tmp_path / "log", env=environment(BROKER_URL=""), preexec_fn=files_of_16_mib_at_most
        )
        assert worker.wait(60) == 0, (tmp_path / "log").read_text()
        job.refresh_from_db()
        small.refresh_from_db()
        assert (job.state, job.error_code) == (JobState.QUEUED, "storage-full")
        assert "no room left" in job.error["en"]
        assert small.state == JobState.SUCCEEDED
        assert Artefact.objects.count() == 1
        assert list(durable.waiting_room().glob("*")) == []


class TestRecurringWork:
    @pytest.fixture(autouse=True)
    def hourly(self) -> Any:
        registry.job_kind("tests.hourly", title="Hourly", listed=False)(lambda context: None)
        registry.periodic("tests.hourly", every=3600)
        yield
        registry.forget("tests.hourly")

    @staticmethod
    def made() -> int:
        return Job.objects.filter(kind="tests.hourly").count()

    def test_is_made_once_an_hour(self, db: None, at: Callable[[str], Any]) -> None:
        for moment, expected in (("10:00", 1), ("10:30", 1), ("11:00", 2), ("11:01", 2), ("15:00", 3)):
            at(f"2026-03-01 {moment}")
            schedule.run_due()
            for job in Job.objects.filter(kind="tests.hourly", state=JobState.QUEUED):
                runner.perform_here(job.pk)
            assert self.made() == expected, moment

    def test_does_not_pile_up_while_nobody_works(self, db: None, at: Callable[[str], Any]) -> None:
        for hour in range(10, 20):
            at(f"2026-03-01 {hour}:00")
            schedule.run_due()
        assert self.made() == 1

    def test_is_made_once_by_many_runners(self, transactional_db: None) -> None:
        gate = threading.Barrier(6)

        def tick() -> None:
            try:
                gate.wait()
                schedule.run_due()
            finally:
                connection.close()

        for _round in range(3):
            PeriodicRun.objects.update(due_at=clock.now())
            Job.objects.filter(kind="tests.hourly").update(state=JobState.SUCCEEDED)
            before = self.made()
            threads = [threading.Thread(target=tick) for _ in range(6)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            assert self.made() == before + 1

    def test_that_names_no_kind_fails_the_system_check(self, db: None) -> None:
        from iqas.jobs.checks import periodic_kinds_exist

        assert periodic_kinds_exist(None) == []
        registry.periodic("tests.nobody", every=60)
        try:
            assert [error.id for error in periodic_kinds_exist(None)] == ["jobs.E001"]
        finally:
            registry.forget("tests.nobody")


class TestTheBell:
    def test_does_not_exist_without_a_broker(self, transactional_db: None) -> None:
        assert ask().dispatched_at is None
        assert bell.ring([(uuid.uuid4(), "pdf")]) == 0

    def test_that_nobody_takes_costs_the_request_once_and_loses_nothing(
        self, transactional_db: None, broker: Callable[[str], None]
    ) -> None:
        broker(f"redis://127.0.0.1:{free_port()}/0")
        begun = time.monotonic()
        jobs = [ask() for _ in range(50)]
        assert time.monotonic() - begun < 5
        assert bell.breaker.is_open
        assert {Job.objects.get(pk=job.pk).dispatched_at for job in jobs} == {None}

    @pytest.mark.redis
    @pytest.mark.slow
    def test_with_a_frozen_broker_does_not_hang(
        self, transactional_db: None, broker: Callable[[str], None], own_redis: OwnRedis
    ) -> None:
        broker(own_redis.url)
        ask()
        own_redis.freeze()
        begun = time.monotonic()
        job = ask()
        taken = time.monotonic() - begun
        begun = time.monotonic()
        ask()
        next_taken = time.monotonic() - begun
        own_redis.thaw()
        assert taken < 10, f"{taken:.1f} s"
        assert next_taken < 1, f"{next_taken:.1f} s, although the first had failed"
        assert Job.objects.get(pk=job.pk).dispatched_at is None

    @pytest.mark.redis
    def test_carries_the_id_and_nothing_else_after_the_commit_only(
        self, transactional_db: None, broker: Callable[[str], None], own_redis: OwnRedis
    ) -> None:
        broker(own_redis.url)
        store = redis.Redis.from_url(own_redis.url)
        with transaction.atomic():
            job = ask(number=42)
            assert store.llen("iqas:pdf") == 0
        (message,) = store.lrange("iqas:pdf", 0, -1)
        store.close()
        body = json.loads(base64.b64decode(json.loads(message)["body"]))
        assert body[:2] == [[str(job.pk)], {}]
        assert Job.objects.get(pk=job.pk).dispatched_at

    @pytest.mark.redis
    def test_of_a_request_that_is_undone_never_rings(
        self, transactional_db: None, broker: Callable[[str], None], own_redis: OwnRedis
    ) -> None:
        broker(own_redis.url)
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            ask()
            raise ZeroDivisionError
        assert bell.unheard("pdf") == 0
        assert not Job.objects.exists()

    @pytest.mark.redis
    def test_is_rung_again_by_the_reaper_when_the_broker_forgot(
        self, transactional_db: None, broker: Callable[[str], None], own_redis: OwnRedis, settings: Any
    ) -> None:
        broker(own_redis.url)
        job = ask()
        own_redis.kill()
        own_redis.start()
        assert bell.unheard("pdf") == 0
        assert reaper.ring_again() == 0, "the bell was rung a moment ago"
        settings.JOBS = {"ring_again": 0}
        assert reaper.ring_again() == 1
        assert bell.unheard("pdf") == 1
        assert Job.objects.get(pk=job.pk).state == JobState.QUEUED

    @pytest.mark.redis
    def test_leaves_a_full_queue_alone(
        self,
        transactional_db: None,
        broker: Callable[[str], None],
        own_redis: OwnRedis,
        settings: Any,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        broker(own_redis.url)
        settings.JOBS = {"ring_again": 0}
        monkeypatch.setattr(reaper, "MOST_BELLS", 5)
        for _ in range(3):
            ask()
        for expected in (2, 0, 0):
            assert reaper.ring_again() == expected
        assert bell.unheard("pdf") == 5

    @pytest.mark.redis
    @pytest.mark.slow
    def test_wakes_a_worker(
        self, transactional_db: None, broker: Callable[[str], None], own_redis: OwnRedis
    ) -> None:
        broker(own_redis.url)
        with start_worker(app, perform_ping_check=False, pool="solo", queues=["pdf"], loglevel="WARNING"):
            job = ask(number=3)
            wait_until(lambda: Job.objects.get(pk=job.pk).is_over)
        job.refresh_from_db()
        assert job.state == JobState.SUCCEEDED


class TestTheScheduleOfBeat:
    def test_only_ticks_on_the_lane_that_never_waits(self, settings: Any) -> None:
        settings.JOB_REAPER_SECONDS = 30
        entries = schedule.beat_schedule()
        assert {entry["task"] for entry in entries.values()} == {"jobs.reaper", "jobs.schedule"}
        assert {entry["options"]["queue"] for entry in entries.values()} == {"ctl"}
        assert all(0 < entry["schedule"] <= 30 < entry["options"]["expires"] for entry in entries.values())


def wait_until(holds: Callable[[], bool], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.1)


def files_of_16_mib_at_most() -> None:
    limit = 16 * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
