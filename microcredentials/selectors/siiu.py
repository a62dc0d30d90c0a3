"""Counts for SIIU: who enrolled in a year and who passed, by what the law asks (RD 640/2021 art. 18.1.a).

Persons are counted, each once a year, and every table goes through `core.disclosure`: no row tells of a small group,
neither by itself nor by what is left when the others are subtracted.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, IntegerField, Max, Q, Value, When
from django.utils.translation import gettext as _

from iqas.core.access import allowed
from iqas.core.disclosure import is_small, suppress
from iqas.organisation.models import AcademicYear, University
from microcredentials.models import Edition, Enrolment, LearnerStatistics

State = Enrolment.State
UNKNOWN = ""
ASKED = ("sex", "birth_year", "nationality", "residence", "access")


@dataclass(frozen=True)
class CountedRow:
    """One group: how many enrolled and how many of them passed; None where that is not shown."""

    label: str
    enrolled: int | None
    passed: int | None


@dataclass(frozen=True)
class CountedTable:
    """One breakdown of everybody, with its total."""

    code: str
    title: str
    rows: tuple[CountedRow, ...]
    total: CountedRow
    any_hidden: bool


@dataclass(frozen=True)
class SiiuCounts:
    year: AcademicYear
    threshold: int
    tables: tuple[CountedTable, ...]


def siiu_counts(user: Any, year: AcademicYear) -> SiiuCounts:
    """The tables of a year, over every edition in the reach of the person."""
    threshold = University.current().threshold
    people = _people(user, year)
    tables = tuple(
        _table(code, title, [(key(person), person["passed"] == 1) for person in people], label, threshold)
        for code, title, key, label in _breakdowns()
    )
    return SiiuCounts(year, threshold, tables)


def _people(user: Any, year: AcademicYear) -> list[dict[str, Any]]:
    """One line a person: enrolled beyond the first day in some edition of the year, and whether any was passed."""
    editions = allowed(user, "siiu.view", Edition.objects.filter(year=year))
    counted = (
        Enrolment.objects.filter(edition__in=editions.exclude(state=Edition.State.CANCELLED))
        .exclude(state__in=(State.WITHDRAWN_EARLY, State.RECOGNISED))
        .order_by()
    )
    statistics = [f"learner__statistics__{name}" for name in ASKED]
    passed = Case(When(Q(state=State.PASSED), then=Value(1)), default=Value(0), output_field=IntegerField())
    return list(counted.values("learner", *statistics).annotate(passed=Max(passed)))


def _breakdowns() -> list[tuple[str, str, Callable[[dict[str, Any]], Any], Callable[[Any], str]]]:
    def said(name: str) -> Callable[[dict[str, Any]], Any]:
        return lambda person: person[f"learner__statistics__{name}"] or UNKNOWN

    def decade(person: dict[str, Any]) -> Any:
        year = person["learner__statistics__birth_year"]
        return year // 10 * 10 if year else UNKNOWN

    sexes: Mapping[str, Any] = dict(LearnerStatistics.Sex.choices)
    routes: Mapping[str, Any] = dict(LearnerStatistics.Access.choices)
    return [
        ("sex", _("By sex"), said("sex"), lambda key: str(sexes[key])),
        ("birth", _("By decade of birth"), decade, lambda key: f"{key}–{key + 9}"),
        ("nationality", _("By nationality"), said("nationality"), str),
        ("residence", _("By place of residence"), said("residence"), str),
        ("access", _("By access route"), said("access"), lambda key: str(routes[key])),
    ]


def _table(
    code: str, title: str, people: list[tuple[Any, bool]], label: Callable[[Any], str], threshold: int
) -> CountedTable:
    enrolled: dict[Any, int] = {}
    passed: dict[Any, int] = {}
    for key, has_passed in people:
        enrolled[key] = enrolled.get(key, 0) + 1
        passed[key] = passed.get(key, 0) + has_passed
    shown, total_shown = publishable_rows(enrolled, passed, threshold)
    if not total_shown:
        return CountedTable(code, title, (), CountedRow(_("Total"), None, None), any_hidden=True)
    rows = [
        CountedRow(label(key) if key != UNKNOWN else _("not known"), enrolled[key], passed[key])
        for key in sorted(shown, key=lambda key: (key == UNKNOWN, str(key)))
    ]
    total = CountedRow(_("Total"), sum(enrolled.values()), sum(passed.values()))
    hidden = enrolled.keys() - shown
    if hidden:
        rows.append(
            CountedRow(
                _("all other groups together"),
                sum(enrolled[key] for key in hidden),
                sum(passed[key] for key in hidden),
            )
        )
    return CountedTable(code, title, tuple(rows), total, any_hidden=bool(hidden))


def publishable_rows(
    enrolled: Mapping[Any, int], passed: Mapping[Any, int], threshold: int
) -> tuple[frozenset[Any], bool]:
    """The groups whose two counts may stand side by side, and whether their totals may.

    A row says three numbers: enrolled, passed and, by subtraction, not passed. A row with a small one among them is
    hidden whole, and rows are hidden with it until in each of the three partitions what is hidden is protected. The
    hidden ones may then be shown as one group; not even their names are told, for a name says that somebody is there.
    """
    partitions = [
        dict(enrolled),
        dict(passed),
        {key: enrolled[key] - passed[key] for key in enrolled},
    ]
    if any(is_small(sum(cells.values()), threshold) for cells in partitions):
        return frozenset(), False
    hidden: frozenset[Any] = frozenset(
        key for key in enrolled if any(is_small(cells[key], threshold) for cells in partitions)
    )
    while True:
        wider = hidden.union(
            *(suppress(cells, threshold=threshold, hidden=hidden).hidden for cells in partitions)
        )
        if wider == hidden:
            return frozenset(enrolled) - hidden, True
        hidden = wider
