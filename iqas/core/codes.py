"""Short public codes that people quote: E-0231, D-2026-003."""

from __future__ import annotations

from django.db import connection

from iqas.core.models import Sequence


def next_code(prefix: str, *, width: int = 3, year: int | None = None) -> str:
    """The next code of a series, without gaps under concurrency. Needs a transaction.

    `next_code("E", width=4)` → `E-0231`; `next_code("D", year=2026)` → `D-2026-003`.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("A code is taken in the transaction that uses it.")
    key = prefix if year is None else f"{prefix}-{year}"
    return f"{key}-{next_number(key):0{width}d}"


def next_codes(prefix: str, count: int, *, width: int = 3) -> list[str]:
    """The next `count` codes of a series, in as many statements as one. Needs a transaction."""
    last = next_number(prefix, count=count) if count else 0
    return [f"{prefix}-{number:0{width}d}" for number in range(last - count + 1, last + 1)]


def next_number(series: str, *, count: int = 1) -> int:
    """The next number of a series, or the last of the next `count`. Needs a transaction, which holds the series until it ends."""
    held = Sequence.objects.select_for_update()
    row = held.filter(prefix=series).first()
    if row is None:
        Sequence.objects.get_or_create(prefix=series)
        row = held.get(prefix=series)
    row.last += count
    row.save(update_fields=["last"])
    return row.last
