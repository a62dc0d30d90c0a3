"""What a chart is made of. `None` is a figure that is not shown; `missing` says why, in the reader's words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

Quantity = Decimal | float | int


@dataclass(frozen=True)
class Table:
    caption: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Chart:
    """`title` is the finding in a sentence; `subtitle` the measure and n."""

    title: str
    subtitle: str


@dataclass(frozen=True)
class BarItem:
    label: str
    value: Quantity | None
    n: int | None = None
    missing: str = ""


@dataclass(frozen=True)
class Bar(Chart):
    """Lengths from zero, with an optional common target. `percent`: values are fractions from 0 to 1."""

    bars: Sequence[BarItem]
    percent: bool = False
    decimals: int = 1
    maximum: Quantity | None = None
    target: Quantity | None = None


@dataclass(frozen=True)
class BulletItem:
    """`state` is `met`, `partly`, `unmet`, `none` or empty: whether a target is met is decided by the caller."""

    label: str
    value: Quantity | None
    target: Quantity | None = None
    missing: str = ""
    state: str = ""


@dataclass(frozen=True)
class Bullet(Chart):
    """Values against targets of their own, on one scale."""

    items: Sequence[BulletItem]
    percent: bool = False
    decimals: int = 1
    maximum: Quantity | None = None


@dataclass(frozen=True)
class GapRow:
    """`first_n` and `second_n`: of how many each measure is, where that is known."""

    label: str
    first: Quantity | None
    second: Quantity | None
    missing: str = ""
    first_n: int | None = None
    second_n: int | None = None


@dataclass(frozen=True)
class Gap(Chart):
    """Two measures of the same things and the distance between them (expected and received, learners and employers).

    The distance of two shares is in points of a hundred.
    """

    first: str
    second: str
    rows: Sequence[GapRow]
    percent: bool = False
    decimals: int = 1
    minimum: Quantity = 0
    maximum: Quantity | None = None


@dataclass(frozen=True)
class LikertRow:
    """`counts` from the lowest point to the highest; None where the group is not shown."""

    label: str
    counts: Sequence[int] | None
    missing: str = ""
    note: str = ""


@dataclass(frozen=True)
class Likert(Chart):
    """Shares of an ordered scale of two to seven points, diverging around its middle."""

    points: Sequence[str]
    rows: Sequence[LikertRow]


@dataclass(frozen=True)
class TrendPoint:
    """`low` and `high` bound the interval of `value`."""

    label: str
    value: Quantity | None
    low: Quantity | None = None
    high: Quantity | None = None
    n: int | None = None
    missing: str = ""


@dataclass(frozen=True)
class Trend(Chart):
    points: Sequence[TrendPoint]
    percent: bool = False
    decimals: int = 1
    target: Quantity | None = None
    minimum: Quantity | None = None
    maximum: Quantity | None = None
