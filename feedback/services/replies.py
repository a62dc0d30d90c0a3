"""The right of reply: before comments are published, a teacher reads what will be shown and answers, for some days."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid5

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from feedback.anonymity.addresses import decrypt_address, encrypt_address
from feedback.anonymity.installed import installed_ring, ring_for_new_links
from feedback.anonymity.tokens import mail_index, reply_token, token_index
from feedback.models import TEACHERS, Campaign, Comment, ReplyLink, TeacherReply
from feedback.selectors.comments import may_be_reviewed
from feedback.selectors.readers import may_read_comments, readers_of
from feedback.selectors.replies import comments_behind, door_of, reply_links_exist, seen_of
from iqas.accounts.models import Role, User
from iqas.core import clock
from iqas.core.access import require
from iqas.core.audit import record
from iqas.core.models import AuditEvent
from iqas.core.refusals import RuleViolation
from iqas.jobs.mail import Mail, send_built
from iqas.jobs.services import Order
from iqas.ui.formats import day

BUILDER = "feedback.reply"
WITHDRAWN = "reply.withdrawn"
LONGEST_DAYS = 60
LONGEST_REPLY = 4000


@transaction.atomic
def invite_reply(
    *,
    actor: Any,
    campaign: Campaign,
    name: str,
    email: str,
    closes: dt.date,
    item_code: str = "",
) -> ReplyLink:
    """Give a teacher a personal link to the comments that will be shown. Until its last day they cannot be published.

    Refuses `not-finished`, `too-few`, `review-closed` (they are published), `reply-early` (decide first),
    `reply-nothing` (no comment will be shown),
    `reply-reader` (respondents were not told that teachers read their comments), `reply-days` and `reply-twice`.
    """
    locked = (
        Campaign.objects.select_related("scope")
        .select_for_update(no_key=True, of=("self",))
        .get(pk=campaign.pk)
    )
    require(actor, "reply.invite", locked)
    today = clock.today()
    if not today <= closes <= today + dt.timedelta(days=LONGEST_DAYS):
        raise RuleViolation(
            "reply-days", _("The last day is from today to %(most)s days on.") % {"most": LONGEST_DAYS},
            field="closes",
        )  # fmt: skip
    ring = ring_for_new_links(links_exist=reply_links_exist())
    known, key = _keys(locked, f"{mail_index(ring, email)}|{item_code}")
    link = ReplyLink(
        pk=key,
        campaign=locked,
        name=name.strip(),
        item_code=item_code,
        opens=today,
        closes=closes,
    )
    _refuse_early(locked, link, email)
    if ReplyLink.objects.filter(pk__in=known).exists():
        raise RuleViolation("reply-twice", _("They were asked already."), field="email")
    link.email_enc = encrypt_address(ring, email, link.pk)
    link.tok_idx = token_index(ring, reply_token(ring, link.pk, bytes(locked.salt)))
    link.save(force_insert=True)
    record(
        actor=actor,
        action="reply.invited",
        subject=locked,
        scope=locked.scope,
        after={"closes": closes, "question": item_code},
    )
    send_built(
        actor=actor,
        builder=BUILDER,
        orders=[Order({"link": str(link.pk)}, str(link.pk), locked.code)],
        scope=locked.scope,
    )
    return link


def _keys(campaign: Campaign, asked: str) -> tuple[list[UUID], UUID]:
    """The keys that a link for this address and question may have, and that of a new one: links that were taken back

    before leave theirs, so that neither their address nor their mail comes to life again.
    """
    withdrawn = AuditEvent.objects.filter(action=WITHDRAWN, object_id=str(campaign.pk)).count()
    keys = [uuid5(campaign.pk, f"{asked}|{times}" if times else asked) for times in range(withdrawn + 1)]
    return keys, keys[-1]


@transaction.atomic
def withdraw_reply(*, actor: Any, link: ReplyLink, reason: str) -> None:
    """Take a link back that should not have been sent: to a wrong address, say. It opens nothing any more, and the

    comments need not wait for it.

    Refuses `reply-written`: what somebody answered is not thrown away, and need not be published.
    """
    locked = _locked(link)
    if locked is None:
        raise RuleViolation("reply-withdrawn", _("The link was taken back already."))
    campaign = locked.campaign
    require(actor, "reply.invite", campaign)
    if locked.replies.exists():
        raise RuleViolation(
            "reply-written", _("Somebody has answered through it. You need not publish what they wrote.")
        )
    record(
        actor=actor,
        action=WITHDRAWN,
        subject=campaign,
        scope=campaign.scope,
        before={"closes": locked.closes, "question": locked.item_code, "read_on": locked.first_read_on},
        reason=reason,
    )
    locked.delete()


def _locked(link: ReplyLink) -> ReplyLink | None:
    """None where it was taken back meanwhile."""
    return (
        ReplyLink.objects.select_for_update(of=("self",))
        .select_related("campaign__scope")
        .filter(pk=link.pk)
        .first()
    )


@transaction.atomic
def note_read(*, link: ReplyLink) -> None:
    """The history says that the comments were read before publication; once, on the day that it happened first."""
    if ReplyLink.objects.filter(pk=link.pk, first_read_on__isnull=True).update(first_read_on=clock.today()):
        record(actor=None, action="reply.read", subject=link.campaign, scope=link.campaign.scope)


@transaction.atomic
def answer(*, link: ReplyLink, seen: str, to_all: str, to_each: Mapping[UUID, str]) -> None:
    """What the teacher answers, to them all and to single comments; an empty text takes a reply back.

    Refuses `reply-over` (not within its days), `reply-changed` (written in another window), `reply-foreign` and
    `reply-long`. A reply that was published is published anew by the quality office once it has changed.
    """
    locked = _locked(link)
    if locked is None or door_of(locked) != "open":
        raise RuleViolation("reply-over", _("The days for a reply are over."))
    if seen != seen_of(locked):
        raise RuleViolation("reply-changed", _("You wrote in another window meanwhile: look at it again."))
    allowed = {comment.pk for comment in comments_behind(locked)}
    if not to_each.keys() <= allowed:
        raise RuleViolation("reply-foreign", _("This comment is not among those that will be shown."))
    texts: dict[UUID | None, str] = {None: to_all.strip()} | {
        key: text.strip() for key, text in to_each.items()
    }
    if any(len(text) > LONGEST_REPLY for text in texts.values()):
        raise RuleViolation(
            "reply-long", _("A reply has at most %(most)s characters.") % {"most": LONGEST_REPLY}
        )
    written = sum(_write(locked, key, text) for key, text in texts.items())
    if written:
        record(
            actor=None,
            action="reply.written",
            subject=locked.campaign,
            scope=locked.campaign.scope,
            after={"replies": locked.replies.count()},
        )


@transaction.atomic
def publish_reply(*, actor: Any, reply: TeacherReply, seen: str, shown: bool) -> None:
    """Show a reply beside the comments, or no longer. `seen` is its text as it was read. Refuses `reply-changed`."""
    locked = (
        TeacherReply.objects.select_for_update(of=("self",))
        .select_related("link__campaign__scope")
        .get(pk=reply.pk)
    )
    campaign = locked.link.campaign
    require(actor, "reply.invite", campaign)
    if locked.text != seen.replace("\r\n", "\n"):
        raise RuleViolation(
            "reply-changed", _("The teacher changed the reply in the meantime: read it again.")
        )
    if locked.is_published != shown:
        locked.is_published = shown
        locked.save(update_fields=["is_published"])
        action = "reply.published" if shown else "reply.hidden"
        record(actor=actor, action=action, subject=campaign, scope=campaign.scope)


def forget_reply_addresses() -> int:
    """An address is needed for its link alone: it goes once the days are over; how many they were."""
    over = ReplyLink.objects.filter(closes__lt=clock.today(), email_enc__isnull=False)
    return over.update(email_enc=None)


def build_mail(*, link: str) -> Mail | None:
    """The mail with the link, made when it is sent; None once its days are over. It holds no comment."""
    found = (
        ReplyLink.objects.filter(pk=UUID(link), email_enc__isnull=False).select_related("campaign").first()
    )
    if found is None or door_of(found) != "open":
        return None
    campaign, ring = found.campaign, installed_ring()
    token = reply_token(ring, found.pk, bytes(campaign.salt))
    with override(campaign.mail_language):
        context = {
            "name": found.name,
            "title": campaign.title,
            "last_day": day(found.closes),
            "action_url": f"{settings.BASE_URL}{reverse('survey:reply-follow', kwargs={'token': token})}",
            "action_label": _now("Read and answer"),
        }
    address = decrypt_address(ring, bytes(found.email_enc or b""), found.pk)
    return Mail(to=address, language=campaign.mail_language, template="teacher_reply", context=context)


def _refuse_early(campaign: Campaign, link: ReplyLink, email: str) -> None:
    if campaign.state != Campaign.State.MIXED:
        raise RuleViolation("not-finished", _("Comments can be reviewed once the campaign is finished."))
    if not may_be_reviewed(campaign):
        raise RuleViolation(
            "too-few", _("Fewer people answered than the minimum group size: nobody reads their comments.")
        )
    if campaign.review_closed_at is not None:
        raise RuleViolation("review-closed", _("The comments are published: it is too late for a reply."))
    readers = readers_of(campaign)
    told = any(row.role in (Role.READER, TEACHERS) for row in readers.of(link.item_code))
    person = User.objects.filter(email__iexact=email, is_active=True).first()
    if not told and (person is None or not may_read_comments(person, campaign, readers, link.item_code)):
        raise RuleViolation(
            "reply-reader",
            _(
                "Those who answered were not told that this person reads their comments. "
                "Name the teaching staff as readers before a campaign opens."
            ),
            field="email",
        )
    undecided = campaign.comments.filter(review_state__in=(Comment.Review.PENDING, Comment.Review.HELD))
    if link.item_code:
        undecided = undecided.filter(item__code=link.item_code)
    if undecided.exists():
        raise RuleViolation("reply-early", _("Decide first which comments will be shown."))
    if not comments_behind(link).exists():
        raise RuleViolation("reply-nothing", _("No comment will be shown: there is nothing to answer."))


def _write(link: ReplyLink, comment: UUID | None, text: str) -> bool:
    stored = link.replies.filter(comment=comment).first()
    if (stored.text if stored else "") == text:
        return False
    if stored is not None and not text:
        stored.delete()
        return True
    reply = stored or TeacherReply(link=link, comment_id=comment)
    reply.text, reply.is_published, reply.written_at = text, False, clock.now()
    reply.save()
    return True
