"""Builds the demonstration university."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from iqas.core import clock
from iqas.core.refusals import RuleViolation
from iqas.demo.building.build import build
from iqas.demo.summary import summary


class Command(BaseCommand):
    help = "Build the demonstration university. A second run changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--today", type=dt.date.fromisoformat, help="the day as of which it is built (YYYY-MM-DD)"
        )
        parser.add_argument(
            "--json", action="store_true", help="print accounts, codes and survey links as JSON"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError(
                "The demonstration has public passwords: it is refused where IQAS_ENV=production."
            )
        try:
            built = build(options["today"] or clock.today())
        except RuleViolation as violation:
            raise CommandError(str(violation)) from violation
        if options["json"]:
            self.stdout.write(json.dumps(summary(), indent=1, ensure_ascii=False))
        elif built:
            self.stdout.write("The demonstration university is built.")
        else:
            self.stdout.write("The demonstration university was there already.")
