"""What is computed from answers: pure, in integers and fractions, so that every figure is exact.

A distribution is ``{code: count}`` in the raw codes of the scale. Direction is applied here and nowhere else: with
``reverse`` the low end of the scale is the favourable one, and a code counts as ``minimum + maximum - code``.
Sources: the method of the surveys paper (ordinal scales: distribution and n first; median and share of favourable
answers as main figures; the mean only beside them; "cannot judge" out of the denominator).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from math import comb, exp, lgamma, sqrt

MIN_POINTS_FOR_FAVOURABLE = 4
MIN_ITEMS_FOR_STRAIGHT_LINE = 5
CONFIDENCE = Fraction(95, 100)
EXACT_UP_TO = 2_000  # persons: beyond, the whole numbers of the interval have so many digits that counting takes minutes
Z = 1.959963984540054  # of the normal distribution: 95 in 100 lie within ± Z
PROMOTERS, DETRACTORS = range(9, 11), range(7)
MOST_BARE_NUMBERS = 101  # 0 to 100 and ages stand each for itself
MOST_BINS = 50
REMEMBERED = 8192  # exact intervals: a page of results is read again and again

Distribution = Mapping[int, int]


@dataclass(frozen=True)
class Scale:
    """The points of an item, both ends included, and whether its low end is the favourable one."""

    minimum: int
    maximum: int
    reverse: bool = False

    @property
    def points(self) -> range:
        return range(self.minimum, self.maximum + 1)

    @property
    def favourable_points(self) -> range | None:
        """The two best points in raw codes; none on a scale under 4 points, where they would be half of it or more."""
        if len(self.points) < MIN_POINTS_FOR_FAVOURABLE:
            return None
        return self.points[:2] if self.reverse else self.points[-2:]

    def directed(self, value: Fraction) -> Fraction:
        """``value`` with the favourable end at the top."""
        return self.minimum + self.maximum - value if self.reverse else value


def distributed(counts: Distribution, scale: Scale) -> dict[int, int]:
    """Counts on every point of the scale, zeros included."""
    return {point: counts.get(point, 0) for point in scale.points}


def bin_width(scale: Scale) -> int:
    """How many numbers one bin of a wide range holds: 1, 2 or 5 times a power of ten, for at most 50 bins; else 1."""
    points = len(scale.points)
    if points <= MOST_BARE_NUMBERS:
        return 1
    power = 1
    while True:
        for width in (power, 2 * power, 5 * power):
            if width * MOST_BINS >= points:
                return width
        power *= 10


def binned(counts: Distribution, scale: Scale) -> dict[int, int]:
    """Counts of numbers by bins, each named by its lowest number: as many keys for a range of 30,001 as for one of 99."""
    width = bin_width(scale)
    bins = dict.fromkeys(range(scale.minimum, scale.maximum + 1, width), 0)
    for number, count in counts.items():
        bins[number - (number - scale.minimum) % width] += count
    return bins


def middle_sum(counts: Distribution) -> int | None:
    """Sum of the two middle answers, twice the middle one where n is odd: twice the median. ``None`` without answers."""
    n = size(counts)
    return _at(counts, (n - 1) // 2) + _at(counts, n // 2) if n else None


def distribute(answers: Iterable[int | None], scale: Scale) -> tuple[dict[int, int], int]:
    """Count the answers on every point of the scale, zeros included, and those who gave none.

    Refuses (``ValueError``) an answer that is not on the scale.
    """
    counts = Counter(answers)
    no_answer = counts.pop(None, 0)
    off_scale = set(counts) - set(scale.points)
    if off_scale:
        raise ValueError(
            f"answers off the scale {scale.minimum} to {scale.maximum}: {sorted(map(str, off_scale))}"
        )
    return {point: counts[point] for point in scale.points}, no_answer


def size(distribution: Distribution) -> int:
    """How many answered."""
    return sum(distribution.values())


def mean(distribution: Distribution, scale: Scale) -> Fraction | None:
    """Arithmetic mean after direction; ``None`` where nobody answered."""
    n = size(distribution)
    if not n:
        return None
    return scale.directed(Fraction(sum(code * count for code, count in distribution.items()), n))


def deviation(distribution: Distribution) -> float | None:
    """Standard deviation of the sample (n - 1), the same in either direction; ``None`` under two answers."""
    n = size(distribution)
    if n < 2:
        return None
    total = sum(code * count for code, count in distribution.items())
    squares = sum(code * code * count for code, count in distribution.items())
    return sqrt((squares * n - total * total) / (n * (n - 1)))


@dataclass(frozen=True)
class Recommendation:
    """Promoters (9 and 10) less detractors (0 to 6) as a share of all, from -1 to 1, with its 95 % interval."""

    n: int
    promoters: int
    detractors: int
    low: float
    high: float

    @property
    def score(self) -> Fraction:
        return Fraction(self.promoters - self.detractors, self.n)


def recommendation(distribution: Distribution, scale: Scale) -> Recommendation | None:
    """The recommendation score with the adjusted Wald interval; ``None`` off the scale 0 to 10, or without answers.

    Three answers are added, ¾ of one to promoters and to detractors each, before the interval is computed, which holds for
    small n too (Rocks 2016, arXiv 1601.07235; measuringu.com, nps-three-confidence-intervals).
    """
    n = size(distribution)
    if not n or (scale.minimum, scale.maximum, scale.reverse) != (0, 10, False):
        return None
    promoters = sum(distribution.get(point, 0) for point in PROMOTERS)
    detractors = sum(distribution.get(point, 0) for point in DETRACTORS)
    more, less = (promoters + 0.75) / (n + 3), (detractors + 0.75) / (n + 3)
    reach = Z * sqrt((more + less - (more - less) ** 2) / (n + 3))
    return Recommendation(
        n, promoters, detractors, max(more - less - reach, -1.0), min(more - less + reach, 1.0)
    )


def wilson(successes: int, n: int, population: int | None = None, z: float = Z) -> tuple[float, float] | None:
    """Wilson's interval of a share, 95 % with this ``z``; of a finite population with ``n`` enlarged by

    ``(N - 1) / (N - n)``.

    ``None`` for a census, which has no margin, and where nobody answered. Refuses (``ValueError``) numbers that cannot be.
    """
    if not 0 <= successes <= n or (population is not None and n > population):
        raise ValueError(f"{successes} of {n} answers of {population} persons cannot be")
    if not n or n == population:
        return None
    effective = n if population is None else n * (population - 1) / (population - n)
    share, grown = successes / n, 1 + z * z / effective
    middle = (share + z * z / (2 * effective)) / grown
    reach = z * sqrt(share * (1 - share) / effective + z * z / (4 * effective * effective)) / grown
    return max(middle - reach, 0.0), min(middle + reach, 1.0)


def median(distribution: Distribution, scale: Scale) -> Fraction | None:
    """Median after direction, the middle of the two middle answers where n is even; ``None`` where nobody answered."""
    middle = middle_sum(distribution)
    return None if middle is None else scale.directed(Fraction(middle, 2))


def good_count(distribution: Distribution, scale: Scale) -> int | None:
    """Those of whom a share can be told to be good: the favourable, of two answers (yes and no) the better one's."""
    if len(scale.points) == 2:
        return distribution.get(scale.points[0 if scale.reverse else 1], 0)
    return favourable_count(distribution, scale)


