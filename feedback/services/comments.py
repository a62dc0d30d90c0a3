"""Reviewing what people wrote: nobody reads a comment on a results page before a reviewer chose to show it."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from feedback.models import Campaign, Comment
from iqas.core.access import require
from iqas.core.audit import record
from iqas.core.refusals import RuleViolation


@transaction.atomic
def decide(*, actor: Any, comment: Comment, show: bool) -> Comment:
    """Shows a comment on the results page, or withholds it; the decision can be changed.

    Refuses `not-finished` while answers are still being mixed: every mixing gives comments new places. The event names
    the decision, never the text.
    """
    locked = (
        Comment.objects.select_for_update(of=("self",)).select_related("campaign__scope").get(pk=comment.pk)
    )
    require(actor, "comment.review", locked.campaign)
    if locked.campaign.state != Campaign.State.MIXED:
        raise RuleViolation("not-finished", _("Comments can be reviewed once the campaign is finished."))
    before, after = locked.review_state, Comment.Review.SHOWN if show else Comment.Review.WITHHELD
    if before == after:
        return locked
    locked.review_state = after
    locked.save(update_fields=["review_state"])
    record(
        actor=actor,
        action="comment.reviewed",
        subject=locked,
        scope=locked.campaign.scope,
        before={"review": before},
        after={"review": after},
    )
    return locked
