"""The guard of approved versions steps aside while a migration rebuilds their table, and comes back."""

from __future__ import annotations

import pytest
from django.core.management.sql import emit_post_migrate_signal, emit_pre_migrate_signal
from django.db import connection
from django.db.migrations import Migration

from microcredentials.frozen_guard import trigger_names
from microcredentials.models import MicroCredentialVersion


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
    assert trigger_names().keys() <= present
