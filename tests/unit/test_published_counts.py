"""All that is told of the learners of a year, attacked: nothing that can be computed from it is a small group of persons.

The attacker (`tests.support.attack`) knows the tree and which results are known of which edition.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import combinations
from uuid import UUID, uuid5

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iqas.core.disclosure import is_small
from microcredentials.selectors.published import Counted, Place, Published, decide
from tests.support.attack import Atom, computable

ROOT = uuid5(UUID(int=0), "university")
GROUPS = ("early", "recognised", "left", "not presented", "failed", "passed")
STAYED = GROUPS[2:]


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
        return computable(self.told(), self.size, self._questions())

    def _questions(self) -> Iterator[set[Atom]]:
        """What somebody might want to know: some groups of people of one edition, or of everything below a place."""
        places = {place for edition in self.editions for place in edition.path}
        for place in places:
            for many in range(1, len(GROUPS) + 1):
                for groups in combinations(GROUPS, many):
                    yield {a for e in self.editions if place in e.path for a in e.atoms(*groups)}


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


@pytest.mark.slow
@settings(max_examples=150, deadline=None)
@given(world=worlds())
def test_nothing_that_can_be_computed_is_a_small_group(world: World) -> None:
    small = [(sorted(atoms), size) for atoms, size in world.found() if is_small(size, world.threshold)]
    assert small == []


def test_the_attacker_finds_what_was_told_before() -> None:
    """18 of 20 completed; 27 began of 30 enrolled; three of two editions that are only told together."""
    of = {("e", "left"): 2, ("e", "passed"): 18, ("f", "passed"): 3}

    def size(atoms: set[Atom]) -> int:
        return sum(of[atom] for atom in atoms)

    began, completed = {("e", "left"), ("e", "passed")}, {("e", "passed")}
    assert ({("e", "left")}, 2) in list(computable([began, completed], size, []))
    both = began | {("f", "passed")}
    assert ({("f", "passed")}, 3) in list(computable([both, began], size, []))
    three = [
        {("e", "left"), ("e", "passed")},
        {("e", "passed"), ("f", "passed")},
        {("e", "left"), ("f", "passed")},
    ]
    assert ({("f", "passed")}, 3) in list(
        computable(three, size, [])
    )  # by halving a sum, not by one subtraction
