"""A proposal as its ten sections: what each lacks, what would make it better, and its rows, read once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from microcredentials import quality, rules
from microcredentials.models import (
    Assessment,
    AwardingBody,
    LearningOutcome,
    MicroCredential,
    MicroCredentialVersion,
    Supporter,
    Teacher,
)
from microcredentials.sections import SECTIONS, Section, section_of
from microcredentials.selectors.design import Design, design_of


@dataclass(frozen=True)
class Parts:
    """A version and all its rows."""

    version: MicroCredentialVersion
    bodies: tuple[AwardingBody, ...]
    outcomes: tuple[LearningOutcome, ...]
    assessments: tuple[Assessment, ...]
    assessed_by: dict[UUID, frozenset[UUID]]  # assessment → the outcomes that it assesses
    supporters: tuple[Supporter, ...]
    teachers: tuple[Teacher, ...]


@dataclass(frozen=True)
class SectionState:
    """Where a section stands: `missing` before approval, then what would make it better."""

    section: Section
    gaps: tuple[rules.Gap, ...]
    warnings: tuple[rules.Gap, ...]

    @property
    def tone(self) -> str:
        return "unmet" if self.gaps else "partly" if self.warnings else "met"


@dataclass(frozen=True)
class Proposal:
    """A version with what its sections lack."""

    design: Design
    parts: Parts

    @property
    def version(self) -> MicroCredentialVersion:
        return self.parts.version

    @property
    def gaps(self) -> list[rules.Gap]:
        return self.design.gaps

    @cached_property
    def warnings(self) -> list[rules.Gap]:
        return quality.warnings(self.parts)

    @cached_property
    def sections(self) -> list[SectionState]:
        return [
            SectionState(
                section,
                tuple(gap for gap in self.gaps if section_of(gap.field) is section),
                tuple(gap for gap in self.warnings if section_of(gap.field) is section),
            )
            for section in SECTIONS
        ]

    @property
    def sections_done(self) -> int:
        return sum(not state.gaps for state in self.sections)


def proposal_of(microcredential: MicroCredential, number: int | None = None) -> Proposal | None:
    """The version with the number, or the draft, or else the version in force."""
    design = design_of(microcredential, number)
    if design is not None and number is None and design.draft not in (None, design.version):
        design = design_of(microcredential, design.draft.number)
    if design is None:
        return None
    version = design.version
    return Proposal(
        design,
        Parts(
            version=version,
            bodies=design.bodies,
            outcomes=design.outcomes,
            assessments=design.assessments,
            assessed_by=design.assessed_by,
            supporters=tuple(version.supporters.select_related("evidence", "partner")),
            teachers=tuple(version.teachers.all()),
        ),
    )
