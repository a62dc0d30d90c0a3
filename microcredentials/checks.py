"""What `manage.py doctor` asks about the register, and what holds stored files."""

from __future__ import annotations

from collections.abc import Iterator

from iqas.core.doctor import check
from iqas.core.unheld import holds_files
from microcredentials.erased import key_problems

holds_files("microcredentials.Document", "sha256")


@check("erased-key", "Whoever asked to be erased is recognised when a list names them again.")
def erased_people_are_recognised() -> Iterator[str]:
    yield from key_problems()
