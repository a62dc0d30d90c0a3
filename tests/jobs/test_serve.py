"""`manage.py serve`: web and jobs of a small installation, together from Ctrl-C to Ctrl-C."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from tests.support.processes import answers, end_group, manage, product_environment, running, wait_until
from tests.support.servers import free_port

pytestmark = [pytest.mark.slow, pytest.mark.sqlite, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def port() -> int:
    return free_port()


def serve(port: int) -> list[str]:
    return [sys.executable, "manage.py", "serve", "--port", str(port), "--workers", "1"]


def family(process: subprocess.Popen[bytes]) -> list[psutil.Process]:
    return [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]


def test_one_interrupt_ends_web_and_jobs(port: int, tmp_path: Path) -> None:
    log = tmp_path / "log"
    with running(serve(port), env=product_environment(), log=log) as process:
        assert wait_until(lambda: answers(f"http://127.0.0.1:{port}/readyz"), 40), log.read_text()
        everybody = family(process)
        assert any("run_jobs" in " ".join(one.cmdline()) for one in everybody)
        assert {os.getpgid(one.pid) for one in everybody} == {process.pid}  # one group: Ctrl-C reaches all
        end_group(process, signal.SIGINT, 20)
        assert process.returncode == 0, log.read_text()
        assert [one for one in everybody if one.is_running()] == []
    assert "Traceback" not in log.read_text()


def test_the_end_of_one_ends_the_other_and_says_so(port: int, tmp_path: Path) -> None:
    log = tmp_path / "log"
    with running(serve(port), env=product_environment(), log=log) as process:
        assert wait_until(lambda: answers(f"http://127.0.0.1:{port}/healthz"), 40), log.read_text()
        jobs = next(one for one in family(process) if "run_jobs" in " ".join(one.cmdline()))
        jobs.kill()
        assert process.wait(30) == 1
    assert "The jobs process ended by itself" in log.read_text()
    assert not answers(f"http://127.0.0.1:{port}/healthz")


def test_a_taken_port_is_said_before_anything_starts(port: int) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", port))
        other.listen()
        ended = manage("serve", "--port", str(port), env=product_environment())
    assert ended.returncode == 1
    assert ended.stderr.strip().splitlines()[-1].endswith(f"make run PORT={port + 1}")
    assert "Traceback" not in ended.stderr
