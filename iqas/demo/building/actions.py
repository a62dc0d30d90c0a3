"""Improvement actions: one overdue, one closed with proof, some under way."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable

from iqas.demo.building.evidence import FRAMEWORK
from iqas.demo.building.world import World
from iqas.demo.content import ActionContent
from iqas.evidence.models import EvidenceVersion
from iqas.frameworks.models import Criterion
from iqas.improvement.models import Action
from iqas.improvement.services import add_action, finish_action, start_action, verify_action

PLANNED_BEFORE = dt.timedelta(days=150)


def build_actions(world: World, contents: Iterable[ActionContent]) -> None:
    """Plans every action: begun half a year ago, then worked on as far as its state says."""
    for content in contents:
        world.at(world.today - PLANNED_BEFORE, _add(world, content))


def _add(world: World, content: ActionContent) -> Callable[[], None]:
    def add() -> None:
        responsible = world.people[content.responsible]
        action = add_action(
            actor=world.quality_of(content.scope),
            scope=world.scopes[content.scope],
            title=content.title,
            cause=content.cause,
            responsible=responsible,
            due=world.today + dt.timedelta(days=content.due),
            follow_up=content.follow_up,
            criterion=Criterion.objects.get(framework__code=FRAMEWORK, code=content.criterion),
        )
        if content.state != "open":
            world.at(world.today - dt.timedelta(days=120), lambda: _start(action))
        if content.state == "verified":
            world.at(world.today - dt.timedelta(days=50), lambda: _finish(world, content, action))

    return add


def _start(action: Action) -> None:
    start_action(actor=action.responsible, action=action)


def _finish(world: World, content: ActionContent, action: Action) -> None:
    proof = EvidenceVersion.objects.filter(
        evidence__scope__path__startswith=world.scopes[content.scope].path,
        evidence__kind__code="assessment-instrument",
        state=EvidenceVersion.State.APPROVED,
    ).first()
    finish_action(actor=action.responsible, action=action, proof=proof, effect="Rúbrica común en uso.")
    world.at(world.today - dt.timedelta(days=40), lambda: _verify(world, action))


def _verify(world: World, action: Action) -> None:
    effect = "La diferencia media entre los dos grupos pasó de 0,9 a 0,2 puntos en la edición siguiente."
    verify_action(actor=world.people["reviewer"], action=action, effect=effect)
