"""Stored files that no row names: left behind when a transaction failed after its file was written.

Every app says once which of its columns hold the SHA-256 of a stored file; what none of them names is rubbish
as soon as no transaction can still be about to name it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

from django.apps import apps
from django.core.files.storage import default_storage
from django.utils import timezone

from iqas.core import clock
from iqas.core.files import location_of

SAFE_AGE = timedelta(days=1)
_columns: set[tuple[str, str]] = set()


def holds_files(model: str, column: str) -> None:
    """Declares, in `<app>/checks.py`, that `column` of `model` ("app.Model") holds the SHA-256 of stored files."""
    _columns.add((model, column))


def columns() -> frozenset[tuple[str, str]]:
    return frozenset(_columns)


def unheld(older_than: timedelta = SAFE_AGE) -> Iterator[str]:
    """The SHA-256 of each stored file that nothing names and that was written longer ago than `older_than`."""
    try:
        folders = sorted(default_storage.listdir("files")[0])
    except FileNotFoundError:  # nothing was ever stored
        return
    limit = clock.now() - older_than
    for folder in folders:
        present = {
            name
            for name in default_storage.listdir(f"files/{folder}")[1]
            if re.fullmatch("[0-9a-f]{64}", name)
        }
        for sha256 in sorted(present - _held(present)):
            written = default_storage.get_modified_time(location_of(sha256))
            if (written if timezone.is_aware(written) else timezone.make_aware(written)) < limit:
                yield sha256


def collect(older_than: timedelta = SAFE_AGE) -> int:
    """Deletes them; how many they were."""
    removed = 0
    for sha256 in unheld(older_than):
        default_storage.delete(location_of(sha256))
        removed += 1
    return removed


def drop(sha256: str) -> bool:
    """Deletes one stored file now, unless something names it; whether it went."""
    if _held({sha256}):
        return False
    default_storage.delete(location_of(sha256))
    return True


def _held(hashes: set[str]) -> set[str]:
    held: set[str] = set()
    for model, column in _columns:
        rows = apps.get_model(model)._default_manager.filter(**{f"{column}__in": hashes})
        held.update(rows.values_list(column, flat=True))
    return held
