"""What a campaign found out, with the threshold applied. Pages, API, command and higher floors read nothing else.

Reads summaries only: the number of statements does not grow with answers, items or groups.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import groupby
from typing import Any

from django.conf import settings
from django.db.models import Model, OuterRef, Subquery
from django.db.models.functions import Coalesce

from feedback import statistics
from feedback.models import Campaign, Comment, GroupSummary, Item, ItemSummary
from feedback.selectors.campaigns import shown_groups
from feedback.selectors.readers import readable_items
from feedback.services.summaries import EVERYBODY
from feedback.statistics import MIN_ITEMS_FOR_STRAIGHT_LINE, Scale

NO_GROUP = ""


@dataclass(frozen=True)
class Margin:
    """The favourable among `population` persons, if those who answered were a random sample of them (95 %, exact)."""

    low: int
    high: int
    population: int

    @property
    def low_share(self) -> Fraction:
        return Fraction(self.low, self.population)

    @property
    def high_share(self) -> Fraction:
        return Fraction(self.high, self.population)


@dataclass(frozen=True)
class Figures:
    """The counts of one item for everybody or for one group. A suppressed one has no figure at all.

    `distribution` is in raw codes, of a wide range of numbers by bins of `bin_width`, each named by its lowest number;
    `mean`, `median` and `favourable` are after direction. `is_behind`: some later answers are not in it, because a
    reader of an older copy could subtract them.
    """

    suppressed: bool = True
    n: int | None = None
    no_answer: int | None = None
    distribution: Mapping[int, int] | None = None
    mean: Fraction | None = None
    median: Fraction | None = None
    favourable: Fraction | None = None
    margin: Margin | None = None
    is_census: bool = False
    bin_width: int = 1
    is_behind: bool = False
    computed_at: dt.datetime | None = None


SUPPRESSED = Figures()


@dataclass(frozen=True)
class ItemResult:
    """One question and what was answered to it; `condition` is the code of the question that decides who is asked."""

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
    figures: Figures
    groups: Mapping[str, Figures]


@dataclass(frozen=True)
class GroupResult:
    """A predeclared group, or those in none (code ""); `responses` is None where it is suppressed."""

    code: str
    label: str
    responses: int | None

    @property
    def suppressed(self) -> bool:
        return self.responses is None


@dataclass(frozen=True)
class CampaignResults:
    """Everything that may be published of a campaign, in one language.

    `invited` are those whose mail did not come back (`undelivered` did); None where nobody knows how many they were.
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
    response_rate: Fraction | None
    threshold: int
    suppressed: bool
    straight_lined: int | None
    scaled_items: int
    items: tuple[ItemResult, ...]
    groups: tuple[GroupResult, ...]

    @property
    def compared_groups(self) -> tuple[GroupResult, ...]:
        """The groups that may be set side by side; fewer than two are no comparison."""
        shown = tuple(group for group in self.groups if not group.suppressed and group.code != NO_GROUP)
        return shown if len(shown) > 1 else ()


def campaign_results(campaign: Campaign, language: str) -> CampaignResults:
    """The results of a campaign with every text in `language` (Spanish where it lacks one).

    The threshold holds for the n of the campaign, of each group and of each item, never for one bar of a distribution;
    a group is also hidden where another, smaller one could be worked out from it.
    """
    suppressed = campaign.responses_count < campaign.threshold
    invited = campaign.reached_count
    responses = campaign.responses_count + campaign.destroyed_count
    version = campaign.questionnaire_version
    results = CampaignResults(
        campaign=campaign.code,
        title=translated(campaign, "title", language),
        edition=campaign.target.edition.code if campaign.target.edition else None,
        questionnaire=str(version),
        mode=campaign.mode,
        state=campaign.state,
        opens=campaign.opens,
        closes=campaign.closes,
        invited=invited,
        undelivered=campaign.undelivered_count,
        responses=responses,
        response_rate=Fraction(responses, invited) if invited else None,
        threshold=campaign.threshold,
        suppressed=suppressed,
        straight_lined=None,
        scaled_items=0,
        items=(),
        groups=(),
    )
    if suppressed:
        return results
    summaries = _summaries_by_item(campaign)
    scaled = sum(rows[EVERYBODY].item.is_scaled for rows in summaries.values())
    groups = _groups(campaign)
    hidden = frozenset(group.code for group in groups if group.suppressed)
    return replace(
        results,
        straight_lined=campaign.straight_lined if scaled >= MIN_ITEMS_FOR_STRAIGHT_LINE else None,
        scaled_items=scaled,
        items=tuple(_item(rows, campaign, hidden, language) for rows in summaries.values()),
        groups=groups,
    )


