"""The figures of one question, from its counts: of one campaign, of a group, or of several campaigns together."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property

from feedback import statistics
from feedback.models import Item, ItemSummary
from feedback.statistics import Recommendation, Scale

YES_OR_NO = Scale(0, 1)


@dataclass(frozen=True)
class Margin:
    """The favourable among `population` persons, if those who answered were a random sample of them (95 %, exact)."""

    low: int
    high: int
    population: int

    @property
    def low_share(self) -> Fraction:
        return Fraction(self.low, self.population)

    @property
    def high_share(self) -> Fraction:
        return Fraction(self.high, self.population)


@dataclass(frozen=True)
class Middle:
    """Mean and median after direction, and the standard deviation."""

    mean: Fraction | None = None
    deviation: float | None = None
    median: Fraction | None = None


@dataclass(frozen=True)
class Figures:
    """The counts of one item for everybody or for one group. A suppressed one has no figure at all.

    `distribution` is in raw codes, of a wide range of numbers by bins of `bin_width`, each named by its lowest number;
    `mean`, `median` and `favourable` are after direction, worked out where they are asked for: from the distribution on the
    `scale`, which only ordered answers have, or the `middle` that was counted before. `interval` is that of the favourable share: exact within a
    campaign (`margin`, in persons), Wilson's with the correction for a finite population over several. `is_behind`: some
    later answers are not in it, because a reader of an older copy could subtract them.
    """

    suppressed: bool = True
    n: int | None = None
    no_answer: int | None = None
    distribution: Mapping[int, int] | None = None
    scale: Scale | None = None
    middle: Middle | None = None
    margin: Margin | None = None
    interval: tuple[float, float] | None = None
    recommendation: Recommendation | None = None
    is_census: bool = False
    bin_width: int = 1
    is_behind: bool = False
    campaigns: int = 1
    computed_at: dt.datetime | None = None
    population: int | None = None

    @property
    def mean(self) -> Fraction | None:
        return self._middle.mean

    @property
    def deviation(self) -> float | None:
        return self._middle.deviation

    @property
    def median(self) -> Fraction | None:
        return self._middle.median

    @cached_property
    def favourable(self) -> Fraction | None:
        if self.scale is None or self.distribution is None:
            return None
        return statistics.favourable(self.distribution, self.scale)

    @cached_property
    def _middle(self) -> Middle:
        if self.middle is not None:
            return self.middle
        if self.scale is None or self.distribution is None:
            return Middle()
        return Middle(
            statistics.mean(self.distribution, self.scale),
            statistics.deviation(self.distribution),
            statistics.median(self.distribution, self.scale),
        )

    def of_answer(self, point: int) -> Figures:
        """One answer of a choice as a yes or no of its own: who chose it, and who did not."""
        if self.suppressed:
            return self
        count, n = (self.distribution or {}).get(point, 0), self.n or 0
        return replace(
            self, distribution={0: n - count, 1: count}, scale=YES_OR_NO, margin=None, interval=None
        )

    def share_of(self, point: int) -> Share:
        """One answer of a question of which each answer has a share (`Item.SHARED`), as one of all who could judge it."""
        count, n = (self.distribution or {}).get(point, 0), self.n or 0
        return Share(point, count, Fraction(count, n) if n else None, self._interval_of(count, n))

    def _interval_of(self, count: int, n: int) -> tuple[float, float] | None:
        if not n or self.population is None:
            return None
        if self.campaigns > 1:
            return statistics.wilson(count, n, self.population)
        ends = statistics.finite_population_interval(count, n, self.population)
        return (ends[0] / self.population, ends[1] / self.population) if ends else None


@dataclass(frozen=True)
class Share:
    """How many chose one answer, of those who answered; `interval` of the share, as that of the favourable answers."""

    point: int
    count: int
    share: Fraction | None
    interval: tuple[float, float] | None


SUPPRESSED = Figures()


def shares_of(kind: str, figures: Figures) -> tuple[Share, ...]:
    """The answers of a yes or no, yes first, or of a choice, in their order; none of other questions."""
    if kind not in Item.SHARED or figures.suppressed:
        return ()
    points = sorted(figures.distribution or {}, reverse=kind == Item.Kind.YES_NO)
    return tuple(figures.share_of(point) for point in points)


@dataclass(frozen=True)
class Counts:
    """What was counted of one question. `population` is who could have judged, None where nobody knows.

    `total` and `middle_sum` are those of the numbers themselves; `middle_sum` is None where it was not counted.
    """

    n: int
    no_answer: int
    distribution: Mapping[int, int]
    total: int | None = None
    middle_sum: int | None = None
    population: int | None = None
    favourable_low: int | None = None
    favourable_high: int | None = None
    is_behind: bool = False
    campaigns: int = 1
    computed_at: dt.datetime | None = None

    @classmethod
    def of(cls, row: ItemSummary) -> Counts:
        return cls(
            n=row.n,
            no_answer=row.no_answer,
            distribution={int(point): count for point, count in row.distribution.items()},
            total=row.total,
            middle_sum=row.middle_sum,
            population=row.population,
            favourable_low=row.favourable_low,
            favourable_high=row.favourable_high,
            is_behind=row.is_behind,
            computed_at=row.computed_at,
        )


def scale_of(item: Item) -> Scale:
    return Scale(item.points[0], item.points[-1], item.reverse)


def figures_of(item: Item, counts: Counts) -> Figures:
    """Everything that is said of these counts, which may be published."""
    scale = scale_of(item)
    is_number = item.kind == Item.Kind.NUMBER
    figures = Figures(
        suppressed=False,
        n=counts.n,
        no_answer=counts.no_answer,
        distribution=counts.distribution,
        bin_width=statistics.bin_width(scale) if is_number else 1,
        is_behind=counts.is_behind,
        campaigns=counts.campaigns,
        computed_at=counts.computed_at,
        population=counts.population,
        is_census=counts.population is not None and counts.population == counts.n,
    )
    if item.kind not in Item.ORDERED:
        return figures
    if is_number:
        return _of_numbers(figures, counts, scale)
    margin, interval = _margin(counts, scale)
    recommended = item.kind == Item.Kind.RECOMMENDATION
    return replace(
        figures,
        scale=scale,
        margin=margin,
        interval=interval,
        recommendation=statistics.recommendation(counts.distribution, scale) if recommended else None,
    )


def _of_numbers(figures: Figures, counts: Counts, scale: Scale) -> Figures:
    """Of numbers that were put into bins only what was counted before: their sum, and in one campaign their middle."""
    if counts.total is None or not counts.n:
        return figures
    middle = counts.middle_sum
    if middle is None and figures.bin_width == 1:
        middle = statistics.middle_sum(counts.distribution)
    found = Middle(
        mean=scale.directed(Fraction(counts.total, counts.n)),
        deviation=statistics.deviation(counts.distribution) if figures.bin_width == 1 else None,
        median=None if middle is None else scale.directed(Fraction(middle, 2)),
    )
    return replace(figures, middle=found)


def _margin(counts: Counts, scale: Scale) -> tuple[Margin | None, tuple[float, float] | None]:
    if counts.population is None:
        return None, None
    if counts.favourable_low is not None and counts.favourable_high is not None:
        margin = Margin(counts.favourable_low, counts.favourable_high, counts.population)
        return margin, (float(margin.low_share), float(margin.high_share))
    favourable = statistics.favourable_count(counts.distribution, scale)
    if favourable is None or counts.campaigns < 2:
        return None, None
    return None, statistics.wilson(favourable, counts.n, counts.population)
