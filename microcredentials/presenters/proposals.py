"""What the pages of a proposal show, decided before the template."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from microcredentials import rules
from microcredentials.forms.rows import BaseRows
from microcredentials.forms.sections import SectionEditor
from microcredentials.models import LearningOutcome, MicroCredentialVersion
from microcredentials.sections import BY_CODE, SECTIONS, Section, section_of
from microcredentials.selectors.design import Design
from microcredentials.selectors.proposal import Proposal, SectionState
from microcredentials.services.writing import TRANSLATED

ANCHORS = {"responsible_teacher": "id_responsible_name", "languages": "id_languages_0", "sdgs": "id_sdgs_0"}


@dataclass(frozen=True)
class Point:
    """Something missing or to be bettered, and where ("" for those who may not mend it)."""

    code: str
    message: Any
    url: str
    section: Section


@dataclass(frozen=True)
class Line:
    """A section in the list of sections."""

    section: Section
    number: int
    tone: str
    url: str
    gaps: tuple[Point, ...]
    warnings: tuple[Point, ...]


@dataclass(frozen=True)
class MatrixRow:
    outcome: LearningOutcome
    marks: tuple[bool, ...]

    @property
    def is_gap(self) -> bool:
        return not any(self.marks)


def section_url(code: str, section: str) -> str:
    return reverse("microcredentials:section-edit", args=[code, section])


def gap_url(version: MicroCredentialVersion, gap: rules.Gap) -> str:
    """The page of the section, at the field."""
    return f"{section_url(version.microcredential.code, section_of(gap.field).code)}#{anchor(gap.field)}"


def anchor(field: str) -> str:
    if field in section_of(field).rows:
        return field
    return ANCHORS.get(field) or f"id_{field}{'_es' if field in TRANSLATED else ''}"


def matrix(design: Design) -> list[MatrixRow]:
    return [
        MatrixRow(outcome, tuple(outcome.pk in design.assessed_by[row.pk] for row in design.assessments))
        for outcome in design.outcomes
    ]


def sections_context(proposal: Proposal, *, editable: bool) -> dict[str, Any]:
    lines = [
        _line(proposal, state, number, editable=editable) for number, state in enumerate(proposal.sections, 1)
    ]
    return {
        "lines": lines,
        "warnings": [point for line in lines for point in line.warnings],
        "sections_done": proposal.sections_done,
    }


def section_context(proposal: Proposal, editor: SectionEditor) -> dict[str, Any]:
    """The page of one section: what it lacks, its neighbours, the list of all."""
    order = [section.code for section in SECTIONS]
    at = order.index(editor.section.code)
    context = sections_context(proposal, editable=True)
    return context | {
        "microcredential": proposal.version.microcredential,
        "version": proposal.version,
        "design": proposal.design,
        "matrix": matrix(proposal.design),
        "editor": editor,
        "section": editor.section,
        "line": context["lines"][at],
        "previous": BY_CODE[order[at - 1]] if at else None,
        "following": BY_CODE[order[at + 1]] if at + 1 < len(order) else None,
    }


def keys_of(rows: BaseRows, version: MicroCredentialVersion) -> list[tuple[str, Any]]:
    """Name of the field and key of every row that had none when it was sent."""
    if "id" not in rows.form.base_fields:
        return []
    kept = rows.kept()
    if all(form.cleaned_data["id"] for form in kept):
        return []
    stored = getattr(version, rows.name).values_list("pk", flat=True)
    return [(form.add_prefix("id"), key) for form, key in zip(kept, stored, strict=False)]


def _line(proposal: Proposal, state: SectionState, number: int, *, editable: bool) -> Line:
    version, section = proposal.version, state.section

    def points(gaps: tuple[rules.Gap, ...]) -> tuple[Point, ...]:
        return tuple(
            Point(gap.code, gap.message, gap_url(version, gap) if editable else "", section) for gap in gaps
        )

    code = version.microcredential.code
    read = reverse("microcredentials:version-detail", args=[code, version.number])
    url = section_url(code, section.code) if editable else f"{read}#{section.code}"
    return Line(section, number, state.tone, url, points(state.gaps), points(state.warnings))
