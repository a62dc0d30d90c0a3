"""What somebody needs to look around in the demonstration: accounts, codes, survey links."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db.models import Count, Q
from django.urls import reverse

from audits.models import Dossier, SelfAssessment
from feedback.anonymity.installed import installed_ring
from feedback.anonymity.tokens import token
from feedback.models import Campaign
from iqas.demo import content
from iqas.demo.accounts import PASSWORDS


def summary() -> dict[str, Any]:
    """The JSON of `manage.py demo --json`: accounts, codes of what was built, unused links of the open survey."""
    told = content.organisation()
    campaign = open_survey()
    return {
        "accounts": [{"role": p.role, "email": p.email, "password": PASSWORDS[p.role]} for p in told.people],
        "centres": [centre.code for centre in told.centres],
        "self_assessment": SelfAssessment.objects.order_by("code").values_list("code", flat=True).first(),
        "dossier": Dossier.objects.order_by("code").values_list("code", flat=True).first(),
        "campaign": campaign.code if campaign else None,
        "survey_links": unused_links(campaign) if campaign else [],
    }


def open_survey() -> Campaign | None:
    """The open campaign with the most links that nobody has used: others may be about to close."""
    unused = Count("invitations", filter=Q(invitations__used=False))
    opened = Campaign.objects.filter(state=Campaign.State.OPEN).annotate(unused=unused)
    return opened.order_by("-unused", "code").first()


def unused_links(campaign: Campaign) -> list[str]:
    """The absolute links of a campaign with which nobody has answered yet, in no telling order."""
    ring = installed_ring()
    salt = bytes(campaign.salt)
    waiting = campaign.invitations.filter(used=False).order_by("pk").values_list("pk", flat=True)
    return [
        settings.BASE_URL + reverse("survey:link-follow", kwargs={"token": token(ring, pk, salt)})
        for pk in waiting
    ]
