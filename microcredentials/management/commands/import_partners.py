"""manage.py import_partners FILE [--dry-run] [--json]"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from iqas.core.refusals import RuleViolation
from iqas.organisation.models import University
from microcredentials.importers.report import Report
from microcredentials.services.partner_import import import_partners


class Command(BaseCommand):
    help = "Create and update the partners of the university from a CSV or XLSX file: all of it or nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen and write nothing")
        parser.add_argument("--json", action="store_true", help="answer with JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            University.current()
            with path.open("rb") as file:
                report = import_partners(
                    actor=None, file=file, dry_run=options["dry_run"], filename=path.name
                )
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}") from error
        except RuleViolation as refusal:
            raise CommandError(str(refusal.message)) from refusal
        if options["json"]:
            self.stdout.write(json.dumps(report.as_json(), ensure_ascii=False, indent=2))
        else:
            self._tell(report)
        if report.rejected:
            sys.exit(1)

    def _tell(self, report: Report) -> None:
        if report.unread_columns:
            self.stdout.write(
                _("Columns not read: %(columns)s.") % {"columns": ", ".join(report.unread_columns)}
            )
        for row, errors in report.rejected_by_row():
            self.stdout.write(_("Row %(row)s: rejected.") % {"row": row})
            for error in errors:
                self.stdout.write(f"    {error.field or '–'}: {error.message}")
        self.stdout.write(summary(report))


def summary(report: Report) -> str:
    if report.rejected:
        return _("%(rows)s rows read, %(rejected)s reasons to reject: nothing was written.") % {
            "rows": report.rows,
            "rejected": len(report.rejected),
        }
    words = (
        _("%(rows)s rows read: %(created)s created, %(updated)s updated, %(unchanged)s unchanged.")
        if report.written
        else _(
            "%(rows)s rows read: %(created)s would be created, %(updated)s updated, %(unchanged)s unchanged. Nothing was written."
        )
    )
    return words % {
        "rows": report.rows,
        "created": report.created,
        "updated": report.updated,
        "unchanged": report.unchanged,
    }
