"""Files that survive a crash at any moment: written under a temporary name, synced, and only then given their SHA-256
as name. A half-written file never has a lasting name.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core.files import File
from django.core.files.storage import FileSystemStorage, default_storage

SUFFIX = ".tmp"
READ_ONLY = 0o444


@dataclass(frozen=True)
class Draft:
    """A complete file that has no lasting name yet. `size` in bytes."""

    temporary: Path
    sha256: str
    size: int

    def discard(self) -> None:
        self.temporary.unlink(missing_ok=True)


def waiting_room() -> Path:
    """Where drafts stand: on the same disk as the store, so that giving the name is one step."""
    return Path(settings.MEDIA_ROOT) / "unfinished"


def write(chunks: Iterable[bytes], *, name: str) -> Draft:
    """Writes a draft called `name`; it is on the disk when this returns.

    Nothing stays behind when writing fails (a full disk is the OSError that it is).
    """
    waiting_room().mkdir(parents=True, exist_ok=True)
    temporary = waiting_room() / f"{name}{SUFFIX}"
    digest = hashlib.sha256()
    size = 0
    try:
        descriptor = os.open(
            temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, settings.FILE_UPLOAD_PERMISSIONS
        )
        with os.fdopen(descriptor, "wb") as target:
            for chunk in chunks:
                target.write(chunk)
                digest.update(chunk)
                size += len(chunk)
            target.flush()
            os.fsync(target.fileno())
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return Draft(temporary, digest.hexdigest(), size)


def keep(draft: Draft, location: str) -> None:
    """Gives the file its lasting place in the store, where nobody writes to it; `location` is derived from its SHA-256.

    Keeping the same content again is harmless, and mends a damaged copy.
    """
    if isinstance(default_storage, FileSystemStorage) or isinstance(
        getattr(default_storage, "_wrapped", None), FileSystemStorage
    ):
        lasting = Path(default_storage.path(location))
        lasting.parent.mkdir(parents=True, exist_ok=True)
        draft.temporary.chmod(settings.FILE_UPLOAD_PERMISSIONS & READ_ONLY)
        draft.temporary.replace(lasting)
        _sync(lasting.parent)
        _sync(lasting.parent.parent)
    elif not default_storage.exists(location):
        with draft.temporary.open("rb") as stream:
            default_storage.save(location, File(stream, name=draft.sha256))
        draft.discard()
    else:
        draft.discard()


def remove_abandoned(*, older_than_seconds: float) -> int:
    """Deletes drafts that no living process can still be writing; how many they were."""
    limit = time.time() - older_than_seconds
    removed = 0
    for path in waiting_room().glob(f"*{SUFFIX}"):
        try:
            if path.stat().st_mtime < limit:
                path.unlink()
                removed += 1
        except FileNotFoundError:  # kept or discarded by its writer just now
            continue
    return removed


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
