"""The figures of a printed report of results: charts, tables, scores."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.utils.translation import gettext as _

from feedback.models import Item
from feedback.presenters.results import answer_rows, gap_charts, likert_charts, points
from feedback.selectors.figures import Figures
from feedback.selectors.results import ItemResult
from iqas.ui import charts, formats
from microcredentials.documents.content import (
    Block,
    Cell,
    Column,
    Gap,
    GapBar,
    Note,
    Spread,
    SpreadRow,
    Table,
)

MOST_POINTS = 11


def figures_of_section(title: str, shown: Sequence[ItemResult]) -> list[Block]:
    ordered = [item for item in shown if item.kind not in Item.SHARED]
    return [
        *_drawn(shown),
        *([_table(title, ordered)] if ordered else []),
        *_answers(shown),
        *_spread(ordered),
        *_scores(shown),
    ]


def _drawn(items: Sequence[ItemResult]) -> Iterator[Block]:
    """The charts of the page that show scales."""
    for gap in gap_charts(items):
        yield gap_block(gap)
    for chart in likert_charts(items):
        rows = tuple(SpreadRow(row.label, tuple(row.counts or ())) for row in chart.rows)
        yield Spread(chart.title, chart.subtitle, tuple(chart.points), rows)


def _table(caption: str, items: Sequence[ItemResult]) -> Table:
    columns = (
        Column(_("Question"), 38),
        Column("n", 7, is_number=True),
        Column(_("No answer"), 9, is_number=True),
        Column(_("Favourable"), 12, is_number=True),
        Column(_("Interval"), 13, is_number=True),
        Column(_("Median"), 11, is_number=True),
        Column(_("Mean"), 10, is_number=True),
    )
    return Table(caption, columns, tuple(_row(item) for item in items))


def _row(item: ItemResult) -> tuple[Cell, ...]:
    figures = item.figures
    spread = "" if figures.deviation is None else f"± {formats.decimal(figures.deviation, 2)}"
    return (
        Cell(f"{item.code} {item.text}", below=_("low is favourable") if item.reverse else ""),
        Cell(count(figures.n)),
        Cell(count(figures.no_answer)),
        Cell(share(figures.favourable)),
        Cell(_interval(figures)),
        Cell(_decimal(figures.median, 1)),
        Cell(_decimal(figures.mean, 2), below=spread),
    )


def _interval(figures: Figures) -> str:
    if figures.is_census:
        return _("everybody")
    if figures.interval is None:
        return formats.NOTHING
    return _between(*figures.interval)


def _between(low: Any, high: Any) -> str:
    return f"{formats.percent(low)} – {formats.percent(high)}"


def _spread(items: Sequence[ItemResult]) -> Iterator[Block]:
    """How often each answer was given: in words, since scales have from two to many points."""
    rows = []
    for item in items:
        distribution = item.figures.distribution or {}
        given = [
            f"{item.labels.get(point, str(point))}: {formats.number(many)}"
            for point, many in distribution.items()
            if many or len(distribution) <= MOST_POINTS
        ]
        rows.append((Cell(item.code), Cell("; ".join(given))))
    if rows:
        yield Table(
            _("Distribution of the answers"),
            (Column(_("Code"), 12, is_code=True), Column(_("Answers"), 88)),
            tuple(rows),
        )


def _answers(items: Sequence[ItemResult]) -> Iterator[Block]:
    """Each answer of a yes or no, or of a choice."""
    rows = []
    for item in items:
        census = _("everybody") if item.figures.is_census else formats.NOTHING
        for place, answer in enumerate(answer_rows(item, item.figures)):
            interval = census if answer.low is None else _between(answer.low, answer.high)
            rows.append(
                (
                    Cell(item.code if place else f"{item.code} {item.text}"),
                    Cell(answer.label),
                    Cell(formats.number(answer.count)),
                    Cell(share(answer.share)),
                    Cell(interval),
                    Cell("" if place else count(item.figures.n)),
                )
            )
    if rows:
        columns = (
            Column(_("Question"), 38),
            Column(_("Answer"), 22),
            Column(_("Chosen by"), 10, is_number=True),
            Column(_("Share"), 9, is_number=True),
            Column(_("Interval"), 14, is_number=True),
            Column("n", 7, is_number=True),
        )
        yield Table(_("Share of each answer"), columns, tuple(rows))


def _scores(items: Sequence[ItemResult]) -> Iterator[Block]:
    for item in items:
        found = item.figures.recommendation
        if found is not None:
            yield Note(
                _(
                    "%(code)s: recommendation score %(score)s, 95 %% interval from %(low)s to %(high)s, n = %(n)s."
                )
                % {
                    "code": item.code,
                    "score": points(found.score),
                    "low": points(found.low),
                    "high": points(found.high),
                    "n": formats.number(found.n),
                }
            )


def gap_block(chart: charts.Gap) -> Gap:
    """The chart of a page as it is printed: each share as how many of how many, so that no fraction is kept."""
    rows = tuple(
        GapBar(row.label, _counted(row.first, row.first_n), _counted(row.second, row.second_n))
        for row in chart.rows
    )
    return Gap(chart.title, chart.subtitle, chart.first, chart.second, rows)


def _counted(of_all: Any, n: int | None) -> tuple[int, int]:
    return (round(float(of_all) * n), n) if of_all is not None and n else (0, 0)


def count(value: Any) -> str:
    return formats.NOTHING if value is None else formats.number(value)


def share(value: Any) -> str:
    return formats.NOTHING if value is None else formats.percent(float(value))


def _decimal(value: Any, decimals: int) -> str:
    return formats.NOTHING if value is None else formats.decimal(float(value), decimals)
