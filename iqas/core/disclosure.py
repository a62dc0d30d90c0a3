"""Which counts of persons may be published, so that no small group can be read or recomputed.

Pure: cells and the way they add up go in, the set of cells that may be shown comes out. The rules are those of
statistical disclosure control (Eurostat's primary and secondary cell suppression):

* primary: a cell of 1 to ``threshold - 1`` persons is hidden; nobody (0) is not a group and may be shown;
* complementary: what is left when the shown cells are subtracted from a shown total is itself a group of persons, so it
  must be empty or hold at least ``threshold`` persons (``0 < N - n < k`` is refused), consist of two cells or more, and
  leave every hidden cell more than one possible value, even for a reader who knows these rules.

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


def suppress_tree(
    counts: Mapping[Key, int], parents: Mapping[Key, Key | None], *, threshold: int
) -> frozenset[Key]:
    """The nodes of a tree of totals (university, centres, micro-credentials, editions) that may be published.

    ``parents`` names the node above each node, ``None`` for a root. Below a hidden node everything is hidden, so that it
    cannot be added up again. Refuses (``ValueError``) a parent that is no node, and a node whose children do not add up
    to it.
    """
    _check(counts, threshold)
    children: dict[Key, list[Key]] = {}
    for key, parent in parents.items():
        if parent is not None:
            if parent not in counts:
                raise ValueError(f"{key!r} stands below {parent!r}, which is not counted")
            children.setdefault(parent, []).append(key)
    for parent, below in children.items():
        if sum(counts[key] for key in below) != counts[parent]:
            raise ValueError(f"the children of {parent!r} do not add up to it")

    shown: set[Key] = set()
    waiting = [key for key in counts if parents.get(key) is None and not is_small(counts[key], threshold)]
    while waiting:
        node = waiting.pop()
        shown.add(node)
        cells = {key: counts[key] for key in children.get(node, ())}
        waiting.extend(suppress(cells, threshold=threshold).shown)
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
