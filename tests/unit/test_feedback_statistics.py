"""Figures from answers, against values computed by hand and against definitions written out the long way."""

from __future__ import annotations

import statistics as reference
from fractions import Fraction
from math import comb, sqrt
from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback import statistics
from feedback.statistics import (
    Scale,
    deviation,
    distribute,
    favourable,
    finite_population_interval,
    is_straight_lined,
    mean,
    median,
    recommendation,
    wilson,
)

FIVE = Scale(1, 5)
FIVE_REVERSED = Scale(1, 5, reverse=True)


def test_every_point_of_the_scale_is_counted_zeros_included() -> None:
    assert distribute([5, 5, None, 1, 3, None], FIVE) == ({1: 1, 2: 0, 3: 1, 4: 0, 5: 2}, 2)


@pytest.mark.parametrize("off", [0, 6, -1])
def test_an_answer_off_the_scale_is_refused(off: int) -> None:
    with pytest.raises(ValueError, match="off the scale 1 to 5"):
        distribute([3, off], FIVE)


@pytest.mark.parametrize(
    ("counts", "scale", "expected"),
    [
        ({1: 1, 2: 0, 3: 1, 4: 0, 5: 2}, FIVE, (Fraction(14, 4), Fraction(4), Fraction(1, 2))),
        ({1: 1, 2: 0, 3: 1, 4: 0, 5: 2}, FIVE_REVERSED, (Fraction(10, 4), Fraction(2), Fraction(1, 4))),
        ({1: 0, 2: 3, 3: 0, 4: 0, 5: 0}, FIVE, (Fraction(2), Fraction(2), Fraction(0))),
        ({1: 0, 2: 3, 3: 0, 4: 0, 5: 0}, FIVE_REVERSED, (Fraction(4), Fraction(4), Fraction(1))),
        ({0: 1, 1: 2}, Scale(0, 1), (Fraction(2, 3), Fraction(1), None)),
        ({1: 1, 2: 1, 3: 1}, Scale(1, 3), (Fraction(2), Fraction(2), None)),
        ({1: 1, 2: 1, 3: 1, 4: 1}, Scale(1, 4), (Fraction(5, 2), Fraction(5, 2), Fraction(1, 2))),
        (
            dict.fromkeys(range(11), 0) | {10: 2, 9: 1, 6: 1},
            Scale(0, 10),
            (Fraction(35, 4), Fraction(19, 2), Fraction(3, 4)),
        ),
        (dict.fromkeys(range(1, 6), 0), FIVE, (None, None, None)),
    ],
)
def test_figures_by_hand(
    counts: dict[int, int], scale: Scale, expected: tuple[Fraction | None, Fraction | None, Fraction | None]
) -> None:
    assert (mean(counts, scale), median(counts, scale), favourable(counts, scale)) == expected


answers = st.lists(st.integers(1, 5), min_size=1, max_size=60)


@given(answers)
def test_figures_equal_the_standard_library(values: list[int]) -> None:
    counts, _ = distribute(values, FIVE)
    exact = [Fraction(value) for value in values]
    assert mean(counts, FIVE) == reference.mean(exact)
    assert median(counts, FIVE) == reference.median(exact)
    assert favourable(counts, FIVE) == Fraction(sum(value >= 4 for value in values), len(values))


@given(answers)
def test_a_reversed_item_answered_the_other_way_round_gives_the_same_figures(values: list[int]) -> None:
    counts, _ = distribute(values, FIVE)
    mirrored, _ = distribute([6 - value for value in values], FIVE_REVERSED)
    for figure in (mean, median, favourable):
        assert figure(counts, FIVE) == figure(mirrored, FIVE_REVERSED)


@pytest.mark.parametrize(
    ("given_answers", "items", "expected"),
    [
        ({"a": 3, "b": 3, "c": 3, "d": 3, "e": 3}, "abcde", True),
        ({"a": 3, "b": 3, "c": 3, "d": 3, "e": 4}, "abcde", False),
        ({"a": 3, "b": 3, "c": 3, "d": 3}, "abcde", False),  # one item not answered
        ({"a": 3, "b": 3, "c": 3, "d": 3, "e": None}, "abcde", False),
        ({"a": 3, "b": 3, "c": 3, "d": 3}, "abcd", False),  # under 5 items it says nothing
        ({}, "abcde", False),
    ],
)
def test_straight_lining(given_answers: dict[str, int | None], items: str, expected: bool) -> None:
    assert is_straight_lined(given_answers, items) is expected


# The interval ---------------------------------------------------------------------------------------------------------


def interval_the_long_way(x: int, n: int, population: int) -> tuple[int, int]:
    """Every K tried, every probability added up from its definition."""

    def chance(k: int, marked: int) -> Fraction:
        return (
            Fraction(comb(marked, k) * comb(population - marked, n - k), comb(population, n))
            if k <= marked
            else Fraction(0)
        )

    tail = Fraction(25, 1000)
    possible = [
        marked
        for marked in range(x, population - (n - x) + 1)
        if sum(chance(k, marked) for k in range(x, n + 1)) > tail
        and sum(chance(k, marked) for k in range(x + 1)) > tail
    ]
    return min(possible), max(possible)


