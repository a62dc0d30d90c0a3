"""Offering a micro-credential to the public, ceasing for a while, and ceasing for ever."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from iqas.core import clock
from iqas.core.access import require
from iqas.core.audit import record
from iqas.core.events import emit
from iqas.core.refusals import RuleViolation
from microcredentials import rules
from microcredentials.models import MicroCredential
from microcredentials.workflow import blocked_by, leads_on, transitions_from

PERMISSIONS = {
    "publish": "microcredential.publish",
    "suspend": "microcredential.suspend",
    "resume": "microcredential.suspend",
    "extinguish": "microcredential.suspend",
}


@transaction.atomic
def change_standing(
    *, actor: Any, microcredential: MicroCredential, step: str, on: dt.date, reason: str = ""
) -> MicroCredential:
    """Take one step: `publish`, `suspend`, `resume` or `extinguish`, as of the day `on`.

    Refuses `wrong-state`, the first unmet condition (`acts-missing` with its article, `open-conditions`),
    `no-reason` (but for publishing), `future-act`, and a day before that of the present state.
    """
    microcredential = (
        MicroCredential.objects.select_for_update(of=("self",))
        .select_related("scope", "current")
        .get(pk=microcredential.pk)
    )
    require(actor, PERMISSIONS[step], microcredential)
    for need in blocked_by(microcredential, step):
        raise rules.refusal(need.code, need.reason)
    if not leads_on(microcredential, step):
        if step == "publish" and microcredential.state == MicroCredential.State.DRAFT:
            raise rules.refusal("acts-missing", rules.ACTS_MISSING)
        raise RuleViolation("wrong-state", _("This step does not follow from the present state."))
    if step != "publish" and not reason.strip():
        raise RuleViolation("no-reason", _("Say why."), field="reason")
    if on > clock.today():
        raise RuleViolation("future-act", rules.FUTURE_ACT, field="on")
    if microcredential.state_on is not None and on < microcredential.state_on:
        raise RuleViolation("act-order", rules.ACT_TOO_EARLY, field="on")
    declared = next(found for found in transitions_from(microcredential) if found.name == step)
    before = {"state": microcredential.state}
    getattr(microcredential, step)()
    microcredential.state_on, microcredential.state_reason = on, reason.strip()
    microcredential.save(update_fields=["state", "state_on", "state_reason"])
    event = declared.custom["event"]
    record(
        actor=actor,
        action=event,
        subject=microcredential,
        scope=microcredential.scope,
        before=before,
        after={"state": microcredential.state, "date": on},
        reason=reason,
    )
    emit(event, microcredential=microcredential)
    return microcredential
