"""Figures as the cells of a table, and the trend chart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from iqas.indicators.models import Definition
from iqas.indicators.selectors import Branch, Figure, Series
from iqas.indicators.status import Status
from iqas.indicators.trend import Year, six_places, trend_chart
from iqas.indicators.words import STATES, aim_words, value_words
from iqas.ui import charts

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

    @property
    def code(self) -> str:
        return self.definition.code if self.definition else ""

    @property
    def state(self) -> str:
        """That of the latest year with a number or a reason for none."""
        known = [cell.figure.status for cell in self.cells if cell.figure.status != Status.NO_DATA]
        return known[-1].value if known else Status.NO_DATA.value


def shown(figure: Figure, unit: str) -> Shown:
    return Shown(
        year=figure.year.code,
        value=value_words(figure.share, unit) if figure.share is not None else "",
        tone=TONES.get(figure.status, "none"),
        word=STATES[figure.status],
        aim=aim_words(figure.aim, unit),
        base=_("%(a)s of %(b)s") % {"a": figure.numerator, "b": figure.denominator}
        if figure.denominator
        else "",
        note=_left_out(figure),
        figure=figure,
    )


def line_of(series: Series) -> Line:
    return Line(
        series.definition, None, tuple(shown(figure, series.definition.unit) for figure in series.figures)
    )


def branch_line(branch: Branch, unit: str) -> Line:
    """An edition lives in one year only: its other cells are blank."""
    own_year = branch.edition.year_id if branch.edition else None
    cells = [replace(shown(f, unit), blank=own_year not in (None, f.year.pk)) for f in branch.figures]
    return Line(None, branch, tuple(cells))


def trend(definition: Definition, figures: Sequence[Figure]) -> charts.Trend:
    """The years of live figures, as the dossier draws them from a snapshot."""
    return trend_chart(definition.title, definition.unit, [_year(figure) for figure in figures])


def _year(figure: Figure) -> Year:
    aim = figure.aim
    return Year(
        label=figure.year.code,
        status=figure.status.value,
        value=None if figure.value is None else six_places(figure.value),
        n=figure.n,
        target_kind=aim.kind if aim else "",
        target=aim.value if aim else None,
        target_upper=aim.upper if aim else None,
    )


def _left_out(figure: Figure) -> str:
    if not figure.left_out or figure.suppressed:
        return ""
    return ngettext(
        "without %(n)s edition that is too small",
        "without %(n)s editions that are too small",
        figure.left_out,
    ) % {"n": figure.left_out}
