"""The tables of figures on pages of results: a row for each question, its cells as a page writes them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from feedback.selectors.figures import Figures
from feedback.selectors.results import GroupResult, ItemResult
from iqas.ui.components import Column, FigureTable
from iqas.ui.formats import NOTHING, UNBROKEN_EQUALS, decimal, number, percent
from iqas.ui.markup import filled

if TYPE_CHECKING:
    from feedback.presenters.groups import GroupRow
    from feedback.presenters.places import Compare
    from feedback.presenters.results import AnswerRow, Chosen, Row

ASIDE = '<span class="muted small">{}</span>'


def figures_of_scales(title: str, rows: Sequence[Row], pooled: int = 0) -> FigureTable | None:
    """Of questions with an ordered scale; `pooled` is how many campaigns were put together, 0 for one alone."""
    columns = (
        Column(_("Question")),
        Column("n", "num"),
        Column(_("No answer"), "num"),
        Column(_("Favourable"), "num"),
        Column(_("Confidence interval"), "num"),
        Column(_("Median"), "num"),
        Column(_("Mean ± standard deviation"), "num muted"),
        *_pooled_column(pooled),
    )
    cells = tuple((*_scale_cells(row), *_pooled_cell(row.figures, pooled)) for row in rows)
    return FigureTable(_("Figures: %(title)s") % {"title": title}, columns, cells) if rows else None


def shares_of_answers(title: str, rows: Sequence[Chosen], pooled: int = 0) -> FigureTable | None:
    """Of questions of which each answer has a share."""
    columns = (
        Column(_("Question")),
        Column("n", "num"),
        Column(_("No answer"), "num"),
        Column(_("Share of each answer, with its confidence interval"), "whole"),
        *_pooled_column(pooled),
    )
    cells = tuple(
        (
            question(row.item, *_asked_of(row.item, row.figures)),
            number(row.figures.n),
            number(row.figures.no_answer),
            SafeString("<br>".join(_answer(answer, row.figures) for answer in row.answers)),
            *_pooled_cell(row.figures, pooled),
        )
        for row in rows
    )
    return (
        FigureTable(_("Share of each answer: %(title)s") % {"title": title}, columns, cells) if rows else None
    )


def groups_compared(rows: Sequence[GroupRow], groups: Sequence[GroupResult]) -> FigureTable | None:
    """A column for each group, and what is detectable between them."""
    sizes = (Column(f"{group.label} ({number(group.responses)})", "num") for group in groups)
    columns = (Column(_("Question")), *sizes, Column(_("What is detectable"), "whole"))
    hidden = filled('<span class="muted">{}</span>', _("not shown"))
    cells = tuple(
        (question(row.item), *(_share(share, n) or hidden for share, n in row.shares), row.words or NOTHING)
        for row in rows
    )
    return FigureTable(_("Groups compared"), columns, cells) if rows else None


def sides_compared(compare: Compare) -> FigureTable:
    """A column for each year or place, and where there are any the words that say what is detectable."""
    words = (Column(_("What is detectable"), "whole"),) if compare.has_words else ()
    cells = tuple(
        (
            question(row.item),
            *(_share(share, n) or NOTHING for _label, share, n in row.cells),
            *((row.words,) if words else ()),
        )
        for row in compare.rows
    )
    columns = (Column(_("Question")), *(Column(label, "num") for label in compare.columns), *words)
    return FigureTable(
        _("Share of favourable answers, or of each answer of a choice, with the number of answers"),
        columns,
        cells,
    )


def question(item: ItemResult, *notes: str) -> SafeString:
    """The cell that heads a row: code, text, and notes in brackets."""
    said = SafeString("".join(filled(f" {ASIDE}", f"({note})") for note in notes))
    return filled('<span class="code">{}</span> {}{}', item.code, item.text, said)


def _asked_of(item: ItemResult, figures: Figures) -> Iterator[str]:
    if item.condition:
        yield _("asked of some, by their answer to %(code)s") % {"code": item.condition}
    if figures.is_behind:
        yield _("some later answers are not counted here: so few could be recognised")


def _scale_cells(row: Row) -> tuple[str, ...]:
    direction = (_("low is favourable"),) if row.item.reverse else ()
    mean = decimal(row.mean, 2)
    return (
        question(row.item, *direction, *_asked_of(row.item, row.figures)),
        number(row.figures.n),
        number(row.figures.no_answer),
        _strong(percent(row.favourable)),
        _("everybody") if row.figures.is_census else _interval(row.low, row.high) or NOTHING,
        _strong(decimal(row.median, 1)),
        mean if row.deviation is None else f"{mean} ± {decimal(row.deviation, 2)}",
    )


def _answer(answer: AnswerRow, figures: Figures) -> str:
    interval = _("everybody") if figures.is_census else _interval(answer.low, answer.high)
    said = filled("{}: {}", answer.label, _strong(percent(answer.share)))
    return said + (filled(f" {ASIDE}", f"({interval})") if interval else "")


def _interval(low: float | None, high: float | None) -> str:
    return "" if low is None else f"{percent(low)} – {percent(high)}"


def _share(share: float | None, n: int | None) -> str:
    if share is None:
        return ""
    return filled(f"{{}} {ASIDE}", percent(share), f"n{UNBROKEN_EQUALS}{number(n)}")


def _pooled_column(pooled: int) -> tuple[Column, ...]:
    return (Column(_("Campaigns"), "num muted"),) if pooled else ()


def _pooled_cell(figures: Figures, pooled: int) -> tuple[str, ...]:
    if not pooled:
        return ()
    return (_("%(some)s of %(all)s") % {"some": number(figures.campaigns), "all": number(pooled)},)


def _strong(text: str) -> SafeString:
    return filled("<strong>{}</strong>", text)
