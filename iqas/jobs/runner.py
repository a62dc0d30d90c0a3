"""Doing one job: claim it, show signs of life, keep what it made, and settle how it ended."""

from __future__ import annotations

import errno
import logging
import os
import threading
import time
import traceback
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from django.db import DatabaseError, connection, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from iqas.core import durable
from iqas.core.audit import record
from iqas.core.events import emit
from iqas.core.files import clean_name, location_of
from iqas.core.refusals import RuleViolation
from iqas.jobs import claim as claims
from iqas.jobs import registry
from iqas.jobs.claim import Lease, LeaseLost
from iqas.jobs.conf import seconds, timings
from iqas.jobs.models import Artefact, Job, JobState
from iqas.jobs.wording import Sentence, in_every_language

log = logging.getLogger(__name__)

GAVE_UP = (
    "job-gave-up",
    _("The work was tried several times and could not be finished. Nothing incomplete was kept."),
)
VANISHED = (
    "job-vanished",
    _("The work stopped without warning each time it was tried. Nothing incomplete was kept."),
)
NO_ROOM = ("storage-full", _("There is no room left to store the file. Free some space, then try again."))
TOO_LONG = (
    "job-too-long",
    _("The work took longer than allowed each time it was tried. Nothing incomplete was kept."),
)
UNKNOWN = (
    "job-unknown-kind",
    _("This installation does not know how to do this work. It may need an upgrade."),
)

CHUNK = 1024 * 1024
NO_ROOM_ERRORS = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
STOP_REQUESTS = (SystemExit, KeyboardInterrupt, GeneratorExit)


class TimeLimitReached(Exception):
    """The work took longer than one attempt may."""


@dataclass(frozen=True)
class MadeFile:
    draft: durable.Draft
    filename: str
    media_type: str


class JobContext:
    """What the function of a kind gets as its first argument."""

    def __init__(self, job: Job, lease: Lease) -> None:
        self.job = job
        self._lease = lease
        self._lost = threading.Event()
        self._progress: tuple[int, int, Sentence] = (0, 0, {})
        self._shown = self._progress
        self._made: MadeFile | None = None
        self._on_finish: list[Callable[[Artefact | None], None]] = []

    def progress(self, done: int, total: int, step: str | Promise = "") -> None:
        """Say how far the work is: ``done`` of ``total``, and the step in words (a lazy translation).

        Cheap, and safe inside a transaction: it is written by the pulse on its own connection.
        Raises LeaseLost when the job was cancelled or given to another worker; let it pass.
        """
        if self._lost.is_set():
            raise LeaseLost(str(self.job.pk))
        total = max(0, total)
        self._progress = (max(0, min(done, total)), total, in_every_language(step))

    def artefact(self, content: bytes | str | os.PathLike[str], filename: str, media_type: str) -> str:
        """Hand over the file this job makes, as bytes or as the path of a file to copy; returns its SHA-256.

        It becomes visible only when the job finishes. A second call replaces the first.
        """
        self.discard()
        draft = durable.write(_chunks(content), name=f"{self.job.pk}-{self._lease.token}")
        self._made = MadeFile(draft, clean_name(filename), media_type)
        return draft.sha256

    def on_finish(self, action: Callable[[Artefact | None], None]) -> None:
        """Call ``action(artefact)`` inside the transaction that finishes the job: it takes effect exactly once.

        Whatever else the work writes may be written again by a second attempt.
        """
        self._on_finish.append(action)

    def discard(self) -> None:
        if self._made:
            self._made.draft.discard()
            self._made = None

    def beat(self) -> None:
        """Renew the lease and write the progress; LeaseLost when it is not ours any more."""
        progress = self._progress
        done, total, step = progress
        try:
            claims.renew(self._lease, done=done, total=total, step=step)
        except LeaseLost:
            self._lost.set()
            raise
        self._shown = progress

    @property
    def has_news(self) -> bool:
        return self._progress != self._shown

    def give_up_lease(self) -> None:
        """No sign of life reached the database in time, so we must assume that another worker has the job."""
        self._lost.set()

    def finish(self) -> None:
        """Keep the file, then settle job, artefact and consequences in one transaction behind the fence."""
        done, total, step = self._progress
        claims.renew(self._lease, done=done, total=total, step=step)
        if self._made:
            durable.keep(self._made.draft, location_of(self._made.draft.sha256))
        with transaction.atomic():
            claims.settle(
                self._lease, JobState.SUCCEEDED, error_code="", error={}, last_error="", progress_done=total
            )
            artefact = self._store_artefact()
            for action in self._on_finish:
                action(artefact)
            self._record_success(artefact)
            emit("job.finished", job=self.job, artefact=artefact)

    def _store_artefact(self) -> Artefact | None:
        if not self._made:
            return None
        return Artefact.objects.create(
            job=self.job,
            sha256=self._made.draft.sha256,
            size=self._made.draft.size,
            filename=self._made.filename,
            media_type=self._made.media_type,
        )

    def _record_success(self, artefact: Artefact | None) -> None:
        if not registry.find(self.job.kind).listed:
            return
        after: dict[str, Any] = {"state": JobState.SUCCEEDED.value, "kind": self.job.kind}
        if artefact:
            after |= {"sha256": artefact.sha256, "size": artefact.size}
        record(
            actor=self.job.requested_by,
            action="job.finished",
            subject=self.job,
            scope=self.job.scope,
            before={"state": JobState.RUNNING.value},
            after=after,
        )


