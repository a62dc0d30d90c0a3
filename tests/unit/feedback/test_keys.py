"""Key files: made once, refused when others can read them, gone when destroyed."""

from __future__ import annotations

import os
import stat
import threading
from pathlib import Path
from uuid import UUID

import pytest

from feedback.anonymity.keys import KeyFolderError, KeyMissingError, KeyRing

CAMPAIGN = UUID("6f0c6d1e-3a57-4f8a-9a51-0c2d7f5b8e11")


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    return tmp_path / "keys"


def modes(directory: Path) -> set[tuple[bool, int]]:
    return {(path.is_dir(), stat.S_IMODE(path.stat().st_mode)) for path in [directory, *directory.rglob("*")]}


def test_files_are_0600_in_directories_of_0700_whatever_the_umask(directory: Path) -> None:
    before = os.umask(0)
    try:
        KeyRing.load_or_make(directory).make_seal(CAMPAIGN)
    finally:
        os.umask(before)
    assert modes(directory) == {(True, 0o700), (False, 0o600)}


def test_the_ring_is_made_once_and_then_read(directory: Path) -> None:
    first = KeyRing.load_or_make(directory)
    assert KeyRing.load_or_make(directory) == first == KeyRing.load(directory)
    assert len({first.token, first.index, first.mail}) == 3
    assert all(len(key) == 32 for key in (first.token, first.index, first.mail))


def test_processes_that_start_together_get_one_ring_and_one_seal(directory: Path) -> None:
    directory.mkdir(mode=0o700)
    barrier = threading.Barrier(8)
    rings: list[KeyRing] = []
    seals: list[bytes] = []

    def start() -> None:
        barrier.wait()
        ring = KeyRing.load_or_make(directory)
        rings.append(ring)
        seals.append(ring.make_seal(CAMPAIGN))

    threads = [threading.Thread(target=start) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(rings) == len(seals) == 8
    assert len(set(rings)) == len(set(seals)) == 1
    assert not list(directory.rglob(".*")), "no draft of a key is left behind"


def test_a_missing_ring_is_never_replaced_by_load(directory: Path) -> None:
    with pytest.raises(KeyMissingError):
        KeyRing.load(directory)
    assert not directory.exists()


@pytest.mark.parametrize("name", ["token", "index", "mail"])
def test_a_ring_that_lost_a_key_is_refused(directory: Path, name: str) -> None:
    KeyRing.load_or_make(directory)
    (directory / "ring" / f"{name}.key").unlink()
    with pytest.raises(KeyMissingError, match=name):
        KeyRing.load_or_make(directory)


@pytest.mark.parametrize("size", [0, 31, 33])
def test_a_damaged_key_is_refused(directory: Path, size: int) -> None:
    KeyRing.load_or_make(directory)
    (directory / "ring" / "mail.key").write_bytes(bytes(size))
    with pytest.raises(KeyFolderError, match="exactly 32 bytes"):
        KeyRing.load(directory)


@pytest.mark.parametrize("place", [".", "ring", "seal", "escrow"])
@pytest.mark.parametrize("mode", [0o750, 0o705, 0o701])
def test_a_directory_open_to_others_is_refused(directory: Path, place: str, mode: int) -> None:
    KeyRing.load_or_make(directory).make_seal(CAMPAIGN)
    (directory / place).chmod(mode)
    with pytest.raises(KeyFolderError, match="0700"):
        KeyRing.load_or_make(directory).make_seal(CAMPAIGN)


@pytest.mark.parametrize("file", ["ring/token.key", f"seal/{CAMPAIGN}.key"])
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_key_open_to_others_is_refused(directory: Path, file: str, mode: int) -> None:
    KeyRing.load_or_make(directory).make_seal(CAMPAIGN)
    (directory / file).chmod(mode)
    with pytest.raises(KeyFolderError, match="0600"):
        KeyRing.load(directory).seal(CAMPAIGN)


def test_a_link_in_place_of_a_key_is_refused(directory: Path, tmp_path: Path) -> None:
    KeyRing.load_or_make(directory)
    key = directory / "ring" / "token.key"
    key.rename(tmp_path / "elsewhere.key")
    key.symlink_to(tmp_path / "elsewhere.key")
    with pytest.raises(KeyFolderError):
        KeyRing.load(directory)


def test_the_seal_survives_the_loss_of_either_copy(directory: Path) -> None:
    ring = KeyRing.load_or_make(directory)
    public = ring.make_seal(CAMPAIGN)
    (directory / "seal" / f"{CAMPAIGN}.key").unlink()
    assert ring.seal(CAMPAIGN).public_key().public_bytes_raw() == public
    assert ring.make_seal(CAMPAIGN) == public, "the lost copy comes back from escrow"
    (directory / "escrow" / f"{CAMPAIGN}.key").unlink()
    assert ring.seal(CAMPAIGN).public_key().public_bytes_raw() == public


def test_a_destroyed_seal_is_gone_from_disk(directory: Path) -> None:
    ring = KeyRing.load_or_make(directory)
    ring.make_seal(CAMPAIGN)
    secret = ring.seal(CAMPAIGN).private_bytes_raw()
    ring.destroy_seal(CAMPAIGN)
    ring.destroy_seal(CAMPAIGN)
    assert not ring.has_seal(CAMPAIGN)
    with pytest.raises(KeyMissingError):
        ring.seal(CAMPAIGN)
    assert all(secret not in path.read_bytes() for path in directory.rglob("*") if path.is_file())


def test_a_destroyed_seal_is_overwritten_before_it_is_removed(directory: Path) -> None:
    ring = KeyRing.load_or_make(directory)
    ring.make_seal(CAMPAIGN)
    with (directory / "seal" / f"{CAMPAIGN}.key").open("rb") as held_open:
        ring.destroy_seal(CAMPAIGN)
        assert held_open.read() == bytes(32)
