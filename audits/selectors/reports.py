"""A report as its pages show it while it is being written."""

from __future__ import annotations

from dataclasses import dataclass

from audits.dossier.content import Indicator, read_indicators
from audits.models import CriterionAssessment, SelfAssessment
from audits.selectors import measurements
from audits.selectors.completeness import Completeness, Gap
from audits.selectors.snapshot import years_of
from iqas.core import clock
from iqas.evidence.models import Citation
from iqas.evidence.selectors import citations_of, freshness, newer_than


@dataclass(frozen=True, slots=True)
class Progress:
    """One line of the report's page: how far one criterion is."""

    row: CriterionAssessment
    state: str
    evidence: int
    gaps: tuple[Gap, ...]


@dataclass(frozen=True, slots=True)
class Cited:
    """A citation with how its version stands today, and the number of a newer version where there is one."""

    citation: Citation
    freshness: str
    newer: int | None


def progress_of(assessment: SelfAssessment, completeness: Completeness) -> list[Progress]:
    """Every criterion with its rating, the count of its evidence and its gaps."""
    counts: dict[object, int] = {}
    for citation in citations_of(assessment.code):
        counts[citation.criterion_id] = counts.get(citation.criterion_id, 0) + 1
    rows = assessment.criteria.select_related("criterion__parent", "rating", "self_assessment").order_by(
        "criterion__order"
    )
    return [
        Progress(
            row=row,
            state=_state(row),
            evidence=counts.get(row.criterion_id, 0),
            gaps=completeness.of(row.criterion.code),
        )
        for row in rows
    ]


def citations_with_freshness(row: CriterionAssessment) -> list[Cited]:
    """What a criterion leans on, each with its state of today and any newer version."""
    held = list(citations_of(row.self_assessment.code).filter(criterion=row.criterion_id))
    newer = newer_than(citation.version for citation in held)
    return [
        Cited(citation, freshness(citation.version, clock.today()), newer.get(citation.version_id))
        for citation in held
    ]


def figures_of(row: CriterionAssessment, language: str) -> tuple[Indicator, ...]:
    """The measured indicators that speak to a criterion, as they would be frozen today."""
    report = row.self_assessment
    series = measurements.series_of(report.scope, years_of(report), breakdown=False)
    lineage = [row.criterion.parent, row.criterion] if row.criterion.parent else [row.criterion]
    known = [item["code"] for item in series]
    wanted = measurements.indicators_of_criteria(report.framework.code, lineage, known)[row.criterion.code]
    by_code = {item["code"]: item for item in series}
    return read_indicators([by_code[code] for code in wanted], language)


def neighbours(row: CriterionAssessment) -> tuple[CriterionAssessment | None, CriterionAssessment | None]:
    """The criteria before and after this one, in the order of the framework."""
    rows = list(
        row.self_assessment.criteria.select_related("criterion", "self_assessment").order_by(
            "criterion__order"
        )
    )
    place = next(position for position, other in enumerate(rows) if other.pk == row.pk)
    return (rows[place - 1] if place else None, rows[place + 1] if place + 1 < len(rows) else None)


def _state(row: CriterionAssessment) -> str:
    if row.rating is not None and row.narrative.strip():
        return "done"
    return "in_progress" if row.rating is not None or row.narrative.strip() else "none"
