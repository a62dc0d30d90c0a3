"""An attacker on published counts: every group of people that can be worked out of them.

Each published count is one linear equation over groups that the attacker does not see (`Atom`: an edition, and what became
of its people there). A group is found where it can be written as a sum of published counts, each taken any number of times,
added or subtracted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from itertools import combinations

Atom = tuple[str, str]
Column = frozenset[Atom]
Row = dict[Column, Fraction]
Basis = list[tuple[Column, Row]]
MOST_ENUMERATED = 13  # dimensions: 8,192 combinations


def differences(
    told: Iterable[set[Atom]], size: Callable[[set[Atom]], int]
) -> Iterator[tuple[set[Atom], int]]:
    """The published groups, and what is left of one when another that lies within it is subtracted."""
    counts = _without_nobody(told, size)
    yield from ((atoms, size(atoms)) for atoms in counts)
    for one, other in combinations(counts, 2):
        if one < other or other < one:
            yield one ^ other, size(one ^ other)


def computable(
    told: Iterable[set[Atom]], size: Callable[[set[Atom]], int], asked: Iterable[set[Atom]]
) -> Iterator[tuple[set[Atom], int]]:
    """Every group that can be worked out, with its size; where there are too many, those that somebody asks for."""
    counts = _without_nobody(told, size)
    yield from differences(counts, size)
    columns = _indistinct(counts)
    basis = _reduced([{column: Fraction(1) for column in columns if column <= atoms} for atoms in counts])
    if len(basis) <= MOST_ENUMERATED:
        for group in _all_groups(basis):
            atoms = set[Atom]().union(*group)
            yield atoms, size(atoms)
        return
    for wanted in asked:
        group = frozenset(column for column in columns if column <= wanted)
        if group and not _remainder({column: Fraction(1) for column in group}, basis):
            atoms = set[Atom]().union(*group)
            yield atoms, size(atoms)


def _without_nobody(told: Iterable[set[Atom]], size: Callable[[set[Atom]], int]) -> list[set[Atom]]:
    """A count of 0 tells that each of its groups is empty."""
    everything = list(told)
    empty = set[Atom]().union(*(atoms for atoms in everything if not size(atoms)))
    return [left for atoms in everything if (left := atoms - empty)]


def _indistinct(told: list[set[Atom]]) -> set[Column]:
    """The groups put together that no published count tells apart."""
    by_membership: dict[frozenset[int], set[Atom]] = {}
    for atom in set().union(*told) if told else set():
        where = frozenset(number for number, atoms in enumerate(told) if atom in atoms)
        by_membership.setdefault(where, set()).add(atom)
    return {frozenset(atoms) for atoms in by_membership.values()}


def _reduced(rows: list[Row]) -> Basis:
    """The same equations in reduced echelon form: each pivot stands in one of them alone."""
    basis: Basis = []
    for row in rows:
        left = _remainder(row, basis)
        if not left:
            continue
        pivot = min(left, key=sorted)
        own = {column: value / left[pivot] for column, value in left.items()}
        basis = [(other, _less(known, own, known.get(pivot, Fraction(0)))) for other, known in basis]
        basis.append((pivot, own))
    return basis


def _remainder(row: Row, basis: Basis) -> Row:
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


def _all_groups(basis: Basis) -> Iterator[frozenset[Column]]:
    """Every group in the span: its share of each pivot is nothing or all, so these are all combinations there are."""
    sums: list[Row] = [{}]
    for _pivot, row in basis:
        sums += [_less(known, row, Fraction(-1)) for known in sums]
    for row in sums:
        if row and all(value == 1 for value in row.values()):
            yield frozenset(row)
