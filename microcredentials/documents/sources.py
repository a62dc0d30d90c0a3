"""What the builders of documents are handed: rows read once by `selectors.documents`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from iqas.frameworks.models import Criterion
    from iqas.organisation.models import University
    from microcredentials.models import (
        AnnualProgramme,
        Edition,
        EditionReport,
        Incident,
        MicroCredential,
        MicroCredentialVersion,
    )
    from microcredentials.selectors.counts import ShownCounts
    from microcredentials.selectors.editions import TermChange
    from microcredentials.selectors.process import Process
    from microcredentials.selectors.proposal import Proposal


@dataclass(frozen=True)
class VersionSource:
    """A version with everything that its documents tell of it."""

    university: University
    microcredential: MicroCredential
    proposal: Proposal
    process: Process
    principles: tuple[Criterion, ...]  # Annex II of Council Recommendation 2022/C 243/02, as its pack says
    dimensions: tuple[Criterion, ...]  # the four of ANECA's framework document
    editions: tuple[Edition, ...]  # those that somebody may still enter


@dataclass(frozen=True)
class EditionSource:
    """An edition with its filed report; its counts hide small groups already."""

    university: University
    edition: Edition
    report: EditionReport
    counts: ShownCounts | None
    incidents: tuple[Incident, ...]
    terms: tuple[TermChange, ...]
    design_changes: tuple[str, ...]
    before: Edition | None


@dataclass(frozen=True)
class ProgrammeEntry:
    """A version that an annual programme puts before the governing body, and the labels of what it changes."""

    version: MicroCredentialVersion
    change: str
    changed: tuple[str, ...]


@dataclass(frozen=True)
class ProgrammeSource:
    """An annual programme: what is new in it or changed, and what goes on as it is; both by centre and title."""

    university: University
    programme: AnnualProgramme
    entries: tuple[ProgrammeEntry, ...]
    continues: tuple[MicroCredentialVersion, ...]
