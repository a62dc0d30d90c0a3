"""What campaigns ask of a person."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from feedback.models import Campaign, Complaint, ReplyLink
from feedback.selectors.comments import queue_of
from feedback.selectors.complaints import WAITING, visible
from feedback.selectors.outcomes import awaiting_done
from feedback.services.campaigns import opening_refusal
from feedback.services.invitations import reminder_refusal
from iqas.core import clock
from iqas.core.access import allowed
from iqas.core.worklist import WorkItem, work_source

MOST = 30
ENDING_DAYS = 5
LOW_RATE = 0.5
REVIEW_DAYS = 14


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


@work_source
def complaints_to_answer(user: Any) -> Iterator[WorkItem]:
    """Complaints and suggestions that wait: those of the person, and those of nobody yet."""
    mine = Q(responsible=None) | Q(responsible=user.pk)
    waiting = visible(user, "complaint.answer").filter(mine, state__in=WAITING)
    for complaint in waiting.select_related("scope").order_by("due_on", "code")[:MOST]:
        received = complaint.state == Complaint.State.RECEIVED
        yield WorkItem(
            due=complaint.due_on,
            title=f"{complaint.code} · {complaint.get_kind_display()}",
            url=complaint.get_absolute_url(),
            verb=_("Look into it") if received else _("Answer it"),
            scope_label=complaint.scope.label,
        )


@work_source
def promises_kept(user: Any) -> Iterator[WorkItem]:
    """Published promises whose improvement actions are done: those who were asked do not know it yet."""
    for outcome in awaiting_done(user)[:MOST]:
        yield WorkItem(
            due=None,
            title=str(outcome.campaign),
            url=reverse("feedback:campaign-outcomes", args=[outcome.campaign.code]),
            verb=_("Say what was done"),
            scope_label=outcome.campaign.scope.label,
        )


@work_source
def comments_to_review(user: Any) -> Iterator[WorkItem]:
    """Finished campaigns whose comments wait for a decision, or to be published."""
    asked = ReplyLink.objects.filter(campaign=OuterRef("pk"), closes__gte=clock.today())
    decided = Q(waiting=0) & (Q(held__gt=0) | ~Exists(asked))
    waiting = queue_of(user).filter(Q(waiting__gt=0) | decided, review_closed_at=None)
    for campaign in waiting.select_related("scope").order_by("closes", "code")[:MOST]:
        yield WorkItem(
            due=None if campaign.closes is None else campaign.closes + dt.timedelta(days=REVIEW_DAYS),
            title=str(campaign),
            url=reverse(
                f"feedback:{'comment-review' if campaign.waiting else 'comment-list'}", args=[campaign.code]
            ),
            verb=_("Review the comments") if campaign.waiting + campaign.held else _("Publish the comments"),
            scope_label=campaign.scope.label,
        )
