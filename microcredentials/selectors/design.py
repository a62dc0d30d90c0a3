"""A version with all that belongs to it, read once."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

from django.db.models import F, QuerySet

from iqas.core.access import allowed
from microcredentials import completeness, rules
from microcredentials.models import (
    Assessment,
    AwardingBody,
    LearningOutcome,
    MicroCredential,
    MicroCredentialVersion,
)


def design_but_title(prefix: str = "") -> tuple[str, ...]:
    """What a queryset may `defer` of a version where it is only named: its long texts, in all languages, and its terms."""
    return tuple(f"{prefix}{name}" for name in _but_title())


@cache
def _but_title() -> tuple[str, ...]:
    kept = ("id", "microcredential", "number", "responsible_name")
    names = (field.name for field in MicroCredentialVersion._meta.fields)
    return tuple(name for name in names if name not in kept and not name.startswith("title"))


@dataclass(frozen=True)
class Design:
    """One version, its parts, what is missing before approval, and the versions that it stands among."""

    version: MicroCredentialVersion
    bodies: tuple[AwardingBody, ...]
    outcomes: tuple[LearningOutcome, ...]
    assessments: tuple[Assessment, ...]
    assessed_by: dict[UUID, frozenset[UUID]]  # assessment → the outcomes that it assesses
    gaps: list[rules.Gap]
    versions: tuple[MicroCredentialVersion, ...]  # all of the micro-credential

    @property
    def places_of_issue(self) -> tuple[str, ...]:
        return completeness.places_of_issue(self.version, self.bodies)

    @property
    def draft(self) -> MicroCredentialVersion | None:
        """The next version, where one was begun."""
        return next((version for version in self.versions if not version.is_frozen), None)


def listed(user: Any) -> QuerySet[MicroCredential]:
    """What the person may see, with what a row of the list shows."""
    visible: QuerySet[MicroCredential] = allowed(user, "microcredential.view")
    return visible.select_related("centre", "current")


def design_of(microcredential: MicroCredential, number: int | None = None) -> Design | None:
    """The version in force, or that with the number (None where there is no such version)."""
    versions = {
        version.number: version
        for version in microcredential.versions.select_related("responsible_teacher", "approved_by")
    }
    if number is not None:
        version = versions.get(number)
    else:
        version = next((v for v in versions.values() if v.pk == microcredential.current_id), None)
    if version is None:
        return None
    version.microcredential = microcredential
    assessments, assessed_by = _assessments(version)
    bodies = tuple(version.awarding_bodies.select_related("agreement"))
    outcomes = tuple(version.outcomes.all())
    return Design(
        version=version,
        bodies=bodies,
        outcomes=outcomes,
        assessments=assessments,
        assessed_by=assessed_by,
        gaps=rules.gaps(
            version,
            bodies=bodies,
            outcomes=outcomes,
            assessments=assessments,
            assessed=frozenset().union(*assessed_by.values()),
        ),
        versions=tuple(versions.values()),
    )


def _assessments(
    version: MicroCredentialVersion,
) -> tuple[tuple[Assessment, ...], dict[UUID, frozenset[UUID]]]:
    """The assessments in their order, and which outcomes each assesses, in one statement."""
    found: dict[Assessment, set[UUID]] = defaultdict(set)
    for row in version.assessments.annotate(outcome=F("outcomes__pk")):
        found[row] |= {row.outcome} - {None}
    return tuple(found), {row.pk: frozenset(outcomes) for row, outcomes in found.items()}
