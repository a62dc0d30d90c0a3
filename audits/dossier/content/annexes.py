"""The annexes: the actions that the report led to, and how it came about day by day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from audits.dossier.content.translated import Json, day


@dataclass(frozen=True, slots=True)
class Action:
    code: str
    title: str
    cause: str
    criterion: str
    responsible: str
    due: date | None
    follow_up: str
    state: str
    proof: str
    effect: str
    overdue: bool


@dataclass(frozen=True, slots=True)
class Step:
    """One dated line of the chronology."""

    on: date
    kind: str
    who: str


@dataclass(frozen=True, slots=True)
class SurveyResult:
    """What one campaign found out, by the hash of everything that may be published of it."""

    campaign: str
    edition: str
    responses: int
    sha256: str


def read_action(row: Json) -> Action:
    return Action(
        code=row["code"],
        title=row["title"],
        cause=row["cause"],
        criterion=row["criterion"],
        responsible=row["responsible"],
        due=day(row["due"]),
        follow_up=row["follow_up"],
        state=row["state"],
        proof=row["proof"],
        effect=row["effect"],
        overdue=row["overdue"],
    )


def read_step(row: Json) -> Step:
    return Step(on=date.fromisoformat(row["on"]), kind=row["kind"], who=row["who"])


def read_survey_result(row: Json) -> SurveyResult:
    return SurveyResult(
        campaign=row["campaign"], edition=row["edition"], responses=row["responses"], sha256=row["sha256"]
    )
