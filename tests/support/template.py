"""One migration for all the workers of a run: the first to come migrates, the others copy its database.

On SQLite the migrated file is kept in `var/`, named by what it depends on: the next run with the same migrations
copies it at once. On PostgreSQL it is a database of this run, dropped at its end.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
from pathlib import Path
from typing import TextIO

import django
from django.apps import apps
from django.conf import settings
from django.db import connection

FOLDER = Path(settings.BASE_DIR) / "var" / "test-templates"
RUN = os.environ.get("PYTEST_XDIST_TESTRUNUID", "")
_turn: list[TextIO] = []


def prepare() -> None:
    """Called before the database of this process is made: it will be a copy where there is something to copy.

    Otherwise the others wait until `keep()`.
    """
    _wait_for_turn()
    if connection.vendor == "sqlite":
        if _file().exists():
            shutil.copyfile(_file(), connection.settings_dict["TEST"]["NAME"])
            _end_turn()
    elif RUN and _is_there():
        connection.settings_dict["TEST"]["TEMPLATE"] = _name()
    else:
        connection.settings_dict["TEST"]["TEMPLATE"] = None


def keep() -> None:
    """Called with the database migrated and empty: the others may copy it."""
    if connection.vendor == "sqlite":
        _keep_file()
    elif RUN and not _is_there():
        own = connection.settings_dict["NAME"]
        connection.close()
        _tell_server("CREATE DATABASE {template} TEMPLATE {own}", own=own)
    _end_turn()


def drop() -> None:
    """Called when this process is done; whoever comes first drops the copy on the server."""
    if connection.vendor == "postgresql" and RUN:
        _wait_for_turn()
        _tell_server("DROP DATABASE IF EXISTS {template}")
        _end_turn()


def _wait_for_turn() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    lock = (FOLDER / f"{connection.vendor}.lock").open("w")
    fcntl.flock(lock, fcntl.LOCK_EX)
    _turn.append(lock)


def _end_turn() -> None:
    while _turn:
        _turn.pop().close()


# --- SQLite ---------------------------------------------------------------------------------------


def _keep_file() -> None:
    template = _file()
    if template.exists():
        return
    for old in FOLDER.glob("*.sqlite3"):
        old.unlink(missing_ok=True)
    unfinished = template.with_suffix(f".{os.getpid()}")
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(unfinished)])
    unfinished.replace(template)


def _file() -> Path:
    """Named by everything that the migrated database depends on."""
    digest = hashlib.sha256(django.__version__.encode())
    for config in apps.get_app_configs():
        folder = Path(config.path)
        sources = [
            *(folder / "migrations").glob("*.py"),
            *folder.glob("apps.py"),
            *folder.glob("*_guard.py"),
        ]
        for source in sorted(sources):
            digest.update(source.read_bytes())
    return FOLDER / f"{digest.hexdigest()[:20]}.sqlite3"


# --- PostgreSQL -----------------------------------------------------------------------------------


def _name() -> str:
    return f"test_template_{RUN[:16]}"


def _is_there() -> bool:
    with connection._nodb_cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [_name()])
        return cursor.fetchone() is not None


def _tell_server(command: str, **names: str) -> None:
    quoted = {key: connection.ops.quote_name(name) for key, name in {"template": _name(), **names}.items()}
    with connection._nodb_cursor() as cursor:
        cursor.execute(command.format(**quoted))
