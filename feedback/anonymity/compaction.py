"""Removes what a database keeps of rows that no longer exist: their order and their old content."""

from __future__ import annotations

from typing import Any

from django.db import OperationalError, connection
from django.db.models import Model

from feedback.models import Comment, Draft, GroupSummary, Inbox, ItemSummary, Receipt, Response

_WAITING = {
    Inbox: ("sealed", "sealed || ''::bytea"),
    Draft: ("body", "body || ''::bytea"),
}
_MIXED = {
    Response: ("answers", "answers::text::jsonb"),
    Comment: ("text", "text || ''"),
    Receipt: ("h", "h || ''"),
    ItemSummary: ("distribution", "distribution::text::jsonb"),
    GroupSummary: ("group_code", "group_code || ''"),
}


def compact(*, everything: bool = True) -> None:
    """Rewrites the tables of answers without their dead rows. Runs outside any transaction.

    Not `everything`: only those of answers that wait, which are small; enough where nothing mixed was rewritten.
    OperationalError where somebody else holds the tables or the log; the next run makes up for it.
    """
    if connection.in_atomic_block:
        raise RuntimeError("A database compacts only outside a transaction.")
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            _rewrite_tables(cursor, _WAITING | _MIXED if everything else _WAITING)
            return
        _empty_log(cursor)
        if everything:
            cursor.execute("VACUUM")
            _empty_log(cursor)  # what VACUUM writes passes through the log too


def _rewrite_tables(cursor: Any, same_values: dict[type[Model], tuple[str, str]]) -> None:
    """A column computed anew copies the living rows alone into a new file.

    VACUUM FULL would also copy each dead row that any transaction of the cluster, even in another database, might
    still see: for as long as a backup lasts. Of that column the planner keeps no statistics, which would be a sample of
    what was there at some mixing.
    """
    for model, (column, same_value) in same_values.items():
        table = connection.ops.quote_name(model._meta.db_table)
        kind = model._meta.get_field(column).db_type(connection)
        cursor.execute(
            f"ALTER TABLE {table} ALTER COLUMN {column} TYPE {kind} USING {same_value}, "
            f"ALTER COLUMN {column} SET STATISTICS 0"
        )
        cursor.execute(f"ANALYZE {table}")


def _empty_log(cursor: Any) -> None:
    cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    busy, _pages, _moved = cursor.fetchone()
    if busy:
        raise OperationalError("The write-ahead log is in use; the next run empties it.")
