"""What the pages set side by side, as tables: groups, years, the others around a place, other audiences, importance."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from feedback.comparison import Compared
from feedback.presenters.differences import sentence
from feedback.presenters.groups import compared_groups, shared_items
from feedback.presenters.places import contrast_rows
from feedback.presenters.results import important_pairs
from feedback.selectors.figures import Figures
from feedback.selectors.places import PlaceResults
from feedback.selectors.results import CampaignResults, ItemResult, by_answer

Row = Sequence[Any]
Sides = Sequence[tuple[str, Mapping[str, Figures]]]


def difference_titles() -> Row:
    return (_("Difference"), _("Interval from"), _("Interval to"), _("What is detectable"))


def difference_cells(compared: Compared | None, first: Any, second: Any, answer: int | None = None) -> Row:
    """A difference of shares, its corrected interval, and what it says; empty where nothing was compared."""
    if compared is None:
        return (None, None, None, None)
    return (
        compared.difference,
        compared.low,
        compared.high,
        sentence(compared, first, second, answer=answer),
    )


def groups_of(results: Iterable[CampaignResults]) -> Iterator[Row]:
    """A row for each question and compared group, beside the other shown ones together."""
    yield (_("Campaign"), _("Code"), _("Question"), _("Group"), _("Favourable"), "n", *difference_titles())
    for one in results:
        groups, items = one.compared_groups, shared_items(one)
        compared = compared_groups(items, groups)
        others = [groups[1].label, groups[0].label] if len(groups) == 2 else [_("the others")] * len(groups)
        for item in items:
            for group, other in zip(groups, others, strict=True):
                figures = item.groups[group.code]
                cells = difference_cells(
                    compared.get((item.code, group.code)), group.label, other, item.answer
                )
                share = item.headline(figures)
                if share is not None:
                    yield (one.campaign, item.code, item.text, group.label, share, figures.n, *cells)


def sides_of(
    items: Iterable[ItemResult], sides: Sides, compared: Mapping[str, Compared], first: Any, second: Any
) -> Iterator[Row]:
    """Figures side by side: for each side its share of favourable answers and its n; then what is detectable."""
    titles = [cell for label, _figures in sides for cell in (label, f"n · {label}")]
    yield (_("Code"), _("Question"), *titles, *difference_titles())
    for item in by_answer(items):
        cells: list[Any] = []
        for _label, figures in sides:
            found = item.figures_in(figures)
            cells += [item.headline(found), found.n if found else None]
        yield (
            item.code,
            item.text,
            *cells,
            *difference_cells(compared.get(item.code), first, second, item.answer),
        )


def years_of(results: PlaceResults) -> Iterator[Row]:
    before = results.year_before
    sides = [(side.label, side.figures) for side in results.years]
    return sides_of(
        results.items, sides, results.changes, results.chosen.year, before.label if before else ""
    )


def benchmark_of(results: PlaceResults) -> Iterator[Row]:
    """The place, the others in each place around it, and the place against the widest of them."""
    own = (results.place.code, {item.code: item.figures for item in results.items})
    rest = [(_("Rest of %(place)s") % {"place": side.label}, side.figures) for side in results.benchmark]
    around = results.benchmark[-1].label if results.benchmark else ""
    words = _("the rest of %(place)s") % {"place": around}
    return sides_of(results.items, [own, *rest], results.against, results.place.code, words)


def audiences_of(results: PlaceResults) -> Iterator[Row]:
    """What other audiences were asked alike; the chosen one first of each question."""
    yield (
        _("The same, asked of others"),
        _("Questionnaire"),
        _("Who"),
        _("Code"),
        _("Question"),
        _("Favourable"),
        "n",
        *difference_titles(),
    )
    for one in results.contrasts:
        rows = contrast_rows(one)
        for row, (questionnaire, _audience, item) in zip(rows, one.asked, strict=True):
            found = one.compared.get(questionnaire)
            measure = (found.difference, found.low, found.high) if found else (None, None, None)
            said = (row.audience, item.code, item.text, row.share, row.n)
            yield (one.text, questionnaire, *said, *measure, row.words or None)


def importance_of(rows: Iterable[tuple[str, Sequence[ItemResult]]]) -> Iterator[Row]:
    """How important things are beside how satisfactory they were, of each campaign or place."""
    yield (
        _("Campaign"),
        _("Code"),
        _("Question"),
        _("Importance"),
        f"n · {_('Importance')}",
        _("Satisfaction"),
        f"n · {_('Satisfaction')}",
        _("Difference"),
    )
    for code, items in rows:
        shown = [item for item in items if not item.figures.suppressed]
        for rated, important in important_pairs(shown):
            first, second = important.figures, rated.figures
            yield (
                code,
                rated.code,
                rated.text,
                float(first.favourable or 0),
                first.n,
                float(second.favourable or 0),
                second.n,
                float((second.favourable or 0) - (first.favourable or 0)),
            )
