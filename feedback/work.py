"""What campaigns ask of a person."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from feedback.models import Campaign
from feedback.services.campaigns import opening_refusal
from feedback.services.invitations import reminder_refusal
from iqas.core import clock
from iqas.core.access import allowed
from iqas.core.worklist import WorkItem, work_source

MOST = 30
ENDING_DAYS = 5
LOW_RATE = 0.5


@work_source
def campaigns_to_open(user: Any) -> Iterator[WorkItem]:
    """Prepared campaigns whose first day is near or past: open them, or invite people first."""
    soon = clock.today() + dt.timedelta(days=7)
    prepared = allowed(user, "campaign.open").filter(state=Campaign.State.DRAFT, opens__lte=soon)
    for campaign in prepared.select_related("scope").order_by("opens")[:MOST]:
        ready = opening_refusal(campaign) is None
        page = "campaign-open" if ready else "campaign-detail"
        yield WorkItem(
            due=campaign.opens,
            title=str(campaign),
            url=reverse(f"feedback:{page}", args=[campaign.code]),
            verb=_("Open the campaign") if ready else _("Prepare"),
            scope_label=campaign.scope.label,
        )


@work_source
def people_to_remind(user: Any) -> Iterator[WorkItem]:
    """Campaigns that end soon, were answered by fewer than half, and may still send a reminder."""
    last_day = clock.today() + dt.timedelta(days=ENDING_DAYS)
    ending = allowed(user, "campaign.invite").filter(
        state=Campaign.State.OPEN, closes__lte=last_day, closes__gte=clock.today()
    )
    for campaign in ending.select_related("scope").order_by("closes")[:MOST]:
        answered = campaign.invitations.filter(used=True).count()
        if answered < LOW_RATE * campaign.invited_count and reminder_refusal(campaign) is None:
            yield WorkItem(
                due=campaign.closes,
                title=str(campaign),
                url=reverse("feedback:campaign-remind", args=[campaign.code]),
                verb=_("Send a reminder"),
                scope_label=campaign.scope.label,
            )
