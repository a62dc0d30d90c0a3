"""What may be told of answers: one decision for pages, charts, spreadsheets, documents, the API, commands and indicators.

1. A campaign tells something from `threshold` counted answers on; else only how many took part.
2. A question tells something from `threshold` answers on. The threshold is for persons, never for one bar.
3. A predeclared group tells something where it is large enough and no smaller one is left when it is subtracted
   (`core.disclosure`); one grouping at a time, so that groups cannot be crossed. An empty one is hidden as well: it may
   have been dissolved when the campaign was mixed, and nothing tells it from one in which nobody answered.
4. What stands above a campaign (edition, micro-credential, centre, university, year, audience) is a sum of what is told
   of campaigns one by one. It can be worked out from what is published already, so that subtracting it from anything
   published leaves no group that was not shown. What is not told of a campaign is in no sum.
5. In time the counted rows move by a threshold of answers or not at all (`services.summaries`).
Where institutions answer in their own name there is no threshold.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.db.models import F, Q, QuerySet

from feedback.models import Campaign, ItemSummary
from feedback.services.summaries import EVERYBODY
from iqas.core.disclosure import Disclosure, suppress

FINISHED = (Campaign.State.CLOSED, Campaign.State.MIXED)
TOLD = Q(campaign__responses_count__gte=F("campaign__threshold"), n__gte=F("campaign__threshold"))


def is_told(campaign: Campaign) -> bool:
    """Whether any figure of the campaign, and any comment, may be shown."""
    return campaign.responses_count >= campaign.threshold


def tells(campaign: Campaign, answers: int) -> bool:
    """Whether the figures of a question may be shown that so many answered."""
    return is_told(campaign) and answers >= campaign.threshold


def shown_groups(
    campaign: Campaign, sizes: Mapping[str, int], hidden: Collection[str] = frozenset()
) -> Disclosure[str]:
    """Which groups of one partition of its people may be published. Where institutions answer in their own name, all."""
    if campaign.mode == Campaign.Mode.ATTRIBUTED:
        return Disclosure(shown=frozenset(sizes), hidden=frozenset(), total_shown=True)
    return suppress(sizes, threshold=campaign.threshold, hidden=hidden)


def told_groups(
    campaign: Campaign, answered: Mapping[str, int], hidden: Collection[str] = frozenset()
) -> frozenset[str]:
    """The groups of which answers may be told ("" are those in none). Where names are given none is ever dissolved."""
    shown = shown_groups(campaign, answered, hidden).shown
    if campaign.mode == Campaign.Mode.ATTRIBUTED:
        return shown
    return frozenset(group for group in shown if answered[group] or not group)


def told_rows() -> QuerySet[ItemSummary]:
    """The counted rows of whole campaigns that are over, of which sums above them are made."""
    return ItemSummary.objects.filter(TOLD, group_code=EVERYBODY, campaign__state__in=FINISHED)
