"""Tests of differences against every way counted one by one, and against the tables of the papers they come from."""

from __future__ import annotations

from itertools import combinations

import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback import comparison
from feedback.comparison import chance_of, compare_all, holm, mann_whitney, newcombe
from feedback.presenters.differences import sentence
from feedback.statistics import Scale, distribute, size

FIVE = Scale(1, 5)
POINTS = st.lists(st.integers(1, 5), min_size=1, max_size=6)


def counted(answers: list[int]) -> dict[int, int]:
    return distribute(answers, FIVE)[0]


def by_hand(first: list[int], second: list[int]) -> float:
    """The share of all ways to draw the first from all answers whose wins are at least as far from even."""
    together = first + second

    def wins(chosen: tuple[int, ...]) -> float:
        ours = [together[place] for place in chosen]
        theirs = [answer for place, answer in enumerate(together) if place not in chosen]
        return sum((one > other) + (one == other) / 2 for one in ours for other in theirs)

    even = len(first) * len(second) / 2
    seen = abs(wins(tuple(range(len(first)))) - even)
    ways = [wins(chosen) for chosen in combinations(range(len(together)), len(first))]
    return sum(abs(way - even) >= seen for way in ways) / len(ways)


@settings(max_examples=60)
@given(POINTS, POINTS)
def test_the_exact_test_counts_every_way(first: list[int], second: list[int]) -> None:
    found = mann_whitney(counted(first), counted(second), FIVE)
    assert found is not None
    assert found.is_exact
    assert found.p == pytest.approx(by_hand(first, second))


@given(POINTS, POINTS)
def test_either_side_may_come_first_and_direction_turns_who_is_better(
    first: list[int], second: list[int]
) -> None:
    one, other = counted(first), counted(second)
    there, back = mann_whitney(one, other, FIVE), mann_whitney(other, one, FIVE)
    turned = mann_whitney(one, other, Scale(1, 5, reverse=True))
    assert there is not None
    assert back is not None
    assert turned is not None
    assert there.p == pytest.approx(back.p) == pytest.approx(turned.p)
    assert there.superiority == 1 - back.superiority == 1 - turned.superiority


def test_where_there_are_many_the_approximation_is_as_good(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = {1: 2, 2: 4, 3: 9, 4: 14, 5: 11}, {1: 5, 2: 9, 3: 10, 4: 10, 5: 6}
    approximate = mann_whitney(first, second, FIVE)
    monkeypatch.setattr(comparison, "MOST_WORK", 10**12)
    exact = mann_whitney(first, second, FIVE)
    assert approximate is not None
    assert exact is not None
    assert (approximate.is_exact, exact.is_exact) == (False, True)
    assert approximate.p == pytest.approx(exact.p, abs=0.004)


def test_nobody_is_not_compared_and_equals_do_not_differ() -> None:
    assert mann_whitney({}, {3: 5}, FIVE) is None
    same = mann_whitney({3: 400}, {3: 500}, FIVE)
    assert same is not None
    assert same.p == 1


def test_newcombes_interval_is_that_of_the_paper() -> None:
    """Newcombe 1998, table II, method 10: 56/70 − 48/80 and 9/10 − 3/10."""
    assert newcombe(56, 70, 48, 80) == pytest.approx((0.0524, 0.3339), abs=5e-5)
    assert newcombe(9, 10, 3, 10) == pytest.approx((0.1705, 0.8090), abs=5e-5)
    assert newcombe(0, 0, 3, 10) is None


def test_holm_by_hand() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([]) == []
    assert holm([0.9, 0.8]) == [1.0, 1.0]


def test_among_twenty_questions_one_lucky_one_is_no_difference() -> None:
    lucky, alike = ({1: 1, 5: 9}, {1: 7, 5: 3}, FIVE), ({3: 5, 4: 5}, {3: 5, 4: 5}, FIVE)
    alone = compare_all({"L01": lucky})
    among = compare_all({"L01": lucky} | {f"L{number:02}": alike for number in range(2, 21)})
    alone_p = alone["L01"].p
    assert alone["L01"].is_detectable
    assert among["L01"].p == pytest.approx(min(1.0, 20 * alone_p))
    assert not among["L01"].is_detectable


def test_the_chance_is_that_at_which_newcombes_interval_begins_to_leave_zero_out() -> None:
    """Of 56/70 − 48/80 the 95 % interval is from 5 to 33 points; 12/20 − 11/20 is no difference."""
    p = chance_of(56, 70, 48, 80)
    assert p == chance_of(48, 80, 56, 70) < 0.05
    z = comparison._z_of(p)
    at_the_edge = newcombe(56, 70, 48, 80, z)
    assert at_the_edge is not None
    assert at_the_edge[0] == pytest.approx(0, abs=1e-6)
    assert chance_of(12, 20, 11, 20) > 0.5
    assert chance_of(5, 10, 10, 20) == 1


counts = st.lists(st.integers(0, 12), min_size=5, max_size=5).map(lambda n: dict(enumerate(n, start=1)))
sides = st.lists(st.tuples(counts, counts), min_size=1, max_size=15)


@given(sides, st.sampled_from([FIVE, Scale(1, 5, reverse=True)]))
def test_sentences_contradicted_their_own_intervals(
    pairs: list[tuple[dict[int, int], dict[int, int]]], scale: Scale
) -> None:
    """Detectable is said exactly where zero is not between the ends that stand beside it."""
    for compared in compare_all({n: (*pair, scale) for n, pair in enumerate(pairs)}).values():
        assert compared.low is not None
        assert compared.high is not None
        assert compared.is_detectable == (compared.low > 0 or compared.high < 0)
        assert compared.is_detectable == (compared.p < comparison.SIGNIFICANT) or compared.p == pytest.approx(
            comparison.SIGNIFICANT, abs=1e-6
        )
        with translation.override("en"):
            words = sentence(compared, "A", "B")
        low, high = (
            int(end.replace("−", "-")) for end in words.split(" from ")[-1].rstrip(").").split(" to ")
        )
        assert words.startswith("No detectable") == (low <= 0 <= high)
        if not words.startswith("No detectable"):
            assert words.startswith("More favourable in A") == (low > 0)


def test_a_shift_that_leaves_the_share_alone_is_no_difference_of_shares() -> None:
    """All good on one side, all very good on the other: of the share that is printed nothing differs."""
    found = compare_all({"L01": ({4: 20}, {5: 20}, FIVE)})["L01"]
    assert (found.difference, found.is_detectable) == (0, False)


def test_yes_and_no_are_compared_by_the_share_of_yes() -> None:
    found = compare_all({"P01": ({0: 1, 1: 19}, {0: 15, 1: 5}, Scale(0, 1))})["P01"]
    assert found.difference == pytest.approx(0.7)
    assert found.is_detectable
    assert found.first_is_better


def test_three_points_have_no_share_and_are_compared_by_their_order() -> None:
    first, second = {1: 1, 2: 2, 3: 17}, {1: 15, 2: 3, 3: 2}
    found = compare_all({"X": (first, second, Scale(1, 3))})["X"]
    assert (found.low, found.difference) == (None, None)
    assert found.is_detectable
    assert found.first_is_better
    assert (found.first_n, found.second_n) == (size(first), size(second))
