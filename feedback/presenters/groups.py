"""Predeclared groups of one campaign side by side, with what is detectable between them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from feedback.comparison import Compared, Sides, compare_all
from feedback.presenters.differences import sentence
from feedback.selectors.results import CampaignResults, GroupResult, ItemResult, by_answer
from feedback.statistics import Scale


@dataclass(frozen=True)
class GroupRow:
    """One question with the share of each compared group, None where it is suppressed, and what is detectable."""

    item: ItemResult
    shares: tuple[tuple[float | None, int | None], ...]
    words: str


def group_rows(results: CampaignResults, groups: Sequence[GroupResult]) -> list[GroupRow]:
    """The questions that have such a share; each group is compared with the other shown ones together."""
    items = shared_items(results)
    compared = compared_groups(items, groups)
    return [
        GroupRow(
            item,
            tuple((item.headline(item.groups[group.code]), item.groups[group.code].n) for group in groups),
            _words(
                [(group, found) for group in groups if (found := compared.get((item.code, group.code)))],
                groups,
                item.answer,
            ),
        )
        for item in items
    ]


def shared_items(results: CampaignResults) -> list[ItemResult]:
    """The questions that have a share to be compared by."""
    return [item for item in by_answer(results.items) if item.headline(item.figures) is not None]


def compared_groups(
    items: Sequence[ItemResult], groups: Sequence[GroupResult]
) -> dict[tuple[str, str], Compared]:
    """Code of the question and of the group → the group against the others; of two groups the first against the other."""
    pairs = {(item.code, group.code): sides for item in items for group, sides in _sides(item, groups)}
    answers = {item.code for item in items if item.answer is not None}
    return compare_all(pairs, apart={key for key in pairs if key[0] in answers})


def _sides(item: ItemResult, groups: Sequence[GroupResult]) -> list[tuple[GroupResult, Sides]]:
    """Each shown group against the others; of two groups one against the other, once."""
    shown = {
        group: Counter(figures.distribution)
        for group in groups
        if (figures := item.groups[group.code]).distribution and figures.n
    }
    if len(shown) < 2:
        return []
    everybody: Counter[int] = sum(shown.values(), Counter())
    scale = Scale(*item.scale, item.reverse)
    pairs: list[tuple[GroupResult, Sides]] = [
        (group, (counts, everybody - counts, scale)) for group, counts in shown.items()
    ]
    return pairs[:1] if len(pairs) == 2 else pairs


def _words(
    found: Sequence[tuple[GroupResult, Compared]], groups: Sequence[GroupResult], answer: int | None
) -> str:
    if not found:
        return ""
    if len(found) == 1:
        group, compared = found[0]
        [other] = [one for one in groups if one != group][:1]
        return sentence(compared, group.label, other.label, answer=answer)
    detectable = [(group, compared) for group, compared in found if compared.is_detectable]
    if not detectable:
        return _("No detectable difference%(measure)s.") % {"measure": ""}
    return " ".join(
        sentence(compared, group.label, _("the others"), answer=answer) for group, compared in detectable
    )