class Pulse(threading.Thread):
    """Signs of life beside the work, on a connection of its own, so that long transactions do not stop them."""

    def __init__(self, context: JobContext) -> None:
        super().__init__(name=f"pulse-{context.job.pk}", daemon=True)
        self._context = context
        self._over = threading.Event()
        self._timings = timings()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self.join()

    def run(self) -> None:
        wait = min(self._timings.progress, self._timings.heartbeat)
        born = last_sign = time.monotonic()
        try:
            while not self._over.wait(wait):
                now = time.monotonic()
                if now - born > self._timings.time_limit + self._timings.heartbeat:
                    log.warning("job %s exceeds its time; its lease is left to expire", self._context.job.pk)
                    self._context.give_up_lease()
                    return
                if not self._context.has_news and now - last_sign < self._timings.heartbeat:
                    continue
                try:
                    self._context.beat()
                    last_sign = now
                except LeaseLost:
                    return
                except DatabaseError:
                    log.warning(
                        "no sign of life could be written for job %s", self._context.job.pk, exc_info=True
                    )
                    connection.close()
                    if now - last_sign > self._timings.lease:
                        self._context.give_up_lease()
                        return
        finally:
            connection.close()


def perform(job_id: uuid.UUID, *, worker: str) -> bool:
    """Claim the job and do it. False when it was not ours to do: taken, over, cancelled, or not due.

    Whatever the work raises is settled here. Exceptions of the work do not leave this function; a request to stop
    (SystemExit, KeyboardInterrupt) and other BaseExceptions (such as WeasyPrint's) do, after the row is settled.
    """
    lease = claims.claim(job_id, worker=worker)
    if not lease:
        return False
    _work(lease, with_pulse=True)
    return True


def perform_next(queues: tuple[str, ...], *, worker: str) -> bool:
    """As ``perform``, for the most urgent job of these queues; False when none is due."""
    lease = claims.claim_next(queues, worker=worker)
    if not lease:
        return False
    _work(lease, with_pulse=True)
    return True


def perform_here(job_id: uuid.UUID, *, worker: str = "foreground") -> Job:
    """Do the job now, in this thread and on this connection: for commands in the foreground, and for tests.

    Its lease lasts as long as work may take, so it needs no pulse. Returns the job as it is afterwards.
    """
    lease = claims.claim(job_id, worker=worker, lease_seconds=timings().time_limit + timings().lease)
    if lease:
        _work(lease, with_pulse=False)
    return Job.objects.select_related("scope", "requested_by").get(pk=job_id)


