"""Real processes of the product (web, workers, commands) on the database of the running test."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


def product_environment(**extra: str) -> dict[str, str]:
    """The environment in which a process of the product works on this test's database, files and keys.

    Only with `transactional_db`: another process sees nothing of an open transaction.
    """
    from django.conf import settings
    from django.db import connection

    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    database = connection.settings_dict
    if connection.vendor == "sqlite":
        url = f"sqlite:///{database['NAME']}"
    else:
        port = f":{database['PORT']}" if database["PORT"] else ""
        password = f":{database['PASSWORD']}" if database["PASSWORD"] else ""
        url = f"postgresql://{database['USER']}{password}@{database['HOST']}{port}/{database['NAME']}"
    return {
        **kept,
        "PYTHONUNBUFFERED": "1",
        "IQAS_ENV": "local",
        "DATABASE_URL": url,
        "SECRET_KEY": settings.SECRET_KEY,
        "MEDIA_ROOT": str(settings.MEDIA_ROOT),
        "KEYS_DIR": str(settings.KEYS_DIR),
        **extra,
    }


@contextmanager
def running(
    command: list[str], *, env: dict[str, str], log: Path, patience: float = 30
) -> Iterator[subprocess.Popen[bytes]]:
    """A process in its own group, which is ended (politely, then not) with all its children."""
    with log.open("ab") as output:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=env,
            stdout=output,
            stderr=output,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        end_group(process, signal.SIGTERM, patience)


def end_group(process: subprocess.Popen[bytes], how: signal.Signals, patience: float) -> None:
    """Signal the whole group and wait until nobody of it is left."""
    for number, seconds in ((how, patience), (signal.SIGKILL, 10)):
        try:
            os.killpg(process.pid, number)
        except ProcessLookupError:
            break
        if wait_until(lambda: not _group_lives(process), seconds):
            break
    process.wait(10)


def _group_lives(process: subprocess.Popen[bytes]) -> bool:
    process.poll()
    try:
        os.killpg(process.pid, 0)
    except ProcessLookupError:
        return False
    return True


def wait_until(holds: Callable[[], bool], seconds: float) -> bool:
    """Whether it came to hold in time; asked ten times a second."""
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


def answers(url: str, status: int = 200) -> bool:
    """Whether this address answers with this status now."""
    try:
        with urllib.request.urlopen(url, timeout=5) as response:
            return bool(response.status == status)
    except urllib.error.HTTPError as error:
        return error.code == status
    except OSError:
        return False


def manage(*arguments: str, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run `manage.py …` to its end."""
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
