"""Says whether a file is a dossier that this installation registered, byte for byte."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from audits import verifier
from audits.selectors import register


class Command(BaseCommand):
    help = "Verify a dossier against the register. Exit status 0: genuine; 1: not."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--evidence", type=Path, help="a folder with the evidence files, to be hashed again"
        )
        parser.add_argument("--json", action="store_true", help="print the verdict as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        known = {entry["sha256"]: entry for entry in register.entries()}
        try:
            verdict = verifier.verify(options["file"], known, options["evidence"])
        except (verifier.Unanswerable, OSError) as error:
            raise CommandError(f"cannot verify: {error}") from error
        if options["json"]:
            self.stdout.write(json.dumps({"genuine": verdict.genuine, **asdict(verdict)}, ensure_ascii=False))
        elif verdict.genuine:
            self.stdout.write(
                f"genuine: {verdict.dossier}, registered {verdict.registered_at}, {verdict.state}"
            )
        else:
            self.stdout.write(f"NOT genuine: {'; '.join(verdict.problems)}")
        if not verdict.genuine:
            sys.exit(1)
