"""A file in the store is whole, whatever happened while it was written."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from iqas.core import durable, unheld
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


@pytest.fixture
def service(settings: Any) -> Any:
    """A store that is no folder of this machine, as an S3 bucket is none."""
    settings.STORAGES = settings.STORAGES | {
        "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"}
    }
    return default_storage


@pytest.mark.django_db
def test_files_stand_in_a_service_too(service: Any) -> None:
    assert list(unheld.unheld(timedelta(0))) == []
    first, again = (store(ContentFile(b"year,answers\n2025,7\n", "figures.csv")) for _time in range(2))
    assert first == again
    assert service.exists(location_of(first.sha256))
    assert unfinished() == []
    with open_stored(first.sha256) as stream:
        assert stream.read() == b"year,answers\n2025,7\n"
    with pytest.raises(RuleViolation, check=lambda refusal: refusal.code == "file-missing"):
        open_stored("0" * 64)
    service.delete(location_of(first.sha256))
    service.save(location_of(first.sha256), ContentFile(b"altered"))
    with pytest.raises(RuleViolation, check=lambda refusal: refusal.code == "file-altered"):
        open_stored(first.sha256)


@pytest.mark.django_db
def test_what_no_row_names_was_never_collected_from_a_service(service: Any) -> None:
    """A bucket has no folders: asked whether `files` exists, it said no."""
    stored = store(ContentFile(b"left,behind\n", "left.csv"))
    service.exists = lambda name: name != "files" and type(service._wrapped).exists(service._wrapped, name)
    assert unheld.collect(timedelta(days=-1)) == 1
    assert not service.exists(stored.location)
