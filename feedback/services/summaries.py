"""Counting the answers of a campaign. What is published reads these counts, never the answers."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from feedback.answer_sheet import asked
from feedback.models import Campaign, GroupSummary, Item, ItemSummary
from feedback.statistics import (
    Scale,
    binned,
    distributed,
    favourable_count,
    finite_population_interval,
    is_straight_lined,
    middle_sum,
    size,
)
from iqas.core.disclosure import moves_too_little
from iqas.core.events import emit

EVERYBODY = ""
CHUNK = 2000


@dataclass
class Tally:
    """Counts of one group while the answers go by; `asked[item code]`; `answers[item code][value]`, None for no answer."""

    responses: int = 0
    straight_lined: int = 0
    asked: Counter[str] = field(default_factory=Counter)
    answers: dict[str, Counter[int | None]] = field(default_factory=lambda: defaultdict(Counter))

    def add(self, answers: Mapping[str, Any], items: Sequence[Item], scaled: list[str]) -> None:
        self.responses += 1
        self.straight_lined += is_straight_lined(answers, scaled)
        for item in asked(items, answers):
            self.asked[item.code] += 1
            value = answers.get(item.code)
            self.answers[item.code].update(value if isinstance(value, list) else (value,))


@transaction.atomic
def refresh(campaign: Campaign) -> None:
    """Counts all answers of the campaign anew: totals, one row an item, and the same for each declared group.

    A published row moves by at least as many answers as the threshold, or not at all: whoever subtracts an older copy
    of the page learns of no smaller group. What may not move yet stays as it was, marked `is_behind`, also after the
    last mixing. The answers are read in one pass and bounded memory; calling it again changes nothing. Emits
    `campaign.mixed`.
    """
    locked = Campaign.objects.select_for_update().get(pk=campaign.pk)
    items = list(
        Item.objects.filter(version_id=locked.questionnaire_version_id)
        .exclude(kind=Item.Kind.TEXT)
        .order_by("order")
    )
    declared = set(locked.groups.values_list("code", flat=True))
    tallies = _count(locked, items, declared)
    everybody = tallies[EVERYBODY]
    locked.responses_count, locked.straight_lined = everybody.responses, everybody.straight_lined
    locked.save(update_fields=["responses_count", "straight_lined"])
    campaign.responses_count, campaign.straight_lined = everybody.responses, everybody.straight_lined

    counted = [_summary(locked, group, item, tally) for group, tally in tallies.items() for item in items]
    _replace(locked, counted)
    locked.group_summaries.all().delete()
    GroupSummary.objects.bulk_create(
        GroupSummary(campaign=locked, group_code=group, responses=tally.responses)
        for group, tally in tallies.items()
        if group != EVERYBODY
    )
    emit("campaign.mixed", campaign=locked)


def _replace(campaign: Campaign, counted: Sequence[ItemSummary]) -> None:
    """The new rows in place of the old, but for the items of which one would move by too few answers."""
    stored = {(row.item_id, row.group_code): row for row in campaign.summaries.all()}
    held = {
        row.item_id
        for row in counted
        if (old := stored.get((row.item_id, row.group_code))) is not None
        and moves_too_little(old.n, row.n, campaign.threshold)
    }
    campaign.summaries.filter(item__in=held).update(is_behind=True)
    campaign.summaries.exclude(item__in=held).delete()
    ItemSummary.objects.bulk_create(row for row in counted if row.item_id not in held)


def _count(campaign: Campaign, items: list[Item], declared: set[str]) -> dict[str, Tally]:
    scaled = [item.code for item in items if item.is_scaled]
    tallies = {group: Tally() for group in (EVERYBODY, *sorted(declared))}
    kept: Any = campaign.signed_answers if campaign.is_signed else campaign.responses
    group_of = "invitation__group_code" if campaign.is_signed else "group_code"
    rows = kept.order_by().values_list(group_of, "answers")
    for group, answers in rows.iterator(chunk_size=CHUNK):
        tallies[EVERYBODY].add(answers, items, scaled)
        if group in declared:
            tallies[group].add(answers, items, scaled)
    return tallies


def _summary(campaign: Campaign, group: str, item: Item, tally: Tally) -> ItemSummary:
    counts = tally.answers[item.code]
    values = {point: count for point, count in counts.items() if point is not None}
    scale = Scale(item.points[0], item.points[-1], item.reverse)
    distribution = binned(values, scale) if item.kind == Item.Kind.NUMBER else distributed(values, scale)
    no_answer = counts[None]
    summary = ItemSummary(
        campaign=campaign,
        group_code=group,
        item=item,
        n=tally.asked[item.code] - no_answer if item.kind == Item.Kind.MULTIPLE else size(distribution),
        no_answer=no_answer,
        distribution={str(point): count for point, count in distribution.items()},
    )
    if item.kind == Item.Kind.NUMBER and summary.n:
        summary.total = sum(value * count for value, count in values.items())
        summary.middle_sum = middle_sum(values)
    if group == EVERYBODY:
        _set_interval(summary, distribution, scale, campaign)
    return summary


def _set_interval(
    summary: ItemSummary, distribution: dict[int, int], scale: Scale, campaign: Campaign
) -> None:
    """How many of the invited could judge, and the margin of the favourable share among them; none where it cannot

    be said.
    """
    if campaign.reached_count is None or not summary.item.has_known_population:
        return
    population = campaign.reached_count - summary.no_answer
    if population < summary.n:
        return
    summary.population = population
    favourable = favourable_count(distribution, scale) if summary.item.is_ordered else None
    if favourable is None:
        return
    interval = finite_population_interval(favourable, summary.n, population)
    if interval is not None:
        summary.favourable_low, summary.favourable_high = interval
