"""What a printed report of results sets side by side, with what is detectable, as the pages do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _

from feedback.documents.results_figures import count, gap_block, share
from feedback.presenters.groups import group_rows
from feedback.presenters.places import Compare, ContrastRow, benchmark, contrast_rows, years_compared
from feedback.selectors.contrasts import Contrast
from feedback.selectors.places import PlaceResults
from feedback.selectors.results import CampaignResults
from iqas.ui import charts, formats
from microcredentials.documents.content import Block, Cell, Column, Listed, Note, Section, Table

QUESTION, WORDS = 34, 26  # percent of the page


def compared(results: PlaceResults, name: str) -> Iterator[Section]:
    """Years side by side, the place beside the others, and what other audiences were asked alike."""
    code = results.chosen.questionnaire
    for key, compare in (("years", years_compared(results)), ("benchmark", benchmark(results, name))):
        if compare is not None:
            title = f"{results.title}: {compare.heading}"
            yield Section(f"{key}-{code}", title, tuple(_of_compare(compare)))
    if results.contrasts:
        tables = [_contrast(one, contrast_rows(one)) for one in results.contrasts]
        title = f"{results.title}: {_('The same, asked of others')}"
        yield Section(f"audiences-{code}", title, tuple(tables))


def _of_compare(compare: Compare) -> Iterator[Block]:
    if compare.verdict:
        yield Note(compare.verdict)
    for chart in compare.charts:
        if isinstance(chart, charts.Gap):
            yield gap_block(chart)
    words = [row.words for row in compare.rows] if compare.has_words else []
    yield _table(
        _("Share of favourable answers, or of each answer of a choice, with the number of answers"),
        compare.columns,
        [
            (
                f"{row.item.code} {row.item.text}",
                tuple(_cell(of_all, n) for _label, of_all, n in row.cells),
            )
            for row in compare.rows
        ],
        words,
    )


def groups(results: CampaignResults) -> Iterator[Section]:
    """The groups that were declared before the campaign opened."""
    if not results.groups:
        return
    shown = results.compared_groups
    blocks: list[Block] = []
    if shown:
        rows = group_rows(results, shown)
        columns = [f"{group.label} ({formats.number(group.responses)})" for group in shown]
        blocks.append(
            _table(
                _("Share of favourable answers, or of each answer of a choice, with the number of answers"),
                columns,
                [
                    (f"{row.item.code} {row.item.text}", tuple(_cell(*one) for one in row.shares))
                    for row in rows
                ],
                [row.words for row in rows],
            )
        )
    else:
        blocks.append(Note(_("There are not two groups large enough to be compared.")))
    if hidden := tuple(group.label for group in results.groups if group.suppressed and group.code):
        blocks.append(Listed(hidden, _("Not shown: too few answers")))
    yield Section("groups", _("Groups compared"), tuple(blocks))


def _table(
    caption: str,
    sides: Sequence[str],
    rows: Sequence[tuple[str, tuple[Cell, ...]]],
    words: Sequence[str],
) -> Table:
    width = (100 - QUESTION - (WORDS if words else 0)) // len(sides)
    columns = (
        Column(_("Question"), QUESTION),
        *(Column(side, width, is_number=True) for side in sides),
        *((Column(_("What is detectable"), WORDS),) if words else ()),
    )
    return Table(
        caption,
        columns,
        tuple(
            (Cell(question), *cells, *(Cell(one or formats.NOTHING) for one in words[place : place + 1]))
            for place, (question, cells) in enumerate(rows)
        ),
    )


def _cell(of_all: float | None, n: int | None) -> Cell:
    return Cell(share(of_all), below="" if of_all is None else f"n = {count(n)}")


def _contrast(contrast: Contrast, rows: Sequence[ContrastRow]) -> Table:
    columns = (
        Column(_("Who"), 18),
        Column(_("Question"), 34),
        Column("n", 8, is_number=True),
        Column(_("Share") if contrast.is_of_one_answer else _("Favourable"), 14, is_number=True),
        Column(_("What is detectable"), WORDS),
    )
    return Table(
        contrast.text,
        columns,
        tuple(
            (
                Cell(row.audience),
                Cell(f"{row.item.code} {row.item.text}"),
                Cell(count(row.n)),
                Cell(share(row.share)),
                Cell(row.words or formats.NOTHING),
            )
            for row in rows
        ),
    )
