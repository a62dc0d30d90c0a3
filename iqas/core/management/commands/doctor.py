"""Says what is wrong with this installation."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from iqas.core.doctor import Finding, checks, examine

SIGNS = {"ok": "ok     ", "advice": "advice ", "wrong": "WRONG  ", "not asked": "?      "}


class Command(BaseCommand):
    help = "Say in plain sentences what is wrong with this installation, and how to mend it; exit 1 if anything is."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("only", nargs="*", metavar="CHECK", help="ask only these checks, by their ids")
        parser.add_argument("--json", action="store_true", help="print JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        unknown = set(options["only"]) - {known.id for known in checks()}
        if unknown:
            raise CommandError(f"There is no check {', '.join(sorted(unknown))}.")
        findings = examine(options["only"])
        if options["json"]:
            self.stdout.write(
                json.dumps([asdict(finding) for finding in findings], ensure_ascii=False, indent=1)
            )
        else:
            self._tell(findings)
        if any(finding.state in ("wrong", "not asked") for finding in findings):
            raise SystemExit(1)

    def _tell(self, findings: list[Finding]) -> None:
        for finding in findings:
            self.stdout.write(f"{SIGNS[finding.state]}{finding.id:<20}{finding.doc}")
            for problem in finding.problems:
                self.stdout.write(f"       {'':<20}→ {problem}")
        wrong = sum(finding.state == "wrong" for finding in findings)
        self.stdout.write(
            f"\n{len(findings)} checks, {wrong} wrong." if wrong else f"\n{len(findings)} checks, all well."
        )
