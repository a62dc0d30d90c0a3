"""Met, partly, not met, or why it cannot be said."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest

from iqas.indicators.status import Aim, status_of


def aim(kind: str, value: str, upper: str | None = None) -> Aim:
    return Aim(kind, Decimal(value), Decimal(upper) if upper else None, Decimal("0.05"))


@pytest.mark.parametrize(
    ("value", "target", "expected"),
    [
        ("4/5", aim("at_least", "0.8"), "met"),
        ("3/4", aim("at_least", "0.8"), "partly"),
        ("749/1000", aim("at_least", "0.8"), "unmet"),
        ("1/10", aim("at_most", "0.1"), "met"),
        ("15/100", aim("at_most", "0.1"), "partly"),
        ("16/100", aim("at_most", "0.1"), "unmet"),
        ("1/2", aim("range", "0.4", "0.6"), "met"),
        ("65/100", aim("range", "0.4", "0.6"), "partly"),
        ("34/100", aim("range", "0.4", "0.6"), "unmet"),
        ("6/5", aim("at_least", "0.8"), "met"),
        ("1/2", None, "no_target"),
    ],
)
def test_against_the_target(value: str, target: Aim | None, expected: str) -> None:
    assert status_of(Fraction(value), suppressed=False, has_data=True, aim=target) == expected


def test_where_there_is_no_value_the_reason_stands() -> None:
    target = aim("at_least", "0.8")
    assert status_of(None, suppressed=False, has_data=False, aim=target) == "no_data"
    assert status_of(None, suppressed=True, has_data=True, aim=target) == "suppressed"
    assert status_of(None, suppressed=False, has_data=True, aim=target) == "not_applicable"
