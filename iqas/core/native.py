"""Programs and libraries that pip cannot install: what is missing, and how it comes.

    python -m iqas.core.native pango chromium qpdf pdftotext

Installs what is missing with apt where it may (root, or sudo without a password), otherwise prints the one
command that does and exits 1. Needs nothing but the standard library: it runs before anything else.
"""

from __future__ import annotations

import ctypes.util
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def chromium() -> str | None:
    """The path of a Chromium: IQAS_CHROMIUM, else the first one on the search path."""
    named = os.environ.get("IQAS_CHROMIUM")
    return named or next((path for name in CHROMIUM_NAMES if (path := shutil.which(name))), None)


def has_pango() -> bool:
    """WeasyPrint loads these two at import."""
    return all(ctypes.util.find_library(name) for name in ("pango-1.0", "pangoft2-1.0"))


@dataclass(frozen=True)
class Part:
    """What is asked for, how to see that it is there, and the packages of Debian and Homebrew that bring it."""

    present: Callable[[], object]
    debian: tuple[str, ...]
    homebrew: tuple[str, ...]


PARTS = {
    "pango": Part(has_pango, ("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0"), ("pango",)),
    "chromium": Part(chromium, ("chromium",), ("chromium",)),
    "qpdf": Part(lambda: shutil.which("qpdf"), ("qpdf",), ("qpdf",)),
    "pdftotext": Part(lambda: shutil.which("pdftotext"), ("poppler-utils",), ("poppler",)),
}


def missing(names: list[str]) -> list[str]:
    return [name for name in names if not PARTS[name].present()]


def apt_prefix() -> list[str] | None:
    """What to put before apt-get so that it may install; None where it may not or is not there."""
    if not shutil.which("apt-get"):
        return None
    if os.geteuid() == 0:
        return []
    if (
        shutil.which("sudo")
        and subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False).returncode == 0
    ):
        return ["sudo", "-n"]
    return None


def install_with_apt(prefix: list[str], packages: list[str]) -> None:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    keep = ["--preserve-env=DEBIAN_FRONTEND"] if prefix else []
    for arguments in (["update", "-q"], ["install", "-q", "-y", "--no-install-recommends", *packages]):
        command = [*prefix, *keep, "apt-get", *arguments]
        subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, stdout=sys.stderr, check=False)


def advice(names: list[str]) -> str:
    """The one command that installs these parts here, as a sentence."""
    if sys.platform == "darwin":
        packages = [package for name in names for package in PARTS[name].homebrew]
        command = "brew install " + " ".join(packages)
    else:
        packages = [package for name in names for package in PARTS[name].debian]
        command = "sudo apt-get install " + " ".join(packages)
    return f"Not installed on this machine: {', '.join(names)}. Run:  {command}"


def main(names: list[str]) -> int:
    unknown = [name for name in names if name not in PARTS]
    if unknown:
        print(f"Unknown part: {', '.join(unknown)}. Known: {', '.join(PARTS)}.", file=sys.stderr)
        return 2
    absent = missing(names)
    prefix = apt_prefix() if absent else None
    if prefix is not None:
        packages = [package for name in absent for package in PARTS[name].debian]
        print(f"Installing with apt: {' '.join(packages)}", file=sys.stderr)
        install_with_apt(prefix, packages)
        absent = missing(names)
    if absent:
        print(advice(absent), file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
