"""What kinds of work exist, and which of them recur: the one list that runner, schedule and beat read.

A kind is declared in ``<app>/tasks.py``::

    @job_kind("dossier.render", queue="pdf", title=_("Dossier"))
    def render(context: JobContext, *, dossier: str) -> None: ...
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils.functional import Promise

QUEUES = ("pdf", "mail", "ctl")
"""``pdf`` is the lane of heavy work of any sort; ``ctl`` never waits behind it (reaper, schedule)."""

MAX_ATTEMPTS = 5

Work = Callable[..., None]


@dataclass(frozen=True)
class JobKind:
    """One kind of work.

    ``backoff`` is the pause after the first failed attempt; it doubles each time, up to an hour.
    ``listed`` is false for work that nobody waits for (a mail, a nightly sweep): it stays out of lists and bell,
    its success is not an audit event of its own, and its rows are removed after a while.
    ``may_take`` refuses (RuleViolation) a person, who may see the job, the file it made.
    """

    name: str
    function: Work
    title: str | Promise
    queue: str = "pdf"
    max_attempts: int = MAX_ATTEMPTS
    backoff: timedelta = timedelta(seconds=10)
    listed: bool = True
    may_take: Callable[[Any, Any], None] | None = None


@dataclass(frozen=True)
class Periodic:
    kind: str
    every: timedelta


_kinds: dict[str, JobKind] = {}
_periodics: dict[str, Periodic] = {}


class UnknownKind(LookupError):
    """The job names a kind that this code does not know: an older worker, or an app taken away."""


def job_kind(
    name: str,
    *,
    title: str | Promise,
    queue: str = "pdf",
    max_attempts: int = MAX_ATTEMPTS,
    backoff: timedelta = timedelta(seconds=10),
    listed: bool = True,
    may_take: Callable[[Any, Any], None] | None = None,
) -> Callable[[Work], Work]:
    """Declare the decorated function as the work of a kind of job.

    Refused (ValueError, at import): a queue that no worker serves, a name that another function already has.
    The function is called as ``function(context, **payload)``. It may run more than once, so it must be
    idempotent up to ``context.on_finish``, which runs exactly once.
    """
    if queue not in QUEUES:
        raise ValueError(f"{name}: no worker serves the queue {queue!r}; use one of {', '.join(QUEUES)}")

    def declare(function: Work) -> Work:
        known = _kinds.get(name)
        if known and (known.function.__module__, known.function.__qualname__) != (
            function.__module__,
            function.__qualname__,
        ):
            raise ValueError(f"{name}: already declared by {known.function.__module__}")
        _kinds[name] = JobKind(name, function, title, queue, max_attempts, backoff, listed, may_take)
        return function

    return declare


def periodic(kind: str, *, every: int | timedelta) -> None:
    """Ask for a job of ``kind``, with an empty payload, each ``every`` (seconds, at least one).

    While the previous one has not finished no other is made, so that a stopped worker finds one job, not a hundred.
    """
    period = every if isinstance(every, timedelta) else timedelta(seconds=every)
    if period < timedelta(seconds=1):
        raise ValueError(f"{kind}: a period is at least one second")
    _periodics[kind] = Periodic(kind, period)


def find(name: str) -> JobKind:
    """The kind of that name; UnknownKind when no app declares it."""
    try:
        return _kinds[name]
    except KeyError:
        raise UnknownKind(name) from None


def kinds() -> tuple[JobKind, ...]:
    return tuple(_kinds.values())


def periodics() -> tuple[Periodic, ...]:
    return tuple(_periodics.values())


def unlisted() -> tuple[str, ...]:
    return tuple(kind.name for kind in _kinds.values() if not kind.listed)


def forget(name: str) -> dict[str, Any]:
    """Take a kind and its period away again: only for tests that declare their own."""
    return {"kind": _kinds.pop(name, None), "periodic": _periodics.pop(name, None)}
