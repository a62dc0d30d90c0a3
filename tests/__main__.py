"""The whole suite, from nothing: first on SQLite, then the same tests on a real PostgreSQL.

    python -m tests                    both
    python -m tests --only sqlite      one of them (or: --only postgres)
    python -m tests -- -k freeze -x    what follows -- goes to pytest

PostgreSQL is the one that TEST_DATABASE_URL names, else one that is started here and gone afterwards. Only
databases named `test_…` are made and dropped. Redis: see the fixtures `redis_url` and `own_redis`.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path

from tests.support.servers import postgres

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests", description=__doc__.splitlines()[0])
    parser.add_argument("--only", choices=["sqlite", "postgres"])
    parser.add_argument("pytest", nargs="*", help="options for pytest, after --")
    options = parser.parse_args()

    given = os.environ.pop("TEST_DATABASE_URL", "")
    worst = 0
    if options.only != "postgres":
        worst = run("SQLite", {}, options.pytest)
    if options.only != "sqlite":
        with nullcontext(given) if given else postgres() as url:
            worst = run("PostgreSQL", {"TEST_DATABASE_URL": url}, options.pytest) or worst
    return worst


def run(engine: str, environment: dict[str, str], arguments: list[str]) -> int:
    """Run pytest on one engine; returns its exit code (5, no test at all, is a failure as well)."""
    print(f"\n=== The tests on {engine}", flush=True)
    workers = os.environ.get("TEST_WORKERS", "2")
    command = [sys.executable, "-m", "pytest", "--numprocesses", workers, "--dist", "worksteal"]
    return subprocess.run(
        [*command, *arguments], cwd=ROOT, env={**os.environ, **environment}, check=False
    ).returncode


if __name__ == "__main__":
    sys.exit(main())
