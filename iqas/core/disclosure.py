"""Which counts of persons may be published, so that no small group can be read or recomputed.

Pure: cells and the way they add up go in, the set of cells that may be shown comes out. The rules are those of
statistical disclosure control (Eurostat's primary and secondary cell suppression):

* primary: a cell of 1 to ``threshold - 1`` persons is hidden; nobody (0) is not a group and may be shown;
* complementary: what is left when the shown cells are subtracted from a shown total is itself a group of persons, so it
  must be empty or hold at least ``threshold`` persons (``0 < N - n < k`` is refused), consist of two cells or more, and
  leave every hidden cell more than one possible value, even for a reader who knows these rules.

What is told of the same persons in several ways (enrolled, passed) is decided together: a rate of 18 of 20 tells of the
two who are not in it.

The threshold is applied to groups of persons (a campaign, a predeclared group, those who answered an item, the learners
of an edition), never to one bar of a distribution.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True)
class Disclosure(Generic[Key]):
    """What may be published of one partition: the keys of its cells, and whether their total may be shown beside them."""

    shown: frozenset[Key]
    hidden: frozenset[Key]
    total_shown: bool


def is_small(count: int, threshold: int) -> bool:
    """Whether ``count`` persons are a group too small to be published. Nobody is not a group."""
    return 0 < count < threshold


def moves_too_little(published: int, now: int, threshold: int) -> bool:
    """Whether a count that was published may not become ``now``: the difference is itself a group of persons.

    What was below the threshold was never published, so it may become anything.
    """
    return published >= threshold and is_small(abs(now - published), threshold)


def suppress(
    cells: Mapping[Key, int], *, threshold: int, hidden: Collection[Key] = frozenset()
) -> Disclosure[Key]:
    """Decide which cells of one partition of persons may be published beside their total.

    ``cells`` are disjoint groups that together are everybody counted; ``hidden`` are cells already hidden for another
    reason. Refuses (``ValueError``) a threshold under 3 or a negative count.
    """
    _check(cells, threshold)
    everything = frozenset(cells)
    if is_small(sum(cells.values()), threshold):
        return Disclosure(shown=frozenset(), hidden=everything, total_shown=False)

    withheld = {
        key for key, count in cells.items() if is_small(count, threshold) or (count and key in hidden)
    }
    open_cells = {key: count for key, count in cells.items() if count and key not in withheld}
    while withheld and open_cells:
        smallest_open = min(open_cells.values())
        if _is_protected([cells[key] for key in withheld], threshold, smallest_open):
            break
        # Equal cells go together: breaking the tie would tell that the hidden one is as large as the one shown.
        withheld.update(key for key, count in open_cells.items() if count == smallest_open)
        open_cells = {key: count for key, count in open_cells.items() if count > smallest_open}
    if withheld and not open_cells:
        # Every group that exists is hidden: which ones are empty would narrow the rest down.
        withheld = set(everything)
    return Disclosure(shown=everything - withheld, hidden=frozenset(withheld), total_shown=True)


def suppress_rows(
    rows: Mapping[Key, Mapping[str, int]], *, threshold: int, hidden: Collection[Key] = frozenset()
) -> Disclosure[Key]:
    """Decide which rows of several counts may be published, each whole or not at all, beside the totals.

    Each part ("passed", "not passed") is a partition of its own, of the rows that have it. A row with a small group among
    its parts is hidden; others go with it until, in every part, what is left when the shown rows are subtracted from the total is
    nobody or a large group. ``hidden`` are rows already hidden for another reason.
    """
    parts = {
        part: {key: row[part] for key, row in rows.items() if part in row}
        for part in sorted({part for row in rows.values() for part in row})
    }
    everything = frozenset(rows)
    if any(is_small(sum(cells.values()), threshold) for cells in parts.values()):
        return Disclosure(shown=frozenset(), hidden=everything, total_shown=False)
    withheld = set(everything.intersection(hidden)).union(
        *(suppress(cells, threshold=threshold).hidden for cells in parts.values())
    )
    while small := [
        cells
        for cells in parts.values()
        if is_small(sum(count for key, count in cells.items() if key in withheld), threshold)
    ]:
        open_cells = {key: count for key, count in small[0].items() if count and key not in withheld}
        smallest_open = min(open_cells.values())
        withheld.update(key for key, count in open_cells.items() if count == smallest_open)
    return Disclosure(shown=everything - withheld, hidden=frozenset(withheld), total_shown=True)


def suppress_tree(
    counts: Mapping[Key, int], parents: Mapping[Key, Key | None], *, threshold: int
) -> frozenset[Key]:
    """The nodes of a tree of totals (university, centres, micro-credentials, editions) that may be published.

    ``parents`` names the node above each node, ``None`` for a root. Below a hidden node everything is hidden, so that it
    cannot be added up again. Refuses (``ValueError``) a parent that is no node, and a node whose children do not add up
    to it.
    """
    return suppress_row_tree(
        {key: {"": count} for key, count in counts.items()}, parents, threshold=threshold
    )


def suppress_row_tree(
    rows: Mapping[Key, Mapping[str, int]],
    parents: Mapping[Key, Key | None],
    *,
    threshold: int,
    within: Collection[Key] | None = None,
) -> frozenset[Key]:
    """As ``suppress_tree``, for nodes that tell several counts each, and show all of them or none (``suppress_rows``).

    ``within`` are the only nodes that may be shown: where the counts of a wider group are published already, a part of
    that group is told of no node that keeps the group itself hidden. A part may end at a level; it is not told below.
    """
    children: dict[Key, list[Key]] = {}
    for key, parent in parents.items():
        if parent is not None:
            if parent not in rows:
                raise ValueError(f"{key!r} stands below {parent!r}, which is not counted")
            children.setdefault(parent, []).append(key)
    for parent, below in children.items():
        for part in {part for key in below for part in rows[key]}:
            if sum(rows[key].get(part, 0) for key in below) != rows[parent].get(part, 0):
                raise ValueError(f"the children of {parent!r} do not add up to it")
    for row in rows.values():
        _check(row, threshold)

    allowed = rows.keys() if within is None else frozenset(within)
    shown: set[Key] = set()
    waiting = [
        key
        for key, row in rows.items()
        if parents.get(key) is None
        and key in allowed
        and not any(is_small(count, threshold) for count in row.values())
    ]
    while waiting:
        node = waiting.pop()
        shown.add(node)
        cells = {key: rows[key] for key in children.get(node, ())}
        barred = [key for key in cells if key not in allowed]
        waiting.extend(suppress_rows(cells, threshold=threshold, hidden=barred).shown)
    return frozenset(shown)


def _is_protected(counts: Collection[int], threshold: int, smallest_shown: int) -> bool:
    """Whether hidden cells, whose sum anyone can compute, leave each of them unknown.

    A reader of the rules knows that each holds at least 1 and less than the smallest shown cell: two persons away from
    either end, there is always another table that publishes alike (checked exhaustively in the tests).
    """
    cells, total = len(counts), sum(counts)
    lowest, highest = cells, cells * (smallest_shown - 1)
    return cells > 1 and total >= threshold and lowest + 2 <= total <= highest - 2


def _check(counts: Mapping[Key, int], threshold: int) -> None:
    if threshold < 3:
        raise ValueError("a threshold under 3 protects nobody")
    if any(count < 0 for count in counts.values()):
        raise ValueError("a group cannot hold fewer than 0 persons")
