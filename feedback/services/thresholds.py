"""Deciding larger minimum groups for some audiences, or for surveys about persons."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from feedback.models import AudienceThreshold
from feedback.selectors.thresholds import decided_thresholds
from iqas.core.access import require
from iqas.core.audit import record
from iqas.core.refusals import RuleViolation
from iqas.organisation.models import University

LARGEST = 100


@transaction.atomic
def set_threshold(*, actor: Any, subject: str, least: int | None) -> None:
    """The minimum group of an audience, or of surveys about persons; None: the usual one. Campaigns that exist keep theirs.

    Refuses `threshold-subject`, and `threshold-least` (smaller than the university's, or over 100).
    """
    require(actor, "threshold.set")
    university = University.objects.select_related("scope").select_for_update(of=("self",)).get()
    if subject not in dict(AudienceThreshold.SUBJECTS):
        raise RuleViolation("threshold-subject", _("There is no such audience."), field="subject")
    if least is not None and not university.threshold <= least <= LARGEST:
        raise RuleViolation(
            "threshold-least",
            _("The minimum group size is between %(least)s, the university's, and 100.")
            % {"least": university.threshold},
            field=f"least_{subject}",
        )
    before = decided_thresholds().get(subject)
    if before == least:
        return
    AudienceThreshold.objects.filter(subject=subject).delete()
    if least is not None:
        AudienceThreshold.objects.create(subject=subject, least=least)
    record(
        actor=actor,
        action="threshold.set",
        subject=university,
        scope=university.scope,
        before={"audience": subject, "threshold": before},
        after={"audience": subject, "threshold": least},
    )
