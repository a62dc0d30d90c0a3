"""Counts for SIIU: who enrolled in a year and who passed, by what the law asks (RD 640/2021 art. 18.1.a).

Persons are counted, each once a year, and every table goes through `core.disclosure`: no row tells of a small group,
neither by itself, nor by what is left when the others are subtracted, nor beside what indicators and editions tell of the
same people (`selectors.published`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from iqas.core.access import allowed
from iqas.core.disclosure import suppress_rows
from iqas.organisation.models import AcademicYear, Centre, University
from microcredentials.models import Edition, Enrolment, LearnerStatistics, MicroCredentialVersion
from microcredentials.selectors.published import (
    ASSESSED,
    BEGAN,
    CENTRE,
    PASSED,
    Counted,
    Place,
    Published,
    published_of,
)

State = Enrolment.State
UNKNOWN = ""
SEVERAL = "\0several"
ASKED = ("sex", "birth_year", "nationality", "residence", "access")
Guard = dict[str, int]


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
    """`by_hand`: how many editions have counts without persons, which no table contains."""

    year: AcademicYear
    threshold: int
    tables: tuple[CountedTable, ...]
    by_hand: int


@dataclass(frozen=True)
class Run:
    """An edition as SIIU asks for it."""

    centre: str
    mode: str
    municipality: str
    in_reach: bool
    has_results: bool


@dataclass
class Person:
    """Somebody who began in the year. `said` is what is only counted."""

    said: Mapping[str, Any]
    runs: list[Run] = field(default_factory=list)
    passed: set[bool] = field(default_factory=set)

    def counts(self, *, in_reach: bool) -> bool:
        return any(run.in_reach == in_reach for run in self.runs)

    def only(self, name: str) -> str:
        """The one value of all editions in reach, or that there are several."""
        values = {getattr(run, name) for run in self.runs if run.in_reach}
        return values.pop() if len(values) == 1 else SEVERAL


@dataclass(frozen=True)
class Breakdown:
    """How persons are told apart. `of_run` names what an edition decides, and not the person."""

    code: str
    title: str
    key: Callable[[Person], Any]
    label: Callable[[Any], str]
    of_run: str = ""


Runs = Mapping[UUID | None, Run]


def siiu_counts(user: Any, year: AcademicYear) -> SiiuCounts:
    """The tables of a year, over every edition in the reach of the person."""
    university = University.current()
    published = published_of(year, university)
    counted = [one for one in published.counted if published.has_in_totals(BEGAN, one)]
    runs = _runs(user, year, published, counted)
    in_reach = [one for one in counted if runs[one.edition].in_reach]
    people = _people(runs)
    may_total = _may_total(published, counted, runs)

    def table(breakdown: Breakdown) -> CountedTable:
        if name := breakdown.of_run:
            groups = Groups(published, in_reach, lambda one: str(getattr(runs[one.edition], name)))
            if name == "centre":
                groups.bar_untold(height=CENTRE)
        else:
            groups = Groups(published, (), lambda one: "")
        return _table(breakdown, people, university.threshold, groups, may_total=may_total)

    tables = tuple(table(breakdown) for breakdown in _breakdowns())
    return SiiuCounts(year, university.threshold, tables, sum(one.by_hand for one in in_reach))


def _runs(user: Any, year: AcademicYear, published: Published, counted: Iterable[Counted]) -> Runs:
    """The editions of the year whose people are in totals."""
    in_totals = {one.edition: one for one in counted}
    editions = Edition.objects.filter(year=year)
    reached = set(allowed(user, "siiu.view", editions).values_list("pk", flat=True))
    rows = editions.values_list(
        "pk", "microcredential__centre__code", "version__mode", "microcredential__centre__municipality"
    )
    return {
        pk: Run(
            centre,
            mode,
            municipality,
            in_reach=pk in reached,
            has_results=published.has_in_totals(ASSESSED, in_totals[pk]),
        )
        for pk, centre, mode, municipality in rows
        if pk in in_totals
    }


def _people(runs: Runs) -> list[Person]:
    """Who was still enrolled on the first day of an edition; who passed one counts once all its results are known."""
    statistics = [f"learner__statistics__{name}" for name in ASKED]
    rows = (
        Enrolment.objects.filter(edition__in=[pk for pk in runs if pk is not None])
        .exclude(state__in=(State.WITHDRAWN_EARLY, State.RECOGNISED))
        .order_by()
        .values_list("learner", "edition", "state", *statistics)
    )
    people: dict[UUID, Person] = {}
    for learner, edition, state, *said in rows:
        person = people.setdefault(learner, Person(dict(zip(ASKED, said, strict=True))))
        run = runs[edition]
        person.runs.append(run)
        if state == State.PASSED and run.has_results:
            person.passed.add(run.in_reach)
    return list(people.values())


def _breakdowns() -> list[Breakdown]:
    def said(name: str) -> Callable[[Person], Any]:
        return lambda person: person.said[name] or UNKNOWN

    def decade(person: Person) -> Any:
        year = person.said["birth_year"]
        return year // 10 * 10 if year else UNKNOWN

    def of_run(name: str) -> Callable[[Person], Any]:
        return lambda person: person.only(name)

    sexes: Mapping[str, Any] = dict(LearnerStatistics.Sex.choices)
    routes: Mapping[str, Any] = dict(LearnerStatistics.Access.choices)
    modes: Mapping[str, Any] = dict(MicroCredentialVersion.Mode.choices)
    centres = {centre.code: centre.name for centre in Centre.objects.all()}
    return [
        Breakdown("sex", _("By sex"), said("sex"), lambda key: str(sexes[key])),
        Breakdown("birth", _("By decade of birth"), decade, lambda key: f"{key}–{key + 9}"),
        Breakdown("nationality", _("By nationality"), said("nationality"), str),
        Breakdown("residence", _("By place of residence"), said("residence"), str),
        Breakdown("access", _("By access route"), said("access"), lambda key: str(routes[key])),
        Breakdown("centre", _("By centre"), of_run("centre"), lambda key: centres[key], "centre"),
        Breakdown("mode", _("By mode"), of_run("mode"), lambda key: str(modes[key]), "mode"),
        Breakdown(
            "municipality", _("By municipality of the centre"), of_run("municipality"), str, "municipality"
        ),
    ]


# Beside what else is told of the same people ------------------------------------------------------------


class Groups:
    """Editions put together by what they have in common, whose people are told of one by one elsewhere."""

    def __init__(
        self, published: Published, counted: Iterable[Counted], group_of: Callable[[Counted], str]
    ) -> None:
        self.published = published
        self.of: dict[str, list[Counted]] = defaultdict(list)
        self.barred: frozenset[str] = frozenset()
        for one in counted:
            self.of[group_of(one)].append(one)
        self._touched: dict[tuple[str, Place], set[str]] = defaultdict(set)
        for group, one in self._each():
            self._touched[BEGAN, published.told_with(one, BEGAN)].add(group)
            self._touched[PASSED, published.told_with(one, ASSESSED, PASSED)].add(group)

    def bar_untold(self, *, height: int) -> None:
        """Bars the groups that are places of the tree of which it is not told who passed."""
        self.barred = frozenset(
            group for group, one in self._each() if not self.published.tells(PASSED, one.path[height])
        )

    def _each(self) -> Iterator[tuple[str, Counted]]:
        return ((group, one) for group, together in self.of.items() for one in together)

    def remainders(self) -> dict[Any, Guard]:
        """What of each group is left when everything that is told of it alone is subtracted."""
        found: dict[Any, Guard] = {}
        for group, one in self._each():
            guard = found.setdefault(group, defaultdict(int))
            for why in self._apart(one, BEGAN, published_as=(BEGAN,)):
                results = self.published.has_in_totals(ASSESSED, one)
                guard[f"began, {why}, {'with' if results else 'without'} results"] += one.began or 0
            if not self.published.has_in_totals(ASSESSED, one):
                continue
            began, completed, passed = one.began or 0, one.completed or 0, one.passed or 0
            for why in ("in all", *self._apart(one, PASSED, published_as=(ASSESSED, PASSED))):
                guard[f"passed, {why}"] += passed
                guard[f"not passed, {why}"] += began - passed
                guard[f"completed and not passed, {why}"] += max(completed - passed, 0)
                guard[f"passed and not completed, {why}"] += max(passed - completed, 0)
        return found

    def _apart(self, one: Counted, what: str, *, published_as: tuple[str, ...]) -> Iterator[str]:
        """Why its people could be told from the others of its group."""
        if len(self._touched[what, self.published.told_with(one, *published_as)]) > 1:
            yield "told with another group"
        if one.by_hand:
            yield "counted by hand"

    def reveal(self, groups: Iterable[Any]) -> bool:
        """Whether the people of these groups, counted together, would tell of a few beside what is told already."""
        together = [one for group in groups for one in self.of.get(group, ()) if not one.by_hand]
        began = {one.edition: one.began for one in together if one.began}
        passed = {
            one.edition: one.passed
            for one in together
            if one.passed and self.published.has_in_totals(ASSESSED, one)
        }
        return self.published.reveals(began) or self.published.reveals(passed)


def _may_total(published: Published, counted: list[Counted], runs: Runs) -> bool:
    """Whether the total of those in reach may stand beside what is told of the whole university."""
    if not counted or not published.tells(PASSED, counted[0].path[-1]):
        return False
    reached = Groups(published, counted, lambda one: "" if runs[one.edition].in_reach else "elsewhere")
    told = suppress_rows(reached.remainders(), threshold=published.threshold)
    return told.total_shown and "" in told.shown


# Tables -------------------------------------------------------------------------------------------------


def publishable_rows(
    enrolled: Mapping[Any, int],
    passed: Mapping[Any, int],
    threshold: int,
    *,
    beside: Mapping[Any, Guard] | None = None,
    hidden: Collection[Any] = frozenset(),
) -> tuple[frozenset[Any], bool]:
    """The groups whose two counts may stand side by side, and whether their totals may.

    A row says three numbers: enrolled, passed and, by subtraction, not passed; `beside` has what else could be worked
    out of it. A row with a small one among them is hidden whole, and rows are hidden with it until what is hidden is
    protected in each. The hidden ones may then be shown as one group; not even their names are told, for a name says that
    somebody is there.
    """
    rows = {
        key: {"enrolled": enrolled[key], "passed": passed[key], "not passed": enrolled[key] - passed[key]}
        for key in enrolled
    }
    for key, guard in (beside or {}).items():
        rows.setdefault(key, {}).update(guard)
    told = suppress_rows(rows, threshold=threshold, hidden=hidden)
    return told.shown & enrolled.keys(), told.total_shown


def _table(
    breakdown: Breakdown, people: Iterable[Person], threshold: int, groups: Groups, *, may_total: bool
) -> CountedTable:
    enrolled: dict[Any, int] = {}
    passed: dict[Any, int] = {}
    beside = groups.remainders()
    for person in people:
        if person.counts(in_reach=True):
            key = breakdown.key(person)
            enrolled[key] = enrolled.get(key, 0) + 1
            passed[key] = passed.get(key, 0) + (True in person.passed)
        if not breakdown.of_run and person.counts(in_reach=False):
            guard = beside.setdefault(breakdown.key(person), defaultdict(int))
            guard["enrolled elsewhere"] += 1
            guard["passed elsewhere"] += False in person.passed
            guard["not passed elsewhere"] += False not in person.passed
    hidden = {key for key in enrolled if key in groups.barred or groups.reveal([key])}
    while True:
        shown, total_shown = publishable_rows(enrolled, passed, threshold, beside=beside, hidden=hidden)
        others = enrolled.keys() - shown
        if not shown or not others or not groups.reveal(others):
            break
        hidden |= others | {min(shown, key=lambda key: (enrolled[key], str(key)))}
    if not (total_shown and may_total):
        total = CountedRow(_("Total"), None, None)
        return CountedTable(breakdown.code, breakdown.title, (), total, any_hidden=True)
    rows = [
        CountedRow(_label(breakdown, key), enrolled[key], passed[key])
        for key in sorted(shown, key=lambda key: (key in (UNKNOWN, SEVERAL), str(key)))
    ]
    total = CountedRow(_("Total"), sum(enrolled.values()), sum(passed.values()))
    if others:
        rows.append(
            CountedRow(
                _("all other groups together"),
                sum(enrolled[key] for key in others),
                sum(passed[key] for key in others),
            )
        )
    return CountedTable(breakdown.code, breakdown.title, tuple(rows), total, any_hidden=bool(others))


def _label(breakdown: Breakdown, key: Any) -> str:
    if key == SEVERAL:
        return _("in several of them")
    return _("not known") if key == UNKNOWN else breakdown.label(key)
