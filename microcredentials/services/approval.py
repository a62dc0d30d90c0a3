"""From submission to approval: each body's act, returns with reasons, and the freeze at the end of the route."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from iqas.core import clock
from iqas.core.access import can, require
from iqas.core.audit import record
from iqas.core.events import emit
from iqas.core.refusals import RuleViolation
from iqas.evidence.models import EvidenceVersion
from iqas.evidence.services import file_evidence
from iqas.organisation.models import Scope, University
from microcredentials import rules
from microcredentials.models import (
    AnnualProgramme,
    ApprovalAct,
    ApprovalStep,
    Document,
    MicroCredential,
    MicroCredentialVersion,
    Remark,
    Submission,
)
from microcredentials.sections import BY_CODE
from microcredentials.selectors.comparison import approved_before, compare, kind_of_change
from microcredentials.services import writing
from microcredentials.services.checks import store
from microcredentials.services.filing import evidence_of
from microcredentials.services.routes import route_in_force
from microcredentials.workflow import blocked_by

Outcome = ApprovalAct.Outcome


@transaction.atomic
def submit_version(*, actor: Any, version: MicroCredentialVersion, note: str = "") -> Submission:
    """Hand a draft in: from now on it is locked, and the first body is asked.

    Refuses `frozen`, `submitted`, `open-reasons` (of a return), and the first thing that the law asks for and is
    missing, with its article: see `rules.gaps`.
    """
    version = _locked(version)
    require(actor, "approval.submit", version)
    rules.check_editable(version)
    submission = _hand_in(actor, version, note)
    _record(
        actor,
        version,
        "version.submitted",
        {"version": version.number, "change": submission.change},
        reason=note,
    )
    emit("microcredential.submitted", microcredential=version.microcredential, version=version)
    return submission


@transaction.atomic
def record_act(
    *,
    actor: Any,
    submission: Submission,
    step: ApprovalStep,
    outcome: str,
    held_on: dt.date,
    body: str = "",
    document: EvidenceVersion | Document | None = None,
    upload: File[bytes] | None = None,
    conditions: str = "",
    reasons: Mapping[str, str] | None = None,
) -> ApprovalAct:
    """What the body of this step decided. The last favourable act freezes the version; a return unlocks it.

    `reasons` (section → text) belong to a return; a `document` that was made here is filed as evidence. Refuses `own-work`, `not-waiting` (another step is next),
    `future-act`, `act-order`, `no-document`, `no-conditions`, `no-reasons`, `unknown-section`, and a document that the person may not see.
    """
    submission, step = _waiting(submission, step)
    require(actor, step.permission, submission)
    given = {section: text.strip() for section, text in (reasons or {}).items() if text.strip()}
    if outcome == Outcome.RETURNED and not given:
        raise RuleViolation("no-reasons", _("Say in at least one section why it is returned."))
    if unknown := sorted(given.keys() - BY_CODE.keys()):
        raise RuleViolation("unknown-section", _("There is no section %(code)s.") % {"code": unknown[0]})
    if outcome == Outcome.RETURNED:
        conditions = conditions.strip() or str(
            _("Reasons in: %(sections)s.") % {"sections": ", ".join(str(BY_CODE[code]) for code in given)}
        )
    if outcome in (Outcome.CONDITIONS, Outcome.REJECTED) and not conditions.strip():
        raise RuleViolation("no-conditions", _("Say the conditions, or the reasons."), field="conditions")
    _check_date(submission, held_on)
    scope = submission.version.microcredential.scope
    proof = take_document(
        actor=actor,
        scope=scope,
        kind=step.document_kind,
        title=f"{step.name}: {submission.version.microcredential.code} v{submission.version.number}",
        held_on=held_on,
        document=document,
        upload=upload,
    )
    if step.needs_document and proof is None:
        raise RuleViolation("no-document", rules.NO_DOCUMENT, field="document")
    act = _write_act(
        actor, submission, step, outcome, held_on, body=body, document=proof, conditions=conditions
    )
    for section, text in given.items() if outcome == Outcome.RETURNED else ():
        Remark.objects.create(
            version=submission.version,
            section=BY_CODE[section].code,
            act=act,
            text=text,
            author=actor,
            written_at=clock.now(),
        )
    _record(
        actor,
        submission.version,
        "approval.recorded",
        {"step": step.name, "outcome": act.outcome, "body": act.body, "date": held_on},
        reason=conditions,
    )
    _go_on(actor, submission, act)
    return act


@transaction.atomic
def fulfil_conditions(*, actor: Any, act: ApprovalAct, on: dt.date) -> ApprovalAct:
    """Say that the conditions of an act are fulfilled. An approved version that waited for them comes into force.

    Refuses `own-work`, `future-act`, `act-order`, `no-conditions`.
    """
    submission = _submission(act.submission)
    act = ApprovalAct.objects.select_related("step").get(pk=act.pk)
    require(actor, act.step.permission, submission)
    if not act.is_open_condition:
        raise RuleViolation("no-conditions", _("This act has no conditions to fulfil."))
    if on > clock.today():
        raise RuleViolation("future-act", rules.FUTURE_ACT, field="on")
    if on < act.held_on:
        raise RuleViolation("act-order", rules.ACT_TOO_EARLY, field="on")
    act.fulfilled_on, act.fulfilled_by = on, actor
    act.save(update_fields=["fulfilled_on", "fulfilled_by"])
    _record(
        actor, submission.version, "approval.fulfilled", {"step": act.step.name, "date": on}, act.conditions
    )
    if submission.state == Submission.State.APPROVED and _put_in_force(submission):
        _record(actor, submission.version, "version.in-force", {"version": submission.version.number})
    return act


@transaction.atomic
def approve_version(*, actor: Any, version: MicroCredentialVersion, note: str = "") -> MicroCredential:
    """Record in one go an approval that was decided outside: submission and every act, as of today, by `actor`.

    No page offers it: it serves what was approved before the product came, and tests. Refuses `own-work` (who wrote
    it), `imported`, `frozen` (already approved), and the first thing that the law asks for and is missing.
    """
    version = _locked(version)
    require(actor, "microcredential.approve", version)
    if version.is_frozen:
        raise rules.refusal("frozen", rules.FROZEN)
    submission = version.submissions.filter(state=Submission.State.WAITING).first()
    submission = _submission(submission) if submission else _hand_in(actor, version, note)
    done = set(submission.acts.values_list("step_id", flat=True))
    for step in submission.steps.exclude(pk__in=done).order_by("order"):
        _write_act(actor, submission, step, Outcome.FAVOURABLE, clock.today())
    return _approve(actor, submission, note)


def take_document(
    *,
    actor: Any,
    scope: Scope,
    kind: str,
    title: str,
    held_on: dt.date,
    document: EvidenceVersion | Document | None,
    upload: File[bytes] | None,
) -> EvidenceVersion | None:
    """The version of evidence that proves an act: the one chosen, or a new one from the file or the document made here.

    Refuses `two-documents`, `withdrawn-document`, and one that the person may not see.
    """
    if upload is not None and document is not None:
        raise RuleViolation(
            "two-documents", _("Choose a document or upload one, one of the two."), field="document"
        )
    if upload is not None:
        evidence = file_evidence(
            actor=actor,
            scope=scope,
            header={"title": title[:200], "kind": kind},
            version={"date_of_fact": held_on, "upload": upload},
        )
        return evidence.versions.get()
    if isinstance(document, Document):
        return evidence_of(actor=actor, document=document, kind=kind, date_of_fact=held_on)
    if document is None:
        return None
    require(actor, "evidence.view", document.evidence)
    if document.state == EvidenceVersion.State.WITHDRAWN:
        raise RuleViolation("withdrawn-document", _("This document was withdrawn."), field="document")
    return document


def record_programme_act(
    *,
    actor: Any,
    submission: Submission,
    programme: AnnualProgramme,
    held_on: dt.date,
    body: str,
    document: EvidenceVersion | None,
) -> ApprovalAct:
    """The act of the annual programme on one of its versions; refuses as `record_act`, in the caller's transaction."""
    submission = _submission(submission)
    step = submission.waiting_for
    if step is None or not step.by_programme:
        raise RuleViolation(
            "not-waiting",
            _("%(code)s no longer waits for the annual programme.")
            % {"code": submission.version.microcredential.code},
        )
    decision = can(actor, step.permission, submission)
    if not decision:
        raise rules.refusal(decision.code, f"{submission.version.microcredential.code}: {decision.reason}")
    _check_date(submission, held_on)
    act = _write_act(
        actor,
        submission,
        step,
        Outcome.FAVOURABLE,
        held_on,
        body=body,
        document=document,
        programme=programme,
    )
    _record(
        actor,
        submission.version,
        "approval.recorded",
        {
            "step": step.name,
            "outcome": act.outcome,
            "body": act.body,
            "date": held_on,
            "programme": programme.code,
        },
    )
    _go_on(actor, submission, act)
    return act


