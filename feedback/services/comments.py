"""Reviewing what people wrote: nobody else reads a comment before a reviewer publishes those of its campaign, all at once.

Until then every decision can be undone, and teachers may be asked to reply; publishing closes the review and destroys
what was withheld and the originals of redactions. Events name decisions, never texts.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from feedback.marking import marks_of
from feedback.models import Campaign, Comment, Complaint
from feedback.selectors.comments import (
    REMOVED,
    Progress,
    all_seen_of,
    may_be_reviewed,
    progress_of,
    seen_of,
)
from feedback.selectors.complaints import WAITING, case_key
from feedback.selectors.replies import last_reply_day
from feedback.services import complaints
from iqas.core import clock
from iqas.core.access import require
from iqas.core.audit import record
from iqas.core.refusals import RuleViolation
from iqas.jobs.services import enqueue
from iqas.ui.formats import day

FORGET_KIND = "feedback.forget_originals"
SHOW, REDACT, HOLD, WITHHOLD, UNDO = "show", "redact", "hold", "withhold", "undo"
STATES: Mapping[str, str] = {
    SHOW: Comment.Review.SHOWN,
    REDACT: Comment.Review.REDACTED,
    HOLD: Comment.Review.HELD,
    WITHHOLD: Comment.Review.WITHHELD,
    UNDO: Comment.Review.PENDING,
}
REASONS: Mapping[str, Promise] = {
    "names": _("It names a person"),
    "recognisable": _("The writer could be recognised"),
    "insult": _("It insults somebody"),
    "case": _("It is handled as a case of its own"),
    "empty": _("It says nothing"),
}


@transaction.atomic
def decide(
    *, actor: Any, comment: Comment, decision: str, seen: str, text: str = "", reason: str = ""
) -> Comment:
    """Show a comment, show it with passages removed, hold it back for now, withhold it, or take that back.

    `seen` is `selectors.comments.seen_of` of what the reviewer read. Refuses `comment-changed` (somebody decided
    meanwhile), `not-finished` and `too-few` (nobody may read them), `review-closed`, `reason-missing` (of withholding),
    and of a redaction `redaction-empty`, `redaction-same` and `redaction-adds`: it only removes words.
    """
    locked = _reviewed(actor, comment, seen)
    if decision not in STATES:
        raise RuleViolation("decision-unknown", _("Choose what becomes of the comment."))
    if reason not in ("", *REASONS) or (decision == WITHHOLD and not reason):
        raise RuleViolation("reason-missing", _("Say why it is withheld."), field="reason")
    before = locked.review_state
    original = locked.original or locked.text
    if decision == REDACT:
        locked.text, locked.original = _redacted(original, text), original
    else:
        locked.text, locked.original = original, ""
    locked.review_state = STATES[decision]
    locked.decision_reason = reason if decision in (HOLD, WITHHOLD) else ""
    locked.decided_on = None if decision == UNDO else clock.today()
    locked.marks = marks_of(locked.text)
    locked.save(update_fields=["text", "original", "review_state", "decision_reason", "decided_on", "marks"])
    record(
        actor=actor,
        action="comment.reviewed",
        subject=locked,
        scope=locked.campaign.scope,
        before={"review": before},
        after={"review": locked.review_state, "reason": locked.decision_reason},
    )
    return locked


@transaction.atomic
def flag(*, actor: Any, comment: Comment, urgent: bool, seen: str) -> Comment:
    """Mark a comment as urgent (somebody may be in danger or was harmed): it becomes a case, and the person named for

    safeguarding is told, without its text. Or take that back. Refuses as `decide`, and `case-open`.
    """
    locked = _reviewed(actor, comment, seen)
    if locked.is_urgent == urgent:
        return locked
    locked.is_urgent = urgent
    locked.save(update_fields=["is_urgent"])
    record(
        actor=actor,
        action="comment.urgent" if urgent else "comment.not_urgent",
        subject=locked,
        scope=locked.campaign.scope,
        after={"urgent": urgent},
    )
    if urgent:
        complaints.open_case(actor=actor, comment=locked)
    else:
        complaints.drop_case(actor=actor, comment=locked)
    return locked


@transaction.atomic
def publish_comments(*, actor: Any, campaign: Campaign, seen: str | None = None) -> Campaign:
    """Let the readers read what is shown, all of the campaign at once, and close its review.

    One release a campaign is the batch of at least k answers (surveys.md §4.9): what is shown one by one could be told
    apart by its day. What was withheld and the originals of redactions are destroyed, everywhere they are kept.

    `seen` is `selectors.comments.all_seen_of` of what the reviewer confirmed (None: nobody looked). Refuses `not-finished`,
    `too-few`, `review-closed`, `comment-changed` (somebody decided meanwhile), `comments-waiting` while some are undecided or
    held back, `reply-open` while a teacher may still reply, and `urgent-open` while the case of an urgent one is not answered.
    """
    locked = reviewed_campaign(actor=actor, campaign=campaign)
    progress = progress_of(locked)
    _refuse_unready(locked, progress, seen)
    redacted = locked.comments.filter(review_state=Comment.Review.REDACTED)
    withheld = locked.comments.filter(review_state=Comment.Review.WITHHELD)
    if locked.is_signed:
        _forget_in_answers(locked, [*redacted.select_related("item"), *withheld.select_related("item")])
    destroyed = {"originals": redacted.update(original=""), "withheld": withheld.update(text="", marks=[])}
    locked.review_closed_at = clock.now()
    locked.save(update_fields=["review_closed_at"])
    record(
        actor=actor,
        action="campaign.reviewed",
        subject=locked,
        scope=locked.scope,
        after={"comments": progress.total, **destroyed},
    )
    enqueue(actor=None, kind=FORGET_KIND, payload={}, idem_key=str(locked.pk), scope=locked.scope)
    return locked


def _refuse_unready(campaign: Campaign, progress: Progress, seen: str | None) -> None:
    if seen is not None and seen != all_seen_of(campaign):
        raise RuleViolation(
            "comment-changed", _("Somebody decided about comments in the meantime: look at them again.")
        )
    if progress.waiting or progress.held:
        raise RuleViolation(
            "comments-waiting",
            _("%(waiting)s comments wait for a decision and %(held)s are held back: decide them first.")
            % {"waiting": progress.waiting, "held": progress.held},
        )
    until = last_reply_day(campaign)
    if until is not None:
        raise RuleViolation(
            "reply-open",
            _("Teachers may reply until %(day)s: the comments can be published afterwards.")
            % {"day": day(until)},
        )
    _refuse_open_cases(campaign)


def _refuse_open_cases(campaign: Campaign) -> None:
    urgent = campaign.comments.filter(is_urgent=True).values_list("pk", flat=True)
    keys = [case_key(key) for key in urgent]
    waiting = Complaint.objects.filter(pk__in=keys, state__in=WAITING).values_list("code", flat=True)
    if waiting:
        raise RuleViolation(
            "urgent-open",
            _("Urgent comments are still being looked into: %(codes)s.") % {"codes": ", ".join(waiting)},
        )


def reviewed_campaign(*, actor: Any, campaign: Campaign) -> Campaign:
    """The campaign, locked, where the person may review its comments now. Refuses as `decide`. Needs a transaction."""
    locked = (
        Campaign.objects.select_related("scope")
        .select_for_update(no_key=True, of=("self",))
        .get(pk=campaign.pk)
    )
    require(actor, "comment.review", locked)
    if locked.state != Campaign.State.MIXED:
        raise RuleViolation("not-finished", _("Comments can be reviewed once the campaign is finished."))
    if not may_be_reviewed(locked):
        raise RuleViolation(
            "too-few", _("Fewer people answered than the minimum group size: nobody reads their comments.")
        )
    if locked.review_closed_at is not None:
        raise RuleViolation("review-closed", _("The review is closed: its decisions stay."))
    return locked


def _reviewed(actor: Any, comment: Comment, seen: str) -> Comment:
    """The comment, locked with its campaign, where it may be decided and is what the reviewer saw."""
    campaign = reviewed_campaign(actor=actor, campaign=comment.campaign)
    locked = Comment.objects.select_for_update(of=("self",)).select_related("item").get(pk=comment.pk)
    locked.campaign = campaign
    if seen != seen_of(locked):
        raise RuleViolation(
            "comment-changed", _("Somebody decided this comment in the meantime: look at it again.")
        )
    return locked


def _redacted(original: str, text: str) -> str:
    """The text with passages removed; it puts no word into anybody's mouth."""
    told = text.replace("\r\n", "\n").strip()
    if not told.replace(REMOVED, "").strip():
        raise RuleViolation("redaction-empty", _("Nothing is left of it: withhold it."), field="text")
    if told == original.strip():
        raise RuleViolation("redaction-same", _("Nothing was removed: show it."), field="text")
    words = iter(re.findall(r"\w+", original))
    if not all(word in words for word in re.findall(r"\w+", told.replace(REMOVED, " "))):
        raise RuleViolation(
            "redaction-adds",
            _("A redaction only removes: put %(sign)s where something stood, and add no word.")
            % {"sign": REMOVED},
            field="text",
        )
    return told


def _forget_in_answers(campaign: Campaign, comments: Collection[Comment]) -> None:
    """An answer that is kept with its invitation keeps its texts too: what was removed from them goes there as well."""
    after: dict[tuple[str, str], str] = {
        (comment.item.code, comment.original or comment.text): comment.text if comment.original else ""
        for comment in comments
    }
    for answer in campaign.signed_answers.select_for_update():
        kept = {code: after.get((code, text), text) for code, text in answer.comments.items()}
        if kept != answer.comments:
            answer.comments = {code: text for code, text in kept.items() if text}
            answer.save(update_fields=["comments"])
