"""What several audiences were asked alike, set side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from feedback.comparison import Compared, Sides, compare_all
from feedback.models import Item
from feedback.selectors.figures import Counts, figures_of, scale_of
from feedback.selectors.pooling import OWN, Choice, Slice, same_scale, together
from feedback.selectors.results import ItemResult, item_result

COMPARABLE = (Item.Kind.LIKERT, Item.Kind.RECOMMENDATION, Item.Kind.YES_NO)


@dataclass(frozen=True)
class Contrast:
    """A question that several audiences were asked: the questions as each of them reads it, by questionnaire."""

    common_code: str
    asked: tuple[tuple[str, str, ItemResult], ...]  # questionnaire, audience, question
    compared: Mapping[str, Compared]  # questionnaire → its answers against those of the first

    @property
    def text(self) -> str:
        """What is asked, as the first audience reads it."""
        return self.asked[0][2].text


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
    answered: dict[str, dict[str, tuple[Item, Counts]]] = {}
    pairs: dict[tuple[str, str], Sides] = {}
    for code, asked in sorted(by_code.items()):
        first, *others = sorted(
            asked, key=lambda questionnaire: (questionnaire != chosen.questionnaire, questionnaire)
        )
        ours = _put_together(asked[first], parts) if first == chosen.questionnaire else None
        theirs = {key: found for key in others if (found := _put_together(asked[key], parts))}
        if ours is None or not theirs:
            continue
        answered[code] = {first: ours, **theirs}
        for questionnaire, (item, counts) in theirs.items():
            if same_scale(ours[0], item) and item.kind in COMPARABLE:
                pairs[code, questionnaire] = (counts.distribution, ours[1].distribution, scale_of(item))
    compared = compare_all(pairs)
    return [
        Contrast(
            code,
            tuple(
                (questionnaire, _audience(item), item_result(item, language, figures_of(item, counts)))
                for questionnaire, (item, counts) in asked_of.items()
            ),
            {key: compared[code, key] for key in asked_of if (code, key) in compared},
        )
        for code, asked_of in answered.items()
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
