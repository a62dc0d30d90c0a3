"""Figures in words: values, targets, states and the trend chart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from iqas.indicators.models import Definition, Target
from iqas.indicators.selectors import Branch, Figure, Series
from iqas.indicators.status import Aim, Status
from iqas.ui import charts
from iqas.ui.formats import percent

WORDS = {
    Status.MET: gettext_lazy("met"),
    Status.PARTLY: gettext_lazy("partly met"),
    Status.UNMET: gettext_lazy("not met"),
    Status.NO_TARGET: gettext_lazy("no target"),
    Status.NOT_APPLICABLE: gettext_lazy("not applicable"),
    Status.SUPPRESSED: gettext_lazy("protected: small group"),
    Status.NO_DATA: gettext_lazy("no data yet"),
}
TONES = {Status.MET: "met", Status.PARTLY: "partly", Status.UNMET: "unmet"}


@dataclass(frozen=True)
class Shown:
    """A figure as a cell shows it."""

    year: str
    value: str
    tone: str
    word: Any
    aim: str
    base: str
    note: str
    figure: Figure
    blank: bool = False


@dataclass(frozen=True)
class Line:
    """One indicator, or one branch of it, over the years."""

    definition: Definition | None
    branch: Branch | None
    cells: tuple[Shown, ...]


def shown(figure: Figure) -> Shown:
    return Shown(
        year=figure.year.code,
        value=percent(figure.share, 1) if figure.share is not None else "",
        tone=TONES.get(figure.status, "none"),
        word=WORDS[figure.status],
        aim=aim_in_words(figure.aim),
        base=_("%(a)s of %(b)s") % {"a": figure.numerator, "b": figure.denominator}
        if figure.denominator
        else "",
        note=_left_out(figure),
        figure=figure,
    )


def line_of(series: Series) -> Line:
    return Line(series.definition, None, tuple(shown(figure) for figure in series.figures))


def branch_line(branch: Branch) -> Line:
    """An edition lives in one year only: its other cells are blank."""
    own_year = branch.edition.year_id if branch.edition else None
    cells = [replace(shown(f), blank=own_year not in (None, f.year.pk)) for f in branch.figures]
    return Line(None, branch, tuple(cells))


def aim_in_words(aim: Aim | Target | None) -> str:
    if aim is None:
        return ""
    low = _tidy(aim.value)
    if aim.kind == "at_least":
        return f"≥ {low}"
    if aim.kind == "at_most":
        return f"≤ {low}"
    return f"{low} – {_tidy(aim.upper or aim.value)}"


def trend(definition: Definition, figures: Sequence[Figure]) -> charts.Trend:
    """The years with their target; the title says how the last one stands."""
    points = [
        charts.TrendPoint(
            label=figure.year.code,
            value=figure.share,
            n=figure.n,
            missing="" if figure.share is not None else str(WORDS[figure.status]),
        )
        for figure in figures
    ]
    aim = next((figure.aim for figure in reversed(figures) if figure.aim), None)
    return charts.Trend(
        title=_finding(definition, figures),
        subtitle=definition.formula,
        points=points,
        percent=True,
        target=float(aim.value) if aim and aim.kind != "range" else None,
        minimum=0,
        maximum=max([1.0, *(figure.share for figure in figures if figure.share is not None)]),
    )


def _finding(definition: Definition, figures: Sequence[Figure]) -> str:
    last = next((figure for figure in reversed(figures) if figure.share is not None), None)
    if last is None:
        return _("%(indicator)s: no figure yet") % {"indicator": definition.title}
    words = {
        "indicator": definition.title,
        "value": percent(last.share, 1),
        "year": last.year.code,
        "status": WORDS[last.status],
    }
    return _("%(indicator)s: %(value)s in %(year)s, %(status)s") % words


def _left_out(figure: Figure) -> str:
    if not figure.left_out or figure.suppressed:
        return ""
    return ngettext(
        "without %(n)s edition that is too small",
        "without %(n)s editions that are too small",
        figure.left_out,
    ) % {"n": figure.left_out}


def _tidy(value: Decimal) -> str:
    share = value * 100
    return percent(value, 0 if share == share.to_integral_value() else 1)
