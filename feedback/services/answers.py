"""Reading single answers leaves a trace."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from feedback.models import Campaign
from iqas.core.access import require
from iqas.core.audit import record


@transaction.atomic
def note_reading(*, actor: Any, campaign: Campaign) -> None:
    """The history says who read the confidential answers of a campaign, and when."""
    require(actor, "answers.view", campaign)
    record(actor=actor, action="answers.read", subject=campaign, scope=campaign.scope)
