"""Fills an empty installation for acceptance checks."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from iqas.core.refusals import RuleViolation
from iqas.demo.acceptance.seed import seed


class Command(BaseCommand):
    help = "Fill an empty installation with two centres, every role and canaries, for independent checks."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--out", type=Path, required=True, help="file to write users, addresses and codes to"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError(
                "seed_acceptance makes accounts with known passwords: refused where IQAS_ENV=production."
            )
        try:
            seeded = seed()
        except RuleViolation as violation:
            raise CommandError(str(violation)) from violation
        options["out"].write_text(json.dumps(seeded, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        self.stdout.write(
            f"Seeded: {len(seeded['users'])} users, {len(seeded['urls'])} routes. See {options['out']}."
        )
