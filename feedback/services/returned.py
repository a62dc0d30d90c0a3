"""Mail that came back after the server had taken it: addresses marked by hand, or from the notices of mail servers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from feedback.anonymity.installed import ring_for_visits
from feedback.anonymity.tokens import mail_index
from feedback.models import Campaign, Invitation
from feedback.selectors.survey import links_exist
from feedback.services.mailing import count_undelivered
from iqas.core.access import allowed, require
from iqas.core.audit import record
from iqas.core.refusals import RuleViolation

CHUNK = 500


@transaction.atomic
def mark_returned(*, actor: Any, addresses: Iterable[str]) -> int:
    """Nothing more is sent to these addresses about the surveys that the person invites to (the terminal: about all).

    Returns how many of them are invited somewhere. Whoever answered is marked as well, so that no number tells who did.
    The history of each campaign keeps how many. Refuses `nobody` (no address).
    """
    wanted = {address.strip().lower() for address in addresses}
    if not wanted:
        raise RuleViolation("nobody", _("There is no address in the list."), field="addresses")
    if actor is not None:
        require(actor, "campaign.invite")
    ring = ring_for_visits(links_exist=links_exist)
    if ring is None:
        return 0
    reached = allowed(actor, "campaign.invite") if actor is not None else Campaign.objects.all()
    indexes = sorted(mail_index(ring, address) for address in wanted)
    known: set[str] = set()
    marked: Counter[Any] = Counter()
    for start in range(0, len(indexes), CHUNK):
        found = Invitation.objects.filter(mail_idx__in=indexes[start : start + CHUNK], campaign__in=reached)
        known.update(found.values_list("mail_idx", flat=True))
        new = found.filter(undelivered=False)
        marked.update(new.values_list("campaign", flat=True))
        new.update(undelivered=True)
    _count(actor, marked)
    return len(known)


def _count(actor: Any, marked: Counter[Any]) -> None:
    campaigns = Campaign.objects.filter(pk__in=marked)
    locked = campaigns.select_related("scope").select_for_update(no_key=True, of=("self",)).order_by("pk")
    for campaign in locked:
        record(
            actor=actor,
            action="campaign.returned",
            subject=campaign,
            scope=campaign.scope,
            after={"returned": marked[campaign.pk]},
        )
    count_undelivered(campaigns)
