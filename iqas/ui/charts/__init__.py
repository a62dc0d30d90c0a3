"""Charts as SVG text, the same bytes on the page and in the PDF, each with its table twin.

Pure: no request, no settings, no fonts measured. Colours are attributes because WeasyPrint reads no page CSS inside SVG.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import bars, likert, trend
from .model import (
    Bar,
    BarItem,
    Bullet,
    BulletItem,
    Chart,
    Gap,
    GapRow,
    Likert,
    LikertRow,
    Table,
    Trend,
    TrendPoint,
)

DRAW: dict[type[Chart], Callable[[Any, Table, str], str]] = {
    Bar: bars.draw_bar,
    Bullet: bars.draw_bullet,
    Gap: bars.draw_gap,
    Likert: likert.draw,
    Trend: trend.draw,
}
TABULATE: dict[type[Chart], Callable[[Any, str], Table]] = {
    Bar: bars.tabulate_bar,
    Bullet: bars.tabulate_bullet,
    Gap: bars.tabulate_gap,
    Likert: likert.tabulate,
    Trend: trend.tabulate,
}


def svg(chart: Chart, language: str = "es", twin: Table | None = None) -> str:
    """The drawing: `role="img"`, `<title>` (the finding), `<desc>` (measure and values). Equal input, equal bytes.

    `twin` is its table, where the caller has it.
    """
    return DRAW[type(chart)](chart, twin or table(chart, language), language)


def table(chart: Chart, language: str = "es") -> Table:
    """The same figures as rows of text; the first column heads its row."""
    return TABULATE[type(chart)](chart, language)


__all__ = [
    "Bar",
    "BarItem",
    "Bullet",
    "BulletItem",
    "Chart",
    "Gap",
    "GapRow",
    "Likert",
    "LikertRow",
    "Table",
    "Trend",
    "TrendPoint",
    "svg",
    "table",
]
