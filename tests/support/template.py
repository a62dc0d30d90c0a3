"""A migrated SQLite, kept between runs: a run with the same migrations copies it instead of migrating again."""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path

import django
from django.apps import apps
from django.conf import settings
from django.db import connection

FOLDER = Path(settings.BASE_DIR) / "var" / "test-templates"


def copy_to(database: Path) -> bool:
    """Whether there was a template for these migrations; it is then at `database`."""
    template = _template()
    if template.exists():
        shutil.copyfile(template, database)
        return True
    return False


def keep() -> None:
    """Keep the database of the present connection, just migrated and empty, as the template."""
    template = _template()
    if template.exists():
        return
    FOLDER.mkdir(parents=True, exist_ok=True)
    for old in FOLDER.glob("*.sqlite3"):
        old.unlink(missing_ok=True)
    unfinished = template.with_suffix(f".{os.getpid()}")
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(unfinished)])
    unfinished.replace(template)


def _template() -> Path:
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
