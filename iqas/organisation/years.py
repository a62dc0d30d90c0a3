"""Which span an academic year takes: twelve months, except where the first day of the year was moved.

Then the year beside the move is shorter or longer, so that years never overlap and leave no day between them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from iqas.core.refusals import RuleViolation

DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Span:
    """An academic year: its code and its first and last day."""

    code: str
    starts: dt.date
    ends: dt.date

    def holds(self, date: dt.date) -> bool:
        return self.starts <= date <= self.ends


def code_of(first_year: int) -> str:
    return f"{first_year}-{(first_year + 1) % 100:02d}"


def span_for(date: dt.date, month: int, day: int, known: Iterable[Span]) -> Span:
    """The year to make for a date that none of the `known` holds, where years begin on that day of that month.

    Refuses `year-gap`: the date lies between two known years that bear consecutive codes.
    """
    by_code = {span.code: span for span in known}
    before = max((span for span in by_code.values() if span.ends < date), key=_end, default=None)
    after = min((span for span in by_code.values() if span.starts > date), key=_start, default=None)
    first = date.year if date >= dt.date(date.year, month, day) else date.year - 1
    if namesake := by_code.get(code_of(first)):
        first += 1 if namesake.ends < date else -1
    if code_of(first) in by_code:
        raise RuleViolation("year-gap", _gap(date, before, after), field="date")
    starts, ends = dt.date(first, month, day), dt.date(first + 1, month, day) - DAY
    if before is not None and (before.ends >= starts or before.code == code_of(first - 1)):
        starts = before.ends + DAY
    if after is not None and (after.starts <= ends or after.code == code_of(first + 1)):
        ends = after.starts - DAY
    return Span(code_of(first), starts, ends)


def _gap(date: dt.date, before: Span | None, after: Span | None) -> str:
    return _(
        "%(date)s is in no academic year: %(before)s ends and %(after)s begins, and no year fits between them."
    ) % {
        "date": f"{date:%d/%m/%Y}",
        "before": f"{before.code} ({before.ends:%d/%m/%Y})" if before else "–",
        "after": f"{after.code} ({after.starts:%d/%m/%Y})" if after else "–",
    }


def _start(span: Span) -> dt.date:
    return span.starts


def _end(span: Span) -> dt.date:
    return span.ends
