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

from feedback.models import Campaign, GroupSummary, Item, ItemSummary
from feedback.selectors.comments import published
from feedback.selectors.figures import SUPPRESSED, Counts, Figures, figures_of
from feedback.selectors.published import is_told, shown_groups, tells
from feedback.selectors.readers import readable_items
from feedback.services.summaries import EVERYBODY
from feedback.statistics import MIN_ITEMS_FOR_STRAIGHT_LINE

NO_GROUP = ""


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
    common_code: str
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
    computed_at: dt.datetime | None = None

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
    suppressed = not is_told(campaign)
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
        computed_at=max((rows[EVERYBODY].computed_at for rows in summaries.values()), default=None),
        scaled_items=scaled,
        items=tuple(_item(rows, campaign, hidden, language) for rows in summaries.values()),
        groups=groups,
    )


def shown_comments(campaign: Campaign, user: Any) -> list[tuple[Item, list[str]]]:
    """The comments that a reviewer chose to show, by question, where the person is among those who were named to

    the respondents as readers; none where fewer than the threshold answered.
    """
    if not is_told(campaign):
        return []
    rows = published(campaign).select_related("item")
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
    may = shown_groups(campaign, answered | {NO_GROUP: answered_in_none}, hidden=hidden_groups)
    return {group: _figures(rows[group]) if group in may.shown else SUPPRESSED for group in answered}


def _figures(row: ItemSummary) -> Figures:
    return figures_of(row.item, Counts.of(row))
