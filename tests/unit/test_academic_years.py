"""The span of an academic year, also after its first day was moved."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iqas.core.refusals import RuleViolation
from iqas.organisation.years import Span, span_for

YEAR_2025 = Span("2025-26", date(2025, 9, 1), date(2026, 8, 31))


def test_a_year_is_twelve_months_from_the_first_day() -> None:
    assert span_for(date(2026, 2, 3), 9, 1, []) == YEAR_2025
    assert span_for(date(2025, 9, 1), 9, 1, []) == YEAR_2025


@pytest.mark.parametrize(
    ("asked", "month", "expected"),
    [
        (date(2026, 9, 15), 10, ("2026-27", date(2026, 9, 1), date(2027, 9, 30))),
        (date(2026, 11, 15), 10, ("2026-27", date(2026, 9, 1), date(2027, 9, 30))),
        (date(2026, 9, 15), 8, ("2026-27", date(2026, 9, 1), date(2027, 7, 31))),
        (date(2024, 11, 15), 10, ("2024-25", date(2024, 10, 1), date(2025, 8, 31))),
        (date(2025, 8, 15), 8, ("2024-25", date(2024, 8, 1), date(2025, 8, 31))),
        (date(2028, 1, 15), 10, ("2027-28", date(2027, 10, 1), date(2028, 9, 30))),
    ],
)
def test_a_moved_first_day_gave_a_year_without_the_date(asked, month, expected) -> None:
    assert span_for(asked, month, 1, [YEAR_2025]) == Span(*expected)


def test_a_date_between_two_consecutive_years_is_refused_in_a_sentence() -> None:
    late = Span("2026-27", date(2026, 10, 1), date(2027, 9, 30))
    with pytest.raises(RuleViolation, match=r"15/09/2026.*2025-26 \(31/08/2026\).*2026-27 \(01/10/2026\)"):
        span_for(date(2026, 9, 15), 10, 1, [YEAR_2025, late])


@given(
    st.lists(
        st.tuples(st.dates(date(2000, 1, 1), date(2040, 1, 1)), st.integers(1, 12), st.integers(1, 28)),
        max_size=12,
    )
)
def test_years_hold_their_date_and_never_overlap_however_the_first_day_moves(asked) -> None:
    known: list[Span] = []
    for moment, month, day in asked:
        if any(span.holds(moment) for span in known):
            continue
        try:
            span = span_for(moment, month, day, known)
        except RuleViolation:
            continue
        assert span.holds(moment)
        assert span.ends - span.starts < timedelta(days=3 * 366)
        assert all(span.ends < other.starts or other.ends < span.starts for other in known)
        assert span.code not in {other.code for other in known}
        known.append(span)