def favourable_count(distribution: Distribution, scale: Scale) -> int | None:
    """How many chose one of the two best points; ``None`` on a scale under 4 points."""
    points = scale.favourable_points
    return None if points is None else sum(distribution.get(point, 0) for point in points)


def favourable(distribution: Distribution, scale: Scale) -> Fraction | None:
    """Share of the two best points among those who answered; ``None`` under 4 points or where nobody answered."""
    count, n = favourable_count(distribution, scale), size(distribution)
    return None if count is None or not n else Fraction(count, n)


def is_straight_lined(answers: Mapping[str, int | None], scaled_codes: Collection[str]) -> bool:
    """Whether a respondent gave one value on all scaled items; never said of questionnaires with fewer than 5 of them."""
    if len(scaled_codes) < MIN_ITEMS_FOR_STRAIGHT_LINE:
        return False
    values = {answers.get(code) for code in scaled_codes}
    return len(values) == 1 and None not in values


@lru_cache(maxsize=REMEMBERED)
def finite_population_interval(
    successes: int, n: int, population: int, confidence: Fraction = CONFIDENCE
) -> tuple[int, int] | None:
    """How many of ``population`` may think so, if the ``n`` who answered were a random sample of them.

    The exact hypergeometric interval: all numbers K of the population under which what was seen is not in either tail
    of ``(1 - confidence) / 2``. In persons, both ends included; in whole numbers up to a population of 2,000, in floating
    point beyond. ``None`` for a census (``n == population``), which has
    no margin, and where nobody answered. Refuses (``ValueError``) numbers that cannot be.
    """
    if not 0 <= successes <= n <= population:
        raise ValueError(f"{successes} of {n} answers of {population} persons cannot be")
    if n in (0, population):
        return None
    failures = n - successes
    low = _least_successes(successes, n, population, (1 - confidence) / 2)
    most_failures = _least_successes(failures, n, population, (1 - confidence) / 2)
    return low, population - most_failures


