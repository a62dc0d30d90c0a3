"""Workers as processes of their own, on the database and the store of this test."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psutil
from django.conf import settings
from django.db import connection

ROOT = Path(__file__).resolve().parents[2]
LEASE_SECONDS = 3
REAPER_SECONDS = 1


def database_url() -> str:
    given: dict[str, Any] = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{given['NAME']}"
    login = quote(given["USER"]) + (f":{quote(given['PASSWORD'])}" if given["PASSWORD"] else "")
    return f"postgresql://{login}@{given['HOST']}:{given['PORT'] or 5432}/{given['NAME']}"


def environment(**more: str) -> dict[str, str]:
    """The environment of a worker that shares this test's database, files and secret."""
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "iqas.settings",
        "PYTHONPATH": str(ROOT),
        "DATABASE_URL": database_url(),
        "MEDIA_ROOT": str(settings.MEDIA_ROOT),
        "KEYS_DIR": str(settings.KEYS_DIR),
        "SECRET_KEY": settings.SECRET_KEY,
        "IQAS_JOB_LEASE_SECONDS": str(LEASE_SECONDS),
        "IQAS_JOB_REAPER_SECONDS": str(REAPER_SECONDS),
        **more,
    }


class Process:
    """One process with its children, started in a group of its own so that nothing of it outlives the test."""

    def __init__(self, command: list[str], *, log: Path, env: dict[str, str], **options: Any) -> None:
        with log.open("ab") as output:
            self._popen = subprocess.Popen(
                command, stdout=output, stderr=output, cwd=ROOT, env=env, start_new_session=True, **options
            )
        self.pid = self._popen.pid

    def family(self) -> set[int]:
        try:
            own = psutil.Process(self.pid)
            return {own.pid, *(child.pid for child in own.children(recursive=True))}
        except psutil.NoSuchProcess:
            return set()

    @property
    def alive(self) -> bool:
        return self._popen.poll() is None

    def kill(self) -> None:
        """SIGKILL to the process and all its children."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self._popen.wait()

    def stop(self, times: int = 1) -> int:
        """SIGTERM, perhaps repeated by somebody impatient, and wait until it ended by itself."""
        for _time in range(times):
            self._popen.terminate()
        return self._popen.wait(20)

    def wait(self, seconds: float) -> int:
        return self._popen.wait(seconds)


def run_jobs(*options: str, log: Path, env: dict[str, str], **popen: Any) -> Process:
    return Process([sys.executable, "-m", "tests.jobs.worker", *options], log=log, env=env, **popen)


def celery(*options: str, log: Path, env: dict[str, str]) -> Process:
    command = [sys.executable, "-m", "celery", "-A", "tests.jobs.worker", *options]
    return Process(command, log=log, env=env)
