"""From which commit this program was made: what a dossier says of the program that printed it."""

from __future__ import annotations

import subprocess
from functools import cache
from pathlib import Path

from django.conf import settings


def commit() -> str:
    """The commit told when the image was built, else that of the working copy (`…-dirty` if it was changed); "" if unknown."""
    return str(settings.BUILT_FROM) or _commit_of(Path(settings.BASE_DIR))


@cache
def _commit_of(folder: Path) -> str:
    if not (folder / ".git").exists():  # a repository further up is somebody else's
        return ""
    describe = ["git", "-C", str(folder), "describe", "--always", "--abbrev=40", "--dirty", "--exclude=*"]
    try:
        told = subprocess.run(describe, capture_output=True, text=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired):  # no git on this machine, or none that answers
        return ""
    return told.stdout.strip() if told.returncode == 0 else ""
