"""Minutes of what was spoken with stakeholders and other providers, and what came of each point."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from feedback.models import Consultation, ConsultationPartner, ConsultationPoint
from iqas.core import clock
from iqas.core.access import can, require
from iqas.core.audit import record, record_changes
from iqas.core.codes import next_code
from iqas.core.refusals import RuleViolation
from iqas.core.text import sort_key
from iqas.core.versions import claim
from iqas.frameworks.selectors import assessable
from iqas.improvement.models import Action
from microcredentials.models import Partner

FIELDS = ("kind", "title", "held_on", "scope", "edition", "participants", "summary", "evidence")
LONGEST = 10_000


@transaction.atomic
def create_consultation(*, actor: Any, partners: Collection[Partner] = (), **given: Any) -> Consultation:
    """Write down a meeting, an interview or a visit.

    Refuses `consultation-title`, `consultation-day` (in the future), `consultation-edition` (of another part),
    `consultation-evidence` (not to be seen by the person) and `consultation-values`.
    """
    consultation = Consultation(created_by=actor)
    _set(actor, consultation, given)
    require(actor, "consultation.edit", consultation)
    consultation.code = next_code("M", width=4)
    consultation.save(force_insert=True)
    _take_part(consultation, partners)
    record(
        actor=actor,
        action="consultation.added",
        subject=consultation,
        scope=consultation.scope,
        after=_told(consultation),
    )
    return consultation


@transaction.atomic
def change_consultation(
    *, actor: Any, consultation: Consultation, seen: int, partners: Collection[Partner] = (), **given: Any
) -> Consultation:
    """Refuses what `create_consultation` refuses, and `StaleVersion`."""
    locked = _claimed(actor, consultation, seen)
    before = _told(locked)
    _set(actor, locked, given)
    require(actor, "consultation.edit", locked)
    locked.save(update_fields=[*given, "sort_title"])
    _take_part(locked, partners)
    record_changes(
        actor=actor,
        action="consultation.changed",
        subject=locked,
        scope=locked.scope,
        before=before,
        after=_told(locked),
    )
    return locked


@transaction.atomic
def save_point(
    *,
    actor: Any,
    consultation: Consultation,
    seen: int,
    text: str,
    criterion_code: str = "",
    answer: str = "",
    action: Action | None = None,
    point: UUID | None = None,
) -> ConsultationPoint:
    """A point that was raised, the criterion that it touches, and what came of it; `point` is the one to change.

    `seen` is the version of the consultation. Refuses `point-text`, `point-criterion`, `point-action`, `point-gone` and
    `StaleVersion`.
    """
    locked = _claimed(actor, consultation, seen)
    row = _point(locked, point) if point else ConsultationPoint(consultation=locked)
    row.text, row.answer = _clean(text), _clean(answer)
    if not row.text:
        raise RuleViolation("point-text", _("Write what was raised."), field="text")
    if criterion_code and not assessable().filter(code=criterion_code).exists():
        raise RuleViolation("point-criterion", _("There is no such criterion."), field="criterion_code")
    near = action is None or _is_near(action.scope.path, locked.scope.path)
    if not near:
        raise RuleViolation("point-action", _("This action is of another part."), field="action")
    row.criterion_code, row.action = criterion_code, action
    if point is None:
        last = locked.points.aggregate(last=Max("order"))["last"]
        row.order = 1 if last is None else last + 1
    row.save()
    record(
        actor=actor,
        action="consultation.point_changed" if point else "consultation.point_added",
        subject=locked,
        scope=locked.scope,
        after={
            "criterion": criterion_code,
            "answered": bool(row.answer),
            "action": action.code if action else "",
        },
    )
    return row


@transaction.atomic
def remove_point(*, actor: Any, consultation: Consultation, seen: int, point: UUID) -> None:
    """Refuses `point-gone` and `StaleVersion`."""
    locked = _claimed(actor, consultation, seen)
    _point(locked, point).delete()
    record(actor=actor, action="consultation.point_removed", subject=locked, scope=locked.scope)


def _claimed(actor: Any, consultation: Consultation, seen: int) -> Consultation:
    locked = (
        Consultation.objects.select_related("scope", "edition", "evidence__evidence")
        .select_for_update(of=("self",))
        .get(pk=consultation.pk)
    )
    require(actor, "consultation.edit", locked)
    return claim(locked, seen)


def _point(consultation: Consultation, key: UUID) -> ConsultationPoint:
    found = consultation.points.filter(pk=key).first()
    if found is None:
        raise RuleViolation("point-gone", _("Somebody removed this point in the meantime."))
    return found


def _set(actor: Any, consultation: Consultation, given: dict[str, Any]) -> None:
    unknown = set(given) - set(FIELDS)
    if unknown:
        raise TypeError(f"No fields of a consultation: {sorted(unknown)}")
    had = consultation.evidence_id
    for name, value in given.items():
        setattr(consultation, name, _clean(value) if isinstance(value, str) else value)
    consultation.sort_title = sort_key(consultation.title)[:200]
    if not consultation.title:
        raise RuleViolation("consultation-title", _("Give it a title."), field="title")
    if consultation.held_on > clock.today():
        raise RuleViolation("consultation-day", _("This day is in the future."), field="held_on")
    edition = consultation.edition
    if edition is not None and not edition.microcredential.scope.path.startswith(consultation.scope.path):
        raise RuleViolation("consultation-edition", _("This edition is not of this part."), field="edition")
    proof = consultation.evidence
    if proof is not None and proof.pk != had and not can(actor, "evidence.view", proof.evidence):
        raise RuleViolation("consultation-evidence", _("You do not see this evidence."), field="evidence")
    try:
        consultation.clean_fields(exclude=["code", "created_by", "sort_title"])
    except ValidationError as error:
        raise RuleViolation("consultation-values", "; ".join(error.messages)) from error


def _take_part(consultation: Consultation, partners: Collection[Partner]) -> None:
    links = ConsultationPartner.objects.filter(consultation=consultation)
    links.exclude(partner__in=partners).delete()
    had = set(links.values_list("partner", flat=True))
    ConsultationPartner.objects.bulk_create(
        ConsultationPartner(consultation=consultation, partner=one) for one in partners if one.pk not in had
    )


def _clean(text: str) -> str:
    return text.replace("\x00", "").strip()[:LONGEST]


def _is_near(one: str, other: str) -> bool:
    return one.startswith(other) or other.startswith(one)


def _told(consultation: Consultation) -> dict[str, Any]:
    """For the history: who took part as a person, and what was said, stays out of it."""
    partners = consultation.partners.order_by("code").values_list("code", flat=True)
    return {
        "kind": consultation.kind,
        "title": consultation.title,
        "held_on": consultation.held_on,
        "scope": consultation.scope.code,
        "edition": consultation.edition.code if consultation.edition else "",
        "partners": list(partners),
        "evidence": str(consultation.evidence) if consultation.evidence else "",
    }
