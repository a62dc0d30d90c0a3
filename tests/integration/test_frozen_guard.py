"""The guard of approved versions: no table of theirs can be written, and it steps aside while a migration rebuilds one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.core.management.sql import emit_post_migrate_signal, emit_pre_migrate_signal
from django.db import DatabaseError, connection, transaction
from django.db.migrations import Migration

from microcredentials.frozen_guard import LINKS, OF_APPROVED, VERSION, WRITERS, trigger_names
from microcredentials.models import MicroCredentialVersion
from microcredentials.services import approval, proposals
from microcredentials.services.writing import READ, Body, Support, Teaching
from tests.factories.accounts import make_staff
from tests.factories.microcredentials import make_microcredential

FOREIGN = {VERSION: "id", LINKS: "assessment_id", WRITERS: "microcredentialversion_id"}
"""Table → its column that says of which version, or of which part of one; `version_id` of all others."""


@pytest.mark.sqlite
def test_a_migration_can_rebuild_the_table_of_versions(transactional_db: None) -> None:
    plan = [(Migration("0099_other", "microcredentials"), False)]
    emit_pre_migrate_signal(0, False, connection.alias, plan=plan)
    with connection.schema_editor() as editor:
        editor._remake_table(MicroCredentialVersion)
    emit_post_migrate_signal(0, False, connection.alias, plan=plan)
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        present = {row[0] for row in cursor.fetchall()}
    assert trigger_names("sqlite").keys() <= present


@pytest.fixture
def rows(db: None) -> dict[str, tuple[dict[str, Any], dict[str, Any]]]:
    """Table → a row of an approved version, and one of a draft."""
    author = make_staff("coordinator")
    microcredential = make_microcredential(actor=author)
    version = microcredential.current
    assert version is not None
    version = proposals.edit_version(
        actor=author,
        version=version,
        seen=version.version,
        rows={
            "awarding_bodies": [Body("Universidad", True)],
            "supporters": [Support("Gremio", "Contratará a diez")],
            "teachers": [Teaching("Luz Vera")],
        },
    )
    approval.approve_version(actor=make_staff("approver"), version=version)
    microcredential.refresh_from_db()
    draft = proposals.begin_version(actor=author, microcredential=microcredential)
    return {table: (row_of(table, version), row_of(table, draft)) for table in OF_APPROVED}


def row_of(table: str, version: MicroCredentialVersion) -> dict[str, Any]:
    wanted = version.assessments.get().pk if table == LINKS else version.pk
    with connection.cursor() as cursor:
        key = connection.ops.adapt_unknown_value(wanted) if connection.vendor == "postgresql" else wanted.hex
        cursor.execute(f"SELECT * FROM {table} WHERE {FOREIGN.get(table, 'version_id')} = %s", [key])
        names = [column[0] for column in cursor.description]
        return dict(zip(names, cursor.fetchone(), strict=True))


def attempts(table: str, frozen: dict[str, Any], free: dict[str, Any]) -> Iterator[tuple[str, list[Any]]]:
    """Statements that would change what was approved."""
    foreign = FOREIGN.get(table, "version_id")
    same = next(name for name in frozen if name not in ("id", foreign))
    yield f"UPDATE {table} SET {same} = {same} WHERE id = %s", [frozen["id"]]
    yield f"DELETE FROM {table} WHERE id = %s", [frozen["id"]]
    if table != VERSION:
        yield f"UPDATE {table} SET {foreign} = %s WHERE id = %s", [frozen[foreign], free["id"]]
        copied = [name for name in frozen if name not in ("id", foreign)]
        columns = ", ".join(map(connection.ops.quote_name, ("id", foreign, *copied)))
        marks = ", ".join(["%s"] * (len(copied) + 2))
        key = "0c8a6f8e7e1c4c8e9a58000000000000" if not isinstance(frozen["id"], int) else 999_999
        yield (
            f"INSERT INTO {table} ({columns}) VALUES ({marks})",
            [key, frozen[foreign], *(free[name] for name in copied)],
        )
    if connection.vendor == "postgresql":
        yield f"TRUNCATE {table} CASCADE", []


@pytest.mark.parametrize("table", sorted(OF_APPROVED))
def test_no_row_of_an_approved_version_is_changed_added_moved_or_removed(table: str, rows: Any) -> None:
    frozen, free = rows[table]
    connection.check_constraints()  # PostgreSQL empties no table while a check of a foreign key is pending
    for statement, values in attempts(table, frozen, free):
        with (
            pytest.raises(DatabaseError, match="an approved version never changes"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement, values)
    with connection.cursor() as cursor:
        same = next(name for name in free if name != "id")
        cursor.execute(f"UPDATE {table} SET {same} = {same} WHERE id = %s", [free["id"]])
        assert cursor.rowcount == 1, "a draft can be written"


def test_every_table_of_a_design_is_guarded() -> None:
    parts = [MicroCredentialVersion._meta.get_field(name).related_model for name in READ]
    models = [MicroCredentialVersion, *parts]
    linked = [field.remote_field.through for model in models for field in model._meta.many_to_many]  # type: ignore[union-attr]
    assert {model._meta.db_table for model in (*models, *linked)} == set(OF_APPROVED)  # type: ignore[union-attr]
    assert set(OF_APPROVED) <= {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
