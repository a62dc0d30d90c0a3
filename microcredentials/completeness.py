"""The eleven elements of Annex I: nine exist at design time, each with what is missing; two only at award."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from microcredentials.rules import Gap

TOTAL = 9

# Element → its name and the fields whose gaps leave it open. An outcome without assessment is a gap for approval, but
# the element "type of assessment" is there.
DESIGN_TIME: tuple[tuple[str, str | Promise, tuple[str, ...]], ...] = (
    ("M2", _("Title"), ("no-title",)),
    ("M3", _("Country of the issuer"), ("no-country",)),
    ("M4", _("Awarding bodies"), ("no-awarding-body", "no-coordinator")),
    ("M6", _("Learning outcomes"), ("no-outcomes",)),
    ("M7", _("Workload in ECTS"), ("no-ects",)),
    ("M8", _("Level"), ("no-level",)),
    ("M9", _("Type of assessment"), ("no-assessment",)),
    ("M10", _("Form of participation"), ("no-mode",)),
    ("M11", _("Quality assurance"), ("no-quality-assurance",)),
)
AT_AWARD: tuple[tuple[str, str | Promise], ...] = (
    ("M1", _("Identification of the learner")),
    ("M5", _("Date of issuing")),
)


@dataclass(frozen=True)
class Element:
    """One element of Annex I of one version; one that is `at_award` exists on an issued credential alone."""

    code: str
    label: str | Promise
    gap: Gap | None = None
    at_award: bool = False

    @property
    def is_done(self) -> bool:
        return self.gap is None and not self.at_award


def elements(gaps: list[Gap]) -> list[Element]:
    """The nine elements in the order of Annex I, from what `rules.gaps` found missing."""
    open_gaps = {gap.code: gap for gap in gaps}
    return [
        Element(code, label, next((open_gaps[c] for c in codes if c in open_gaps), None))
        for code, label, codes in DESIGN_TIME
    ]


def eleven(gaps: list[Gap]) -> list[Element]:
    """All elements, those of the award too, in the order of Annex I."""
    award = [Element(code, label, at_award=True) for code, label in AT_AWARD]
    return sorted([*elements(gaps), *award], key=lambda element: int(element.code[1:]))


def done(gaps: list[Gap]) -> int:
    return sum(element.is_done for element in elements(gaps))
