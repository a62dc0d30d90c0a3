"""All that is told of the learners of a year, attacked: nothing that can be computed from it is a small group of persons.

The attacker knows the rules, the tree, and which results are known of which edition; every published count is one linear
equation over groups that the attacker does not see. A group is found when it can be written as a sum of published counts,
each taken any number of times, added or subtracted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import combinations
from uuid import UUID, uuid5

from hypothesis import given, settings
from hypothesis import strategies as st

from iqas.core.disclosure import is_small
from microcredentials.selectors.published import Counted, Place, Published, decide

ROOT = uuid5(UUID(int=0), "university")
GROUPS = ("early", "recognised", "left", "not presented", "failed", "passed")
STAYED = GROUPS[2:]
MOST_ENUMERATED = 13  # dimensions: 8,192 combinations

Atom = tuple[str, str]  # edition, group of persons
Vector = Mapping[Atom, Fraction]


@dataclass(frozen=True)
class EditionOf:
    """An edition as it was, with each of its people in one group, and what is known of its results."""

    name: str
    people: Mapping[str, int]
    known: frozenset[str] = frozenset({"completed", "passed", "presented"})
    places: int | None = 25

    @property
    def counted(self) -> Counted:
        of = self.people
        passed, presented = of["passed"], of["passed"] + of["failed"]
        completed = presented + of["not presented"]
        numbers: dict[str, int | None] = {
            "enrolled": sum(of.values()),
            "withdrawn_before_start": of["early"],
            "recognised": of["recognised"],
            "withdrawn": of["left"],
            "completed": completed,
            "presented": presented,
            "passed": passed,
            "failed": of["failed"],
        }
        for name in {"completed", "passed", "presented"} - self.known:
            numbers[name] = None
        return Counted(self.path, self.places, "register", numbers)

    @property
    def path(self) -> tuple[Place, ...]:
        centre, course, _edition = self.name.split(".")
        ids = [uuid5(ROOT, name) for name in (self.name, f"{centre}.{course}", centre)]
        return Place(ids[1], ids[0]), Place(ids[1]), Place(ids[2]), Place(ROOT)

    def atoms(self, *groups: str) -> set[Atom]:
        return {(self.name, group) for group in groups}


MEANS = {
    "enrolled": GROUPS,
    "withdrawn_before_start": ("early",),
    "recognised": ("recognised",),
    "began": STAYED,
    "withdrawn": ("left",),
    "completed": ("not presented", "failed", "passed"),
    "presented": ("failed", "passed"),
    "passed": ("passed",),
    "failed": ("failed",),
}


@dataclass
class World:
    editions: list[EditionOf]
    threshold: int
    published: Published = field(init=False)

    def __post_init__(self) -> None:
        self.published = decide([edition.counted for edition in self.editions], self.threshold)

    def size(self, atoms: set[Atom]) -> int:
        of = {edition.name: edition.people for edition in self.editions}
        return sum(of[edition][group] for edition, group in atoms)

    def told(self) -> list[set[Atom]]:
        """Every published count, as the set of groups whose people it counts."""
        return [atoms for atoms in self._told() if atoms]

    def _told(self) -> Iterator[set[Atom]]:
        tells = self.published.places
        for place in tells["covered"]:
            yield self._of(place, "covered", "began")
        for place in tells["completed"]:
            yield from (self._of(place, "completed", name) for name in ("began", "completed"))
        for place in tells["assessed"]:
            yield from (self._of(place, "assessed", name) for name in ("presented", "passed"))
        for place in tells["passed"]:
            yield self._of(place, "began", "began")
            yield self._of(place, "assessed", "passed")
        for edition in self.editions:
            for name in self.published.names_of(edition.path[0].edition or ROOT):
                yield edition.atoms(*MEANS[name])

    def _of(self, place: Place, what: str, name: str) -> set[Atom]:
        """The total of a count at a place, over the editions that this total contains."""
        return {
            atom
            for edition in self.editions
            if place in edition.path and self.published.has_in_totals(what, edition.counted)
            for atom in edition.atoms(*MEANS[name])
        }

    def found(self) -> Iterator[tuple[set[Atom], int]]:
        """Every group that the attacker can compute, with its size."""
        told = self.told()
        yield from ((atoms, self.size(atoms)) for atoms in told)
        for one, other in combinations(told, 2):
            if one < other or other < one:
                yield one ^ other, self.size(one ^ other)
        columns = _indistinct(told)
        basis = _reduced([{column: Fraction(1) for column in columns if column <= atoms} for atoms in told])
        if len(basis) <= MOST_ENUMERATED:
            groups = _all_groups(basis)
        else:
            groups = (group for group in self._questions(columns) if _is_computable(group, basis))
        for group in groups:
            atoms = set().union(*group)
            yield atoms, self.size(atoms)

    def _questions(self, columns: set[frozenset[Atom]]) -> Iterator[frozenset[frozenset[Atom]]]:
        """What somebody might want to know: some groups of people of one edition, or of everything below a place."""
        places = {place for edition in self.editions for place in edition.path}
        for place in places:
            for many in range(1, len(GROUPS) + 1):
                for groups in combinations(GROUPS, many):
                    asked = {a for e in self.editions if place in e.path for a in e.atoms(*groups)}
                    inside = frozenset(column for column in columns if column <= asked)
                    if inside:
                        yield inside


def _indistinct(told: list[set[Atom]]) -> set[frozenset[Atom]]:
    """The groups put together that no published count tells apart."""
    by_membership: dict[frozenset[int], set[Atom]] = {}
    for atom in set().union(*told) if told else set():
        where = frozenset(number for number, atoms in enumerate(told) if atom in atoms)
        by_membership.setdefault(where, set()).add(atom)
    return {frozenset(atoms) for atoms in by_membership.values()}


Row = dict[frozenset[Atom], Fraction]


def _reduced(rows: list[Row]) -> list[tuple[frozenset[Atom], Row]]:
    """The same equations in reduced echelon form: each pivot stands in one of them alone."""
    basis: list[tuple[frozenset[Atom], Row]] = []
    for row in rows:
        left = _remainder(row, basis)
        if not left:
            continue
        pivot = min(left, key=sorted)
        own = {column: value / left[pivot] for column, value in left.items()}
        basis = [(other, _less(known, own, known.get(pivot, Fraction(0)))) for other, known in basis]
        basis.append((pivot, own))
    return basis


def _remainder(row: Row, basis: list[tuple[frozenset[Atom], Row]]) -> Row:
    for pivot, known in basis:
        row = _less(row, known, row.get(pivot, Fraction(0)))
    return row


def _less(row: Row, other: Row, times: Fraction) -> Row:
    if not times:
        return row
    left = {
        column: row.get(column, Fraction(0)) - times * other.get(column, Fraction(0))
        for column in row | other
    }
    return {column: value for column, value in left.items() if value}


def _all_groups(basis: list[tuple[frozenset[Atom], Row]]) -> Iterator[frozenset[frozenset[Atom]]]:
    """Every group in the span: its share of each pivot is nothing or all, so these are all combinations there are."""
    sums: list[Row] = [{}]
    for _pivot, row in basis:
        sums += [_less(known, row, Fraction(-1)) for known in sums]
    for row in sums:
        if row and all(value == 1 for value in row.values()):
            yield frozenset(row)


def _is_computable(group: frozenset[frozenset[Atom]], basis: list[tuple[frozenset[Atom], Row]]) -> bool:
    return not _remainder({column: Fraction(1) for column in group}, basis)


# Worlds -----------------------------------------------------------------------------------------------

few = st.integers(0, 4)
ALL = frozenset({"completed", "passed", "presented"})
results = st.sampled_from(
    [ALL] * 6
    + [frozenset()] * 3
    + [frozenset({"completed"}), frozenset({"completed", "passed"}), frozenset({"passed", "presented"})]
)


@st.composite
def worlds(draw: st.DrawFn) -> World:
    editions = []
    for centre in range(draw(st.integers(1, 3))):
        for course in range(draw(st.integers(1, 2))):
            for edition in range(draw(st.integers(1, 2))):
                size = draw(st.sampled_from([2, 5, 8, 12, 20]))
                people = {
                    "early": draw(few) // 3,
                    "recognised": draw(few) // 4,
                    "left": draw(st.one_of(few, st.integers(0, 12))),
                    "not presented": draw(st.sampled_from([0, 0, 1, 6])),
                    "failed": draw(st.one_of(few, st.integers(0, 9))),
                    "passed": draw(st.sampled_from([0, size])),
                }
                places = draw(st.sampled_from([25, 25, 25, None]))
                editions.append(EditionOf(f"{centre}.{course}.{edition}", people, draw(results), places))
    return World(editions, draw(st.integers(3, 6)))


@settings(max_examples=400, deadline=None)
@given(world=worlds())
def test_nothing_that_can_be_computed_is_a_small_group(world: World) -> None:
    small = [(sorted(atoms), size) for atoms, size in world.found() if is_small(size, world.threshold)]
    assert small == []
