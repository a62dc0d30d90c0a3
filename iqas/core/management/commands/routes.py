"""Lists every address with its methods and what it asks of a person."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from iqas.core.routes import routes


class Command(BaseCommand):
    help = "List every address with its parameters, methods and access."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        found = routes()
        if options["json"]:
            self.stdout.write(json.dumps([route.as_json() for route in found], indent=1, ensure_ascii=False))
            return
        for route in found:
            self.stdout.write(
                f"{route.path:<60} {','.join(route.methods):<20} {route.access:<32} {route.name}"
            )
