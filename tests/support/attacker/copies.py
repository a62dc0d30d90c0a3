"""A copy of everything at one moment: every row of every table, with what the engine tells of it, and the files."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from django.db import connection

from tests.support.attacker import heap, journal

KINDS = {"response": "feedback_response", "comment": "feedback_comment", "receipt": "feedback_receipt"}
INVITATIONS, BOXES, DRAFTS = "feedback_invitation", "feedback_inbox", "feedback_draft"
READ_FROM_FILES = (BOXES, DRAFTS, *KINDS.values())


@dataclass(frozen=True)
class Row:
    """`place` is the ctid or the rowid; `born` the number of the transaction that wrote it (0 on SQLite)."""

    place: tuple[int, ...]
    born: int
    values: Mapping[str, Any]


@dataclass(frozen=True)
class State:
    """What matters of one moment: used links, sealed boxes and drafts with their length, answers by what they say."""

    used: frozenset[str]
    boxes: Mapping[str, int]
    drafts: Mapping[str, tuple[int, bytes]]
    answers: Mapping[str, frozenset[str]]


@dataclass(frozen=True)
class Copy:
    """`versions` are the rows, living and dead, that the files of PostgreSQL hold; `moments` the states that the log of

    SQLite still holds.
    """

    tables: Mapping[str, list[Row]]
    state: State
    files: bytes
    versions: Mapping[str, list[heap.Tuple]] = field(default_factory=dict)
    moments: tuple[State, ...] = ()

    @cached_property
    def offsets(self) -> dict[str, int]:
        """Where in the files each comment and each receipt stands; -1 where it is not found as it is."""
        return {
            said: self.files.find(said.encode())
            for kind in ("comment", "receipt")
            for said in self.state.answers[kind]
        }


def take_copy() -> Copy:
    """Everything that can be taken now without the key folder."""
    with connection.cursor() as cursor:
        names = connection.introspection.table_names(cursor, include_views=False)
        tables = {name: _rows(cursor, name) for name in names}
        state = _state(tables)
        if connection.vendor == "postgresql":
            files, versions = _postgres_files(cursor)
            return Copy(tables, state, files, versions)
    path = Path(connection.settings_dict["NAME"])
    files = b"".join(file.read_bytes() for file in sorted(path.parent.glob(f"{path.name}*")))
    return Copy(tables, state, files, moments=tuple(journal.states(path, _Moments().read)))


def key_of(kind: str, values: Mapping[str, Any]) -> str:
    """What an answer says: its ratings, its text, or its receipt."""
    if kind == "response":
        return json.dumps(json.loads(values["answers"]), sort_keys=True)
    return str(values["text" if kind == "comment" else "h"])


def plain(value: Any) -> Any:
    """The same value whatever the engine: identifiers as 32 digits, bytes as bytes."""
    if isinstance(value, memoryview):
        return bytes(value)
    return value.hex if hasattr(value, "hex") and hasattr(value, "version") else value


def _rows(cursor: Any, table: str) -> list[Row]:
    quoted = connection.ops.quote_name(table)
    if connection.vendor == "postgresql":
        cursor.execute(f"SELECT ctid::text, xmin::text::bigint, * FROM {quoted}")
    else:
        cursor.execute(f"SELECT rowid, 0, * FROM {quoted}")
    names = [column[0] for column in cursor.description][2:]
    return [
        Row(_place(place), born, dict(zip(names, map(plain, values), strict=True)))
        for place, born, *values in cursor.fetchall()
    ]


def _place(place: Any) -> tuple[int, ...]:
    return tuple(map(int, place.strip("()").split(","))) if isinstance(place, str) else (place,)


def _state(tables: Mapping[str, list[Row]]) -> State:
    values = {table: [row.values for row in rows] for table, rows in tables.items()}
    return State(
        used=frozenset(row["id"] for row in values[INVITATIONS] if row["used"]),
        boxes={row["id"]: len(row["sealed"]) for row in values[BOXES]},
        drafts={row["ref"]: (len(row["body"]), row["body"][:16]) for row in values[DRAFTS]},
        answers={
            kind: frozenset(key_of(kind, row) for row in values[table]) for kind, table in KINDS.items()
        },
    )


class _Moments:
    """Reads one state after the other; answers are read anew only where they are others than before."""

    def __init__(self) -> None:
        self._seen: dict[str, tuple[Any, frozenset[str]]] = {}

    def read(self, database: sqlite3.Connection) -> State:
        return State(
            used=frozenset(
                link for (link,) in database.execute("SELECT id FROM feedback_invitation WHERE used")
            ),
            boxes=dict(database.execute("SELECT id, length(sealed) FROM feedback_inbox")),
            drafts={
                ref: (length, start)
                for ref, length, start in database.execute(
                    "SELECT ref, length(body), substr(body, 1, 16) FROM feedback_draft"
                )
            },
            answers={
                "response": self._answers(database, "response", "id", "answers"),
                "comment": self._answers(database, "comment", "id", "text"),
                "receipt": self._answers(database, "receipt", "h", "h"),
            },
        )

    def _answers(self, database: sqlite3.Connection, kind: str, key: str, said: str) -> frozenset[str]:
        table = KINDS[kind]
        now = database.execute(f"SELECT count(*), min({key}), max({key}), max(rowid) FROM {table}").fetchone()
        if self._seen.get(kind, (None,))[0] != now:
            rows = database.execute(f"SELECT {said} FROM {table}")
            self._seen[kind] = now, frozenset(key_of(kind, {said: value}) for (value,) in rows)
        return self._seen[kind][1]


def _postgres_files(cursor: Any) -> tuple[bytes, dict[str, list[heap.Tuple]]]:
    """The bytes of the tables of answers, and the rows in them; neither where the files may not be read."""
    cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
    if cursor.fetchone() != (True,):
        return b"", {}
    cursor.execute("CHECKPOINT")
    pages = {table: heap.pages_of(cursor, table) for table in READ_FROM_FILES}
    return b"".join(pages.values()), {
        table: list(heap.tuples_in(content, heap.columns_of(cursor, table)))
        for table, content in pages.items()
    }
