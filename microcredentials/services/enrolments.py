"""Enrolling one person, and recording how it went for some of an edition's learners."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from iqas.core import clock, versions
from iqas.core.access import require
from iqas.core.audit import record
from iqas.core.refusals import RuleViolation
from microcredentials.identity import Identity
from microcredentials.models import Edition, Enrolment
from microcredentials.models.enrolments import STEPS
from microcredentials.services.editions import check_unsigned, locked
from microcredentials.services.enrolment_counts import derive_counts
from microcredentials.services.register import Entry, Register, check_enrolment, lock_register

State = Enrolment.State
OUTSIDE = (State.WITHDRAWN_EARLY, State.RECOGNISED)  # who needs no place
MOST_AT_ONCE = 500
KEEP: Any = object()
"""As it is stored; after a change of state, nothing: grade and date were those of the state before."""


@transaction.atomic
def enrol(
    *,
    actor: Any,
    edition: Edition,
    identity: Identity,
    statistics: dict[str, Any] | None = None,
    enrolled_on: dt.date | None = None,
    at_own_request: bool = False,
) -> Enrolment:
    """Enrols a person, who is recognised by e-mail, document or student number or else becomes a new learner.

    Who was erased may come back, as a new learner, where they ask for it themselves (`at_own_request`). Refuses `full`, `not-open`, `signed`, `closed`, `cancelled`, `enrolled-already`, and what contradicts the register
    (`no-identity`, `two-people`, `other-person`, `other-name`, `missing`, `was-erased`).
    """
    lock_register()
    edition = locked(edition)
    require(actor, "enrolment.edit", edition)
    check_unsigned(edition)
    if edition.places is not None:
        taken = edition.enrolments.exclude(state__in=OUTSIDE).count()
        if taken >= edition.places:
            raise RuleViolation("full", _("All %(places)s places are taken.") % {"places": edition.places})
    register = Register(actor=actor, readmits=at_own_request)
    entry = Entry(1, edition, identity, statistics or {}, enrolled_on=enrolled_on or clock.today())
    written = register.take([entry])
    for problem in register.problems:
        raise RuleViolation(problem.code, problem.message, field=problem.field)
    if written.passed_over:
        raise RuleViolation(
            "was-erased",
            _(
                "This person was erased from the register at their own request. If it is they who ask for this enrolment, confirm that."
            ),
            field="at_own_request",
        )
    if not register.new:
        raise RuleViolation("enrolled-already", _("This person is already enrolled in this edition."))
    (enrolment,) = register.new
    for learner in register.readmitted:
        record(actor=actor, action="learner.readmitted", subject=learner, scope=edition.microcredential.scope)
    _record(actor, edition, enrolment, "enrolment.made", after={"state": enrolment.state})
    return enrolment


@transaction.atomic
def change_states(
    *,
    actor: Any,
    edition: Edition,
    enrolments: Collection[UUID],
    target: str,
    on: dt.date | None = None,
    reason: str = "",
    seen: Mapping[UUID, int] | None = None,
) -> int:
    """Takes these enrolments of the edition to a state, all or none; answers how many changed.

    Those already in it stay as they are. `seen` says which version of some of them the person had before them.
    Refuses `nobody`, `too-many`, `signed`, `closed`, `cancelled`, `stale-version` (naming who was changed since),
    `wrong-state` (naming whom it does not fit), `no-reason` (a correction says why) and what `check_enrolment` does.
    """
    lock_register()
    edition = locked(edition)
    require(actor, "enrolment.edit", edition)
    check_unsigned(edition)
    if not enrolments:
        raise RuleViolation("nobody", _("Choose at least one person."))
    if len(enrolments) > MOST_AT_ONCE:
        raise RuleViolation("too-many", _("Change at most %(most)s at once.") % {"most": MOST_AT_ONCE})
    chosen = list(edition.enrolments.select_related("learner").filter(pk__in=enrolments).order_by("id"))
    _check_seen(chosen, seen or {})
    changed = 0
    for enrolment in chosen:
        if enrolment.state != target:
            enrolment.version += 1
            _change(actor, edition, enrolment, target, on=on, grade=None, reason=reason)
            changed += 1
    if changed:
        derive_counts(actor=actor, editions=[edition.pk])
    return changed


@transaction.atomic
def edit_enrolment(
    *,
    actor: Any,
    enrolment: Enrolment,
    seen: int,
    target: str = "",
    grade: Decimal | None = KEEP,
    enrolled_on: dt.date | None = KEEP,
    state_on: dt.date | None = KEEP,
    reason: str = "",
) -> Enrolment:
    """Saves state, grade and dates of one enrolment; what is not given stays.

    Refuses `StaleVersion` and what `change_states` refuses.
    """
    lock_register()
    edition = locked(enrolment.edition)
    require(actor, "enrolment.edit", edition)
    check_unsigned(edition)
    enrolment = versions.claim(Enrolment.objects.select_related("learner").get(pk=enrolment.pk), seen)
    target = target or enrolment.state
    stays = target == enrolment.state
    if enrolled_on is not KEEP:
        enrolment.enrolled_on = enrolled_on
    if grade is KEEP:
        grade = enrolment.grade if stays else None
    if state_on is KEEP:
        state_on = enrolment.state_on if stays else None
    _change(actor, edition, enrolment, target, on=state_on, grade=grade, reason=reason)
    derive_counts(actor=actor, editions=[edition.pk])
    return enrolment


def _check_seen(chosen: Collection[Enrolment], seen: Mapping[UUID, int]) -> None:
    """Refuses `stale-version`."""
    changed = [str(one.learner) for one in chosen if seen.get(one.pk, one.version) != one.version]
    if changed:
        message = _("Somebody else has changed %(people)s in the meantime: look again before you decide.")
        raise RuleViolation("stale-version", message % {"people": ", ".join(changed)})


def _change(
    actor: Any,
    edition: Edition,
    enrolment: Enrolment,
    target: str,
    *,
    on: dt.date | None,
    grade: Decimal | None,
    reason: str,
) -> None:
    before = {"state": enrolment.state, "grade": enrolment.grade}
    if enrolment.state != target:
        _take_step(enrolment, target, reason)
        on = on or _day_of(target, edition)
    enrolment.grade, enrolment.state_on = grade, on
    check_enrolment(enrolment, edition)
    enrolment.save(update_fields=["state", "grade", "enrolled_on", "state_on", "version"])
    after = {"state": enrolment.state, "grade": enrolment.grade}
    _record(actor, edition, enrolment, "enrolment.changed", before=before, after=after, reason=reason)


def _day_of(target: str, edition: Edition) -> dt.date | None:
    """Today, unless the step belongs to a time that has passed: then nobody has said when."""
    today = clock.today()
    passed = edition.starts is not None and edition.starts <= today
    return None if target == State.WITHDRAWN_EARLY and passed else today


def _take_step(enrolment: Enrolment, target: str, reason: str) -> None:
    declared = {
        step.name: step
        for step in enrolment.get_all_state_transitions()  # type: ignore[attr-defined]
        if step.source == enrolment.state and step.target == target
    }
    step = STEPS[State(target)]
    if step not in declared:
        raise RuleViolation(
            "wrong-state",
            _(
                "%(person)s is %(state)s: from there this does not follow. Take the enrolment back to enrolled first."
            )
            % {"person": enrolment.learner, "state": enrolment.get_state_display()},
        )
    if declared[step].custom.get("asks_reason") and not reason.strip():
        raise RuleViolation("no-reason", _("Say why: it stays in the history."), field="reason")
    getattr(enrolment, step)()


def _record(actor: Any, edition: Edition, enrolment: Enrolment, action: str, **what: Any) -> None:
    record(actor=actor, action=action, subject=enrolment, scope=edition.microcredential.scope, **what)
