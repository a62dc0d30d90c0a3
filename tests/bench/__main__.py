"""Measures what the product promises of its speed, on both databases, each import in a process of its own.

    python -m tests.bench                    both engines
    python -m tests.bench --only sqlite      one of them (or: --only postgres); the other's figures are kept

PostgreSQL: the server of TEST_DATABASE_URL, in a database made for this run and dropped after it, else one started here.
Fails where a promise is broken.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.bench import report
from tests.support.servers import postgres, with_database

ROOT = Path(__file__).resolve().parents[2]
ENROLMENTS = 10_000


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__.splitlines()[0])
    parser.add_argument("--only", choices=report.ENGINES)
    parser.add_argument(
        "--small", action="store_true", help="a hundredth of everything, and no report: a try"
    )
    options = parser.parse_args()
    lines: list[dict[str, Any]] = []
    for engine in [options.only] if options.only else report.ENGINES:
        print(f"\n=== {engine}", flush=True)
        with (
            tempfile.TemporaryDirectory(prefix="iqas-bench-") as folder,
            database(engine, Path(folder)) as url,
        ):
            lines += Bench(engine, url, Path(folder), small=options.small).run()
    if not options.small:
        report.write(lines)
    broken = [line for line in lines if not line["kept"]]
    for line in broken:
        print(f"BROKEN on {line['engine']}: {line['name']}", file=sys.stderr)
    return 1 if broken else 0


@contextmanager
def database(engine: str, folder: Path) -> Iterator[str]:
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


class Bench:
    """One engine, from an empty database to its figures."""

    def __init__(self, engine: str, url: str, folder: Path, *, small: bool) -> None:
        self.engine, self.folder, self.small = engine, folder, small
        keys = folder / "keys"
        keys.mkdir(mode=0o700)
        self.environment = {
            name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ
        } | {
            "IQAS_ENV": "local",
            "DATABASE_URL": url,
            "TEST_DATABASE_URL": url,
            "MEDIA_ROOT": str(folder / "media"),
            "KEYS_DIR": str(keys),
            "SECRET_KEY": "a secret of this bench alone, long enough for nobody to guess",
        }

    def run(self) -> list[dict[str, Any]]:
        self.inside("build", *(["--small"] if self.small else []))
        lines = [self.line(found) for found in self.imports()]
        lines += [self.line(json.loads(text)) for text in self.inside("pages").splitlines()]
        return lines

    def inside(self, *arguments: str) -> str:
        return subprocess.run(
            [sys.executable, "-m", "tests.bench.inside", *arguments, "--folder", str(self.folder)],
            cwd=ROOT, env=self.environment, check=True, stdout=subprocess.PIPE, text=True,
        ).stdout  # fmt: skip

    def imports(self) -> Iterator[dict[str, Any]]:
        rows = ENROLMENTS // (100 if self.small else 1)
        for name, file, expected in (
            ("a list with one bad row", "bad.csv", {"created": 0, "unchanged": 0, "rejected": 1}),
            ("CSV, everybody new", "first.csv", {"created": rows, "unchanged": 0, "rejected": 0}),
            ("the same CSV again", "first.csv", {"created": 0, "unchanged": rows, "rejected": 0}),
            ("XLSX, everybody new", "second.xlsx", {"created": rows, "unchanged": 0, "rejected": 0}),
        ):
            before = self.inside("count")
            seconds, cpu, megabytes, answer = self.measured(
                "import_enrolments", str(self.folder / file), "--json"
            )
            found = {
                "created": answer["created"],
                "unchanged": answer["unchanged"],
                "rejected": len(answer["rejected"]),
            }
            grown = int(self.inside("count")) - int(before)
            yield {
                "kind": "import",
                "name": name,
                "rows": answer["rows"],
                "seconds": round(seconds, 1),
                "cpu_seconds": round(cpu, 1),
                "megabytes": round(megabytes),
                "right": found == expected and grown == expected["created"],
            }

    def measured(self, *command: str) -> tuple[float, float, float, dict[str, Any]]:
        """Seconds by the clock and of CPU, and peak memory of a command of the product in a fresh process, and its JSON."""
        with (self.folder / "out").open("w+b") as out:
            began = time.perf_counter()
            process = subprocess.Popen(
                [sys.executable, "manage.py", *command], cwd=ROOT, env=self.environment, stdout=out
            )
            _pid, _status, used = os.wait4(process.pid, 0)
            seconds = time.perf_counter() - began
            out.seek(0)
            return seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, json.load(out)

    def line(self, found: dict[str, Any]) -> dict[str, Any]:
        line = {"engine": self.engine, **found}
        line["kept"] = report.is_kept(line)
        print(report.in_words(line), flush=True)
        return line


if __name__ == "__main__":
    sys.exit(main())
