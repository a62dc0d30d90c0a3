"""Keys of the installation: files of 32 bytes in KEYS_DIR, never in the database, backed up apart.

Folders are 0700 and files 0600; anything wider is refused, because a key that others can read is no key.
"""

from __future__ import annotations

import os
import secrets
import stat
from contextlib import suppress
from pathlib import Path

from django.conf import settings

KEY_BYTES = 32


class KeyProblem(Exception):
    """A key is missing, damaged, or readable by others. The message names the file and the remedy."""


class KeyMissing(KeyProblem):
    """There is no key at this place."""


def key_file(name: str) -> Path:
    """The file of a key such as `register/erased`."""
    return Path(settings.KEYS_DIR) / f"{name}.key"


def load_key(name: str) -> bytes:
    """Reads a key. Refuses one that is missing, damaged, or readable by others."""
    path = key_file(name)
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    except FileNotFoundError:
        raise KeyMissing(f"{path}: missing; restore the key folder from its backup") from None
    except OSError as error:
        raise KeyProblem(f"{path}: {error.strerror}") from error
    with os.fdopen(descriptor, "rb") as file:
        mode = os.fstat(descriptor).st_mode
        if not stat.S_ISREG(mode) or mode & 0o077:
            raise KeyProblem(f"{path}: must be a file with mode 0600 (chmod 600 {path})")
        key = file.read(KEY_BYTES + 1)
    if len(key) != KEY_BYTES:
        raise KeyProblem(f"{path}: must hold exactly {KEY_BYTES} bytes; restore it from its backup")
    return key


def make_key(name: str, key: bytes | None = None) -> bytes:
    """Makes a key, or finds the one that is there: two processes that start together get the same.

    `key` is a value that was kept elsewhere until now; without it the key is random.
    """
    path = key_file(name)
    for folder in (Path(settings.KEYS_DIR), path.parent):
        with suppress(FileExistsError):
            folder.mkdir(mode=0o700, parents=True)
        if folder.stat().st_mode & 0o077:
            raise KeyProblem(f"{folder}: must be a directory with mode 0700 (chmod 700 {folder})")
    if not path.exists():
        _write_once(path, key or secrets.token_bytes(KEY_BYTES))
    return load_key(name)


def _write_once(path: Path, key: bytes) -> None:
    """Puts the key in place unless one is there already; never a half-written file under the final name."""
    draft = path.with_name(f".{path.name}-{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(key)
        file.flush()
        os.fsync(file.fileno())
    try:
        with suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink()
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
