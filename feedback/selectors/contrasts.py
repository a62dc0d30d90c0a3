"""What several audiences were asked alike, set side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from feedback.comparison import Compared, Sides, compare_all
from feedback.models import Item
from feedback.selectors.figures import Counts, figures_of
from feedback.selectors.pooling import OWN, Choice, Slice, same_scale, together
from feedback.selectors.results import CHOICES, ItemResult, by_answer, item_result
from feedback.statistics import Scale

Asked = tuple[str, str, ItemResult]
COMPARABLE = (Item.Kind.LIKERT, Item.Kind.RECOMMENDATION, Item.Kind.YES_NO)


@dataclass(frozen=True)
class Contrast:
    """A question that several audiences were asked: the questions as each of them reads it, by questionnaire."""

    common_code: str
    asked: tuple[Asked, ...]  # questionnaire, audience, question
    compared: Mapping[str, Compared]  # questionnaire → its answers against those of the first
    other_scale: frozenset[str] = frozenset()  # the questionnaires that ask it on another one

    @property
    def text(self) -> str:
        """What is asked, as the first audience reads it."""
        return self.asked[0][2].text

    @property
    def is_of_one_answer(self) -> bool:
        return self.asked[0][2].answer is not None

    def has_another_scale(self, questionnaire: str) -> bool:
        return questionnaire in self.other_scale


def contrasts_of(
    sums: Mapping[Slice, Counts], items: Mapping[UUID, Item], chosen: Choice, language: str
) -> list[Contrast]:
    """The questions of the chosen questionnaire that another audience was asked in the same place and year."""
    parts = {key.item: counts for key, counts in sums.items() if key.ring == OWN and key.year == chosen.year}
    by_code: dict[str, dict[str, list[Item]]] = {}
    for item in items.values():
        if item.common_code:
            asked = by_code.setdefault(item.common_code, {})
            asked.setdefault(item.version.questionnaire.code, []).append(item)
    found: list[Contrast] = []
    for code, asked in sorted(by_code.items()):
        first, *others = sorted(
            asked, key=lambda questionnaire: (questionnaire != chosen.questionnaire, questionnaire)
        )
        ours = _put_together(asked[first], parts) if first == chosen.questionnaire else None
        theirs = {key: one for key in others if (one := _put_together(asked[key], parts))}
        if ours is None or not theirs:
            continue
        apart = frozenset(key for key, (item, _counts) in theirs.items() if not same_scale(ours[0], item))
        rows = tuple(
            (key, _audience(item), item_result(item, language, figures_of(item, counts)))
            for key, (item, counts) in ((first, ours), *theirs.items())
        )
        found += (
            _by_answer(code, rows, apart) if ours[0].kind in CHOICES else [Contrast(code, rows, {}, apart)]
        )
    return _compared(found)


def _by_answer(code: str, rows: Sequence[Asked], apart: frozenset[str]) -> list[Contrast]:
    """A choice: a contrast for each of its answers, among those who could choose the same."""
    alike = [row for row in rows if row[0] not in apart]
    if len(alike) < 2:
        return [Contrast(code, tuple(rows), {}, apart)]
    others = [row for row in rows if row[0] in apart]
    left_over = [Contrast(code, (rows[0], *others), {}, apart)] if others else []
    answers = ([(key, who, one) for one in by_answer([item])] for key, who, item in alike)
    alone = [Contrast(f"{code}.{sides[0][2].answer}", sides, {}) for sides in zip(*answers, strict=True)]
    return alone + left_over


def _compared(contrasts: Sequence[Contrast]) -> list[Contrast]:
    """With what is detectable between them: the answers of choices are corrected for by themselves."""
    pairs: dict[tuple[str, str], Sides] = {}
    answers = set()
    for one in contrasts:
        (_first, _who, ours), *others = one.asked
        for questionnaire, _audience_of, theirs in others:
            if ours.kind not in COMPARABLE or one.has_another_scale(questionnaire):
                continue
            key = one.common_code, questionnaire
            sides = theirs.figures.distribution or {}, ours.figures.distribution or {}
            pairs[key] = (*sides, Scale(*theirs.scale, theirs.reverse))
            if one.is_of_one_answer:
                answers.add(key)
    compared = compare_all(pairs, apart=answers)
    return [
        replace(
            one,
            compared={
                key: compared[one.common_code, key]
                for key, _who, _item in one.asked
                if (one.common_code, key) in compared
            },
        )
        for one in contrasts
    ]


def _put_together(versions: Sequence[Item], parts: Mapping[UUID, Counts]) -> tuple[Item, Counts] | None:
    """The newest version of a question with all answers on its scale."""
    answered = sorted((item for item in versions if item.pk in parts), key=lambda item: item.version.number)
    if not answered:
        return None
    newest = answered[-1]
    whole = together(parts[item.pk] for item in answered if same_scale(item, newest))
    return None if whole is None else (newest, whole)


def _audience(item: Item) -> str:
    return item.version.questionnaire.get_audience_display()
