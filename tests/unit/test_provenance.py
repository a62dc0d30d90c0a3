"""Which commit the program says that it was made from."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest

from iqas.core import provenance


@pytest.fixture
def repository(tmp_path: Path, settings: Any) -> Path:
    def git(*words: str) -> None:
        subprocess.run(["git", "-C", str(tmp_path), *words], check=True, capture_output=True)

    git("init", "--quiet")
    (tmp_path / "file").write_text("one", encoding="utf-8")
    git("add", "file")
    git("-c", "user.name=A", "-c", "user.email=a@example.org", "commit", "--quiet", "-m", "One")
    git("tag", "v1")
    settings.BASE_DIR, settings.BUILT_FROM = tmp_path, ""
    provenance._commit_of.cache_clear()
    return tmp_path


def test_the_commit_of_a_working_copy_and_that_it_was_changed(repository: Path) -> None:
    head = subprocess.run(
        ["git", "-C", str(repository), "rev-parse", "HEAD"], capture_output=True, text=True, check=True
    )
    assert provenance.commit() == head.stdout.strip()
    (repository / "file").write_text("two", encoding="utf-8")
    provenance._commit_of.cache_clear()
    assert provenance.commit() == f"{head.stdout.strip()}-dirty"


def test_what_the_image_was_built_from_comes_first(repository: Path, settings: Any) -> None:
    settings.BUILT_FROM = "a" * 40
    assert provenance.commit() == "a" * 40


def test_a_program_that_does_not_know_says_nothing(repository: Path, settings: Any) -> None:
    settings.BASE_DIR = repository / "unpacked"  # inside somebody else's repository
    settings.BASE_DIR.mkdir()
    assert provenance.commit() == ""


def test_without_git_nothing_is_said(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(repository))
    assert provenance.commit() == ""
