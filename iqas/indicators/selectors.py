"""Numbers as pages, panels and reports read them: each with its target, its state and its origin."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from uuid import UUID

from django.db.models import QuerySet

from iqas.indicators.models import Definition, Measurement, Target
from iqas.indicators.status import Aim, Status, status_of
from iqas.organisation.models import AcademicYear, Scope
from iqas.organisation.scopes import paths_above
from microcredentials.models import Edition

YEARS_SHOWN = 4  # three whole years and the present one


@dataclass(frozen=True)
class Figure:
    """One number of one year, or why there is none."""

    year: AcademicYear
    status: Status
    measurement: Measurement | None
    aim: Aim | None

    @property
    def value(self) -> Fraction | None:
        return self.measurement.value if self.measurement else None

    @property
    def share(self) -> float | None:
        """The value for templates and charts, which know no fractions."""
        return None if self.value is None else float(self.value)

    @property
    def suppressed(self) -> bool:
        return self.status == Status.SUPPRESSED

    @property
    def numerator(self) -> int | None:
        return self.measurement.numerator if self.measurement else None

    @property
    def denominator(self) -> int | None:
        return self.measurement.denominator if self.measurement else None

    @property
    def n(self) -> int | None:
        return self.measurement.n if self.measurement else None

    @property
    def source(self) -> str:
        return self.measurement.source if self.measurement else ""

    @property
    def computed_at(self) -> dt.datetime | None:
        return self.measurement.computed_at if self.measurement else None

    @property
    def left_out(self) -> int:
        return self.measurement.left_out if self.measurement else 0


@dataclass(frozen=True)
class Series:
    """One indicator over the years, the earliest first."""

    definition: Definition
    figures: tuple[Figure, ...]

    @property
    def latest(self) -> Figure | None:
        """The most recent year with a number or a reason for none."""
        return next((figure for figure in reversed(self.figures) if figure.status != Status.NO_DATA), None)


@dataclass(frozen=True)
class Branch:
    """The same indicator one floor below: a scope or an edition."""

    label: str
    code: str
    scope: Scope
    edition: Edition | None
    figures: tuple[Figure, ...]


def definitions() -> QuerySet[Definition]:
    """The indicators in force, in their order."""
    return Definition.objects.filter(is_current=True).order_by("order", "code")


def years_measured(scope: Scope, last: int = YEARS_SHOWN) -> list[AcademicYear]:
    """The latest years in which the scope has any number, the earliest first; else the latest years there are."""
    measured = Measurement.objects.filter(scope=scope).values("year")
    years = list(AcademicYear.objects.filter(pk__in=measured).order_by("-starts")[:last])
    return sorted(years or AcademicYear.objects.order_by("-starts")[:last], key=lambda year: year.starts)


def series_of(
    scope: Scope, years: Sequence[AcademicYear], wanted: Sequence[Definition] | None = None
) -> list[Series]:
    """Every indicator in force (or those `wanted`) for a scope, with one figure for each year. Three statements."""
    current = list(definitions()) if wanted is None else list(wanted)
    found = _by_place(
        Measurement.objects.filter(scope=scope, edition=None, year__in=years, definition__in=current)
    )
    aims = Aims(current, years)
    return [_series(definition, scope, years, found, aims) for definition in current]


def measured_series(scope: Scope, last: int = YEARS_SHOWN) -> tuple[list[AcademicYear], list[Series]]:
    """The latest years in which a scope has numbers, and the indicators that have one in them. Two statements."""
    rows = list(
        Measurement.objects.filter(scope=scope, edition=None, definition__is_current=True)
        .select_related("definition", "year")
        .order_by("definition__order", "definition__code")
    )
    years = sorted({row.year for row in rows}, key=lambda year: year.starts)[-last:]
    shown = list(dict.fromkeys(row.definition for row in rows if row.year in years))
    found, aims = _by_place(rows), Aims(shown, years)
    return years, [_series(definition, scope, years, found, aims) for definition in shown]


def _series(
    definition: Definition,
    scope: Scope,
    years: Sequence[AcademicYear],
    found: Mapping[Place, Measurement],
    aims: Aims,
) -> Series:
    return Series(
        definition,
        tuple(
            figure_of(
                found.get((definition.pk, year.pk, scope.pk, None)), year, aims.of(definition, scope, year)
            )
            for year in years
        ),
    )


def edition_series(edition: Edition) -> list[Series]:
    """Every indicator in force for one edition, in its year. Needs `microcredential__scope` and `year` selected."""
    current, scope, year = list(definitions()), edition.microcredential.scope, edition.year
    found = _by_place(Measurement.objects.filter(edition=edition, definition__in=current))
    aims = Aims(current, [year])
    return [
        Series(
            definition,
            (
                figure_of(
                    found.get((definition.pk, year.pk, scope.pk, edition.pk)),
                    year,
                    aims.of(definition, scope, year),
                ),
            ),
        )
        for definition in current
    ]


def branches_of(definition: Definition, scope: Scope, years: Sequence[AcademicYear]) -> list[Branch]:
    """One indicator for what stands one floor below a scope: centres, micro-credentials, or editions."""
    rows = Measurement.objects.filter(definition=definition, year__in=years).select_related(
        "scope", "edition", "year"
    )
    if scope.kind == Scope.Kind.MICROCREDENTIAL:
        rows = rows.filter(scope=scope, edition__isnull=False).order_by("edition__code")
    else:
        rows = rows.filter(scope__parent=scope, edition=None).order_by("scope__label", "scope__code")
    measured = list(rows)
    found = _by_place(measured)
    aims = Aims([definition], years)
    places = {(row.scope_id, row.edition_id): row for row in measured}
    return [
        Branch(
            label="" if row.edition else row.scope.label,
            code=row.edition.code if row.edition else row.scope.code,
            scope=row.scope,
            edition=row.edition,
            figures=tuple(
                figure_of(
                    found.get((definition.pk, year.pk, row.scope_id, row.edition_id)),
                    year,
                    aims.of(definition, row.scope, year),
                )
                for year in years
            ),
        )
        for row in places.values()
    ]


def figure_of(measurement: Measurement | None, year: AcademicYear, aim: Aim | None) -> Figure:
    status = status_of(
        measurement.value if measurement else None,
        suppressed=bool(measurement and measurement.suppressed),
        has_data=measurement is not None,
        aim=aim,
    )
    return Figure(year, status, measurement, aim)


class Aims:
    """All targets of some indicators and years, read at once; the nearest scope up the tree decides."""

    def __init__(self, wanted: Iterable[Definition], years: Iterable[AcademicYear]) -> None:
        codes = [definition.code for definition in wanted]
        targets = Target.objects.filter(definition__code__in=codes, year__in=years).select_related(
            "definition", "scope"
        )
        self.set: dict[tuple[str, UUID], dict[str, Target]] = defaultdict(dict)
        for target in targets.order_by("definition__version"):
            self.set[target.definition.code, target.year_id][target.scope.path] = target

    def of(self, definition: Definition, scope: Scope, year: AcademicYear) -> Aim | None:
        """The target that holds for a scope: its own, else the nearest above."""
        by_path = self.set.get((definition.code, year.pk), {})
        for path in (scope.path, *reversed(paths_above(scope.path))):
            target = by_path.get(path)
            if target is not None:
                return Aim(target.kind, target.value, target.upper, definition.tolerance, target.scope.code)
        return None


Place = tuple[UUID, UUID, UUID, UUID | None]


def _by_place(rows: Iterable[Measurement]) -> Mapping[Place, Measurement]:
    return {(row.definition_id, row.year_id, row.scope_id, row.edition_id): row for row in rows}