def _hand_in(actor: Any, version: MicroCredentialVersion, note: str) -> Submission:
    for gap in writing.gaps_of(version):
        raise rules.refusal(gap.code, gap.message, gap.field)
    rules.check_ects(version.ects)
    rules.check_responsible(version.responsible_teacher)
    for need in blocked_by(version, "submit", "stage"):
        raise rules.refusal(need.code, need.reason)
    before, route = approved_before(version), route_in_force()
    change = kind_of_change(compare(before, version) if before else None, route)
    public = University.current().is_public
    steps = [
        step for step in route.steps.all() if change in step.needed_for and (public or not step.public_only)
    ]
    version.submit()
    version.save(update_fields=["stage"])
    submission = Submission.objects.create(
        version=version,
        number=version.submissions.count() + 1,
        change=change,
        waiting_for=steps[0],
        due=clock.today() + dt.timedelta(days=steps[0].days),
        note=note,
        submitted_by=actor,
        submitted_at=clock.now(),
    )
    submission.steps.set(steps)
    return submission


def _write_act(
    actor: Any,
    submission: Submission,
    step: ApprovalStep,
    outcome: str,
    held_on: dt.date,
    *,
    body: str = "",
    document: EvidenceVersion | None = None,
    conditions: str = "",
    programme: AnnualProgramme | None = None,
) -> ApprovalAct:
    act = ApprovalAct(
        submission=submission,
        step=step,
        outcome=outcome,
        held_on=held_on,
        body=body.strip() or step.body,
        document=document,
        conditions=conditions.strip(),
        programme=programme,
        recorded_by=actor,
        recorded_at=clock.now(),
    )
    store(act, new=True)
    return act


