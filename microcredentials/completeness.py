"""The eleven elements of Annex I: nine exist at design time, each with what is missing; two only at award.

Who passed can be awarded the micro-credential when all eleven are there: the nine of the version, who the learner is (M1)
and when it is issued (M5), which is known once the results are signed. The grade (O3) is optional.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from microcredentials.rules import Gap

if TYPE_CHECKING:
    from microcredentials.models import AwardingBody, Edition, Learner, MicroCredentialVersion

TOTAL = 9
ALL = 11

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


IDENTIFIED = (
    Q(erased_at__isnull=True)
    & ~Q(given_name="")
    & ~Q(family_name="")
    & (~Q(document_number="") | ~Q(student_number=""))
)
"""Learners of whom `learner_gap` finds nothing missing."""


def learner_gap(learner: Learner) -> Gap | None:
    """What M1 lacks of a person. An e-mail says where to write, not who somebody is."""
    if learner.erased_at is not None:
        return Gap("erased", "", _("The person was erased at their own request: there is nobody to name."))
    if not (learner.given_name and learner.family_name):
        return Gap("no-name", "family_name", _("Given or family name is missing."))
    if not (learner.document_number or learner.student_number):
        return Gap(
            "no-document",
            "document_number",
            _("An identity document or a student number is missing: an e-mail does not identify anybody."),
        )
    return None


def issuing_gap(edition: Edition) -> Gap | None:
    """What M5 lacks of an edition."""
    if edition.signed_at is None:
        return Gap("not-signed", "", _("The results are not signed yet: there is no date of issuing."))
    return None


def places_of_issue(version: MicroCredentialVersion, bodies: Iterable[AwardingBody]) -> tuple[str, ...]:
    """M3: country and region of the issuer, and those of the other universities that award it too."""
    own = (version.country, version.region)
    others = (
        (body.country or version.country, body.region) for body in bodies if body.country or body.region
    )
    return tuple(
        dict.fromkeys(" · ".join(part for part in place if part) for place in (own, *others) if any(place))
    )


def done(gaps: list[Gap]) -> int:
    return sum(element.is_done for element in elements(gaps))
