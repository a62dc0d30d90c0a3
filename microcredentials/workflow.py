"""State machines that say why a step is blocked: conditions carry their reason."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Model
from django.utils.functional import Promise

Holds = Callable[[Any], bool]


@dataclass(frozen=True)
class Needs:
    """A condition of a transition, callable as django-fsm wants it, with the sentence shown where it fails."""

    code: str
    holds: Holds
    reason: str | Promise
    mend: str = ""
    """Name of the page (without the app) where a person can mend it."""

    def __call__(self, instance: Any) -> bool:
        return self.holds(instance)


def transitions_from(instance: Model, field: str = "state") -> list[Any]:
    """The transitions declared from the present state, possible or blocked, in the order of their declaration."""
    declared = getattr(instance, f"get_all_{field}_transitions")()
    return [step for step in declared if step.source == getattr(instance, field)]


def blocked_by(instance: Model, name: str, field: str = "state") -> list[Needs]:
    """The unmet conditions of a transition from the present state."""
    for step in transitions_from(instance, field):
        if step.name == name:
            return [need for need in step.conditions if not need(instance)]
    return []


def leads_on(instance: Model, name: str) -> bool:
    """Whether the transition starts in the present state at all."""
    return any(step.name == name for step in transitions_from(instance))