def _go_on(actor: Any, submission: Submission, act: ApprovalAct) -> None:
    """After an act: the next body is asked, the version is approved, or its authors have it back."""
    if act.outcome in (Outcome.RETURNED, Outcome.REJECTED):
        _give_back(actor, submission, act)
        return
    done = submission.acts.values("step")
    following = submission.steps.exclude(pk__in=done).order_by("order").first()
    if following is None:
        _approve(actor, submission, act.conditions)
        return
    submission.waiting_for = following
    submission.due = act.held_on + dt.timedelta(days=following.days)
    submission.save(update_fields=["waiting_for", "due"])


def _end(submission: Submission, state: str) -> None:
    submission.state, submission.waiting_for, submission.due = state, None, None
    submission.save(update_fields=["state", "waiting_for", "due"])


def _give_back(actor: Any, submission: Submission, act: ApprovalAct) -> None:
    rejected = act.outcome == Outcome.REJECTED
    _end(submission, Submission.State.REJECTED if rejected else Submission.State.RETURNED)
    version = submission.version
    version.give_back()
    version.save(update_fields=["stage"])
    name = "rejected" if rejected else "returned"
    _record(actor, version, f"version.{name}", {"version": version.number}, act.conditions)
    emit(f"microcredential.{name}", microcredential=version.microcredential, version=version)


def _approve(actor: Any, submission: Submission, note: str) -> MicroCredential:
    """Freeze the version, and make it the one in force unless conditions are open."""
    _end(submission, Submission.State.APPROVED)
    version = submission.version
    microcredential = version.microcredential
    version.approve()
    version.approved_at, version.approved_by, version.approval_note = clock.now(), actor, note
    version.save(update_fields=["stage", "approved_at", "approved_by", "approval_note"])
    before = {"state": microcredential.state}
    if microcredential.state == MicroCredential.State.DRAFT:
        microcredential.approve()
        microcredential.save(update_fields=["state"])
    _put_in_force(submission)
    record(
        actor=actor,
        action="version.approved",
        subject=microcredential,
        scope=microcredential.scope,
        before=before,
        after={"state": microcredential.state, "version": version.number},
        reason=note,
    )
    emit("microcredential.approved", microcredential=microcredential, version=version)
    return microcredential


def _put_in_force(submission: Submission) -> bool:
    """The version of the submission is what is offered from now on, once its conditions are fulfilled; whether it came to be.

    The first version is in force from its draft on: publishing waits for its conditions. An older one never comes back.
    """
    version = submission.version
    microcredential = version.microcredential
    in_force = microcredential.current
    if in_force is not None and in_force.number >= version.number:
        return False
    if submission.acts.filter(outcome=Outcome.CONDITIONS, fulfilled_on__isnull=True).exists():
        return False
    microcredential.current = version
    microcredential.save(update_fields=["current"])
    writing.keep_keys(version)
    return True


def _check_date(submission: Submission, held_on: dt.date) -> None:
    if held_on > clock.today():
        raise RuleViolation("future-act", rules.FUTURE_ACT, field="held_on")
    if submission.acts.filter(held_on__gt=held_on).exists():
        raise RuleViolation("act-order", rules.ACT_TOO_EARLY, field="held_on")


def _locked(version: MicroCredentialVersion) -> MicroCredentialVersion:
    microcredential = (
        MicroCredential.objects.select_for_update(of=("self",))
        .select_related("scope", "centre")
        .get(pk=version.microcredential_id)
    )
    version = MicroCredentialVersion.objects.select_related("responsible_teacher").get(pk=version.pk)
    version.microcredential = microcredential
    return version


def _submission(submission: Submission) -> Submission:
    version = _locked(submission.version)
    found = Submission.objects.select_related("waiting_for").get(pk=submission.pk)
    found.version = version
    return found


def _waiting(submission: Submission, step: ApprovalStep) -> tuple[Submission, ApprovalStep]:
    submission = _submission(submission)
    if submission.waiting_for is None or submission.waiting_for.pk != step.pk:
        raise RuleViolation(
            "not-waiting", _("This step is not the next one, or its act is already recorded.")
        )
    return submission, submission.waiting_for


def _record(
    actor: Any, version: MicroCredentialVersion, action: str, after: Mapping[str, Any], reason: str = ""
) -> None:
    microcredential = version.microcredential
    record(
        actor=actor,
        action=action,
        subject=microcredential,
        scope=microcredential.scope,
        after={
            name: value if isinstance(value, int | dt.date) else str(value) for name, value in after.items()
        },
        reason=reason,
    )