@given(st.data())
def test_interval_equals_the_definition(data: st.DataObject) -> None:
    population = data.draw(st.integers(2, 40))
    n = data.draw(st.integers(1, population - 1))
    x = data.draw(st.integers(0, n))
    assert finite_population_interval(x, n, population) == interval_the_long_way(x, n, population)


def test_a_census_has_no_margin_and_nobody_has_none() -> None:
    assert finite_population_interval(9, 12, 12) is None
    assert finite_population_interval(0, 0, 12) is None


def test_the_missing_persons_bound_the_interval() -> None:
    assert finite_population_interval(19, 19, 20) == (19, 20)
    assert finite_population_interval(0, 19, 20) == (0, 1)


def test_the_interval_holds_the_truth_at_least_95_times_in_100() -> None:
    population, n = 30, 12
    for marked in range(population + 1):
        held = sum(
            comb(marked, x) * comb(population - marked, n - x)
            for x in range(max(0, n - population + marked), min(n, marked) + 1)
            if (bounds := finite_population_interval(x, n, population)) and bounds[0] <= marked <= bounds[1]
        )
        assert Fraction(held, comb(population, n)) >= Fraction(95, 100)


@settings(max_examples=60)
@given(st.data())
def test_the_interval_of_many_is_that_of_whole_numbers(data: st.DataObject) -> None:
    population = data.draw(st.integers(2, 1_500))
    n = data.draw(st.integers(1, population - 1))
    x = data.draw(st.integers(0, n))
    exact = finite_population_interval(x, n, population)
    with mock.patch.object(statistics, "EXACT_UP_TO", 0):
        assert finite_population_interval(x, n, population) == exact


def test_the_interval_of_a_hundred_thousand_is_counted_at_once() -> None:
    low, high = finite_population_interval(37_500, 50_000, 100_000) or (0, 0)
    half = 1.96 * sqrt(0.75 * 0.25 / 50_000 * (100_000 - 50_000) / (100_000 - 1))
    assert (low / 100_000, high / 100_000) == pytest.approx((0.75 - half, 0.75 + half), abs=0.0002)


@pytest.mark.parametrize(("x", "n", "population"), [(5, 4, 10), (2, 11, 10), (-1, 4, 10)])
def test_impossible_numbers_are_refused(x: int, n: int, population: int) -> None:
    with pytest.raises(ValueError, match="cannot be"):
        finite_population_interval(x, n, population)


# --- deviation, recommendation, Wilson ---------------------------------------------------------------------


@given(st.lists(st.integers(1, 5), min_size=2, max_size=40))
def test_the_deviation_is_that_of_the_sample(answers: list[int]) -> None:
    counts, _none = distribute(answers, FIVE)
    assert deviation(counts) == pytest.approx(reference.stdev(answers))


def test_one_answer_has_no_deviation() -> None:
    assert deviation({1: 0, 2: 1}) is None


def test_the_recommendation_score_by_hand() -> None:
    """12 promoters and 4 detractors of 20: 40 points; with ¾ more on each side of 23, 12.75/23 − 4.75/23 ± 1.96 √…"""
    counts = dict.fromkeys(range(11), 0) | {10: 7, 9: 5, 8: 4, 6: 1, 0: 3}
    found = recommendation(counts, Scale(0, 10))
    assert found is not None
    assert (found.score, found.n, found.promoters, found.detractors) == (Fraction(40, 100), 20, 12, 4)
    middle = 8 / 23
    spread = ((12.75 + 4.75) / 23 - middle**2) / 23
    assert (found.low, found.high) == pytest.approx(
        (middle - 1.959964 * spread**0.5, middle + 1.959964 * spread**0.5), abs=1e-6
    )


def test_an_interval_of_the_recommendation_stays_on_its_scale() -> None:
    found = recommendation({10: 3}, Scale(0, 10))
    assert found is not None
    assert found.high <= 1


@pytest.mark.parametrize("scale", [FIVE, Scale(0, 10, reverse=True), Scale(1, 10)])
def test_other_scales_have_no_recommendation_score(scale: Scale) -> None:
    assert recommendation({5: 3}, scale) is None


def test_wilsons_interval_is_that_of_the_books() -> None:
    """Newcombe 1998, table I, method 3: 81 of 263 and 15 of 148, 95 %."""
    assert wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert wilson(15, 148) == pytest.approx((0.0624, 0.1605), abs=5e-5)
    assert wilson(0, 20) == pytest.approx((0.0, 0.1611), abs=5e-5)


def test_a_smaller_population_narrows_wilsons_interval_and_a_census_has_none() -> None:
    wide, narrow = wilson(20, 40), wilson(20, 40, 50)
    assert wide is not None
    assert narrow is not None
    assert wide[0] < narrow[0] < 0.5 < narrow[1] < wide[1]
    assert wilson(20, 40, 40) is None
    with pytest.raises(ValueError, match="cannot be"):
        wilson(20, 40, 39)
