"""What happens to a learner's own data: correcting it, handing it over, erasing it."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from iqas.core import clock, versions
from iqas.core.access import require
from iqas.core.audit import erase_detail, history, record
from iqas.core.models import AuditEvent
from iqas.core.refusals import RuleViolation
from iqas.organisation.models import University
from microcredentials import erased
from microcredentials.identity import Identity, write_identity
from microcredentials.models import Enrolment, Learner, LearnerStatistics
from microcredentials.services.register import FIELD_OF_KEY, lock_register

KEPT_AFTER_ERASURE = ("sex", "nationality")


@transaction.atomic
def change_learner(
    *, actor: Any, learner: Learner, seen: int, identity: Identity, statistics: dict[str, Any] | None = None
) -> Learner:
    """Corrects identity and statistics. Refuses `StaleVersion`, `erased`, `no-identity` and `taken`.

    The statistics are written, never read back: None or "" leaves what is there.
    """
    lock_register()
    learner = Learner.objects.get(pk=learner.pk)
    require(actor, "learner.edit", learner)
    check_present(learner)
    versions.claim(learner, seen)
    before = {name: getattr(learner, name) for name in Learner.IDENTITY}
    write_identity(learner, {name: getattr(identity, name) for name in Learner.IDENTITY})
    after = {name: getattr(learner, name) for name in Learner.IDENTITY}
    if not identity.keys():
        raise RuleViolation(
            "no-identity", _("An e-mail, an identity document or a student number is needed."), field="email"
        )
    _save_identity(learner)
    said = {name: value for name, value in (statistics or {}).items() if value not in ("", None)}
    if said:
        LearnerStatistics.objects.update_or_create(learner=learner, defaults=said)
    changed = [name for name in after if after[name] != before[name]]
    if changed or said:
        record(
            actor=actor,
            action="learner.changed",
            subject=learner,
            before={name: before[name] for name in changed},
            after={name: after[name] for name in changed} | ({"statistics": sorted(said)} if said else {}),
        )
    return learner


def _save_identity(learner: Learner) -> None:
    """Refuses `taken`, on the field whose value another person has."""
    for name in Learner.KEYS:
        key = getattr(learner, name)
        if key and Learner.objects.filter(**{name: key}).exclude(pk=learner.pk).exists():
            raise RuleViolation("taken", _("Another person has it."), field=FIELD_OF_KEY[name])
    learner.save(update_fields=[*Learner.IDENTITY, *Learner.KEYS, "sort_name", "search_key"])


@transaction.atomic
def export_learner(*, actor: Any, learner: Learner) -> dict[str, Any]:
    """Everything held on the person, what was written about them and their enrolments too (GDPR art. 15 and 20).

    Refuses `erased`.
    """
    learner = Learner.objects.select_related("statistics").get(pk=learner.pk)
    require(actor, "learner.export", learner)
    check_present(learner)
    statistics: LearnerStatistics | None = getattr(learner, "statistics", None)
    enrolments = learner.enrolments.select_related("edition__version", "edition__microcredential").order_by(
        "edition__code"
    )
    told = {
        "exported_at": clock.now().isoformat(),
        "university": University.current().name,
        "person": {name: getattr(learner, name) for name in Learner.IDENTITY}
        | {"registered_at": learner.created_at.isoformat()},
        "statistics": {name: getattr(statistics, name) for name in LearnerStatistics.FIELDS}
        if statistics is not None
        else {},
        "enrolments": [_enrolment(enrolment) for enrolment in enrolments],
        "history": [_event(event) for event in history(learner)],
    }
    record(actor=actor, action="learner.exported", subject=learner)
    return told


def _enrolment(enrolment: Enrolment) -> dict[str, Any]:
    edition = enrolment.edition
    return {
        "edition": edition.code,
        "microcredential": edition.microcredential.code,
        "title": edition.version.title,
        "starts": _day(edition.starts),
        "ends": _day(edition.ends),
        "state": enrolment.state,
        "grade": None if enrolment.grade is None else str(enrolment.grade),
        "enrolled_on": _day(enrolment.enrolled_on),
        "state_on": _day(enrolment.state_on),
        "history": [_event(event) for event in history(enrolment)],
    }


def _event(event: AuditEvent) -> dict[str, Any]:
    """An entry of the history with what was written about it; empty where it was erased."""
    detail = event.detail
    return {
        "at": event.at.isoformat(),
        "action": event.action,
        "before": detail.before,
        "after": detail.after,
        "reason": detail.reason,
    }


def _day(value: Any) -> str | None:
    return None if value is None else value.isoformat()


@transaction.atomic
def erase_learner(*, actor: Any, learner: Learner, reason: str) -> Learner:
    """Removes the identity; the enrolments stay without it, so that no count changes.

    Refuses `erased`, `no-reason`, and `keys-missing` where the key of `microcredentials.erased` was lost.

    Of the statistics only what is counted stays, coarser: sex, nationality and the decade of birth. The texts of the
    audit events on the person and on their enrolments are blanked (LOPDGDD art. 32); the chain still holds. A keyed
    hash of the identifiers stays, so that the next import does not bring the person back.
    """
    lock_register()
    learner = Learner.objects.get(pk=learner.pk)
    require(actor, "learner.erase", learner)
    check_present(learner)
    if not reason.strip():
        raise RuleViolation("no-reason", _("Say why: it stays in the history."), field="reason")
    erased.remember((name, key) for name in Learner.KEYS if (key := getattr(learner, name)))
    write_identity(learner, dict.fromkeys(Learner.IDENTITY, ""))
    learner.erased_at = clock.now()
    learner.version += 1
    learner.save(
        update_fields=[*Learner.IDENTITY, *Learner.KEYS, "sort_name", "search_key", "erased_at", "version"]
    )
    _coarsen(learner)
    for event in history(learner):
        erase_detail(event=event)
    for enrolment in learner.enrolments.all():
        for event in history(enrolment):
            erase_detail(event=event)
    record(actor=actor, action="learner.erased", subject=learner, reason=reason.strip())
    return learner


def _coarsen(learner: Learner) -> None:
    statistics = LearnerStatistics.objects.filter(learner=learner).first()
    if statistics is None:
        return
    for name in LearnerStatistics.FIELDS:
        if name == "birth_year":
            statistics.birth_year = statistics.birth_year and statistics.birth_year // 10 * 10
        elif name not in KEPT_AFTER_ERASURE:
            setattr(statistics, name, "")
    statistics.save()


def check_present(learner: Learner) -> None:
    """Refuses `erased`."""
    if learner.erased_at is not None:
        raise RuleViolation("erased", _("This person was erased: nothing is held on them any more."))
