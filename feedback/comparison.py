"""Whether two sets of answers differ by more than chance: pure.

Method (surveys paper, point 8). Two shares differ where Newcombe's interval of their difference leaves zero out; scales
that have no such share, by the exact Mann-Whitney test. Both are corrected for all questions that are looked at together
(Holm 1979), the interval too: it is given at the level at which Holm decides, so that verdict and interval are one.
Whether two intervals overlap is no test. Between years and groups no finite population is corrected for: with it any two
censuses of twelve would differ.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from math import comb, erfc, hypot, sqrt
from statistics import NormalDist
from typing import TypeVar

from feedback.statistics import Distribution, Scale, Z, good_count, size, wilson

Key = TypeVar("Key", bound=Hashable)
Sides = tuple[Distribution, Distribution, Scale]
SIGNIFICANT = 0.05
LEAST_CHANCE = 1e-15
STEPS = 30  # halvings of the range in which Z is looked for, to eight decimals
REMEMBERED = 4096  # comparisons: who reads a page reads it again
MOST_WORK = 700_000  # of the exact count (20 answers against 20), which then takes about two milliseconds


@dataclass(frozen=True)
class Test:
    """The two-sided probability of so large a difference by chance; `superiority`: how often a first answer is better

    than a second one, ties half. `is_exact`: every way to share the answers out was counted.
    """

    p: float
    superiority: Fraction
    is_exact: bool


@dataclass(frozen=True)
class Compared:
    """Two sets of answers to one question. `difference`, `low` and `high` are of the shares of good answers (first less

    second), None on a scale that has none. `p` and the interval are corrected for all that were compared together.
    """

    first_n: int
    second_n: int
    difference: float | None
    low: float | None
    high: float | None
    p: float
    superiority: float | None

    @property
    def is_detectable(self) -> bool:
        """Whether the interval leaves zero out; where there is none, whether the chance is small."""
        if self.low is None or self.high is None:
            return self.p <= SIGNIFICANT
        return self.low > 0 or self.high < 0

    @property
    def first_is_better(self) -> bool:
        return (self.superiority or 0) > 0.5 if self.difference is None else self.difference > 0


def newcombe(
    first: int, first_n: int, second: int, second_n: int, z: float = Z
) -> tuple[float, float] | None:
    """The interval of a difference of two shares (Newcombe 1998, method 10), 95 % with this `z`; None where one is of

    nobody.
    """
    ours, theirs = wilson(first, first_n, z=z), wilson(second, second_n, z=z)
    if ours is None or theirs is None:
        return None
    p, q = first / first_n, second / second_n
    return (
        p - q - hypot(p - ours[0], theirs[1] - q),
        p - q + hypot(ours[1] - p, q - theirs[0]),
    )


@lru_cache(maxsize=REMEMBERED)
def chance_of(first: int, first_n: int, second: int, second_n: int) -> float:
    """The share of the error at which Newcombe's interval of the difference would begin to leave zero out."""
    if first * second_n < second * first_n:
        first, first_n, second, second_n = second, second_n, first, first_n
    low, high = 0.0, _z_of(LEAST_CHANCE)
    for _step in range(STEPS):
        z = (low + high) / 2
        interval = newcombe(first, first_n, second, second_n, z)
        if interval is not None and interval[0] > 0:
            low = z
        else:
            high = z
    return erfc(low / sqrt(2))


def _z_of(chance: float) -> float:
    """The `z` beyond which, on both sides together, this much of the normal distribution lies."""
    return -NormalDist().inv_cdf(chance / 2) if 0 < chance < 1 else 0.0


def mann_whitney(first: Distribution, second: Distribution, scale: Scale) -> Test | None:
    """Whether answers of the first are better or worse than those of the second; None where one of them is empty.

    Exact with ties, conditional on how often each point was chosen; where that would take too many steps, by the normal
    distribution with the corrections for ties and continuity, which is then as good.
    """
    sizes = size(first), size(second)
    if not all(sizes):
        return None
    points = scale.points[::-1] if scale.reverse else scale.points
    pairs = [(first.get(point, 0), second.get(point, 0)) for point in points]
    pairs = [pair for pair in pairs if any(pair)]
    ranks, below = [], 0
    for ours, theirs in pairs:
        ranks.append(2 * below + ours + theirs + 1)  # twice the middle rank of the point
        below += ours + theirs
    rank_sum = sum(ours * rank for (ours, _), rank in zip(pairs, ranks, strict=True))
    wins = Fraction(rank_sum - sizes[0] * (sizes[0] + 1), 2)
    tied = [ours + theirs for ours, theirs in pairs]
    distance = abs(rank_sum - sizes[0] * (below + 1))
    steps = min(sizes) * sum(min(*sizes, many) for many in tied)
    is_exact = steps * min(sizes) * below <= MOST_WORK
    p = _exact(tied, ranks, min(sizes), distance) if is_exact else _normal(tied, sizes, distance)
    return Test(min(p, 1.0), wins / (sizes[0] * sizes[1]), is_exact)


