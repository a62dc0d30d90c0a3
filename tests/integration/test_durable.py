"""A file in the store is whole, whatever happened while it was written."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile

from iqas.core import durable
from iqas.core.files import location_of, open_stored, store
from iqas.core.refusals import RuleViolation


def unfinished() -> list[str]:
    return [path.name for path in durable.waiting_room().glob("*")]


def test_an_upload_that_breaks_off_leaves_nothing() -> None:
    def broken() -> Iterator[bytes]:
        yield b"first half"
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        durable.write(broken(), name="upload")
    assert unfinished() == []


def test_a_stored_file_can_be_read_back_and_is_kept_once() -> None:
    first, again = (store(ContentFile(b"year,answers\n2025,7\n", "figures.csv")) for _time in range(2))
    assert first == again
    with open_stored(first.sha256) as stream:
        assert stream.read() == b"year,answers\n2025,7\n"
    assert unfinished() == []


def test_nobody_writes_to_a_stored_file_by_accident(settings: Any) -> None:
    stored = store(ContentFile(b"read,only\n", "kept.csv"))
    kept = Path(settings.MEDIA_ROOT) / location_of(stored.sha256)
    assert stat.S_IMODE(kept.stat().st_mode) & 0o222 == 0


def test_keeping_the_same_content_again_mends_a_damaged_copy(settings: Any) -> None:
    stored = store(ContentFile(b"mend,me\n", "mend.csv"))
    copy = Path(settings.MEDIA_ROOT) / location_of(stored.sha256)
    copy.chmod(0o640)
    copy.write_bytes(b"X" + copy.read_bytes()[1:])
    with pytest.raises(RuleViolation) as refusal:
        open_stored(stored.sha256)
    assert refusal.value.code == "file-altered"
    store(ContentFile(b"mend,me\n", "mend.csv"))
    open_stored(stored.sha256).close()
