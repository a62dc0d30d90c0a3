"""The years of one indicator as a chart: one builder for the staff's page, the auditor's room and the dossier.

Live figures and those of a frozen snapshot come to it in one shape, so that equal figures are drawn as equal bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from django.utils.translation import gettext as _

from iqas.indicators.status import Status
from iqas.indicators.words import SHARES, STATES, target_words, value_words
from iqas.ui import charts

SIX_PLACES = Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class Year:
    """One year: its value to six places, or the status that says why there is none; and what was aimed at."""

    label: str
    status: str
    value: Decimal | None
    n: int | None
    target_kind: str = ""
    target: Decimal | None = None
    target_upper: Decimal | None = None


def six_places(value: Fraction) -> Decimal:
    """A fraction as a decimal, rounded half up: what a snapshot keeps beside numerator and denominator."""
    return (Decimal(value.numerator) / Decimal(value.denominator)).quantize(
        SIX_PLACES, rounding=ROUND_HALF_UP
    )


def trend_chart(title: str, unit: str, years: Sequence[Year]) -> charts.Trend:
    """The years, the earliest first. What is withheld or missing is named, never drawn as zero; a range has no line."""
    latest = latest_of(years)
    is_share = unit in SHARES
    values = [float(year.value) for year in years if year.value is not None]
    return charts.Trend(
        title=_finding(latest, unit),
        subtitle=_measure(title, latest),
        points=tuple(_point(year) for year in years),
        percent=is_share,
        decimals=1 if is_share else 2,
        target=float(latest.target)
        if latest and latest.target is not None and latest.target_kind != "range"
        else None,
        minimum=0 if is_share else None,
        maximum=max([1.0, *values]) if is_share else None,
    )


def latest_of(years: Sequence[Year]) -> Year | None:
    """The most recent year with a number or a reason for none."""
    return next((year for year in reversed(years) if year.status != Status.NO_DATA), None)


def _point(year: Year) -> charts.TrendPoint:
    missing = "" if year.value is not None else str(STATES[year.status])
    value = None if year.value is None else float(year.value)
    return charts.TrendPoint(label=year.label, value=value, n=year.n, missing=missing)


def _measure(title: str, latest: Year | None) -> str:
    if latest is None or latest.n is None:
        return title
    return _("%(indicator)s; n = %(n)s in %(year)s") % {
        "indicator": title,
        "n": latest.n,
        "year": latest.label,
    }


def _finding(latest: Year | None, unit: str) -> str:
    """How the last year stands, in one sentence."""
    if latest is None:
        return _("There is no figure to show yet")
    words = {"year": latest.label, "value": value_words(latest.value, unit)}
    if latest.value is None:
        return _("%(year)s has no figure: %(why)s") % (words | {"why": STATES[latest.status]})
    if latest.target is None:
        return _("%(year)s: %(value)s, without a target") % words
    words["target"] = target_words(latest.target_kind, latest.target, latest.target_upper, unit)
    if latest.status == Status.MET:
        return _("%(year)s reaches the target: %(value)s (target %(target)s)") % words
    if latest.status == Status.PARTLY:
        return _("%(year)s just misses the target: %(value)s (target %(target)s)") % words
    return _("%(year)s misses the target: %(value)s (target %(target)s)") % words