def shown_comments(campaign: Campaign, user: Any) -> list[tuple[Item, list[str]]]:
    """The comments that a reviewer chose to show, by question, where the person is among those who were named to

    the respondents as readers; none where fewer than the threshold answered.
    """
    if campaign.responses_count < campaign.threshold:
        return []
    rows = campaign.comments.filter(review_state__in=Comment.PUBLISHED).select_related("item")
    by_question = groupby(rows.order_by("item__order", "id"), key=lambda comment: comment.item)
    found = [(item, [comment.text for comment in comments]) for item, comments in by_question]
    readable = readable_items(user, campaign, [item.code for item, _texts in found])
    return [(item, texts) for item, texts in found if item.code in readable]


def translated(obj: Model, field: str, language: str) -> str:
    """A translated column by the name of the language, never by who reads; falls back as the settings say."""
    for candidate in (language, *settings.MODELTRANSLATION_FALLBACK_LANGUAGES):
        text = getattr(obj, f"{field}_{candidate}", None)
        if text:
            return str(text)
    return ""


def _summaries_by_item(campaign: Campaign) -> dict[str, dict[str, ItemSummary]]:
    """Item code → group → counts, in the order of the questionnaire."""
    by_item: dict[str, dict[str, ItemSummary]] = {}
    for row in campaign.summaries.select_related("item__section").order_by("item__order", "group_code"):
        by_item.setdefault(row.item.code, {})[row.group_code] = row
    return by_item


def _groups(campaign: Campaign) -> tuple[GroupResult, ...]:
    counted = GroupSummary.objects.filter(campaign=OuterRef("campaign"), group_code=OuterRef("code"))
    declared = list(
        campaign.groups.annotate(responses=Coalesce(Subquery(counted.values("responses")[:1]), 0))
        .order_by("label")
        .values_list("code", "label", "responses")
    )
    if not declared:
        return ()
    labels = {code: label for code, label, _responses in declared}
    sizes = {code: responses for code, _label, responses in declared}
    sizes[NO_GROUP] = campaign.responses_count - sum(sizes.values())
    may = shown_groups(campaign, sizes)
    return tuple(
        GroupResult(code, labels.get(code, ""), size if code in may.shown else None)
        for code, size in sizes.items()
    )


def _item(
    rows: Mapping[str, ItemSummary], campaign: Campaign, hidden_groups: frozenset[str], language: str
) -> ItemResult:
    everybody = rows[EVERYBODY]
    item = everybody.item
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
        figures=_figures(everybody) if everybody.n >= campaign.threshold else SUPPRESSED,
        groups=_group_figures(rows, campaign, hidden_groups),
    )


def _group_figures(
    rows: Mapping[str, ItemSummary], campaign: Campaign, hidden_groups: frozenset[str]
) -> dict[str, Figures]:
    answered = {group: row.n for group, row in rows.items() if group != EVERYBODY}
    if not answered:
        return {}
    answered_in_none = rows[EVERYBODY].n - sum(answered.values())
    may = shown_groups(campaign, answered | {NO_GROUP: answered_in_none}, hidden=hidden_groups)
    return {group: _figures(rows[group]) if group in may.shown else SUPPRESSED for group in answered}


def _figures(row: ItemSummary) -> Figures:
    item = row.item
    distribution = {int(point): count for point, count in row.distribution.items()}
    figures = Figures(
        suppressed=False,
        n=row.n,
        no_answer=row.no_answer,
        distribution=distribution,
        bin_width=statistics.bin_width(Scale(item.points[0], item.points[-1]))
        if item.kind == Item.Kind.NUMBER
        else 1,
        is_behind=row.is_behind,
        computed_at=row.computed_at,
    )
    if item.kind not in Item.ORDERED:
        return figures
    scale = Scale(item.points[0], item.points[-1], item.reverse)
    if item.kind == Item.Kind.NUMBER and row.total is not None and row.middle_sum is not None:
        return replace(
            figures,
            mean=scale.directed(Fraction(row.total, row.n)),
            median=scale.directed(Fraction(row.middle_sum, 2)),
        )
    margin = None
    if row.population is not None and row.favourable_low is not None and row.favourable_high is not None:
        margin = Margin(row.favourable_low, row.favourable_high, row.population)
    return replace(
        figures,
        mean=statistics.mean(distribution, scale),
        median=statistics.median(distribution, scale),
        favourable=None if item.kind == Item.Kind.NUMBER else statistics.favourable(distribution, scale),
        margin=margin,
        is_census=row.population is not None and row.population == row.n,
    )
