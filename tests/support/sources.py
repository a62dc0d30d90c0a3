"""The files of the repository, as the tests of the architecture read them."""

from __future__ import annotations

import ast
import gc
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGES = ("iqas", "microcredentials", "feedback", "audits")


@cache
def files(*patterns: str) -> tuple[Path, ...]:
    """Files of the repository (known to git, or new and not ignored) that match the patterns."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *patterns],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    return tuple(path for name in sorted(set(listed)) if (path := ROOT / name).is_file())


def modules() -> tuple[Path, ...]:
    """The product's own modules, without migrations."""
    return tuple(
        path for path in files(*(f"{package}/*.py" for package in PACKAGES)) if "migrations" not in path.parts
    )


def templates() -> tuple[Path, ...]:
    return files("templates/*.html", *(f"{package}/*.html" for package in PACKAGES))


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


@cache
def tree(path: Path) -> ast.Module:
    gc.disable()  # in Python 3.11 a finaliser that prints a traceback meanwhile would break the parser
    try:
        return ast.parse(path.read_text(encoding="utf-8"), str(path))
    finally:
        gc.enable()
