"""Key files: what a database dump never holds.

    KEYS_DIR/ring/{token,index,mail}.key    32 bytes each, made once, together
    KEYS_DIR/seal/<campaign id>.key         X25519 private key of one campaign
    KEYS_DIR/escrow/<campaign id>.key       its copy, until the last answers are mixed

Directories are 0700 and files 0600; anything wider is refused, because a key that others can read is no key.
"""

from __future__ import annotations

import os
import secrets
import shutil
import stat
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

KEY_BYTES = 32
RING_FILES = ("token", "index", "mail")


class KeyFolderError(Exception):
    """A key is missing, damaged, or readable by others. The message names the file and the remedy."""


class KeyMissingError(KeyFolderError):
    """There is no key at this place."""


@dataclass(frozen=True)
class KeyRing:
    """The three keys of an installation and the folder where campaigns keep theirs."""

    directory: Path
    token: bytes
    index: bytes
    mail: bytes

    @classmethod
    def load(cls, directory: Path) -> Self:
        """Read the ring. Refuses a missing ring, damaged keys and wrong permissions."""
        ring = directory / "ring"
        if not ring.is_dir():
            raise KeyMissingError(f"{ring}: no keys here; restore the key folder from its backup")
        _refuse_open_directory(directory)
        _refuse_open_directory(ring)
        return cls(directory, *(_read_key(ring / f"{name}.key") for name in RING_FILES))

    @classmethod
    def load_or_make(cls, directory: Path) -> Self:
        """Read the ring, or make it when there is none. Two processes that start together get the same keys."""
        _private_directory(directory)
        if not (directory / "ring").exists():
            _make_ring(directory)
        return cls.load(directory)

    def make_seal(self, campaign: UUID) -> bytes:
        """Make the key pair of a campaign, or find the one it has; returns the public key (32 bytes)."""
        for folder in ("escrow", "seal"):
            _private_directory(self.directory / folder)
        escrow, seal = self._seal_files(campaign)
        _write_once(escrow, X25519PrivateKey.generate().private_bytes_raw())
        _write_once(seal, _read_key(escrow))
        return self.seal(campaign).public_key().public_bytes_raw()

    def seal(self, campaign: UUID) -> X25519PrivateKey:
        """The private key of a campaign; its escrow copy where the first was lost. Refuses when both are gone."""
        escrow, seal = self._seal_files(campaign)
        try:
            return X25519PrivateKey.from_private_bytes(_read_key(seal))
        except KeyMissingError:
            return X25519PrivateKey.from_private_bytes(_read_key(escrow))

    def has_seal(self, campaign: UUID) -> bool:
        """Whether any copy of the private key is left."""
        return any(path.exists() for path in self._seal_files(campaign))

    def destroy_seal(self, campaign: UUID) -> None:
        """Overwrite and remove both copies. Doing it again changes nothing."""
        for path in self._seal_files(campaign):
            _destroy(path)

    def _seal_files(self, campaign: UUID) -> tuple[Path, Path]:
        return self.directory / "escrow" / f"{campaign}.key", self.directory / "seal" / f"{campaign}.key"


def _make_ring(directory: Path) -> None:
    """All three keys appear at once: a ring half made would pass for a ring half lost."""
    draft = directory / f".ring-{secrets.token_hex(8)}"
    draft.mkdir(mode=0o700)
    try:
        for name in RING_FILES:
            _write_new(draft / f"{name}.key", secrets.token_bytes(KEY_BYTES))
        _sync_directory(draft)
        draft.rename(directory / "ring")
    except OSError:
        if not (directory / "ring").is_dir():
            raise
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    _sync_directory(directory)


def _private_directory(path: Path) -> None:
    with suppress(FileExistsError):  # made before, or by another process just now
        path.mkdir(mode=0o700, parents=True)
    _refuse_open_directory(path)


def _refuse_open_directory(path: Path) -> None:
    mode = path.stat().st_mode
    if not stat.S_ISDIR(mode) or mode & 0o077:
        raise KeyFolderError(f"{path}: must be a directory with mode 0700 (chmod 700 {path})")


def _read_key(path: Path) -> bytes:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    except FileNotFoundError:
        raise KeyMissingError(f"{path}: missing; restore the key folder from its backup") from None
    except OSError as error:
        raise KeyFolderError(f"{path}: {error.strerror}") from error
    with os.fdopen(descriptor, "rb") as file:
        mode = os.fstat(descriptor).st_mode
        if not stat.S_ISREG(mode) or mode & 0o077:
            raise KeyFolderError(f"{path}: must be a file with mode 0600 (chmod 600 {path})")
        key = file.read(KEY_BYTES + 1)
    if len(key) != KEY_BYTES:
        raise KeyFolderError(f"{path}: must hold exactly {KEY_BYTES} bytes; restore it from its backup")
    return key


def _write_once(path: Path, key: bytes) -> None:
    """Put the key in place unless one is there already; never a half-written file under the final name."""
    draft = path.with_name(f".{path.name}-{secrets.token_hex(8)}")
    _write_new(draft, key)
    try:
        os.link(draft, path)
    except FileExistsError:
        return
    finally:
        _destroy(draft)
    _sync_directory(path.parent)


def _write_new(path: Path, key: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(key)
        file.flush()
        os.fsync(file.fileno())


def _destroy(path: Path) -> None:
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_NOFOLLOW)
    except FileNotFoundError:
        return
    with os.fdopen(descriptor, "wb") as file:
        if os.fstat(descriptor).st_nlink == 1:
            file.write(bytes(KEY_BYTES))
            file.flush()
            os.fsync(descriptor)
    path.unlink()
    _sync_directory(path.parent)


def _sync_directory(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
