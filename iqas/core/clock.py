"""The one source of time, so that tests and the demo can set it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.utils import timezone

_set: ContextVar[dt.datetime | None] = ContextVar("clock", default=None)


def now() -> dt.datetime:
    """This moment, aware, in UTC."""
    return _set.get() or timezone.now().astimezone(dt.UTC)


def today() -> dt.date:
    """The date on the wall of the university (settings.TIME_ZONE)."""
    return timezone.localdate(now())


@contextmanager
def at(moment: dt.datetime) -> Iterator[None]:
    """Within this block it is `moment` (aware): how the demonstration university gets a past."""
    token = _set.set(moment.astimezone(dt.UTC))
    try:
        yield
    finally:
        _set.reset(token)
