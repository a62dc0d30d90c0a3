"""What happens to campaigns by themselves, every hour."""

from __future__ import annotations

import structlog
from django.db import transaction
from django.db.models import Count, F

from feedback.anonymity.keys import KeyMissingError
from feedback.anonymity.mixer import Mixing, mix, settle
from feedback.models import Campaign, Draft
from feedback.services import summaries
from feedback.services.campaigns import close_due
from feedback.services.complaints import forget_senders
from feedback.services.invitations import forget_addresses, remind_if_due
from feedback.services.mailing import count_undelivered, send_first_mails
from feedback.services.opening_rules import follow_rules
from feedback.services.replies import forget_reply_addresses
from iqas.core import clock
from iqas.core.refusals import RuleViolation

log = structlog.get_logger(__name__)


def hourly() -> dict[str, Mixing]:
    """Close what is due, mix what waits, make the campaigns that rules ask for, send the mails and reminders that are

    due, forget old addresses and drafts.

    Returns the mixings by campaign code. A campaign whose key is missing does not stop the others: the error is
    raised at the end, so that the job shows it.
    """
    close_due()
    count_undelivered(Campaign.objects.filter(undelivered_count__gt=0).exclude(state=Campaign.State.MIXED))
    mixings: dict[str, Mixing] = {}
    refusals: list[Exception] = []
    running = (Campaign.State.OPEN, Campaign.State.PAUSED, Campaign.State.CLOSED)
    for campaign in Campaign.objects.filter(state__in=running):
        try:
            mixings[campaign.code] = mix(campaign.pk)
        except RuleViolation as refusal:
            log.exception("campaign_not_mixed", campaign=campaign.code, code=refusal.code)
            refusals.append(refusal)
    settle()
    _count_attributed()
    try:
        follow_rules()
    except KeyMissingError as missing:
        log.exception("rules_not_followed")
        refusals.append(missing)
    _send_mails()
    Draft.objects.filter(expires_day__lt=clock.today()).delete()
    forget_addresses()
    forget_reply_addresses()
    forget_senders()
    if refusals:
        raise refusals[0]
    return mixings


def _send_mails() -> None:
    """First mails and reminders in one transaction: no message leaves before all that a person owes is known."""
    with transaction.atomic():
        for campaign in Campaign.objects.filter(state=Campaign.State.OPEN).order_by("closes", "code"):
            send_first_mails(campaign)
            remind_if_due(campaign)


def _count_attributed() -> None:
    """What institutions answer in their own name may be read as it comes in: there is nobody to protect."""
    answered = (
        Campaign.objects.filter(
            mode=Campaign.Mode.ATTRIBUTED, state__in=(Campaign.State.OPEN, Campaign.State.PAUSED)
        )
        .annotate(answered=Count("signed_answers"))
        .exclude(answered=F("responses_count"))
    )
    for campaign in answered:
        summaries.refresh(campaign)
