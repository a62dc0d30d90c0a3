"""Offering a micro-credential to the public, ceasing for a while, and ceasing for ever."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from iqas.core import clock
from iqas.core.access import require
from iqas.core.audit import record
from iqas.core.events import emit
from iqas.core.refusals import RuleViolation
from iqas.evidence.models import EvidenceVersion
from microcredentials import rules
from microcredentials.models import MicroCredential, StandingAct
from microcredentials.services.approval import take_document
from microcredentials.services.checks import store
from microcredentials.services.routes import route_in_force
from microcredentials.workflow import blocked_by, leads_on, transitions_from

Step = StandingAct.Step
PERMISSIONS = {
    "publish": "microcredential.publish",
    "suspend": "microcredential.suspend",
    "resume": "microcredential.suspend",
    "extinguish": "microcredential.suspend",
}


@transaction.atomic
def change_standing(
    *,
    actor: Any,
    microcredential: MicroCredential,
    step: str,
    on: dt.date,
    reason: str = "",
    body: str = "",
    document: EvidenceVersion | None = None,
    upload: File[bytes] | None = None,
    conditions: str = "",
) -> MicroCredential:
    """Take one step: `publish`, `suspend`, `resume` or `extinguish`, as of the day `on`; it is kept as an act.

    The body is the one that governs the route in force, where none is named. Refuses `wrong-state`, the first unmet
    condition (`acts-missing` with its article, `open-conditions`), `no-reason` (but for publishing), `future-act`,
    a day before that of the present state (`act-order`), `no-document` (of an extinction), and a document that the
    person may not see.
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
        if step == Step.PUBLISH and microcredential.state == MicroCredential.State.DRAFT:
            raise rules.refusal("acts-missing", rules.ACTS_MISSING)
        raise RuleViolation("wrong-state", _("This step does not follow from the present state."))
    if step != Step.PUBLISH and not reason.strip():
        raise RuleViolation("no-reason", _("Say why."), field="reason")
    if on > clock.today():
        raise RuleViolation("future-act", rules.FUTURE_ACT, field="on")
    if microcredential.state_on is not None and on < microcredential.state_on:
        raise RuleViolation("act-order", rules.ACT_TOO_EARLY, field="on")
    if step == Step.EXTINGUISH and document is None and upload is None:
        raise RuleViolation("no-document", rules.NO_DOCUMENT, field="document")
    act = StandingAct(
        microcredential=microcredential,
        number=microcredential.standing_acts.count() + 1,
        step=step,
        held_on=on,
        body=body.strip() or ("" if step == Step.PUBLISH else governing_body()),
        document=take_document(
            actor=actor,
            scope=microcredential.scope,
            kind="approval",
            title=f"{Step(step).label.capitalize()}: {microcredential.code}",
            held_on=on,
            document=document,
            upload=upload,
        ),
        reason=reason.strip(),
        conditions=conditions.strip(),
        recorded_by=actor,
        recorded_at=clock.now(),
    )
    event = next(found for found in transitions_from(microcredential) if found.name == step).custom["event"]
    before = {"state": microcredential.state}
    getattr(microcredential, step)()
    microcredential.state_on, microcredential.state_reason = on, act.reason
    microcredential.save(update_fields=["state", "state_on", "state_reason"])
    store(act, new=True)
    told = {"body": act.body, "conditions": act.conditions, "document": act.document and act.document.label}
    record(
        actor=actor,
        action=event,
        subject=microcredential,
        scope=microcredential.scope,
        before=before,
        after={"state": microcredential.state, "date": on}
        | {name: said for name, said in told.items() if said},
        reason=act.reason,
    )
    emit(event, microcredential=microcredential)
    return microcredential


def governing_body() -> str:
    """The body that governs what is offered, by the route in force."""
    step = route_in_force().steps.filter(permission="approval.govern").first()
    return step.body if step is not None else str(_("Governing body"))
