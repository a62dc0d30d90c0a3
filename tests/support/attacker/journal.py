"""SQLite's write-ahead log, played back: the database as it was after each of its last transactions."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")
_HEADER, _FRAME_HEADER = 32, 24


def states(database: Path, read: Callable[[sqlite3.Connection], T]) -> Iterator[T]:
    """What `read` finds before the first, and after each transaction that the log still holds."""
    image = bytearray(database.read_bytes())
    log = database.with_name(f"{database.name}-wal")
    journal = log.read_bytes() if log.exists() else b""
    yield _opened(image, read)
    if len(journal) < _HEADER:
        return
    page = int.from_bytes(journal[8:12])
    for start in range(_HEADER, len(journal), _FRAME_HEADER + page):
        head, body = (
            journal[start : start + _FRAME_HEADER],
            journal[start + _FRAME_HEADER : start + _FRAME_HEADER + page],
        )
        if head[8:16] != journal[16:24] or len(body) < page:
            return  # what follows is of an older log
        number, pages = int.from_bytes(head[:4]), int.from_bytes(head[4:8])
        image[len(image) :] = bytes(max(0, number * page - len(image)))
        image[(number - 1) * page : number * page] = body
        if pages:  # the last frame of a transaction names the size of the database
            del image[pages * page :]
            with suppress(sqlite3.DatabaseError):  # pages that were moved into the file meanwhile
                yield _opened(image, read)


def _opened(image: bytearray, read: Callable[[sqlite3.Connection], T]) -> T:
    image[18:20] = b"\x01\x01"  # read and write without a log
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.deserialize(image)
        return read(connection)
