"""Removes what a database keeps of rows that no longer exist: their order and their old content."""

from __future__ import annotations

from typing import Any

from django.db import OperationalError, connection

from feedback.models import Comment, Draft, Inbox, Receipt, Response

_SAME_VALUES = {
    Inbox: ("sealed", "sealed || ''::bytea"),
    Draft: ("body", "body || ''::bytea"),
    Response: ("answers", "answers::text::jsonb"),
    Comment: ("text", "text || ''"),
    Receipt: ("h", "h || ''"),
}


def compact() -> None:
    """Rewrites the tables of answers without their dead rows. Runs outside any transaction.

    OperationalError where somebody else holds the tables or the log; the next run makes up for it.
    """
    if connection.in_atomic_block:
        raise RuntimeError("A database compacts only outside a transaction.")
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            _rewrite_tables(cursor)
        else:
            _empty_log(cursor)
            cursor.execute("VACUUM")
            _empty_log(cursor)  # what VACUUM writes passes through the log too


def _rewrite_tables(cursor: Any) -> None:
    """A column computed anew copies the living rows alone into a new file.

    VACUUM FULL would also copy each dead row that any transaction of the cluster, even in another database, might
    still see: for as long as a backup lasts.
    """
    for model, (column, same_value) in _SAME_VALUES.items():
        table = connection.ops.quote_name(model._meta.db_table)
        kind = model._meta.get_field(column).db_type(connection)
        cursor.execute(f"ALTER TABLE {table} ALTER COLUMN {column} TYPE {kind} USING {same_value}")
        cursor.execute(f"ANALYZE {table}")


def _empty_log(cursor: Any) -> None:
    cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    busy, _pages, _moved = cursor.fetchone()
    if busy:
        raise OperationalError("The write-ahead log is in use; the next run empties it.")
