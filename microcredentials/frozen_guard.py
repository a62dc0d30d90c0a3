"""Makes the database itself refuse to change an approved version.

Deleting is left to `on_delete=PROTECT`; what would rewrite what was approved in place is refused. Taken away before a
migration of this app and made again after it: SQLite loses the triggers of a table that Django rebuilds, and fails where
those of another table name it.
"""

from __future__ import annotations

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

VERSION = "microcredentials_microcredentialversion"
PARTS = (
    "microcredentials_awardingbody",
    "microcredentials_learningoutcome",
    "microcredentials_assessment",
    "microcredentials_supporter",
    "microcredentials_teacher",
)
REFUSAL = "an approved version never changes"
OF_APPROVED = (
    f"EXISTS (SELECT 1 FROM {VERSION} v WHERE v.id = {{row}}.version_id AND v.approved_at IS NOT NULL)"  # noqa: S608 (our own names)
)


def install(connection: BaseDatabaseWrapper) -> None:
    with connection.cursor() as cursor:
        for statement in _sqlite() if connection.vendor == "sqlite" else _postgresql():
            cursor.execute(statement)


def remove(connection: BaseDatabaseWrapper) -> None:
    with connection.cursor() as cursor:
        for name, table in trigger_names().items():
            on_table = f" ON {table}" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}{on_table}")


def trigger_names() -> dict[str, str]:
    """Trigger → table, the same on both databases."""
    names = {"mc_version_frozen": VERSION}
    for table in PARTS:
        short = table.removeprefix("microcredentials_")
        names |= {f"mc_{short}_no_insert": table, f"mc_{short}_no_update": table}
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


def _conditions() -> list[tuple[str, str, str, str]]:
    """Name, event, table, condition of every trigger."""
    found = [("mc_version_frozen", "UPDATE", VERSION, "OLD.approved_at IS NOT NULL")]
    for table in PARTS:
        short = table.removeprefix("microcredentials_")
        found.append((f"mc_{short}_no_insert", "INSERT", table, OF_APPROVED.format(row="NEW")))
        found.append((f"mc_{short}_no_update", "UPDATE", table, OF_APPROVED.format(row="OLD")))
    return found


def _sqlite() -> list[str]:
    return [
        f"CREATE TRIGGER IF NOT EXISTS {name} BEFORE {event} ON {table} WHEN {condition} "
        f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
        for name, event, table, condition in _conditions()
    ]


def _postgresql() -> list[str]:
    statements = [
        "CREATE OR REPLACE FUNCTION mc_refuse_frozen() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ DECLARE frozen boolean; BEGIN "
        f"IF TG_TABLE_NAME = '{VERSION}' THEN frozen := OLD.approved_at IS NOT NULL; "
        f"ELSIF TG_OP = 'INSERT' THEN frozen := {OF_APPROVED.format(row='NEW')}; "
        f"ELSE frozen := {OF_APPROVED.format(row='OLD')}; END IF; "
        f"IF frozen THEN RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'integrity_constraint_violation'; END IF; "
        "RETURN NEW; END $$"
    ]
    for name, event, table, _condition in _conditions():
        statements.append(
            f"CREATE OR REPLACE TRIGGER {name} BEFORE {event} ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION mc_refuse_frozen()"
        )
    return statements
