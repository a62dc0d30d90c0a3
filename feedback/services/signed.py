"""Answers that are kept with their invitation, once their campaign is closed: from there on as all others."""

from __future__ import annotations

from random import SystemRandom

from feedback.models import Campaign, Comment, Item
from iqas.core.audit import record


def unbundle(campaign: Campaign) -> int:
    """Makes every text of the answers a comment of its own, in random order, and says so in the history; how many answers.

    The campaign is locked by the caller and closed. Only the comments of institutions carry their name. Doing it again
    changes nothing.
    """
    if campaign.mixings_count:
        return 0
    items = {item.code: item for item in Item.objects.filter(version_id=campaign.questionnaire_version_id)}
    named = campaign.mode == Campaign.Mode.ATTRIBUTED
    answers = list(campaign.signed_answers.select_related("invitation"))
    comments = [
        Comment(
            campaign=campaign,
            group_code=answer.invitation.group_code,
            item=items[code],
            text=text,
            partner_id=answer.invitation.partner_id if named else None,
        )
        for answer in answers
        for code, text in answer.comments.items()
    ]
    SystemRandom().shuffle(comments)
    Comment.objects.bulk_create(comments)
    campaign.mixings_count = 1
    campaign.save(update_fields=["mixings_count"])
    record(
        actor=None,
        action="campaign.counted",
        subject=campaign,
        scope=campaign.scope,
        after={"answers": len(answers)},
    )
    return len(answers)
