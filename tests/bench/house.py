"""One engine's folder, database and environment, and the ways to start a process on them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.servers import postgres, with_database

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Spent:
    """What a process cost, and what it printed."""

    seconds: float
    cpu_seconds: float
    megabytes: float
    printed: str

    @property
    def figures(self) -> dict[str, float]:
        return {
            "seconds": round(self.seconds, 1),
            "cpu_seconds": round(self.cpu_seconds, 1),
            "megabytes": round(self.megabytes),
        }

    @property
    def answer(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.printed)
        return found


@dataclass(frozen=True)
class House:
    """Where a bench works: nothing of it outlives the bench."""

    engine: str
    folder: Path
    environment: Mapping[str, str]
    small: bool

    def inside(self, *arguments: str) -> str:
        """What `tests.bench.inside` prints, in a process of its own."""
        small = ["--small"] if self.small else []
        command = [
            sys.executable,
            "-m",
            "tests.bench.inside",
            *arguments,
            "--folder",
            str(self.folder),
            *small,
        ]
        return self.spent(command).printed

    def lines(self, *arguments: str) -> Iterator[dict[str, Any]]:
        for text in self.inside(*arguments).splitlines():
            yield json.loads(text)

    def manage(self, *command: str) -> Spent:
        """A command of the product in a fresh process."""
        return self.spent([sys.executable, "manage.py", *command])

    def spent(self, command: list[str]) -> Spent:
        """Runs it; raises CalledProcessError where it ends with more than 1, which is a refusal."""
        with (self.folder / "out").open("w+b") as out:
            began = time.perf_counter()
            process = subprocess.Popen(command, cwd=ROOT, env=dict(self.environment), stdout=out)
            _pid, status, used = os.wait4(process.pid, 0)
            seconds = time.perf_counter() - began
            process.returncode = os.waitstatus_to_exitcode(status)
            if process.returncode not in (0, 1):
                raise subprocess.CalledProcessError(process.returncode, command)
            out.seek(0)
            printed = out.read().decode()
            return Spent(seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, printed)


@contextmanager
def house_of(engine: str, folder: Path, *, small: bool) -> Iterator[House]:
    """An empty database of this engine, and a folder for files and keys."""
    keys = folder / "keys"
    keys.mkdir(mode=0o700)
    with database(engine, folder) as url:
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        yield House(
            engine,
            folder,
            kept
            | {
                "IQAS_ENV": "local",
                "DATABASE_URL": url,
                "TEST_DATABASE_URL": url,
                "MEDIA_ROOT": str(folder / "media"),
                "KEYS_DIR": str(keys),
                "SECRET_KEY": "a secret of this bench alone, long enough for nobody to guess",
            },
            small,
        )


@contextmanager
def database(engine: str, folder: Path) -> Iterator[str]:
    """PostgreSQL: a database of this run on the server of TEST_DATABASE_URL, else on one that is started here."""
    if engine == "sqlite":
        yield f"sqlite:///{folder}/bench.sqlite3"
        return
    if not (given := os.environ.get("TEST_DATABASE_URL")):
        with postgres() as url:
            yield url
        return
    import psycopg2

    name = f"test_iqas_bench_{os.getpid()}"
    connection = psycopg2.connect(with_database(given, "postgres"))
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{name}"')
        try:
            yield with_database(given, name)
        finally:
            cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    connection.close()
