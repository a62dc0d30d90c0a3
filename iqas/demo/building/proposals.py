"""The proposals: what each design says beyond its identity, and a next version that is still being written."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

from iqas.demo.building.world import World
from iqas.demo.content import MicroCredentialContent, ProposalContent, proposals
from microcredentials.models import MicroCredential, MicroCredentialVersion
from microcredentials.services.proposals import begin_version, edit_version
from microcredentials.services.writing import Body, Outcome, Support, Teaching, rows_of

HOURS_PER_ECTS = 25
AS_WRITTEN = (
    "languages",
    "calendar",
    "resources",
    "places_min",
    "places",
    "price",
    "cost",
    "budget",
    "stackability",
    "stacks_into",
    "sustainability",
    "sdgs",
)
STILL_WRITTEN = "comercio"  # its learners are less and less content: the design is being renewed
BEGUN = dt.timedelta(days=12)


def design_of(content: MicroCredentialContent) -> dict[str, Any]:
    """The fields of the version that the proposal fills."""
    told = proposals()[content.key]
    return {name: getattr(told, name) for name in AS_WRITTEN} | {
        "summary_es": told.summary,
        "need": told.need or content.need,
        "target_groups_es": told.target_groups,
        "contents_es": "\n".join(told.contents),
        "methods_es": told.methods,
        "selection_es": told.selection,
        "hours_per_ects": HOURS_PER_ECTS,
    }


def rows_written(content: MicroCredentialContent, proposed: dt.date) -> dict[str, list[Any]]:
    """Who stands behind the need, and who teaches."""
    told = proposals()[content.key]
    return {
        "supporters": [
            Support(name, said, proposed - dt.timedelta(days=9 * number))
            for number, (name, said) in enumerate(told.supporters, 1)
        ],
        "teachers": [Teaching(*row) for row in told.teachers],
    }


def weight_of(content: MicroCredentialContent, position: int, among: int) -> int | None:
    """The weight of an assessment: as written, or all equal where that comes out even."""
    told: ProposalContent = proposals()[content.key]
    if told.weights:
        return told.weights[position]
    return 100 // among if 100 % among == 0 else None


def renew(world: World, microcredential: MicroCredential) -> None:
    """Begins the next version and leaves it half written: an outcome without assessment, weights that do not add up."""

    def begin() -> None:
        writer = world.coordinator_of("FCEE")
        microcredential.refresh_from_db()
        draft = begin_version(actor=writer, microcredential=microcredential)
        rewrite(writer, draft)

    world.at(world.today - BEGUN, begin, hour=11)


def rewrite(writer: Any, draft: MicroCredentialVersion) -> None:
    rows = rows_of(draft, names=("outcomes", "assessments"))
    edit_version(
        actor=writer,
        version=draft,
        seen=draft.version,
        rows={
            "outcomes": [
                *rows["outcomes"],
                Outcome({"text_es": "Mide qué anuncios traen ventas y cuáles no"}),
            ],
            "assessments": [replace(row, weight=30) for row in rows["assessments"]],
            "awarding_bodies": [Body(row.name, True) for row in draft.awarding_bodies.all()]
            + [Body("Universidad de Valdehoz")],
            "supporters": [],
        },
        hours=150,
        selection_es="",
    )
