"""What a teacher reads before it is published, and what was answered."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass
from typing import Any, Literal

from django.db.models import Q, QuerySet

from feedback.anonymity.installed import ring_for_visits
from feedback.anonymity.tokens import token_index
from feedback.models import Campaign, Comment, ReplyLink, TeacherReply
from feedback.selectors.comments import may_be_reviewed, published
from feedback.selectors.readers import readable_items
from feedback.selectors.survey import links_exist
from iqas.core import clock

Door = Literal["early", "open", "over"]


@dataclass(frozen=True)
class Answerable:
    """A comment and what the teacher answered to it so far."""

    comment: Comment
    reply: str


def find_link(token: str) -> ReplyLink | None:
    """The link behind a token, whatever its days; None where there is none."""
    if not token:
        return None
    ring = ring_for_visits(links_exist=reply_links_exist)
    if ring is None:
        return None
    links = ReplyLink.objects.select_related("campaign__scope", "campaign__questionnaire_version")
    return links.filter(tok_idx=token_index(ring, token)).first()


def reply_links_exist() -> bool:
    """Whether links of either kind are in use, so that their keys must be there."""
    return links_exist() or ReplyLink.objects.exists()


def door_of(link: ReplyLink) -> Door:
    today = clock.today()
    if today < link.opens:
        return "early"
    return "open" if today <= link.closes else "over"


def last_reply_day(campaign: Campaign) -> dt.date | None:
    """Until when a teacher may still reply to comments of the campaign; None where nobody may."""
    days = campaign.reply_links.filter(closes__gte=clock.today()).values_list("closes", flat=True)
    return max(days, default=None)


def comments_behind(link: ReplyLink) -> QuerySet[Comment]:
    """What will be shown to the readers, and nothing else; of one question where the link says so."""
    if not may_be_reviewed(link.campaign):
        return Comment.objects.none()
    shown = link.campaign.comments.filter(review_state__in=Comment.PUBLISHED)
    if link.item_code:
        shown = shown.filter(item__code=link.item_code)
    return shown.select_related("item").order_by("item__order", "id")


def answerable(link: ReplyLink) -> tuple[str, list[Answerable]]:
    """What was answered to them all, and each comment with its reply."""
    replies = {reply.comment_id: reply.text for reply in link.replies.all()}
    rows = [Answerable(comment, replies.get(comment.pk, "")) for comment in comments_behind(link)]
    return replies.get(None, ""), rows


def seen_of(link: ReplyLink) -> str:
    """What a change of the replies starts from."""
    told = "|".join(f"{r.comment_id}:{r.text}" for r in link.replies.order_by("comment", "pk"))
    return hashlib.sha256(told.encode()).hexdigest()[:32]


def links_of(campaign: Campaign) -> list[ReplyLink]:
    return list(campaign.reply_links.prefetch_related("replies__comment__item"))


def published_replies(campaign: Campaign, user: Any) -> list[TeacherReply]:
    """What teachers answered, where it was published, to comments that this reader may see."""
    if campaign.review_closed_at is None:
        return []
    rows = list(
        TeacherReply.objects.filter(
            Q(comment=None) | Q(comment__in=published([campaign])), link__campaign=campaign, is_published=True
        ).select_related("link", "comment__item")
    )
    codes = {row.comment.item.code if row.comment else row.link.item_code for row in rows}
    asked = {code for code in codes if code}
    readable = readable_items(user, campaign, asked)
    return [row for row in rows if (row.comment.item.code if row.comment else "") in {"", *readable}]
