"""`manage.py measure [--year 2025-26]`: computes the indicators anew."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from iqas.core.refusals import RuleViolation
from iqas.indicators.services import measuring
from iqas.organisation.models import AcademicYear


class Command(BaseCommand):
    help = "Computes all indicators of one year, or of every year."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--year", help="code of one academic year, such as 2025-26; default: all")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            measured = self._measure(options["year"])
        except RuleViolation as refusal:
            raise CommandError(str(refusal)) from refusal
        for code, count in measured.items():
            self.stdout.write(f"{code}: {count} numbers")

    def _measure(self, code: str | None) -> dict[str, int]:
        if code is None:
            return measuring.measure_all()
        year = AcademicYear.objects.filter(code=code).first()
        if year is None:
            raise CommandError(f"There is no academic year {code}.")
        return {year.code: measuring.measure(year=year)}
