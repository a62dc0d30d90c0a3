"""Pathways: creating and editing them, and their steps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from math import prod
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from iqas.core import versions
from iqas.core.access import require
from iqas.core.audit import record
from iqas.core.codes import next_code
from iqas.core.refusals import RuleViolation
from iqas.core.text import sort_key
from iqas.organisation.models import Centre
from microcredentials import stacking
from microcredentials.models import MicroCredential, Pathway, PathwayStep
from microcredentials.services.checks import store

FIELDS = (
    "name_es",
    "name_en",
    "target",
    "target_name",
    "target_ects",
    "other_ects",
    "replaces_own_title",
    "note",
)
Step = tuple[int, MicroCredential]


@transaction.atomic
def create_pathway(*, actor: Any, centre: Centre, **fields: Any) -> Pathway:
    """A pathway without steps. Refuses `target-ects`, `other-ects` and what the fields refuse."""
    require(actor, "pathway.create", centre)
    pathway = Pathway(centre=centre)
    _apply(pathway, fields)
    pathway.code = next_code("ITI")
    _settle(pathway)
    store(pathway, new=True)
    _record(actor, "pathway.created", pathway, after={"name": pathway.name_es})  # type: ignore[attr-defined]
    return pathway


@transaction.atomic
def edit_pathway(*, actor: Any, pathway: Pathway, seen: int, **fields: Any) -> Pathway:
    """Refuses `StaleVersion` and what `create_pathway` refuses."""
    held = _for_writing(actor, pathway, seen)
    changes = _apply(held, fields)
    _settle(held)
    store(held, fields=[*FIELDS, "sort_name", "search_key"])
    if changes:
        _record(
            actor,
            "pathway.edited",
            held,
            before={name: old for name, (old, _new) in changes.items()},
            after={name: new for name, (_old, new) in changes.items()},
        )
    return held


@transaction.atomic
def replace_steps(*, actor: Any, pathway: Pathway, seen: int, steps: Sequence[Step]) -> Pathway:
    """Save the steps as (number, micro-credential); the same number twice makes alternatives.

    Refuses `StaleVersion`, `step-twice` and `too-many-choices`.
    """
    held = _for_writing(actor, pathway, seen)
    ordered = sorted(steps, key=lambda step: (step[0], step[1].code))
    if len(set(ordered)) < len(ordered):
        raise RuleViolation("step-twice", _("The micro-credential stands twice at this step."))
    numbers = [number for number, _each in ordered]
    if prod(Counter(numbers).values()) > stacking.MOST_COMBINATIONS:
        message = _("The choices make more than %(most)s different pathways: make several of them.")
        raise RuleViolation("too-many-choices", message % {"most": stacking.MOST_COMBINATIONS})
    before = _words(held)
    held.steps.all().delete()
    renumbered = {number: position for position, number in enumerate(dict.fromkeys(numbers), 1)}
    for number, microcredential in ordered:
        store(PathwayStep(pathway=held, number=renumbered[number], microcredential=microcredential), new=True)
    after = _words(held)
    if before != after:
        _record(actor, "pathway.edited", held, before={"steps": before}, after={"steps": after})
    return held


def _for_writing(actor: Any, pathway: Pathway, seen: int) -> Pathway:
    held = Pathway.objects.select_for_update(of=("self",)).select_related("centre__scope").get(pk=pathway.pk)
    require(actor, "pathway.edit", held)
    return versions.claim(held, seen)


def _apply(pathway: Pathway, fields: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    changes = {}
    for name, given in fields.items():
        if name not in FIELDS:
            raise KeyError(name)
        value = given.strip() if isinstance(given, str) else given
        before = getattr(pathway, name)
        if (before or "") != (value or ""):
            changes[name] = (before, value)
        setattr(pathway, name, value)
    return changes


def _settle(pathway: Pathway) -> None:
    """The keys, and what the numbers must keep to, before the database says it without a field."""
    if pathway.target_ects <= 0:
        message = _("The target has more than 0 credits.")
        raise RuleViolation("target-ects", message, field="target_ects")
    if not 0 <= pathway.other_ects <= pathway.target_ects:
        message = _("Credits recognised otherwise are between 0 and those of the plan.")
        raise RuleViolation("other-ects", message, field="other_ects")
    names = [pathway.name_es, pathway.name_en]  # type: ignore[attr-defined]
    pathway.sort_name = sort_key(names[0] or "")[:200]
    pathway.search_key = sort_key(" ".join(filter(None, [pathway.code, *names, pathway.target_name])))


def _words(pathway: Pathway) -> list[str]:
    rows = pathway.steps.select_related("microcredential").order_by("number", "microcredential__code")
    return [f"{row.number}: {row.microcredential.code}" for row in rows]


def _record(actor: Any, action: str, pathway: Pathway, **told: Any) -> None:
    record(actor=actor, action=action, subject=pathway, scope=pathway.centre.scope, **told)
