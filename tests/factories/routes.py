"""Approval routes of the tests: what ships, under a code of the university's own, with what a test changes."""

from __future__ import annotations

from typing import Any

from iqas.core.packs import read_pack
from microcredentials import packs
from microcredentials.packs.schema import RoutePack
from microcredentials.selectors.routes import as_yaml

SHIPPED = read_pack(packs.FOLDER / "university.yaml", RoutePack)[0]


def own_route(*, without: tuple[str, ...] = (), **changes: Any) -> RoutePack:
    """`without`: codes of steps that it does not have."""
    plain = SHIPPED.model_dump(mode="json") | {"code": "OWN"}
    plain["steps"] = [step for step in plain["steps"] if step["code"] not in without]
    return RoutePack.model_validate(plain | changes)


def own_text(*, days: int = 20) -> str:
    """The file of a route whose centre has so many days."""
    return as_yaml(own_route()).replace("days: 20", f"days: {days}")
