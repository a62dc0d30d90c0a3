"""What a table file of PostgreSQL holds: living rows and those that are dead and not yet removed.

Reads the page format that has not changed since PostgreSQL 8.3 (src/include/storage/bufpage.h, htup_details.h).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

PAGE = 8192
_NORMAL = 1  # ItemIdData.lp_flags
_HAS_NULL = 0x0001
_XMIN_FROZEN = 0x0300
_XMAX_INVALID = 0x0800
_XMAX_LOCK_ONLY = 0x0080
_FIRST_NORMAL_XID = 3


@dataclass(frozen=True)
class Column:
    name: str
    length: int  # bytes; -1 is of varying length
    align: int
    kind: str


@dataclass(frozen=True)
class Tuple:
    """A row version: which transaction wrote it, which one removed it (0: none), and its values."""

    place: tuple[int, int]
    born: int
    died: int
    values: dict[str, Any]


def columns_of(cursor: Any, table: str) -> list[Column]:
    cursor.execute(
        "SELECT attname, attlen, attalign, t.typname FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid"
        " WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum",
        [table],
    )
    steps = {"c": 1, "s": 2, "i": 4, "d": 8}
    return [Column(name, length, steps[align], kind) for name, length, align, kind in cursor.fetchall()]


def pages_of(cursor: Any, table: str) -> bytes:
    """The bytes of a table."""
    cursor.execute("SELECT pg_read_binary_file(pg_relation_filepath(%s))", [table])
    return bytes(cursor.fetchone()[0])


def tuples_in(pages: bytes, columns: list[Column]) -> Iterator[Tuple]:
    for number in range(len(pages) // PAGE):
        page = pages[number * PAGE : (number + 1) * PAGE]
        lower = int.from_bytes(page[12:14], "little")
        for slot in range((lower - 24) // 4 if lower else 0):
            pointer = int.from_bytes(page[24 + slot * 4 : 28 + slot * 4], "little")
            start, flags, size = pointer & 0x7FFF, pointer >> 15 & 3, pointer >> 17
            if flags == _NORMAL:
                yield _tuple((number, slot + 1), page[start : start + size], columns)


def _tuple(place: tuple[int, int], raw: bytes, columns: list[Column]) -> Tuple:
    born, died = struct.unpack_from("<II", raw)
    mask2, mask, head = struct.unpack_from("<HHB", raw, 18)
    if mask & _XMAX_INVALID or mask & _XMAX_LOCK_ONLY:
        died = 0
    if mask & _XMIN_FROZEN == _XMIN_FROZEN:
        born = _FIRST_NORMAL_XID - 1
    bits = raw[23:head] if mask & _HAS_NULL else b""
    values: dict[str, Any] = {}
    at = head
    for index, column in enumerate(columns[: mask2 & 0x7FF]):
        if bits and not bits[index // 8] >> index % 8 & 1:
            values[column.name] = None
            continue
        values[column.name], at = _value(raw, at, column)
    return Tuple(place, born, died, values)


def _value(raw: bytes, at: int, column: Column) -> tuple[Any, int]:
    if column.length > 0:
        at = -(-at // column.align) * column.align
        return _fixed(raw[at : at + column.length], column), at + column.length
    if raw[at] == 0x01:  # a pointer to where the value is kept in pieces: tag, then its length and place
        return Elsewhere(int.from_bytes(raw[at + 2 : at + 6], "little") - 4), at + 18
    if raw[at] & 1:
        size = raw[at] >> 1
        return _text(raw[at + 1 : at + size], column), at + size
    at = -(-at // column.align) * column.align
    word = int.from_bytes(raw[at : at + 4], "little")
    size = word >> 2
    if word & 3 == 2:  # compressed: its length is told
        return Elsewhere(int.from_bytes(raw[at + 4 : at + 8], "little") & 0x3FFFFFFF), at + size
    return _text(raw[at + 4 : at + size], column), at + size


@dataclass(frozen=True)
class Elsewhere:
    """A value of which the row itself tells only the length."""

    length: int

    def __len__(self) -> int:
        return self.length


def _fixed(raw: bytes, column: Column) -> Any:
    if column.kind == "uuid":
        return raw.hex()
    return bool(raw[0]) if column.kind == "bool" else int.from_bytes(raw, "little", signed=True)


def _text(raw: bytes, column: Column) -> Any:
    return raw.decode(errors="replace") if column.kind in ("text", "varchar") else raw