def _work(lease: Lease, *, with_pulse: bool) -> None:
    try:
        job = Job.objects.select_related("scope", "requested_by").get(pk=lease.job_id)
        context = JobContext(job, lease)
    except STOP_REQUESTS:
        claims.give_back(lease)
        raise
    try:
        function = registry.find(job.kind).function
        if with_pulse:
            with Pulse(context):
                function(context, **job.payload)
        else:
            function(context, **job.payload)
        context.finish()
    except LeaseLost:
        log.info("job %s is no longer ours; what was done is dropped", job.pk)
    except RuleViolation as refusal:
        _fail(job, lease, code=refusal.code, message=refusal.message, technical=where(refusal))
    except STOP_REQUESTS:
        claims.give_back(lease)
        raise
    except BaseException as error:
        log.warning("attempt %s of job %s (%s) failed: %s", lease.attempt, job.pk, job.kind, _trace(error))
        _try_again_or_fail(job, lease, error)
        if not isinstance(error, Exception):
            raise
    finally:
        context.discard()


def _try_again_or_fail(job: Job, lease: Lease, error: BaseException) -> None:
    code, message = _explanation(error)
    if lease.attempt >= lease.max_attempts:
        _fail(job, lease, code=code, message=message, technical=where(error))
        return
    claims.put_back(
        lease,
        pause=backoff(job.kind, lease.attempt),
        error_code=code,
        error={} if (code, message) == GAVE_UP else in_every_language(message),
        last_error=where(error),
    )


def _explanation(error: BaseException) -> tuple[str, str | Promise]:
    if isinstance(error, OSError) and error.errno in NO_ROOM_ERRORS:
        return NO_ROOM
    if isinstance(error, TimeLimitReached) or type(error).__name__ == "SoftTimeLimitExceeded":
        return TOO_LONG
    if isinstance(error, registry.UnknownKind):
        return UNKNOWN
    return GAVE_UP


def _fail(job: Job, lease: Lease, *, code: str, message: str | Promise, technical: str) -> None:
    try:
        with transaction.atomic():
            claims.settle(
                lease,
                JobState.FAILED,
                error_code=code,
                error=in_every_language(message),
                last_error=technical,
            )
            announce_failure(job, code)
    except LeaseLost:
        log.info("job %s is no longer ours; its failure is not recorded", job.pk)


def announce_failure(job: Job, code: str) -> None:
    """Record that the job failed for good, and tell the apps that wait for it (event ``job.failed``)."""
    record(
        actor=job.requested_by,
        action="job.failed",
        subject=job,
        scope=job.scope,
        before={"state": JobState.RUNNING.value},
        after={"state": JobState.FAILED.value, "kind": job.kind, "code": code},
    )
    emit("job.failed", job=job, code=code)


def backoff(kind: str, attempt: int) -> timedelta:
    """The pause after the ``attempt``-th failure: doubling, at most an hour."""
    try:
        first = registry.find(kind).backoff
    except registry.UnknownKind:
        first = timedelta(seconds=60)
    return min(first * 2 ** (attempt - 1), seconds(timings().slowest_retry))


def where(error: BaseException) -> str:
    """The type of an error and the line it came from: enough to look for, and no word of its message,
    which may hold a person's data."""
    frames = traceback.extract_tb(error.__traceback__)
    place = (
        f" at {frames[-1].filename.rsplit('/site-packages/', 1)[-1]}:{frames[-1].lineno}" if frames else ""
    )
    return f"{type(error).__name__}{place}"[-300:]


def _trace(error: BaseException) -> str:
    """The stack without the message of the error, which may hold a person's data that no log may have."""
    return f"{type(error).__name__}\n{''.join(traceback.format_tb(error.__traceback__))}"


def _chunks(content: bytes | str | os.PathLike[str]) -> Iterator[bytes]:
    if isinstance(content, bytes):
        yield content
        return
    with Path(content).open("rb") as source:
        while chunk := source.read(CHUNK):
            yield chunk