def _least_successes(successes: int, n: int, population: int, tail: Fraction) -> int:
    """The smallest K of the population under which ``successes`` or more in the sample have a chance over ``tail``."""
    chance = _chance_of_at_least if population <= EXACT_UP_TO else _chance_of_at_least_of_many
    low, high = successes, population - (n - successes)
    while low < high:
        middle = (low + high) // 2
        if chance(successes, n, middle, population) > tail:
            high = middle
        else:
            low = middle + 1
    return low


def _chance_of_at_least(successes: int, n: int, marked: int, population: int) -> Fraction:
    """P(X >= successes) for X hypergeometric: n drawn of a population that holds ``marked``."""
    most, least = min(n, marked), max(0, n - (population - marked))
    if successes <= least:
        return Fraction(1)
    if successes > most:
        return Fraction(0)
    others = population - marked
    ways = comb(marked, most) * comb(others, n - most)
    total = ways
    for x in range(most, successes, -1):
        ways = ways * x * (others - n + x) // ((marked - x + 1) * (n - x + 1))
        total += ways
    return Fraction(total, comb(population, n))


def _chance_of_at_least_of_many(successes: int, n: int, marked: int, population: int) -> float:
    """As `_chance_of_at_least`, in floating point: terms are summed from where they are largest, away from the middle."""
    most, least = min(n, marked), max(0, n - (population - marked))
    if successes <= least:
        return 1.0
    if successes > most:
        return 0.0
    others = population - marked
    if successes * population > n * marked:
        return _tail(
            _chance_of(successes, n, marked, population), _rising(successes, most, n, marked, others)
        )
    below = successes - 1
    return 1.0 - _tail(_chance_of(below, n, marked, population), _falling(below, least, n, marked, others))


def _chance_of(x: int, n: int, marked: int, population: int) -> float:
    return exp(_ln_comb(marked, x) + _ln_comb(population - marked, n - x) - _ln_comb(population, n))


def _ln_comb(n: int, k: int) -> float:
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)


def _rising(x: int, most: int, n: int, marked: int, others: int) -> Iterator[float]:
    """Each chance divided by the one before, from `x` upwards."""
    for one in range(x, most):
        yield (marked - one) * (n - one) / ((one + 1) * (others - n + one + 1))


def _falling(x: int, least: int, n: int, marked: int, others: int) -> Iterator[float]:
    for one in range(x, least, -1):
        yield one * (others - n + one) / ((marked - one + 1) * (n - one + 1))


def _tail(first: float, ratios: Iterable[float]) -> float:
    """The sum of chances of which each is the one before times a ratio under one; ends where no more is added."""
    total = term = first
    for ratio in ratios:
        term *= ratio
        if total + term == total:
            break
        total += term
    return total


def _at(distribution: Distribution, index: int) -> int:
    """The answer at ``index`` of the answers in order."""
    for code in sorted(distribution):
        index -= distribution[code]
        if index < 0:
            return code
    raise IndexError(index)
