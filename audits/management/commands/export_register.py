"""Writes the register for `audits/verifier.py`: one JSON object a line, one line a dossier."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from audits.selectors import register
from iqas.core.canonical import canonical_json


class Command(BaseCommand):
    help = "Export the register of dossiers, so that files can be verified without this installation."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--out", type=Path, required=True, help="the register to write (JSON lines)")

    def handle(self, *args: Any, **options: Any) -> None:
        lines = [canonical_json(entry) + b"\n" for entry in register.entries()]
        try:
            options["out"].write_bytes(b"".join(lines))
        except OSError as error:
            raise CommandError(f"{options['out']} cannot be written: {error.strerror}.") from error
        self.stdout.write(f"{len(lines)} dossiers written to {options['out']}")
