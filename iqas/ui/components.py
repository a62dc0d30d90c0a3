"""What a page hands to a component: frozen values, already decided and already permitted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

Quantity = Decimal | float | int


@dataclass(frozen=True)
class Link:
    """A place to go to; `count` stands behind the label."""

    label: Any
    url: str
    count: int | None = None
    primary: bool = False


@dataclass(frozen=True)
class Reason:
    """Why a step is blocked and, with `url`, where it can be mended."""

    text: Any
    url: str = ""
    verb: Any = ""


@dataclass(frozen=True)
class Step:
    """A step of "what happens next". A blocked step is shown with its reasons, never as a grey button."""

    title: Any
    state: Literal["done", "current", "blocked", "todo"]
    who: Any = ""
    due: date | None = None
    text: Any = ""
    url: str = ""
    verb: Any = ""
    method: Literal["get", "post"] = "get"
    reasons: Sequence[Reason] = ()
    confirm: bool = False


@dataclass(frozen=True)
class Column:
    """Of a table of figures: `css` are the classes of its cells, "num" first for numbers; "whole" has a line on a phone."""

    label: str
    css: str = ""

    @property
    def is_number(self) -> bool:
        return self.css.startswith("num")


@dataclass(frozen=True)
class FigureTable:
    """Rows of cells, text or HTML that is safe, as wide as `columns`; the first cell heads its row."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Change:
    """One field before and after."""

    field: Any
    before: Any
    after: Any


@dataclass(frozen=True)
class Entry:
    """One sentence of an object's history."""

    when: datetime | date
    sentence: Any
    who: Any = ""
    detail: Any = ""
    url: str = ""
    changes: Sequence[Change] = ()


@dataclass(frozen=True)
class Number:
    """A number with its proof. `share` marks a fraction from 0 to 1, printed in percent.

    `value` None means not applicable (`0/0`) or, with `suppressed`, a group below the threshold; `reason` says which.
    """

    label: Any
    value: Quantity | None
    unit: Any = ""
    decimals: int = 1
    share: bool = False
    target: Any = ""
    state: str = ""
    n: int | None = None
    base: Any = ""
    numerator: Quantity | None = None
    denominator: Quantity | None = None
    suppressed: bool = False
    reason: Any = ""
    formula: Any = ""
    version: Any = ""
    source: Any = ""
    computed_at: datetime | date | None = None
    trend: Sequence[tuple[Any, Quantity | None]] = ()
    url: str = ""
