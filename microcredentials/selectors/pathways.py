"""A pathway with its steps, read once, and what the calculation says about it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Prefetch, QuerySet

from iqas.core.access import allowed
from iqas.core.text import sort_key
from microcredentials import stacking
from microcredentials.models import (
    LearningOutcome,
    MicroCredential,
    MicroCredentialVersion,
    Pathway,
    PathwayStep,
)
from microcredentials.stacking import Piece, Stack


@dataclass(frozen=True)
class Way:
    """A pathway, its steps as pieces, its micro-credentials by key, and its calculation."""

    pathway: Pathway
    steps: tuple[tuple[Piece, ...], ...]
    microcredentials: Mapping[Any, MicroCredential]
    stack: Stack


def listed(user: Any) -> QuerySet[Pathway]:
    """What the person may see, ready for `ways`."""
    visible: QuerySet[Pathway] = allowed(user, "pathway.view")
    return visible.select_related("centre")


def ways(pathways: Iterable[Pathway]) -> list[Way]:
    """Each pathway with its calculation, in two queries whatever their number."""
    wanted = list(pathways)
    rows: dict[UUID, list[PathwayStep]] = defaultdict(list)
    steps = PathwayStep.objects.filter(pathway__in=wanted).select_related("microcredential__current")
    outcomes = LearningOutcome.objects.only("version_id", "text_es", "esco_uri")
    for row in steps.prefetch_related(Prefetch("microcredential__current__outcomes", outcomes)).order_by(
        "number", "microcredential__code"
    ):
        rows[row.pathway_id].append(row)
    return [_way(pathway, rows[pathway.pk]) for pathway in wanted]


def way_of(pathway: Pathway) -> Way:
    return ways([pathway])[0]


def _way(pathway: Pathway, rows: list[PathwayStep]) -> Way:
    steps: dict[int, list[Piece]] = defaultdict(list)
    for row in rows:
        steps[row.number].append(piece_of(row.microcredential))
    pieces = tuple(tuple(steps[number]) for number in sorted(steps))
    return Way(
        pathway,
        pieces,
        {row.microcredential_id: row.microcredential for row in rows},
        stacking.stack(
            pieces,
            target=pathway.target_ects,
            degree=pathway.target == Pathway.Target.DEGREE,
            other=pathway.other_ects,
            replaces_own_title=pathway.replaces_own_title,
        ),
    )


def piece_of(microcredential: MicroCredential) -> Piece:
    """The micro-credential as it is in force."""
    version = microcredential.current
    if version is None:
        return Piece(microcredential.pk, None, state=microcredential.state)
    return Piece(
        microcredential.pk,
        version.ects,
        frozenset(outcome.esco_uri or sort_key(outcome.text_es or "") for outcome in version.outcomes.all()),  # type: ignore[attr-defined]
        microcredential.state,
        version.stackability == MicroCredentialVersion.Stackability.STAND_ALONE,
    )
