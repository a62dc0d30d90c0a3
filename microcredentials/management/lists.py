"""What the commands that take a list in have in common: `manage.py import_… FILE [--dry-run] [--json]`."""

from __future__ import annotations

import json
import sys
from abc import abstractmethod
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Generic, TypeVar

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from iqas.core.refusals import RuleViolation
from iqas.core.tabular import RowError
from microcredentials.importers.report import Report

R = TypeVar("R", bound=Report)


class ListCommand(BaseCommand, Generic[R]):
    """All of the file or nothing; exits with 1 where a row is rejected, naming it."""

    report: type[R]

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen and write nothing")
        parser.add_argument("--json", action="store_true", help="answer with JSON")

    @abstractmethod
    def taking(self, options: dict[str, Any]) -> Callable[..., R]:
        """What takes `file`, `filename` and `dry_run`, with the other options in it."""

    @abstractmethod
    def done(self, report: R) -> str:
        """What was, or would be, done with a file of which nothing was rejected."""

    def name_of(self, report: R, row: int) -> str:
        """What the row calls its object, where that helps to find it."""
        return ""

    def remarks(self, report: R) -> Iterator[str]:
        """What else a person wants to read, before the last line."""
        yield from ()

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            take = self.taking(options)
            with path.open("rb") as file:
                report = take(actor=None, file=file, filename=path.name, dry_run=options["dry_run"])
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}") from error
        except RuleViolation as refusal:
            if options["json"]:
                self._print_json(self.report(rejected=[RowError.of(refusal.row or 0, refusal)]))
            raise CommandError(str(refusal.message)) from refusal
        if options["json"]:
            self._print_json(report)
        else:
            self._tell(report)
        if report.rejected:
            sys.exit(1)

    def _print_json(self, report: R) -> None:
        self.stdout.write(json.dumps(report.as_json(), ensure_ascii=False, indent=2))

    def _tell(self, report: R) -> None:
        if report.unread_columns:
            self.stdout.write(
                _("Columns not read: %(columns)s.") % {"columns": ", ".join(report.unread_columns)}
            )
        for row, errors in report.rejected_by_row():
            self.stdout.write(self._rejection(row, self.name_of(report, row)))
            for error in errors:
                self.stdout.write(f"    {error.field or '–'}: {error.message}")
        for line in self.remarks(report):
            self.stdout.write(line)
        if report.rejected:
            self.stdout.write(
                _("%(rows)s rows read, %(rejected)s reasons to reject: nothing was written.")
                % {"rows": report.rows, "rejected": len(report.rejected)}
            )
        else:
            self.stdout.write(self.done(report))

    def _rejection(self, row: int, name: str) -> str:
        if not name:
            return _("Row %(row)s: rejected.") % {"row": row}
        return _("Row %(row)s, %(name)s: rejected.") % {"row": row, "name": name}
