"""Improvement actions: begun with a plan, done only with proof, closed by a second person."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from iqas.core import clock, versions
from iqas.core.access import can, require
from iqas.core.audit import record, record_changes
from iqas.core.codes import next_code
from iqas.core.events import emit
from iqas.core.refusals import RuleViolation
from iqas.core.text import sort_key
from iqas.evidence.models import EvidenceVersion
from iqas.improvement.models import Action

if TYPE_CHECKING:
    from iqas.frameworks.models import Criterion
    from iqas.organisation.models import Scope

PLAN = ("title", "cause", "criterion", "responsible", "due", "follow_up")


@transaction.atomic
def add_action(
    *,
    actor: Any,
    scope: Scope,
    title: str,
    cause: str,
    responsible: Any,
    due: dt.date,
    follow_up: str,
    criterion: Criterion | None = None,
    origin_code: str = "",
) -> Action:
    """A new open action with the minimum content of BOE-A-2022-3710, Protocol, point 2.

    `origin_code` is what it comes from: a self-assessment, a finding, a campaign. Refuses what lacks one of them,
    and `responsible-outside`: somebody who cannot see the action.
    """
    require(actor, "improvement.add", scope)
    action = Action(
        code=next_code("A", width=4),
        scope=scope,
        title=title.strip(),
        sort_title=sort_key(title),
        cause=cause.strip(),
        criterion=criterion,
        responsible=responsible,
        due=due,
        follow_up=follow_up.strip(),
        origin_code=origin_code,
        created_by=actor,
        created_at=clock.now(),
    )
    _check(action)
    action.save(force_insert=True)
    record(actor=actor, action="improvement.added", subject=action, scope=scope, after=_plan(action))
    return action


@transaction.atomic
def change_action(*, actor: Any, action: Action, seen_version: int, **changes: Any) -> Action:
    """Saves the plan of an action that is still open. Refuses `StaleVersion` and what `add_action` refuses."""
    held = _locked(action)
    require(actor, "improvement.change", held)
    versions.claim(held, seen_version)
    unknown = set(changes) - set(PLAN)
    if unknown:
        raise TypeError(f"No fields of the plan: {sorted(unknown)}")
    before = _plan(held)
    for field, value in changes.items():
        setattr(held, field, value.strip() if isinstance(value, str) else value)
    held.sort_title = sort_key(held.title)
    _check(held)
    held.save(update_fields=[*PLAN, "sort_title"])
    record_changes(
        actor=actor,
        action="improvement.changed",
        subject=held,
        scope=held.scope,
        before=before,
        after=_plan(held),
    )
    return held


@transaction.atomic
def start_action(*, actor: Any, action: Action) -> Action:
    """Work has begun. Refuses `not-open`."""
    held = _locked(action)
    require(actor, "improvement.work", held)
    if held.state == Action.State.IN_PROGRESS:
        return held
    held.start()
    return _moved(held, actor, "improvement.started", "open")


@transaction.atomic
def finish_action(*, actor: Any, action: Action, proof: EvidenceVersion | None, effect: str = "") -> Action:
    """Carried out, with the evidence that proves it; a second person verifies it.

    Refuses `proof-missing` and `proof-withdrawn`, and an evidence that the actor cannot see.
    """
    held = _locked(action)
    require(actor, "improvement.work", held)
    if proof is None:
        raise RuleViolation(
            "proof-missing", _("An action is done only with its proof: choose the evidence."), field="proof"
        )
    proof = EvidenceVersion.objects.select_related("evidence__scope").get(pk=proof.pk)
    require(actor, "evidence.view", proof.evidence)
    if proof.state == EvidenceVersion.State.WITHDRAWN:
        raise RuleViolation("proof-withdrawn", _("That version was withdrawn."), field="proof")
    before = held.state
    held.finish()
    held.proof = proof
    held.effect = effect.strip()
    held.done_by = actor
    held.done_at = clock.now()
    return _moved(held, actor, "improvement.done", before, proof=str(proof), effect=held.effect)


@transaction.atomic
def verify_action(*, actor: Any, action: Action, effect: str = "") -> Action:
    """Closes the action. `effect` is what changed, where it was not written down before.

    Refuses `own-work` to whoever is responsible or carried it out, `proof-not-approved` and `effect-missing`.
    """
    held = _locked(action)
    require(actor, "improvement.verify", held)
    if held.proof is None or held.proof.state != EvidenceVersion.State.APPROVED:
        raise RuleViolation(
            "proof-not-approved", _("The proof is not approved. Approve it, or send the action back.")
        )
    held.effect = effect.strip() or held.effect
    if not held.effect:
        raise RuleViolation("effect-missing", _("Say what changed, measured as foreseen."), field="effect")
    held.verify()
    held.verified_by = actor
    held.verified_at = clock.now()
    _moved(held, actor, "improvement.verified", "done", proof=str(held.proof), effect=held.effect)
    emit("improvement.verified", action=held)
    return held


@transaction.atomic
def send_back_action(*, actor: Any, action: Action, reason: str) -> Action:
    """The proof does not show that it was carried out; work goes on. Refuses `reason-missing`."""
    held = _locked(action)
    require(actor, "improvement.verify", held)
    reason = _reason(reason, _("Say what the proof lacks."))
    held.send_back()
    held.done_by = None
    held.done_at = None
    return _moved(held, actor, "improvement.sent-back", "done", reason=reason)


@transaction.atomic
def cancel_action(*, actor: Any, action: Action, reason: str) -> Action:
    """It will not be carried out. Refuses `not-open` and `reason-missing`."""
    held = _locked(action)
    require(actor, "improvement.cancel", held)
    held.cancel_reason = _reason(reason, _("Say why the action is cancelled."))
    before = held.state
    held.cancel()
    return _moved(held, actor, "improvement.cancelled", before, reason=held.cancel_reason)


def _locked(action: Action) -> Action:
    return (
        Action.objects.select_for_update(of=("self",))
        .select_related("scope", "criterion", "responsible", "proof__evidence")
        .get(pk=action.pk)
    )


def _moved(action: Action, actor: Any, event: str, before: str, *, reason: str = "", **facts: str) -> Action:
    versions.claim(action, action.version)
    action.save(
        update_fields=[
            "state",
            "proof",
            "effect",
            "done_by",
            "done_at",
            "verified_by",
            "verified_at",
            "cancel_reason",
        ]
    )
    record(
        actor=actor,
        action=event,
        subject=action,
        scope=action.scope,
        before={"state": before},
        after={"state": action.state, **facts},
        reason=reason,
    )
    return action


def _reason(reason: str, demand: Any) -> str:
    if not reason.strip():
        raise RuleViolation("reason-missing", demand, field="reason")
    return reason.strip()


def _check(action: Action) -> None:
    try:
        action.full_clean(
            exclude=["scope", "code", "state", "responsible", "criterion", "created_by", "proof"]
        )
    except ValidationError as error:
        field, messages = next(iter(error.message_dict.items()))
        raise RuleViolation("invalid", messages[0], field=field) from error
    if not can(action.responsible, "improvement.view", action):
        raise RuleViolation(
            "responsible-outside",
            _("%(person)s has no role that reaches this action.") % {"person": action.responsible},
            field="responsible",
        )


def _plan(action: Action) -> dict[str, Any]:
    return {
        "title": action.title,
        "cause": action.cause,
        "criterion": str(action.criterion) if action.criterion else "",
        "responsible": str(action.responsible_id),
        "due": action.due,
        "follow_up": action.follow_up,
    }
