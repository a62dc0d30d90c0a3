"""No reader, not even one who knows the rules, can work out a hidden group."""

from __future__ import annotations

from collections import defaultdict
from itertools import combinations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iqas.core.disclosure import is_small, suppress, suppress_tree


@pytest.mark.parametrize(
    ("cells", "shown"),
    [
        ({"a": 12, "b": 9}, {"a", "b"}),
        ({"a": 12, "b": 0}, {"a", "b"}),
        ({"a": 5}, {"a"}),
        ({"a": 4}, set()),
        ({"a": 3, "b": 9}, set()),  # one small group: its only neighbour goes too
        ({"a": 3, "b": 9, "c": 20}, {"c"}),  # the smaller neighbour goes
        ({"a": 3, "b": 4, "c": 20}, {"c"}),  # 7 together: nobody else need go
        ({"a": 1, "b": 1, "c": 20, "d": 30}, {"d"}),  # 2 together are still a small group
        ({"a": 2, "b": 0, "c": 6, "d": 30}, {"b", "d"}),
        ({"a": 1, "b": 2}, set()),
        ({"a": 3, "b": 9, "c": 9, "d": 20}, {"d"}),  # equal groups go together
        ({"a": 4, "b": 4, "c": 5}, set()),  # 8 in two groups of at most 4 would be 4 and 4
        ({}, set()),
        ({"a": 0}, {"a"}),
    ],
)
def test_small_groups_and_one_neighbour_are_hidden(cells: dict[str, int], shown: set[str]) -> None:
    assert suppress(cells, threshold=5).shown == shown


def test_a_total_under_the_threshold_is_hidden_with_its_empty_cells() -> None:
    result = suppress({"a": 0, "b": 4}, threshold=5)
    assert (result.total_shown, result.hidden) == (False, {"a", "b"})


def test_a_group_hidden_for_another_reason_takes_a_neighbour_with_it() -> None:
    result = suppress({"a": 8, "b": 9, "c": 14}, threshold=5, hidden={"a"})
    assert result.shown == {"c"}


@pytest.mark.parametrize("threshold", [2, 1, 0, -3])
def test_a_threshold_that_protects_nobody_is_refused(threshold: int) -> None:
    with pytest.raises(ValueError, match="protects nobody"):
        suppress({"a": 1}, threshold=threshold)


def test_a_negative_count_is_refused() -> None:
    with pytest.raises(ValueError, match="fewer than 0"):
        suppress({"a": -1}, threshold=5)


@pytest.mark.parametrize(
    ("threshold", "width", "most"), [(3, 3, 16), (3, 4, 13), (4, 3, 20), (4, 4, 14), (5, 3, 24), (3, 5, 10)]
)
def test_every_hidden_cell_keeps_at_least_two_possible_values(threshold: int, width: int, most: int) -> None:
    """Exhaustive: of all tables that publish alike, a hidden cell never has the same value in all of them."""
    tables_that_look_like = defaultdict(list)
    for counts in product(range(most + 1), repeat=width):
        if sum(counts) > most:
            continue
        cells = dict(enumerate(counts))
        result = suppress(cells, threshold=threshold)
        view = (
            tuple((key, cells[key]) for key in sorted(result.shown)),
            sum(counts) if result.total_shown else None,
        )
        tables_that_look_like[view].append((counts, result.hidden))
    known = [
        (view, key)
        for view, tables in tables_that_look_like.items()
        for key in tables[0][1]
        if len({counts[key] for counts, _ in tables}) == 1
    ]
    assert known == []


groups = st.dictionaries(st.integers(0, 30), st.integers(0, 40), max_size=12)


@given(cells=groups, threshold=st.integers(3, 12))
def test_no_subtraction_of_published_figures_gives_a_small_group(
    cells: dict[int, int], threshold: int
) -> None:
    result = suppress(cells, threshold=threshold)
    assert result.shown | result.hidden == set(cells)
    assert not any(is_small(cells[key], threshold) for key in result.shown)
    if result.total_shown:
        rest = sum(cells.values()) - sum(cells[key] for key in result.shown)
        assert not is_small(rest, threshold)
        assert len(result.hidden) != 1


@given(cells=groups, threshold=st.integers(3, 12), data=st.data())
def test_no_published_subset_sum_equals_a_hidden_group(
    cells: dict[int, int], threshold: int, data: st.DataObject
) -> None:
    """A set of cells whose sum can be computed (shown cells, or the total less shown cells) is never one hidden cell."""
    result = suppress(cells, threshold=threshold)
    some_shown = data.draw(st.sets(st.sampled_from(sorted(result.shown)))) if result.shown else set()
    computable = [some_shown] + ([set(cells) - some_shown] if result.total_shown else [])
    for known in computable:
        non_empty = {key for key in known if cells[key]}
        assert not (len(non_empty) == 1 and non_empty <= result.hidden)


# A tree of totals -----------------------------------------------------------------------------------------------------

trees = st.lists(st.lists(st.lists(st.integers(0, 25), max_size=4), max_size=4), max_size=4)


def totals_of(tree: list[list[list[int]]]) -> tuple[dict[str, int], dict[str, str | None]]:
    counts: dict[str, int] = {"u": 0}
    parents: dict[str, str | None] = {"u": None}
    for c, centre in enumerate(tree):
        for m, course in enumerate(centre):
            for e, n in enumerate(course):
                path = ["u", f"u.{c}", f"u.{c}.{m}", f"u.{c}.{m}.{e}"]
                for above, node in zip([None, *path], path, strict=False):
                    parents[node] = above
                    counts[node] = counts.get(node, 0) + n
    return counts, parents


@given(tree=trees, threshold=st.integers(3, 10))
def test_residuals_of_a_published_tree_are_empty_or_large(
    tree: list[list[list[int]]], threshold: int
) -> None:
    """The groups that can be computed from nested totals are unions of residuals: each leaf below its nearest shown node."""
    counts, parents = totals_of(tree)
    shown = suppress_tree(counts, parents, threshold=threshold)
    leaves = set(counts) - {parent for parent in parents.values() if parent}
    residuals: dict[str, set[str]] = defaultdict(set)
    for leaf in leaves:
        node: str | None = leaf
        while node is not None and node not in shown:
            node = parents[node]
        if node is not None:
            residuals[node].add(leaf)
    for members in residuals.values():
        assert not is_small(sum(counts[leaf] for leaf in members), threshold)
    hidden_groups = {
        node: frozenset(
            leaf for leaf in leaves if (leaf == node or leaf.startswith(f"{node}.")) and counts[leaf]
        )
        for node in counts
        if node not in shown and counts[node]
    }
    pieces = [frozenset(leaf for leaf in members if counts[leaf]) for members in residuals.values()]
    pieces = [piece for piece in pieces if piece][:8]
    computable = {frozenset().union(*some) for size in (1, 2, 3) for some in combinations(pieces, size)}
    assert not computable & set(hidden_groups.values())


def test_below_a_hidden_node_nothing_is_shown() -> None:
    counts, parents = totals_of([[[6, 6], [3]], [[30]]])
    shown = suppress_tree(counts, parents, threshold=5)
    assert shown == {"u", "u.0", "u.1", "u.1.0", "u.1.0.0"}


def test_a_tree_that_does_not_add_up_is_refused() -> None:
    with pytest.raises(ValueError, match="add up"):
        suppress_tree({"u": 10, "a": 4}, {"u": None, "a": "u"}, threshold=5)
    with pytest.raises(ValueError, match="not counted"):
        suppress_tree({"a": 4}, {"a": "u"}, threshold=5)
