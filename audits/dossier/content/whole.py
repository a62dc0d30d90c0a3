"""The whole dossier, read from one snapshot in one language."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from audits.dossier.content.annexes import (
    Action,
    Step,
    SurveyResult,
    read_action,
    read_step,
    read_survey_result,
)
from audits.dossier.content.chapters import Bookbinder, Chapter, Level, Part, read_levels
from audits.dossier.content.cover import Framework, Logo, Seal, read_framework, read_logo
from audits.dossier.content.exhibits import Exhibit, read_exhibit
from audits.dossier.content.indicators import Indicator, read_indicators
from audits.dossier.content.translated import Json, Translated

SNAPSHOT_SCHEMA = "iqas/snapshot/2"
READABLE_SCHEMAS = ("iqas/snapshot/1", SNAPSHOT_SCHEMA)  # 2 added the logo and the hashes of survey results


class SnapshotUnreadable(ValueError):
    """The JSON is not a snapshot of a version that this program knows."""


@dataclass(frozen=True, slots=True)
class Content:
    """The whole dossier, ready to print."""

    seal: Seal
    title: str
    text_language: str
    university: str
    logo: Logo | None
    centre_code: str
    centre: str
    self_assessment: str
    year: str
    years: tuple[str, ...]
    framework: Framework
    scale_title: str
    levels: tuple[Level, ...]
    introduction: str
    chronology: tuple[Step, ...]
    parts: tuple[Part, ...]
    indicators: tuple[Indicator, ...]
    actions: tuple[Action, ...]
    exhibits: tuple[Exhibit, ...]
    survey_results: tuple[SurveyResult, ...]
    frozen_at: datetime
    frozen_by: str
    snapshot_sha256: str
    chain_seq: int
    chain_hash: str
    threshold: int
    chapters: tuple[Chapter, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(
            self, "chapters", tuple(chapter for part in self.parts for chapter in part.chapters)
        )


def read_snapshot(snapshot: Json, *, sha256: str, seal: Seal) -> Content:
    """The content of `snapshot` in the seal's language; refuses JSON of a schema that it does not know."""
    if snapshot.get("schema") not in READABLE_SCHEMAS:
        raise SnapshotUnreadable(
            f"expected {' or '.join(READABLE_SCHEMAS)}, found {snapshot.get('schema')!r}"
        )
    text = Translated(seal.language)
    assessed, frozen = snapshot["self_assessment"], snapshot["frozen"]
    levels = read_levels(snapshot["scale"], text)
    indicators = read_indicators(snapshot["indicators"], seal.language)
    exhibits = tuple(map(read_exhibit, snapshot["evidence"]))
    bookbinder = Bookbinder(
        criteria=tuple(snapshot["criteria"]),
        levels={level.code: level for level in levels},
        indicators={indicator.code: indicator for indicator in indicators},
        exhibits={(exhibit.code, exhibit.number): exhibit for exhibit in exhibits},
        text=text,
    )
    return Content(
        seal=seal,
        title=assessed["title"],
        text_language=assessed["language"],
        university=snapshot["university"]["name"],
        logo=read_logo(snapshot["university"]),
        centre_code=snapshot["centre"]["code"],
        centre=text(snapshot["centre"], "name"),
        self_assessment=assessed["code"],
        year=assessed["year"],
        years=tuple(snapshot["years"]),
        framework=read_framework(snapshot["framework"], text),
        scale_title=text(snapshot["scale"], "title"),
        levels=levels,
        introduction=assessed["introduction"],
        chronology=tuple(map(read_step, snapshot["chronology"])),
        parts=bookbinder.parts(),
        indicators=indicators,
        actions=tuple(map(read_action, snapshot["actions"])),
        exhibits=exhibits,
        survey_results=tuple(map(read_survey_result, snapshot.get("survey_results", ()))),
        frozen_at=datetime.fromisoformat(frozen["at"]),
        frozen_by=frozen["by"],
        snapshot_sha256=sha256,
        chain_seq=frozen["chain_seq"],
        chain_hash=frozen["chain_hash"],
        threshold=snapshot["university"]["threshold"],
    )