def _exact(tied: Sequence[int], ranks: Sequence[int], drawn: int, distance: int) -> float:
    """The share of all ways to draw so many answers whose rank sum is at least as far from its mean.

    Ways are the coefficients of a polynomial in the rank sum, for each number drawn so far, kept as the digits of one
    whole number that are too wide to run into each other.
    """
    total = sum(tied)
    width = comb(total, drawn).bit_length() + 1
    ways = [1] + [0] * drawn
    for many, rank in zip(tied, ranks, strict=True):
        following = [0] * (drawn + 1)
        for before, digits in enumerate(ways):
            if digits:
                for more in range(min(many, drawn - before) + 1):
                    following[before + more] += (digits * comb(many, more)) << (
                        more * (rank - ranks[0]) * width
                    )
        ways = following
    mean = drawn * (total + 1) - drawn * ranks[0]
    found = ways[drawn]
    if not distance:
        return 1.0
    nines = (1 << width) - 1
    lower = mean - distance
    low = (found & ((1 << (lower + 1) * width) - 1)) % nines if lower >= 0 else 0
    high = (found >> (mean + distance) * width) % nines
    return float(Fraction(low + high, comb(total, drawn)))


def _normal(tied: Sequence[int], sizes: tuple[int, int], distance: int) -> float:
    """The same by the normal distribution. `distance` is twice that of the wins from their mean."""
    total = sum(sizes)
    ties = sum(many**3 - many for many in tied)
    spread = sizes[0] * sizes[1] / 12 * (total + 1 - ties / (total * (total - 1)))
    if spread <= 0:
        return 1.0
    return erfc(max(distance / 2 - 0.5, 0.0) / sqrt(2 * spread))


def holm(chances: Sequence[float]) -> list[float]:
    """The chances corrected for how many were looked at (Holm 1979), in the order they came in."""
    corrected = [0.0] * len(chances)
    highest = 0.0
    for place, index in enumerate(sorted(range(len(chances)), key=chances.__getitem__)):
        highest = max(highest, min(1.0, (len(chances) - place) * chances[index]))
        corrected[index] = highest
    return corrected


def compare_all(pairs: Mapping[Key, Sides], *, apart: Collection[Key] = ()) -> dict[Key, Compared]:
    """Every pair of which both sides answered, corrected for how many pairs there are; those `apart`, the many answers of

    choices, by themselves.
    """
    others = {key: sides for key, sides in pairs.items() if key not in apart}
    return _corrected(others) | _corrected({key: pairs[key] for key in pairs.keys() - others.keys()})


def _corrected(pairs: Mapping[Key, Sides]) -> dict[Key, Compared]:
    found = {
        key: _found(first, second, scale)
        for key, (first, second, scale) in pairs.items()
        if size(first) and size(second)
    }
    corrected = holm([compared.p for compared in found.values()])
    return {
        key: _at_its_level(pairs[key], compared, p)
        for (key, compared), p in zip(found.items(), corrected, strict=True)
    }


def _found(first: Distribution, second: Distribution, scale: Scale) -> Compared:
    """What two sides are compared by, before any correction."""
    sizes = size(first), size(second)
    good = good_count(first, scale), good_count(second, scale)
    if good[0] is not None and good[1] is not None:
        p = chance_of(good[0], sizes[0], good[1], sizes[1])
        return Compared(*sizes, good[0] / sizes[0] - good[1] / sizes[1], None, None, p, None)
    test = mann_whitney(first, second, scale)
    return Compared(
        *sizes, None, None, None, test.p if test else 1.0, float(test.superiority) if test else None
    )


def _at_its_level(sides: Sides, compared: Compared, p: float) -> Compared:
    """With Holm's chance, and the interval at the level that this chance is held against."""
    if compared.difference is None:
        return replace(compared, p=p)
    first, second, scale = sides
    good = good_count(first, scale) or 0, good_count(second, scale) or 0
    level = SIGNIFICANT * compared.p / p if p else SIGNIFICANT
    low, high = newcombe(good[0], compared.first_n, good[1], compared.second_n, _z_of(level)) or (None, None)
    return replace(compared, p=p, low=low, high=high)
