"""What a campaign found out, with the threshold applied. Pages, API, command and higher floors read nothing else.

Reads summaries only: the number of statements does not grow with answers, items or groups.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import groupby
from typing import Any, NamedTuple
from uuid import UUID

from django.conf import settings
from django.db.models import Model, OuterRef, Subquery
from django.db.models.functions import Coalesce

from feedback.models import (
    Campaign,
    CampaignGroup,
    CommentReader,
    GroupSummary,
    Item,
    ItemSummary,
)
from feedback.selectors.asked import asked_items
from feedback.selectors.campaigns import answered_so_far
from feedback.selectors.comments import published
from feedback.selectors.figures import SUPPRESSED, Counts, Figures, figures_of
from feedback.selectors.published import is_told, tells, told_groups
from feedback.selectors.readers import may_read_comments, named_readers, readable_items
from feedback.services.summaries import EVERYBODY
from feedback.statistics import MIN_ITEMS_FOR_STRAIGHT_LINE

NO_GROUP = ""
CHOICES = (Item.Kind.SINGLE, Item.Kind.MULTIPLE)


@dataclass(frozen=True)
class ItemResult:
    """One question and what was answered to it; `condition` is the code of the question that decides who is asked.

    `answer` is set where it is one answer of a choice, asked for by itself (`by_answer`).
    """

    code: str
    text: str
    kind: str
    section: str
    criterion_code: str
    scale: tuple[int, int]
    reverse: bool
    labels: Mapping[int, str]
    importance_of: str
    condition: str
    common_code: str
    figures: Figures
    groups: Mapping[str, Figures]
    answer: int | None = None

    def headline(self, figures: Figures | None) -> float | None:
        """The one share that the question is compared by: the favourable answers, or those who said yes."""
        if figures is None or figures.suppressed or not figures.n:
            return None
        if figures.favourable is not None:
            return float(figures.favourable)
        if self.kind == Item.Kind.YES_NO and figures.distribution is not None:
            return figures.distribution.get(self.scale[0 if self.reverse else 1], 0) / figures.n
        return None

    def figures_in(self, side: Mapping[str, Figures]) -> Figures | None:
        """Its figures among those of a side, by code of the question."""
        if self.answer is None:
            return side.get(self.code)
        whole = side.get(self.code.rpartition(".")[0])
        return None if whole is None else whole.of_answer(self.answer)


def by_answer(items: Iterable[ItemResult]) -> Iterator[ItemResult]:
    """For comparisons: a choice as one yes or no for each of its answers (W02.1, W02.2 …), other questions as they are."""
    for item in items:
        if item.kind not in CHOICES:
            yield item
            continue
        for point in range(item.scale[0], item.scale[1] + 1):
            yield replace(
                item,
                code=f"{item.code}.{point}",
                text=f"{item.text} {item.labels.get(point, point)}",
                kind=Item.Kind.YES_NO,
                scale=(0, 1),
                labels={},
                figures=item.figures.of_answer(point),
                groups={code: figures.of_answer(point) for code, figures in item.groups.items()},
                answer=point,
            )


@dataclass(frozen=True)
class GroupResult:
    """A predeclared group, or those in none (code ""); `responses` is None where it is suppressed or was dissolved."""

    code: str
    label: str
    responses: int | None

    @property
    def suppressed(self) -> bool:
        return self.responses is None


@dataclass(frozen=True)
class Said:
    """What was written to one question, in no order that tells who wrote first."""

    code: str
    text: str
    comments: tuple[str, ...]


@dataclass(frozen=True)
class CampaignResults:
    """Everything that may be published of a campaign, in one language.

    `invited` are those whose mail did not come back (`undelivered` did); None where nobody knows how many they were.
    `responses` are all who answered, `counted` those whose answers have been opened and are in the figures.
    """

    campaign: str
    title: str
    edition: str | None
    questionnaire: str
    mode: str
    state: str
    opens: dt.date | None
    closes: dt.date | None
    invited: int | None
    undelivered: int
    responses: int
    counted: int
    response_rate: Fraction | None
    threshold: int
    suppressed: bool
    straight_lined: int | None
    scaled_items: int
    items: tuple[ItemResult, ...]
    groups: tuple[GroupResult, ...]
    computed_at: dt.datetime | None = None

    @property
    def is_over(self) -> bool:
        """Whether all answers have been counted."""
        return self.state == Campaign.State.MIXED

    @property
    def compared_groups(self) -> tuple[GroupResult, ...]:
        """The groups that may be set side by side; fewer than two are no comparison."""
        shown = tuple(group for group in self.groups if group.responses and group.code != NO_GROUP)
        return shown if len(shown) > 1 else ()


def campaign_results(campaign: Campaign, language: str) -> CampaignResults:
    """The results of a campaign with every text in `language` (Spanish where it lacks one).

    The threshold holds for the n of the campaign, of each group and of each item, never for one bar of a distribution;
    a group is also hidden where another, smaller one could be worked out from it.
    """
    return many_results([campaign], language)[0]


def many_results(campaigns: Sequence[Campaign], language: str) -> list[CampaignResults]:
    """The results of many campaigns, in their order; needs their targets.

    Three statements, however many they are, and one where answers of some are not all counted.
    """
    answered = _answered(campaigns)
    told = [campaign for campaign in campaigns if is_told(campaign)]
    rows = list(ItemSummary.objects.filter(campaign__in=told).order_by("campaign", "group_code"))
    items = asked_items(row.item_id for row in rows)
    for row in rows:
        row.item = items[row.item_id]
    of_campaign: dict[UUID, list[ItemSummary]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: row.item.order):
        of_campaign[row.campaign_id].append(row)
    declared = _declared(told)
    found = []
    for campaign in campaigns:
        one = _without_figures(campaign, language, answered.get(campaign.pk))
        if is_told(campaign):
            summaries = _by_item(of_campaign[campaign.pk])
            one = _with_figures(one, campaign, summaries, declared.get(campaign.pk, []), language)
        found.append(one)
    return found


def _answered(campaigns: Sequence[Campaign]) -> dict[UUID, int]:
    """How many have answered so far, of the campaigns whose answers are not all counted."""
    going = [campaign.pk for campaign in campaigns if campaign.state != Campaign.State.MIXED]
    rows = Campaign.objects.filter(pk__in=going).order_by()
    return dict(rows.values_list("pk", answered_so_far())) if going else {}


def _without_figures(campaign: Campaign, language: str, answered: int | None) -> CampaignResults:
    """`answered` so far, where not all are counted."""
    responses = campaign.responses_count + campaign.destroyed_count if answered is None else answered
    reached = campaign.reached_count
    invited = None if reached is None else max(reached, responses)
    edition = campaign.target.edition
    return CampaignResults(
        campaign=campaign.code,
        title=translated(campaign, "title", language),
        edition=edition.code if edition else None,
        questionnaire=str(campaign.questionnaire_version),
        mode=campaign.mode,
        state=campaign.state,
        opens=campaign.opens,
        closes=campaign.closes,
        invited=invited,
        undelivered=campaign.undelivered_count,
        responses=responses,
        counted=campaign.responses_count,
        response_rate=Fraction(responses, invited) if invited else None,
        threshold=campaign.threshold,
        suppressed=not is_told(campaign),
        straight_lined=None,
        scaled_items=0,
        items=(),
        groups=(),
    )


def _with_figures(
    results: CampaignResults,
    campaign: Campaign,
    summaries: Mapping[str, Mapping[str, ItemSummary]],
    declared: Sequence[Declared],
    language: str,
) -> CampaignResults:
    scaled = sum(rows[EVERYBODY].item.is_scaled for rows in summaries.values())
    groups = _groups(campaign, declared)
    hidden = frozenset(group.code for group in groups if group.suppressed)
    return replace(
        results,
        straight_lined=campaign.straight_lined if scaled >= MIN_ITEMS_FOR_STRAIGHT_LINE else None,
        computed_at=max((rows[EVERYBODY].computed_at for rows in summaries.values()), default=None),
        scaled_items=scaled,
        items=tuple(_item(rows, campaign, hidden, language) for rows in summaries.values()),
        groups=groups,
    )


def shown_comments(campaign: Campaign, user: Any, language: str) -> list[Said]:
    """The comments that a reviewer chose to show, by question, where the person is among those who were named to

    the respondents as readers; none where fewer than the threshold answered.
    """
    if not is_told(campaign):
        return []
    rows = published([campaign]).order_by("item__order", "id")
    names = [f"item__text_{code}" for code in (language, *settings.MODELTRANSLATION_FALLBACK_LANGUAGES)]
    by_question = groupby(rows.values_list("item__code", *names, "text"), key=lambda row: row[:-1])
    found = [
        Said(code, next(filter(None, asked), ""), tuple(row[-1] for row in comments))
        for (code, *asked), comments in by_question
    ]
    readable = readable_items(user, campaign, [one.code for one in found])
    return [one for one in found if one.code in readable]


def many_comments(campaigns: Sequence[Campaign], user: Any) -> list[tuple[str, str, str]]:
    """As `shown_comments`, of many campaigns: campaign, question and text. Two statements; needs their scopes."""
    told = {campaign.pk: campaign for campaign in campaigns if is_told(campaign)}
    declared: dict[UUID, list[CommentReader]] = defaultdict(list)
    for row in CommentReader.objects.filter(campaign__in=told).select_related("user"):
        declared[row.campaign_id].append(row)
    readers = {key: named_readers(campaign, declared[key]) for key, campaign in told.items()}
    rows = published(told.values())
    return [
        (told[key].code, code, text)
        for key, code, text in rows.order_by("campaign__code", "item__order", "id").values_list(
            "campaign_id", "item__code", "text"
        )
        if may_read_comments(user, told[key], readers[key], code)
    ]


def translated(obj: Model, field: str, language: str) -> str:
    """A translated column by the name of the language, never by who reads; falls back as the settings say."""
    for candidate in (language, *settings.MODELTRANSLATION_FALLBACK_LANGUAGES):
        text = getattr(obj, f"{field}_{candidate}", None)
        if text:
            return str(text)
    return ""


def _by_item(rows: Iterable[ItemSummary]) -> dict[str, dict[str, ItemSummary]]:
    """Item code → group → counts, in the order of the questionnaire, which the rows come in."""
    by_item: dict[str, dict[str, ItemSummary]] = {}
    for row in rows:
        by_item.setdefault(row.item.code, {})[row.group_code] = row
    return by_item


def _declared(campaigns: Sequence[Campaign]) -> dict[UUID, list[Declared]]:
    """The declared groups of each campaign with how many of each answered. One statement."""
    counted = GroupSummary.objects.filter(campaign=OuterRef("campaign"), group_code=OuterRef("code"))
    found: dict[UUID, list[Declared]] = defaultdict(list)
    rows = (
        CampaignGroup.objects.filter(campaign__in=campaigns)
        .annotate(responses=Coalesce(Subquery(counted.values("responses")[:1]), 0))
        .order_by("label")
        .values_list("campaign_id", "code", "label", "responses")
    )
    for campaign, *declared in rows:
        found[campaign].append(Declared(*declared))
    return found


class Declared(NamedTuple):
    """A group that was declared before its campaign opened."""

    code: str
    label: str
    responses: int


def _groups(campaign: Campaign, declared: Sequence[Declared]) -> tuple[GroupResult, ...]:
    if not declared:
        return ()
    labels = {group.code: group.label for group in declared}
    sizes = {group.code: group.responses for group in declared}
    sizes[NO_GROUP] = campaign.responses_count - sum(sizes.values())
    told = told_groups(campaign, sizes)
    return tuple(
        GroupResult(code, labels.get(code, ""), size if code in told else None)
        for code, size in sizes.items()
    )


def item_result(
    item: Item, language: str, figures: Figures, groups: Mapping[str, Figures] | None = None
) -> ItemResult:
    """A question in one language with its figures. Needs the item's section."""
    labels = item.labels.get(language) or item.labels.get("es", {})
    return ItemResult(
        code=item.code,
        text=translated(item, "text", language),
        kind=item.kind,
        section=translated(item.section, "title", language),
        criterion_code=item.criterion_code,
        scale=(item.points[0], item.points[-1]),
        reverse=item.reverse,
        labels={int(point): label for point, label in labels.items()},
        importance_of=item.importance_of,
        condition=item.shown_if_code,
        common_code=item.common_code,
        figures=figures,
        groups=groups or {},
    )


def _item(
    rows: Mapping[str, ItemSummary], campaign: Campaign, hidden_groups: frozenset[str], language: str
) -> ItemResult:
    everybody = rows[EVERYBODY]
    figures = _figures(everybody) if tells(campaign, everybody.n) else SUPPRESSED
    return item_result(everybody.item, language, figures, _group_figures(rows, campaign, hidden_groups))


def _group_figures(
    rows: Mapping[str, ItemSummary], campaign: Campaign, hidden_groups: frozenset[str]
) -> dict[str, Figures]:
    answered = {group: row.n for group, row in rows.items() if group != EVERYBODY}
    if not answered:
        return {}
    answered_in_none = rows[EVERYBODY].n - sum(answered.values())
    told = told_groups(campaign, answered | {NO_GROUP: answered_in_none}, hidden=hidden_groups)
    return {group: _figures(rows[group]) if group in told else SUPPRESSED for group in answered}


def _figures(row: ItemSummary) -> Figures:
    return figures_of(row.item, Counts.of(row))
