"""Makes the database itself refuse to change an approved version: its row, its parts, what they link, who wrote it.

Taken away before a migration of this app and made again after it: SQLite loses the triggers of a table that Django
rebuilds, and fails where those of another table name it.
"""

from __future__ import annotations

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

VERSION = "microcredentials_microcredentialversion"
ASSESSMENT = "microcredentials_assessment"
LINKS = "microcredentials_assessment_outcomes"
WRITERS = "microcredentials_microcredentialversion_writers"
PARTS = (
    "microcredentials_awardingbody",
    "microcredentials_learningoutcome",
    ASSESSMENT,
    "microcredentials_supporter",
    "microcredentials_teacher",
)
REFUSAL = "an approved version never changes"
APPROVED = f"EXISTS (SELECT 1 FROM {VERSION} v WHERE v.id = {{row}}.%s AND v.approved_at IS NOT NULL)"  # noqa: S608 (our own names)
OF_APPROVED = {
    VERSION: "{row}.approved_at IS NOT NULL",
    **dict.fromkeys(PARTS, APPROVED % "version_id"),
    LINKS: (
        f"EXISTS (SELECT 1 FROM {ASSESSMENT} a JOIN {VERSION} v ON v.id = a.version_id "  # noqa: S608 (our own names)
        "WHERE a.id = {row}.assessment_id AND v.approved_at IS NOT NULL)"
    ),
    WRITERS: APPROVED % "microcredentialversion_id",
}
"""Table → whether its row OLD or NEW belongs to an approved version."""


def install(connection: BaseDatabaseWrapper) -> None:
    with connection.cursor() as cursor:
        for statement in _sqlite() if connection.vendor == "sqlite" else _postgresql():
            cursor.execute(statement)


def remove(connection: BaseDatabaseWrapper) -> None:
    with connection.cursor() as cursor:
        for name, table in trigger_names(connection.vendor).items():
            on_table = f" ON {table}" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}{on_table}")


def trigger_names(vendor: str) -> dict[str, str]:
    """Trigger → table. PostgreSQL alone can empty a table without looking at its rows."""
    names = {name: table for name, _event, table, _condition in _conditions()}
    if vendor == "postgresql":
        names |= {f"{_short(table)}_no_truncate": table for table in OF_APPROVED}
    return names


def remove_before_migrate(*, using: str, plan: Any, **kwargs: Any) -> None:
    """SQLite rebuilds no table of which the triggers of other tables speak."""
    from django.db import connections

    connection = connections[using]
    if any(migration.app_label == "microcredentials" for migration, _backwards in plan):
        remove(connection)


def install_after_migrate(**kwargs: Any) -> None:
    from django.db import connections

    connection = connections[kwargs["using"]]
    if VERSION in connection.introspection.table_names():
        install(connection)


def _short(table: str) -> str:
    return "mc_version" if table == VERSION else f"mc_{table.removeprefix('microcredentials_')}"


def _conditions() -> list[tuple[str, str, str, str]]:
    """Name, event, table, condition of every trigger.

    A draft becomes approved by UPDATE, and a row must not be moved into an approved version by one.
    """
    found = []
    for table, approved in OF_APPROVED.items():
        old, new = approved.format(row="OLD"), approved.format(row="NEW")
        if table != VERSION:
            found.append((f"{_short(table)}_no_insert", "INSERT", table, new))
        changed = old if table == VERSION else f"{old} OR {new}"
        found.append((f"{_short(table)}_no_update", "UPDATE", table, changed))
        found.append((f"{_short(table)}_no_delete", "DELETE", table, old))
    return found


def _sqlite() -> list[str]:
    return [
        f"CREATE TRIGGER IF NOT EXISTS {name} BEFORE {event} ON {table} WHEN {condition} "
        f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
        for name, event, table, condition in _conditions()
    ]


def _postgresql() -> list[str]:
    """One function for each trigger, because a condition of a trigger may hold no query."""
    statements = []
    for name, event, table, condition in _conditions():
        statements += [
            _function(name, condition, "OLD" if event == "DELETE" else "NEW"),
            f"CREATE OR REPLACE TRIGGER {name} BEFORE {event} ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION {name}()",
        ]
    any_approved = f"EXISTS (SELECT 1 FROM {VERSION} v WHERE v.approved_at IS NOT NULL)"  # noqa: S608 (our own names)
    statements.append(_function("mc_no_truncate", any_approved, "NULL"))
    statements += [
        f"CREATE OR REPLACE TRIGGER {_short(table)}_no_truncate BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION mc_no_truncate()"
        for table in OF_APPROVED
    ]
    return statements


def _function(name: str, refused: str, answer: str) -> str:
    return (
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {refused} THEN RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'integrity_constraint_violation'; END IF; "
        f"RETURN {answer}; END $$"
    )
