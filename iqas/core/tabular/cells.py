"""From the text of a cell to a value, strictly: what can be read in two ways is refused, nothing is guessed."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from iqas.core.tabular.headers import folded

NUMBER = re.compile(r"[+-]?\d{1,12}(?:\.\d{1,6})?")
THOUSANDS_THEN_DECIMALS = re.compile(r"([+-]?\d{1,3})((?:([.,])\d{3})(?:\3\d{3})*)(?!\3)([.,])(\d{1,6})")
ISO_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]00:00(?::00(?:\.0+)?)?)?")
DAY_FIRST_DATE = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")

TRUE_WORDS = frozenset({"si", "s", "yes", "y", "true", "verdadero", "1", "x"})
FALSE_WORDS = frozenset({"no", "n", "false", "falso", "0"})


class CellError(ValueError):
    """A cell that does not say what its column promises. `message` is ready to be shown."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def to_decimal(text: str) -> Decimal | None:
    """`14,5`, `14.5`, `1.234,5` and `1,234.5`; None for an empty cell. No exponents, no NaN, no other digits."""
    compact = re.sub(r"[\s\u00a0\u202f]", "", text)
    if not compact:
        return None
    grouped = THOUSANDS_THEN_DECIMALS.fullmatch(compact)
    if grouped and grouped.group(3) != grouped.group(4):
        whole = compact[: grouped.start(4)].replace(grouped.group(3), "")
        compact = f"{whole}.{grouped.group(5)}"
    plain = compact.replace(",", ".")
    if not plain.isascii() or not NUMBER.fullmatch(plain):
        raise CellError("not-a-number", _("“%(value)s” is not a number.") % {"value": shown(text)})
    return Decimal(plain)


def to_whole(text: str) -> int | None:
    """`25`, `25.0` and `25,0`; None for an empty cell. `1.234` is refused: it may be a thousand or one."""
    number = to_decimal(text)
    if number is None:
        return None
    if number != number.to_integral_value():
        raise CellError("not-whole", _("“%(value)s” is not a whole number.") % {"value": shown(text)})
    return int(number)


def to_date(text: str) -> date | None:
    """`2026-03-17` and `17/03/2026` (also with `.` or `-`); None for an empty cell. The year has four digits."""
    stripped = text.strip()
    if not stripped:
        return None
    if iso := ISO_DATE.fullmatch(stripped):
        year, month, day = (int(part) for part in iso.groups())
    elif day_first := DAY_FIRST_DATE.fullmatch(stripped):
        day, month, year = (int(part) for part in day_first.groups())
    else:
        raise _not_a_date(text)
    try:
        return date(year, month, day)
    except ValueError as impossible:
        raise _not_a_date(text) from impossible


def to_boolean(text: str) -> bool | None:
    """`sí`/`no`, `yes`/`no`, `verdadero`/`falso`, `true`/`false`, `1`/`0`; None for an empty cell."""
    word = folded(text)
    if not word:
        return None
    if word in TRUE_WORDS:
        return True
    if word in FALSE_WORDS:
        return False
    raise CellError("not-yes-or-no", _("“%(value)s” is neither yes nor no.") % {"value": shown(text)})


def shown(text: str, limit: int = 60) -> str:
    """The text as an error message may quote it: one line, shortened."""
    line = " ".join(text.split())
    return line if len(line) <= limit else f"{line[: limit - 1]}…"


def _not_a_date(text: str) -> CellError:
    return CellError(
        "not-a-date",
        _("“%(value)s” is not a date: write 2026-03-17 or 17/03/2026.") % {"value": shown(text)},
    )
