"""Whether this installation can work: what `/readyz` and `doctor` both ask. No word of the field here."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterable
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

Probe = Callable[[], Iterable[str]]
_probes: list[Probe] = []


def database_problem() -> str:
    """A sentence where the database does not answer, else nothing."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        return f"The database does not answer: {str(error).strip().splitlines()[0]}"
    return ""


def pending_migrations() -> list[str]:
    """The migrations that this code has and the database lacks, as `app.name`."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _backwards in plan]


def unprepared_database() -> str:
    """A sentence with its remedy where a command failed because nobody prepared the database, else nothing."""
    connection.close()
    if problem := database_problem():
        return f"{problem}. Look at DATABASE_URL."
    if pending := pending_migrations():
        return (
            f"The database is not prepared: {len(pending)} migrations are not applied. Run: manage.py migrate"
        )
    return ""


def folder_problem(folder: Path, what: str) -> str:
    """A sentence where a folder is missing or cannot be written to, else nothing."""
    if not folder.is_dir():
        return f"The folder of {what}, {folder}, does not exist. Run: mkdir -p -m 700 {folder}"
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        return f"The folder of {what}, {folder}, cannot be read and written by this user."
    return ""


def open_keys(folder: Path) -> list[Path]:
    """What in the folder of the keys other users of the machine can read, the folder itself included.

    Whoever reads the keys reads the answers that wait sealed: all of it belongs to one user.
    """
    return [
        path for path in (folder, *sorted(folder.rglob("*"))) if stat.S_IMODE(path.stat().st_mode) & 0o077
    ]


def readiness_probe(probe: Probe) -> Probe:
    """Registers, in `<app>/checks.py`, what else an app needs before this process may receive visitors."""
    if probe not in _probes:
        _probes.append(probe)
    return probe


def readiness_problems() -> list[str]:
    """Why this process should receive no visitor now; empty when it should."""
    if problem := database_problem():
        return [problem]
    problems = []
    if pending := pending_migrations():
        problems.append(f"{len(pending)} migrations are not applied. Run: manage.py migrate")
    keys = Path(settings.KEYS_DIR)
    if problem := folder_problem(keys, "keys"):
        problems.append(problem)
    elif stat.S_IMODE(keys.stat().st_mode) & 0o077:
        problems.append(f"The folder of keys, {keys}, can be read by other users. Run: chmod go-rwx {keys}")
    return problems or [problem for probe in _probes for problem in probe()]
