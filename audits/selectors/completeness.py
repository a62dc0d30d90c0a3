"""What a self-assessment still lacks, worst first, each with its reason and the place to mend it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from uuid import UUID

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from audits.models import CriterionAssessment, SelfAssessment
from iqas.core import clock
from iqas.evidence.models import Citation
from iqas.evidence.selectors import citations_of, freshness, newer_than
from iqas.ui.pdf.typeface import unprintable


class Severity(IntEnum):
    """A gap that blocks the handing over, one that should be mended, one to know about."""

    BLOCKING = 1
    SERIOUS = 2
    NOTE = 3


@dataclass(frozen=True, slots=True)
class Gap:
    severity: Severity
    code: str
    criterion: str
    sentence: str | Promise
    url: str


@dataclass(frozen=True, slots=True)
class Completeness:
    gaps: tuple[Gap, ...]
    criteria: int
    complete: int

    @property
    def blocking(self) -> tuple[Gap, ...]:
        return tuple(gap for gap in self.gaps if gap.severity is Severity.BLOCKING)

    @property
    def serious(self) -> tuple[Gap, ...]:
        return tuple(gap for gap in self.gaps if gap.severity is Severity.SERIOUS)

    @property
    def notes(self) -> tuple[Gap, ...]:
        return tuple(gap for gap in self.gaps if gap.severity is Severity.NOTE)

    def of(self, criterion: str) -> tuple[Gap, ...]:
        return tuple(gap for gap in self.gaps if gap.criterion == criterion)


def check(assessment: SelfAssessment) -> Completeness:
    """Every gap of a report, in three queries whatever its length."""
    rows = list(
        CriterionAssessment.objects.filter(self_assessment=assessment).select_related("criterion", "rating")
    )
    citations: dict[object, list[Citation]] = {}
    for citation in citations_of(assessment.code):
        citations.setdefault(citation.criterion_id, []).append(citation)
    newer = newer_than(citation.version for held in citations.values() for citation in held)
    gaps: list[Gap] = []
    if not assessment.introduction.strip():
        url = reverse("audits:introduction-edit", args=[assessment.code])
        gaps.append(
            Gap(
                Severity.SERIOUS, "no-introduction", "", _("Nobody has told how the report was written."), url
            )
        )
    complete = 0
    for row in rows:
        found = _gaps_of(assessment, row, citations.get(row.criterion_id, []), newer)
        complete += not any(gap.severity is Severity.BLOCKING for gap in found)
        gaps += found
    return Completeness(tuple(sorted(gaps, key=lambda gap: gap.severity)), len(rows), complete)


def _gaps_of(
    assessment: SelfAssessment, row: CriterionAssessment, citations: list[Citation], newer: Mapping[UUID, int]
) -> list[Gap]:
    code = row.criterion.code
    url = reverse("audits:criterion-edit", args=[assessment.code, code])
    texts = (row.narrative, row.strengths, row.weaknesses)

    def gap(severity: Severity, name: str, sentence: str) -> Gap:
        return Gap(severity, name, code, sentence % {"criterion": code}, url)

    found = []
    if row.rating is None and not row.narrative.strip():
        found.append(gap(Severity.BLOCKING, "missing", _("%(criterion)s has not been assessed.")))
    elif row.rating is None:
        found.append(gap(Severity.BLOCKING, "no-rating", _("%(criterion)s has a text but no rating.")))
    elif not row.narrative.strip():
        found.append(gap(Severity.BLOCKING, "no-narrative", _("%(criterion)s is rated without a reason.")))
    if row.narrative.strip() and not citations:
        found.append(
            gap(Severity.SERIOUS, "no-evidence", _("%(criterion)s makes claims without citing evidence."))
        )
    if row.rating is not None and row.rating.is_pass is False and not row.weaknesses.strip():
        found.append(
            gap(Severity.SERIOUS, "no-weakness", _("%(criterion)s is not met and names no weakness."))
        )
    found += [_freshness_gap(citation) for citation in citations if _is_stale(citation)]
    if any(citation.version_id in newer for citation in citations):
        found.append(
            gap(Severity.NOTE, "newer-version", _("%(criterion)s cites evidence that has a newer version."))
        )
    strange = unprintable("".join(texts))
    if strange:
        sentence = _("%(criterion)s has characters that are printed by their number: %(characters)s.")
        words = {"criterion": code, "characters": " ".join(strange[:10])}
        found.append(Gap(Severity.NOTE, "unprintable", code, sentence % words, url))
    return found


def _is_stale(citation: Citation) -> bool:
    return freshness(citation.version, clock.today()) in {"expired", "withdrawn"}


def _freshness_gap(citation: Citation) -> Gap:
    sentences = {
        "expired": _("%(criterion)s cites %(evidence)s, which has expired."),
        "withdrawn": _("%(criterion)s cites %(evidence)s, which was withdrawn."),
    }
    state = freshness(citation.version, clock.today())
    code = citation.criterion.code
    return Gap(
        Severity.SERIOUS,
        state,
        code,
        sentences[state] % {"criterion": code, "evidence": citation.version.label},
        reverse("audits:criterion-edit", args=[citation.citing_code, code]),
    )
