"""Makes the database itself refuse to change the audit chain: an event never, a detail only by blanking it.

Made again after every migration, because SQLite loses triggers when Django rebuilds a table.
"""

from __future__ import annotations

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

TABLE = "core_auditevent"
DETAILS = "core_auditdetail"
REFUSAL = "the audit chain is append-only"
NAMES: dict[str, dict[str, tuple[str, ...]]] = {
    "sqlite": {
        TABLE: ("audit_no_update", "audit_no_delete"),
        DETAILS: ("audit_detail_only_blanked", "audit_detail_no_delete"),
    },
    "postgresql": {
        TABLE: ("audit_append_only", "audit_no_truncate"),
        DETAILS: ("audit_detail_only_blanked", "audit_detail_no_delete", "audit_detail_no_truncate"),
    },
}
ERASURE = (
    "OLD.erased_at IS NULL AND NEW.erased_at IS NOT NULL AND NEW.event_id = OLD.event_id "
    "AND NEW.salt = '' AND NEW.label = '' AND NEW.reason = '' AND NEW.\"before\" = '{}' AND NEW.\"after\" = '{}'"
)


def install(connection: BaseDatabaseWrapper) -> None:
    with connection.cursor() as cursor:
        for statement in _statements(connection.vendor):
            cursor.execute(statement)


def remove(connection: BaseDatabaseWrapper) -> None:
    """Only for test suites, which empty tables between tests."""
    with connection.cursor() as cursor:
        for table, names in NAMES[connection.vendor].items():
            on_table = f" ON {table}" if connection.vendor == "postgresql" else ""
            for name in names:
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}{on_table}")


def installed(connection: BaseDatabaseWrapper) -> bool:
    source = "SELECT tbl_name, name FROM sqlite_master WHERE type = 'trigger'"
    if connection.vendor == "postgresql":
        source = (
            "SELECT c.relname, t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
            "WHERE t.tgenabled <> 'D' AND pg_table_is_visible(c.oid)"
        )
    with connection.cursor() as cursor:
        cursor.execute(source)
        present = set(cursor.fetchall())
    return {(table, name) for table, names in NAMES[connection.vendor].items() for name in names} <= present


def install_after_migrate(**kwargs: Any) -> None:
    from django.db import connections

    connection = connections[kwargs["using"]]
    if {TABLE, DETAILS} <= set(connection.introspection.table_names()):
        install(connection)


def _statements(vendor: str) -> list[str]:
    if vendor == "sqlite":
        refuse = f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
        return [
            f"CREATE TRIGGER IF NOT EXISTS audit_no_update BEFORE UPDATE ON {TABLE} {refuse}",
            f"CREATE TRIGGER IF NOT EXISTS audit_no_delete BEFORE DELETE ON {TABLE} {refuse}",
            f"CREATE TRIGGER IF NOT EXISTS audit_detail_only_blanked BEFORE UPDATE ON {DETAILS} "
            f"WHEN NOT ({ERASURE}) {refuse}",
            f"CREATE TRIGGER IF NOT EXISTS audit_detail_no_delete BEFORE DELETE ON {DETAILS} {refuse}",
        ]
    row, statement = (f"FOR EACH {each} EXECUTE FUNCTION audit_refuse()" for each in ("ROW", "STATEMENT"))
    return [
        "CREATE OR REPLACE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$",
        f"CREATE OR REPLACE TRIGGER audit_append_only BEFORE UPDATE OR DELETE ON {TABLE} {row}",
        f"CREATE OR REPLACE TRIGGER audit_no_truncate BEFORE TRUNCATE ON {TABLE} {statement}",
        f"CREATE OR REPLACE TRIGGER audit_detail_only_blanked BEFORE UPDATE ON {DETAILS} "
        f"FOR EACH ROW WHEN (NOT ({ERASURE})) EXECUTE FUNCTION audit_refuse()",
        f"CREATE OR REPLACE TRIGGER audit_detail_no_delete BEFORE DELETE ON {DETAILS} {row}",
        f"CREATE OR REPLACE TRIGGER audit_detail_no_truncate BEFORE TRUNCATE ON {DETAILS} {statement}",
    ]
