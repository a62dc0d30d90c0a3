"""A link that anybody may pass on: each press of its button makes a link of one's own. It promises no "once"."""

from __future__ import annotations

from django.core.cache import cache
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from feedback.anonymity.installed import installed_ring
from feedback.anonymity.tokens import token, token_index
from feedback.models import Campaign, Invitation
from feedback.services.submission import takes_answers
from iqas.core import clock
from iqas.core.refusals import RuleViolation

PER_MINUTE = 300  # a lecture hall that begins at once
MOST_UNUSED = 3000
REMEMBERED = 120  # seconds, longer than the minute that is counted


def begin(*, campaign: Campaign) -> str:
    """A new invitation for whoever presses the button; returns its token.

    Refuses `not-open` and `open-link-busy`: too many began in this minute, or never finished. Nothing of the visitor
    is known, so the limit is the campaign's.
    """
    _count_this_minute(campaign)
    ring = installed_ring()
    with transaction.atomic():
        if not Campaign.objects.filter(takes_answers(), pk=campaign.pk, open_link=True).exists():
            raise RuleViolation("not-open", _("This survey does not take answers now."))
        unused = Invitation.objects.filter(campaign=campaign, by_open_link=True, used=False).count()
        if unused >= MOST_UNUSED:
            raise _busy()
        invitation = Invitation(campaign=campaign, by_open_link=True)
        own = token(ring, invitation.pk, bytes(campaign.salt))
        invitation.tok_idx = token_index(ring, own)
        invitation.save(force_insert=True)
    return own


def _count_this_minute(campaign: Campaign) -> None:
    key = f"open-link|{campaign.pk}|{clock.now():%Y%m%d%H%M}"
    cache.add(key, 0, REMEMBERED)
    if cache.incr(key) > PER_MINUTE:
        raise _busy()


def _busy() -> RuleViolation:
    return RuleViolation(
        "open-link-busy", _("Many people are beginning at this moment. Wait a minute and press again.")
    )
