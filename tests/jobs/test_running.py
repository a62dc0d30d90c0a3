"""What a job promises: done once, said in words, and never half."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from iqas.core import clock, doctor
from iqas.core.durable import waiting_room
from iqas.core.events import _handlers
from iqas.core.files import open_stored
from iqas.core.models import AuditEvent
from iqas.core.refusals import RuleViolation
from iqas.jobs import claim, reaper, registry, runner, services
from iqas.jobs.models import Artefact, Job, JobState
from tests.jobs import kinds  # noqa: F401  declares tests.make

Work = Callable[..., None]


@contextmanager
def kind_that(work: Work, **options: Any) -> Iterator[str]:
    """A kind of work for one test."""
    name = f"tests.{uuid.uuid4().hex[:8]}"
    registry.job_kind(name, title="Work of a test", **options)(work)
    try:
        yield name
    finally:
        registry.forget(name)


def ask(kind: str = "tests.make", *, actor: Any = None, idem_key: str = "", **payload: Any) -> Job:
    return services.enqueue(actor=actor, kind=kind, payload=payload, idem_key=idem_key or uuid.uuid4().hex)


def make_due(job: Job) -> None:
    Job.objects.filter(pk=job.pk).update(not_before=None)


def drafts() -> list[str]:
    return [path.name for path in waiting_room().glob("*")]


class TestAJobThatSucceeds:
    def test_keeps_its_file_under_its_checksum_and_shows_it_was_done(self, db: None) -> None:
        job = runner.perform_here(ask(number=7).pk)
        assert (job.state, job.attempts, job.percent) == (JobState.SUCCEEDED, 1, 100)
        assert job.lease_token is None
        with open_stored(job.artefact.sha256) as stream:
            assert stream.read() == b"content 7"
        assert (job.artefact.filename, job.artefact.size) == ("file-7.txt", 9)
        assert drafts() == []
        assert AuditEvent.objects.filter(action="job.finished", object_id=str(job.pk)).count() == 1

    def test_is_not_done_again_by_a_second_bell(self, db: None) -> None:
        job = ask()
        assert runner.perform(job.pk, worker="one")
        assert not runner.perform(job.pk, worker="two")
        assert Artefact.objects.count() == 1

    def test_takes_its_consequences_in_the_transaction_that_finishes_it(self, db: None) -> None:
        def work(context: runner.JobContext) -> None:
            context.artefact(b"x", "x.txt", "text/plain")
            context.on_finish(lambda artefact: refuse())

        def refuse() -> None:
            raise RuleViolation("not-now", "The consequence is refused.")

        with kind_that(work) as kind:
            job = runner.perform_here(ask(kind).pk)
        assert (job.state, job.error_code) == (JobState.FAILED, "not-now")
        assert not Artefact.objects.exists()

    def test_shares_the_stored_bytes_with_a_job_that_made_the_same(self, db: None) -> None:
        first, second = (runner.perform_here(ask(number=1).pk) for _ in range(2))
        assert first.artefact.sha256 == second.artefact.sha256
        assert first.artefact.pk != second.artefact.pk


class TestAskingTwice:
    def test_gives_the_same_job(self, db: None) -> None:
        assert ask(idem_key="dossier|1").pk == ask(idem_key="dossier|1").pk
        assert Job.objects.count() == 1

    def test_gives_the_same_job_even_after_it_failed(self, db: None) -> None:
        first = ask(idem_key="dossier|1")
        Job.objects.filter(pk=first.pk).update(state=JobState.FAILED)
        assert ask(idem_key="dossier|1").state == JobState.FAILED

    def test_with_another_kind_gives_another_job(self, db: None) -> None:
        with kind_that(lambda context: None) as kind:
            assert ask(kind, idem_key="1").pk != ask(idem_key="1").pk

    def test_many_orders_come_back_in_their_order_with_repeats_as_one(self, db: None) -> None:
        keys = ["c", "a", "c", *map(str, range(1200))]
        orders = [services.Order({"number": 1}, key) for key in keys]
        jobs = services.enqueue_many(actor=None, kind="tests.make", orders=orders)
        assert [job.idem_key.split("|")[1] for job in jobs] == keys
        assert Job.objects.count() == 1202

    @pytest.mark.parametrize("kind", ["tests.absent"])
    def test_an_unknown_kind_is_refused(self, db: None, kind: str) -> None:
        with pytest.raises(registry.UnknownKind):
            ask(kind)
        assert not Job.objects.exists()

    def test_from_many_threads_at_once_gives_one_job(self, transactional_db: None) -> None:
        found: list[uuid.UUID] = []

        def click() -> None:
            try:
                found.append(ask(idem_key="same").pk)
            finally:
                connection.close()

        in_threads(click, 6)
        assert len(found) == 6
        assert set(found) == {Job.objects.get().pk}


class TestClaiming:
    def test_one_of_many_workers_gets_the_job(self, transactional_db: None) -> None:
        job = ask()
        won: list[claim.Lease] = []

        def grab() -> None:
            try:
                lease = claim.claim(job.pk, worker=threading.current_thread().name)
                if lease:
                    won.append(lease)
            finally:
                connection.close()

        in_threads(grab, 8)
        assert len(won) == 1
        job.refresh_from_db()
        assert (job.lease_token, job.attempts) == (won[0].token, 1)

    def test_takes_the_urgent_first_then_the_oldest(self, db: None) -> None:
        old, new, urgent = ask(), ask(), ask()
        Job.objects.filter(pk=urgent.pk).update(priority=5)
        assert claim.next_due(registry.QUEUES) == [urgent.pk, old.pk, new.pk]
        assert claim.next_due(("mail",)) == []

    def test_leaves_a_job_that_is_not_due_yet(self, db: None) -> None:
        job = ask()
        Job.objects.filter(pk=job.pk).update(not_before=clock.now() + timedelta(seconds=60))
        assert claim.claim(job.pk, worker="w") is None

    def test_takes_over_after_silence_and_the_old_worker_changes_nothing(self, db: None) -> None:
        job = ask()
        old = claim.claim(job.pk, worker="old")
        assert old
        Job.objects.filter(pk=job.pk).update(lease_until=clock.now() - timedelta(seconds=1))
        new = claim.claim(job.pk, worker="new")
        assert new
        for write in (
            lambda: claim.renew(old),
            lambda: claim.settle(old, JobState.SUCCEEDED),
        ):
            with pytest.raises(claim.LeaseLost):
                write()
        assert not claim.put_back(old, pause=timedelta(0))
        assert not claim.give_back(old)
        job.refresh_from_db()
        assert (job.state, job.lease_token, job.worker) == (JobState.RUNNING, new.token, "new")

    def test_a_worker_that_lost_its_job_keeps_no_file(self, db: None) -> None:
        def work(context: runner.JobContext) -> None:
            context.artefact(b"late", "late.txt", "text/plain")
            Job.objects.filter(pk=context.job.pk).update(lease_token=uuid.uuid4())

        with kind_that(work) as kind:
            job = runner.perform_here(ask(kind).pk)
        assert job.state == JobState.RUNNING
        assert not Artefact.objects.exists()
        assert drafts() == []


class TestTheReaper:
    def test_puts_an_abandoned_job_back(self, db: None) -> None:
        job = abandoned(ask())
        assert reaper.sweep().put_back == 1
        job.refresh_from_db()
        assert (job.state, job.lease_token, job.attempts) == (JobState.QUEUED, None, 1)
        assert runner.perform_here(job.pk).state == JobState.SUCCEEDED

    def test_warns_of_jobs_that_waited_while_it_swept_not_while_all_slept(
        self, db: None, at: Callable[[str], None], caplog: pytest.LogCaptureFixture
    ) -> None:
        at("2026-03-01 10:00")
        ask()
        at("2026-03-02 08:00")
        reaper.sweep()
        assert "have waited" not in caplog.text
        at("2026-03-02 08:01")
        reaper.sweep()
        assert "1 jobs of the queue" in caplog.text

    def test_leaves_a_working_job_alone(self, db: None) -> None:
        job = ask()
        claim.claim(job.pk, worker="alive")
        assert reaper.sweep() == reaper.Sweep()
        job.refresh_from_db()
        assert job.state == JobState.RUNNING

    def test_fails_a_job_abandoned_five_times_with_a_sentence(self, db: None) -> None:
        job = ask()
        for _attempt in range(5):
            reaper.sweep()
            abandoned(job)
        assert claim.claim(job.pk, worker="a sixth") is None
        assert reaper.sweep().failed == 1
        job.refresh_from_db()
        assert (job.state, job.attempts, job.error_code) == (JobState.FAILED, 5, "job-vanished")
        assert set(job.error) == set(settings.INTERFACE_LANGUAGES)
        assert AuditEvent.objects.filter(action="job.failed").count() == 1
        assert claim.claim(job.pk, worker="w") is None

    def test_removes_old_drafts_only(self, db: None) -> None:
        waiting_room().mkdir(parents=True, exist_ok=True)
        import os

        old, new = waiting_room() / "old.tmp", waiting_room() / "new.tmp"
        for path in (old, new):
            path.write_bytes(b"half")
        yesterday = time.time() - 90_000
        os.utime(old, (yesterday, yesterday))
        assert reaper.sweep().files == 1
        assert drafts() == ["new.tmp"]
        new.unlink()

    def test_forgets_old_mails_but_no_job_that_somebody_asked_for(self, db: None) -> None:
        long_ago = clock.now() - timedelta(days=100)
        with kind_that(lambda context: None, listed=False) as quiet:
            for kind in (quiet, "tests.make"):
                runner.perform_here(ask(kind).pk)
            Job.objects.update(finished_at=long_ago)
            assert reaper.sweep().rows == 1
        assert [job.kind for job in Job.objects.all()] == ["tests.make"]


class TestAJobThatFails:
    @pytest.fixture
    def told(self) -> Iterator[list[str]]:
        codes: list[str] = []

        def handler(*, job: Job, code: str) -> None:
            codes.append(code)

        _handlers["job.failed"].append(handler)
        yield codes
        _handlers["job.failed"].remove(handler)

    def test_is_tried_five_times_with_growing_pauses(self, db: None, told: list[str], at: Any) -> None:
        at("2026-03-01 10:00")

        def work(context: runner.JobContext) -> None:
            raise ValueError("Ana Ruiz, 12345678Z")

        pauses = []
        with kind_that(work) as kind:
            job = ask(kind)
            for _attempt in range(4):
                job = runner.perform_here(job.pk)
                assert job.state == JobState.QUEUED
                assert job.not_before
                pauses.append((job.not_before - clock.now()).total_seconds())
                assert told == []
                make_due(job)
            job = runner.perform_here(job.pk)
        assert pauses == [10, 20, 40, 80]
        assert (job.state, job.attempts, job.error_code) == (JobState.FAILED, 5, "job-gave-up")
        assert "tried several times" in job.error["en"]
        assert told == ["job-gave-up"]

    def test_tells_where_but_never_repeats_the_words_of_the_error(
        self, db: None, caplog: pytest.LogCaptureFixture
    ) -> None:
        def work(context: runner.JobContext) -> None:
            raise ValueError("Ana Ruiz, 12345678Z")

        with kind_that(work) as kind:
            job = runner.perform_here(ask(kind).pk)
        assert job.last_error.startswith("ValueError at ")
        assert "test_running.py" in job.last_error
        assert "Ana Ruiz" not in job.last_error + str(job.error) + caplog.text.replace(
            'raise ValueError("Ana Ruiz, 12345678Z")', ""
        )

    def test_for_a_reason_that_will_not_change_is_not_tried_again(self, db: None, told: list[str]) -> None:
        def work(context: runner.JobContext) -> None:
            raise RuleViolation("snapshot-incomplete", "The snapshot lacks criterion 1.3.")

        with kind_that(work) as kind:
            job = runner.perform_here(ask(kind).pk)
        assert (job.state, job.attempts, job.error_code) == (JobState.FAILED, 1, "snapshot-incomplete")
        assert job.error["es"] == "The snapshot lacks criterion 1.3."
        assert told == ["snapshot-incomplete"]

    def test_with_an_exception_that_is_no_exception_is_settled_and_raised(self, db: None) -> None:
        class FatalFetch(BaseException):
            """As weasyprint.urls.FatalURLFetchingError."""

        def work(context: runner.JobContext) -> None:
            context.artefact(b"x", "x.txt", "text/plain")
            raise FatalFetch

        with kind_that(work) as kind:
            job = ask(kind)
            with pytest.raises(FatalFetch):
                runner.perform_here(job.pk)
        job.refresh_from_db()
        assert (job.state, job.attempts) == (JobState.QUEUED, 1)
        assert drafts() == []

    @pytest.mark.parametrize("stop", [SystemExit, KeyboardInterrupt])
    def test_when_its_worker_is_told_to_stop_it_waits_for_the_next_one(
        self, db: None, stop: type[BaseException]
    ) -> None:
        def work(context: runner.JobContext) -> None:
            raise stop

        with kind_that(work) as kind:
            job = ask(kind)
            with pytest.raises(stop):
                runner.perform_here(job.pk)
        job.refresh_from_db()
        assert (job.state, job.attempts, job.not_before) == (JobState.QUEUED, 0, None)

    def test_told_to_stop_just_before_it_began_its_job_stayed_taken_until_its_lease_was_over(
        self, db: None, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def stopped(*given: Any) -> None:
            raise SystemExit

        with kind_that(lambda context: None) as kind:
            job = ask(kind)
            monkeypatch.setattr(runner, "JobContext", stopped)
            with pytest.raises(SystemExit):
                runner.perform_here(job.pk)
        job.refresh_from_db()
        assert (job.state, job.attempts) == (JobState.QUEUED, 0)

    def test_of_a_kind_that_this_code_does_not_know_waits_for_an_upgrade(self, db: None) -> None:
        with kind_that(lambda context: None) as kind:
            job = ask(kind)
        job = runner.perform_here(job.pk)
        assert (job.state, job.error_code) == (JobState.QUEUED, "job-unknown-kind")


class TestCancellingAndRetrying:
    @pytest.fixture
    def ana(self, staff: Callable[..., Any]) -> Any:
        return staff("quality_officer")

    def test_a_waiting_job_is_over_at_once(self, ana: Any) -> None:
        job = ask(actor=ana)
        services.cancel(actor=ana, job=job)
        assert job.state == JobState.CANCELLED
        assert not runner.perform(job.pk, worker="w")
        assert AuditEvent.objects.filter(action="job.cancelled", actor_id=str(ana.pk)).count() == 1

    def test_a_running_job_keeps_nothing_of_what_it_still_does(self, ana: Any) -> None:
        def work(context: runner.JobContext) -> None:
            services.cancel(actor=ana, job=Job.objects.get(pk=context.job.pk))
            context.artefact(b"too late", "x.txt", "text/plain")

        with kind_that(work) as kind:
            job = runner.perform_here(ask(kind, actor=ana).pk)
        assert job.state == JobState.CANCELLED
        assert not Artefact.objects.exists()

    def test_a_finished_job_refuses(self, ana: Any) -> None:
        job = runner.perform_here(ask(actor=ana).pk)
        for service, code in ((services.cancel, "job-over"), (services.retry, "job-not-failed")):
            with pytest.raises(RuleViolation) as refusal:
                service(actor=ana, job=job)
            assert refusal.value.code == code
        job.refresh_from_db()
        assert job.state == JobState.SUCCEEDED

    def test_a_failed_job_gets_all_its_attempts_again(self, ana: Any) -> None:
        job = ask(actor=ana)
        Job.objects.filter(pk=job.pk).update(state=JobState.FAILED, attempts=5, error_code="job-gave-up")
        job.refresh_from_db()
        services.retry(actor=ana, job=job)
        assert (job.state, job.attempts, job.error_code) == (JobState.QUEUED, 0, "")
        assert runner.perform_here(job.pk).state == JobState.SUCCEEDED


class TestWhatDoctorSays:
    @staticmethod
    def problems(check_id: str) -> list[str]:
        (finding,) = doctor.examine([check_id])
        return list(finding.problems)

    def test_of_jobs_that_nobody_does(self, db: None, at: Any) -> None:
        at("2026-03-01 10:00")
        job = ask()
        Job.objects.update(created_at=clock.now())
        at("2026-03-01 10:04")
        assert self.problems("jobs-wait") == []
        at("2026-03-01 10:12")
        (problem,) = self.problems("jobs-wait")
        assert problem.startswith("Waiting in the queue pdf: 1, the oldest for 12 minutes.")
        runner.perform_here(job.pk)
        assert self.problems("jobs-wait") == []

    def test_of_a_retry_counts_from_when_it_was_due(self, db: None, at: Any) -> None:
        at("2026-03-01 10:00")
        job = ask()
        lease = claim.claim(job.pk, worker="w")
        assert lease
        claim.put_back(lease, pause=timedelta(minutes=30))
        at("2026-03-01 10:32")
        assert self.problems("jobs-wait") == []
        at("2026-03-01 10:40")
        assert "10 minutes" in self.problems("jobs-wait")[0]

    def test_of_a_reaper_that_is_away(self, db: None, at: Any) -> None:
        at("2026-03-01 10:00")
        assert self.problems("jobs-reaper")
        reaper.sweep()
        assert self.problems("jobs-reaper") == []
        at("2026-03-01 10:10")
        assert self.problems("jobs-reaper")


@pytest.mark.slow
class TestSignsOfLife:
    @pytest.fixture(autouse=True)
    def short(self, settings: Any, transactional_db: None) -> None:
        settings.JOBS = {"lease": 1.2, "heartbeat": 0.2, "progress": 0.1}

    def test_a_living_worker_keeps_its_job_longer_than_one_lease(self) -> None:
        job = ask(seconds=2.5)
        rival: list[Any] = []
        thread = threading.Thread(target=perform_in_thread, args=(job.pk,))
        thread.start()
        while Job.objects.get(pk=job.pk).state == JobState.QUEUED:
            time.sleep(0.05)
        seen: set[int | None] = set()
        while thread.is_alive():
            reaper.sweep()
            rival.append(claim.claim(job.pk, worker="rival"))
            seen.add(Job.objects.get(pk=job.pk).percent)
            time.sleep(0.1)
        thread.join()
        job.refresh_from_db()
        assert set(rival) == {None}
        assert (job.state, job.attempts) == (JobState.SUCCEEDED, 1)
        assert len(seen) >= 4, seen

    def test_a_cancelled_worker_stops_at_its_next_step(self, staff: Callable[..., Any]) -> None:
        ana = staff("quality_officer")
        job = ask(actor=ana, seconds=20)
        thread = threading.Thread(target=perform_in_thread, args=(job.pk,))
        thread.start()
        while Job.objects.get(pk=job.pk).state != JobState.RUNNING:
            time.sleep(0.05)
        begun = time.monotonic()
        services.cancel(actor=ana, job=Job.objects.get(pk=job.pk))
        thread.join(10)
        assert not thread.is_alive()
        assert time.monotonic() - begun < 6
        job.refresh_from_db()
        assert job.state == JobState.CANCELLED
        assert not Artefact.objects.exists()


def perform_in_thread(job_id: uuid.UUID) -> None:
    try:
        runner.perform(job_id, worker="thread")
    finally:
        connection.close()


def in_threads(action: Callable[[], None], number: int) -> None:
    threads = [threading.Thread(target=action) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def abandoned(job: Job) -> Job:
    """As after `kill -9` of its worker and the end of the lease."""
    assert claim.claim(job.pk, worker="killed")
    Job.objects.filter(pk=job.pk).update(lease_until=clock.now() - timedelta(seconds=1))
    return job
