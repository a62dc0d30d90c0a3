"""What exists for each dimension, how old it is, and what is missing. Constant numbers of queries."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet, prefetch_related_objects

from iqas.core import clock
from iqas.core.access import allowed
from iqas.dimensions.catalogue import DIMENSIONS
from iqas.dimensions.dimension import Dimension
from iqas.evidence.models import EvidenceVersion
from iqas.evidence.selectors import CriterionValidity, Validity, per_criterion_validity
from microcredentials.models import MicroCredential

if TYPE_CHECKING:
    from iqas.frameworks.models import Criterion
    from iqas.organisation.models import AcademicYear, Centre

# Imported records are never counted as incomplete; what is extinguished is looked at in its years.
PRESENT = ("draft", "approved", "published", "suspended")
IN_A_YEAR = (*PRESENT, "extinguished")


@dataclass(frozen=True, slots=True)
class Cell:
    """One dimension of one micro-credential."""

    dimension: Dimension
    validity: Validity

    @property
    def share(self) -> str:
        """Criteria with valid evidence of all: `4/6`."""
        return f"{self.validity.valid}/{self.validity.total}"

    @property
    def rank(self) -> tuple[float, int, int]:
        """What a list is ordered by: the share that is proven, then how little of it is old."""
        proven = self.validity.valid / self.validity.total if self.validity.total else 0.0
        return proven, -self.validity.stale, -(self.validity.oldest_months or 0)

    @property
    def state(self) -> str:
        """met: everything valid and fresh; partly: something; unmet: nothing."""
        if self.validity.valid == 0:
            return "unmet"
        complete = self.validity.valid == self.validity.total and not self.validity.stale
        return "met" if complete else "partly"


@dataclass(frozen=True, slots=True)
class Row:
    microcredential: MicroCredential
    cells: tuple[Cell, ...]

    @property
    def valid(self) -> int:
        return sum(cell.validity.valid for cell in self.cells)

    @property
    def total(self) -> int:
        return sum(cell.validity.total for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Coverage:
    """One criterion over many micro-credentials."""

    criterion: Criterion
    valid: int
    stale: int
    total: int
    oldest_months: int | None
    missing: tuple[MicroCredential, ...]


def microcredentials(
    user: Any, *, centre: Centre | None = None, year: AcademicYear | None = None
) -> QuerySet[MicroCredential]:
    """The micro-credentials that a person sees and that are judged: of a year, those that had an edition in it."""
    found = allowed(user, "microcredential.view").filter(state__in=PRESENT if year is None else IN_A_YEAR)
    if centre is not None:
        found = found.filter(centre=centre)
    if year is not None:
        found = found.filter(editions__year=year).distinct()
    return found.select_related("scope", "centre", "current").order_by("sort_title", "code")


def judged_on(year: AcademicYear | None) -> dt.date:
    """The day as of which evidence must be valid: the last day of the year, or today while it lasts."""
    today = clock.today()
    return today if year is None else min(today, year.ends)


def matrix(found: Sequence[MicroCredential], date: dt.date) -> tuple[Row, ...]:
    """One row for each micro-credential, one cell for each dimension, in two queries."""
    validity = per_criterion_validity((item.scope for item in found), date)
    return tuple(
        Row(
            item,
            tuple(Cell(dimension, validity[item.scope.pk].below(dimension.code)) for dimension in DIMENSIONS),
        )
        for item in found
    )


def coverage(found: Sequence[MicroCredential], dimension: Dimension, date: dt.date) -> tuple[Coverage, ...]:
    """The criteria of a dimension, each with how many micro-credentials prove it and which do not."""
    validity = per_criterion_validity((item.scope for item in found), date)
    by_criterion: dict[str, list[tuple[MicroCredential, CriterionValidity]]] = {}
    for item in found:
        for state in validity[item.scope.pk].below(dimension.code).criteria:
            by_criterion.setdefault(state.criterion.code, []).append((item, state))
    return tuple(_coverage(states) for states in by_criterion.values())


def _coverage(states: Sequence[tuple[MicroCredential, CriterionValidity]]) -> Coverage:
    ages = [state.age_months for _item, state in states if state.age_months is not None]
    return Coverage(
        criterion=states[0][1].criterion,
        valid=sum(state.valid for _item, state in states),
        stale=sum(state.stale for _item, state in states),
        total=len(states),
        oldest_months=max(ages, default=None),
        missing=tuple(item for item, state in states if not state.valid),
    )


@dataclass(frozen=True, slots=True)
class Proven:
    """A criterion with the versions that prove it and that the reader may see; `hidden` counts the others."""

    state: CriterionValidity
    versions: tuple[EvidenceVersion, ...]
    hidden: int
    expected: tuple[str, ...]


def proofs(user: Any, validity: Validity) -> tuple[Proven, ...]:
    """The criteria with their proofs, in three queries."""
    wanted = {version for state in validity.criteria for version in state.versions}
    visible = {
        version.pk: version
        for version in EvidenceVersion.objects.filter(
            pk__in=wanted, evidence__in=allowed(user, "evidence.view")
        ).select_related("evidence__scope")
    }
    criteria = [state.criterion for state in validity.criteria]
    prefetch_related_objects(criteria, "evidence_kinds")
    return tuple(
        Proven(
            state,
            tuple(visible[key] for key in state.versions if key in visible),
            sum(key not in visible for key in state.versions),
            tuple(kind.title for kind in state.criterion.evidence_kinds.all()),
        )
        for state in validity.criteria
    )
