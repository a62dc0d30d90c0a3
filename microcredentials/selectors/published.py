"""Which counts of learners may be published of a year: one decision for everything that tells some of them.

Indicators, the page and the report of an edition, the API and SIIU all tell of the same persons, in an edition and in all
that stands above it. Whatever is told in one place can be subtracted from what is told in another, so each of them asks
here and none decides for itself. Four things are told, each only where those before it are, and each small group is hidden
with whatever would reveal it (`core.disclosure`):

1. BEGAN: enrolled, without who withdrew before the start and who obtained it by recognition;
2. PASSED, for the university and its centres (SIIU: RD 640/2021 art. 18.1.a);
3. COMPLETED, and by subtraction not completed;
4. ASSESSED: presented to assessment and passed, and by subtraction not presented, failed, or completed without it.

An edition whose results are not all known yet is in totals only with what could be told of it alone: otherwise a total
that contains it less a total that does not would be its people.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import NamedTuple
from uuid import UUID

from django.db.models import QuerySet

from iqas.core.disclosure import is_small, suppress_row_tree
from iqas.organisation.models import AcademicYear, University
from microcredentials.models import Edition, EnrolmentCount

BEGAN, PASSED, COMPLETED, ASSESSED = "began", "passed", "completed", "assessed"
COVERED = "covered"  # began, in an edition whose places are known
TOLD = {BEGAN: (BEGAN,), PASSED: ("passed",), COMPLETED: ("completed",), ASSESSED: ("presented", "passed")}
TOTALS = {PASSED: ASSESSED}  # whose editions are in its totals
CENTRE = 2  # how high a centre stands above its editions


class Place(NamedTuple):
    """Where a number stands: a scope, or one edition of a micro-credential."""

    scope: UUID
    edition: UUID | None = None


Parts = dict[str, int]
Figure = Mapping[UUID | None, int]  # edition → how many of its people are counted
Above = Mapping[Place, Place | None]


@dataclass(frozen=True)
class Counted:
    """The counts of one edition, and the places that they stand in: itself, micro-credential, centre, university."""

    path: tuple[Place, ...]
    places: int | None
    source: str
    numbers: Mapping[str, int | None]

    @property
    def edition(self) -> UUID | None:
        return self.path[0].edition

    @cached_property
    def began(self) -> int | None:
        """Still enrolled on the first day; None where nobody knows."""
        enrolled = self.numbers["enrolled"]
        return (
            None
            if enrolled is None
            else enrolled - self.some("withdrawn_before_start") - self.some("recognised")
        )

    def some(self, name: str) -> int:
        return self.numbers[name] or 0

    @cached_property
    def completed(self) -> int | None:
        return self._within("completed")

    @cached_property
    def passed(self) -> int | None:
        return self._within("passed")

    @cached_property
    def presented(self) -> int | None:
        return self._within("presented")

    @property
    def by_hand(self) -> bool:
        """Whether no person of the register stands behind the counts."""
        return self.source != EnrolmentCount.REGISTER

    def in_totals(self, threshold: int) -> frozenset[str]:
        """What of it enters totals: everything that is known to the end, else what could be told of it alone."""
        if self.began is None:
            return frozenset()
        if None not in (self.completed, self.presented, self.passed):
            return frozenset({BEGAN, COMPLETED, ASSESSED})
        if is_small(self.began, threshold):
            return frozenset()
        if self.completed is None or any(
            is_small(group, threshold) for group in (self.completed, self.began - self.completed)
        ):
            return frozenset({BEGAN})
        return frozenset({BEGAN, COMPLETED})

    def _within(self, name: str) -> int | None:
        """A count of some of those who began; typed counts may contradict each other, and then say nothing."""
        count = self.numbers[name]
        return None if count is None or self.began is None or count > self.began else count


@dataclass(frozen=True)
class Published:
    """What may be told of a year: of which places, and of each edition what enters totals."""

    counted: tuple[Counted, ...]
    places: Mapping[str, frozenset[Place]]
    in_totals: Mapping[UUID | None, frozenset[str]]
    threshold: int

    def tells(self, what: str, place: Place) -> bool:
        return place in self.places[what]

    def has_in_totals(self, what: str, one: Counted) -> bool:
        """Whether totals of this contain the edition."""
        return what in self.in_totals.get(one.edition, frozenset())

    def told_with(self, one: Counted, *things: str) -> Place:
        """The lowest place, from the edition upwards, of which one of these is told: only in that total they are known."""
        return next(
            (place for place in one.path if any(self.tells(what, place) for what in things)), one.path[-1]
        )

    @cached_property
    def figures(self) -> tuple[tuple[int, Figure], ...]:
        """Every count that is told of a place, and the same edition by edition."""
        found: dict[tuple[Place, str], dict[UUID | None, int]] = defaultdict(dict)
        for one in self.counted:
            for place, (what, names) in product(one.path, TOLD.items()):
                if self.tells(what, place) and self.has_in_totals(TOTALS.get(what, what), one):
                    for name in names:
                        if count := getattr(one, name):
                            found[place, name][one.edition] = count
        return tuple((sum(figure.values()), figure) for figure in found.values())

    def reveals(self, figure: Figure) -> bool:
        """Whether a small group is left of this count less one that is told, or of one that is told less this.

        Within an edition the counts contain each other: who passed was presented and completed.
        """
        total = sum(figure.values())
        return any(
            is_small(abs(other_total - total), self.threshold)
            and (_contains(figure, other) or _contains(other, figure))
            for other_total, other in self.figures
        )

    def names_of(self, edition: UUID) -> frozenset[str]:
        """The counts of an edition, by their names, that may stand on its page; `began` among them."""
        counted = next((one for one in self.counted if one.edition == edition), None)
        return frozenset() if counted is None else frozenset(self._names(counted))

    def _names(self, one: Counted) -> Iterable[str]:
        own = one.path[0]
        if not self.tells(BEGAN, own) or one.began is None:
            return
        yield BEGAN
        early, recognised = one.some("withdrawn_before_start"), one.some("recognised")
        if not is_small(early + recognised, self.threshold):
            yield "enrolled"
            if not self._any_small(early, recognised):
                yield from ("withdrawn_before_start", "recognised")
        if self.tells(COMPLETED, own) and one.completed is not None and self.has_in_totals(COMPLETED, one):
            yield "completed"
            left = one.some("withdrawn")
            if not self._any_small(left, one.began - one.completed - left):
                yield "withdrawn"
        if self.tells(ASSESSED, own) and self.has_in_totals(ASSESSED, one):
            yield from ("presented", "passed")
            failed = one.some("failed")
            if not self._any_small(failed, (one.presented or 0) - (one.passed or 0) - failed):
                yield "failed"

    def _any_small(self, *groups: int) -> bool:
        return any(is_small(group, self.threshold) for group in groups)


def published_of(year: AcademicYear, university: University) -> Published:
    """The decision for all editions of a year. One statement, whatever their number."""
    rows = EnrolmentCount.objects.filter(edition__year=year).exclude(edition__state=Edition.State.CANCELLED)
    return decide(_counted(rows, university), university.threshold)


def published_alone(edition: Edition, university: University) -> Published:
    """The decision for an edition that is in no total (a cancelled one)."""
    found = _counted(EnrolmentCount.objects.filter(edition=edition), university)
    return decide(
        [Counted(one.path[:1], one.places, one.source, one.numbers) for one in found], university.threshold
    )


def _counted(rows: QuerySet[EnrolmentCount], university: University) -> list[Counted]:
    fields = (
        "edition_id",
        "edition__microcredential__scope_id",
        "edition__microcredential__centre__scope_id",
        "edition__places",
        "source",
        *EnrolmentCount.NUMBERS,
    )
    return [
        Counted(
            (Place(scope, edition), Place(scope), Place(centre), Place(university.scope_id)),
            places,
            source,
            dict(zip(EnrolmentCount.NUMBERS, numbers, strict=True)),
        )
        for edition, scope, centre, places, source, *numbers in rows.values_list(*fields)
    ]


def decide(counted: Iterable[Counted], threshold: int) -> Published:
    """What may be told of these editions."""
    everybody = tuple(one for one in counted if one.began is not None)
    in_totals = {one.edition: one.in_totals(threshold) for one in everybody}
    told = [(one, in_totals[one.edition]) for one in everybody if in_totals[one.edition]]
    above: dict[Place, Place | None] = {}
    for one, _known in told:
        above |= zip(one.path, (*one.path[1:], None), strict=True)

    def shown(parts: PartsOf, within: frozenset[Place] | None = None) -> frozenset[Place]:
        return suppress_row_tree(_added_up(told, parts), above, threshold=threshold, within=within)

    began = shown(_who_began)
    passed = shown(_who_passed, began)
    wide = frozenset(place for one, _known in told for place in one.path[CENTRE:])
    completed = shown(_who_completed, passed | (began - wide))
    places = {
        BEGAN: began,
        PASSED: passed & wide,
        COMPLETED: completed,
        ASSESSED: shown(_who_was_assessed, completed),
        COVERED: began,
    }
    for edition in _covered(told, above, began):
        in_totals[edition] |= {COVERED}
    return Published(everybody, places, in_totals, threshold)


def _contains(figure: Figure, other: Figure) -> bool:
    return all(figure.get(edition, 0) >= count for edition, count in other.items())


Told = Iterable[tuple[Counted, frozenset[str]]]
PartsOf = Callable[[Counted, frozenset[str], int], Parts]


def _added_up(told: Told, parts: PartsOf) -> dict[Place, Parts]:
    rows: dict[Place, Parts] = {}
    for one, known in told:
        for height, place in enumerate(one.path):
            row = rows.setdefault(place, {})
            for part, count in parts(one, known, height).items():
                row[part] = row.get(part, 0) + count
    return rows


# What each thing tells, as groups of persons that it would be wrong to tell of if they were small. Editions of which more
# is known are apart from the others, for a reader can tell them apart.


def _who_began(one: Counted, known: frozenset[str], height: int) -> Parts:
    return {f"began, {'-'.join(sorted(known))}": one.began or 0}


def _who_passed(one: Counted, known: frozenset[str], height: int) -> Parts:
    if height < CENTRE or ASSESSED not in known:
        return {}
    passed = one.passed or 0
    return {"passed": passed, "not passed": (one.began or 0) - passed}


def _who_completed(one: Counted, known: frozenset[str], height: int) -> Parts:
    if COMPLETED not in known:
        return {}
    completed = one.completed or 0
    kind = "" if ASSESSED in known else ", not assessed yet"
    parts = {f"completed{kind}": completed, f"not completed{kind}": (one.began or 0) - completed}
    if height >= CENTRE and ASSESSED in known:
        parts |= _apart("completed", completed, "passed", one.passed or 0)
    return parts


def _who_was_assessed(one: Counted, known: frozenset[str], height: int) -> Parts:
    if ASSESSED not in known:
        return {}
    completed, presented, passed = one.completed or 0, one.presented or 0, one.passed or 0
    return {
        "presented": presented,
        "passed": passed,
        "not presented": (one.began or 0) - presented,
        **_apart("presented", presented, "passed", passed),
        **_apart("completed", completed, "presented", presented),
        **_apart("completed", completed, "passed", passed),
    }


def _apart(name: str, count: int, other_name: str, other: int) -> Parts:
    """The persons whom one count has more than the other."""
    return {
        f"{name}, not {other_name}": max(count - other, 0),
        f"{other_name}, not {name}": max(other - count, 0),
    }


def _covered(told: Told, above: Above, began: frozenset[Place]) -> Iterable[UUID | None]:
    """Editions with places; of those hidden together all or none, so that their total is not split in two."""
    together: dict[tuple[Place, frozenset[str]], list[Counted]] = defaultdict(list)
    for one, known in told:
        place: Place | None = one.path[0]
        while place is not None and place not in began:
            place = above[place]
        together[place or one.path[-1], known].append(one)
    for group in together.values():
        if all(one.places is not None for one in group):
            yield from (one.edition for one in group)
