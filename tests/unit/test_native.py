"""What pip cannot install: found, installed where that is allowed, else said in one command."""

from __future__ import annotations

import subprocess

import pytest

from iqas.core import native


@pytest.fixture
def bare_machine(monkeypatch):
    """A Debian machine with nothing on it; returns the commands that were run there."""
    commands: list[list[str]] = []
    monkeypatch.setattr(native.sys, "platform", "linux")
    monkeypatch.delenv("IQAS_CHROMIUM", raising=False)
    monkeypatch.setattr(native.ctypes.util, "find_library", lambda name: None)
    monkeypatch.setattr(
        native.shutil, "which", lambda name: f"/usr/bin/{name}" if name == "apt-get" else None
    )

    def run(command, **_options):
        commands.append(command)
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(native.subprocess, "run", run)
    return commands


def test_who_may_not_install_is_told_the_one_command(bare_machine, monkeypatch, capsys) -> None:
    monkeypatch.setattr(native.os, "geteuid", lambda: 1000)
    assert native.main(["pango", "qpdf"]) == 1
    assert bare_machine == []
    said = capsys.readouterr().err
    assert said.count("sudo apt-get install") == 1
    assert "libpango-1.0-0" in said
    assert said.rstrip().endswith("qpdf")


def test_root_installs_what_is_missing_and_only_that(bare_machine, monkeypatch) -> None:
    monkeypatch.setattr(native.os, "geteuid", lambda: 0)
    monkeypatch.setattr(native.ctypes.util, "find_library", lambda name: f"lib{name}.so")
    assert native.main(["pango", "qpdf"]) == 1  # apt ran, and qpdf is still not there: said, not hidden
    install = next(command for command in bare_machine if "install" in command)
    assert install[-1] == "qpdf"
    assert not any("pango" in part for part in install)


def test_where_all_is_there_nothing_runs(bare_machine, monkeypatch) -> None:
    monkeypatch.setattr(native.ctypes.util, "find_library", lambda name: f"lib{name}.so")
    assert native.main(["pango"]) == 0
    assert bare_machine == []


def test_an_unknown_part_is_refused(capsys) -> None:
    assert native.main(["emacs"]) == 2
    assert "emacs" in capsys.readouterr().err


def test_a_named_chromium_comes_first(monkeypatch) -> None:
    monkeypatch.setenv("IQAS_CHROMIUM", "/opt/chromium")
    assert native.chromium() == "/opt/chromium"
