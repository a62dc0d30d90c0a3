"""`manage.py import_responses FILE --mapping MAP.yaml [--dry-run] [--json]`"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from feedback.services.importing import ImportReport, import_responses
from iqas.core.refusals import RuleViolation
from iqas.core.tabular import RowError


class Command(BaseCommand):
    help = "Imports answers collected elsewhere: each edition of the file becomes one campaign. All rows or none."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="CSV or XLSX, one row an answer")
        parser.add_argument("--mapping", type=Path, required=True, help="YAML: which column is what")
        parser.add_argument("--dry-run", action="store_true", help="read and check everything, store nothing")
        parser.add_argument("--json", action="store_true", dest="as_json", help="print the report as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        path, mapping = options["file"], options["mapping"]
        for wanted in (path, mapping):
            if not wanted.is_file():
                raise CommandError(f"There is no file {wanted}.")
        try:
            report = import_responses(actor=None, path=path, mapping_path=mapping, dry_run=options["dry_run"])
        except RuleViolation as refusal:
            if options["as_json"]:
                report = ImportReport(
                    0, _sha256(path), _sha256(mapping), (), (), (RowError.of(refusal.row or 0, refusal),)
                )
                self._print_json(report, options["dry_run"])
            raise CommandError(str(refusal)) from refusal
        if options["as_json"]:
            self._print_json(report, options["dry_run"])
        else:
            self._say(report, options["dry_run"])
        if report.refused:
            raise CommandError(f"Nothing was imported: {len(report.rejected)} problems.")

    def _print_json(self, report: ImportReport, dry_run: bool) -> None:
        self.stdout.write(json.dumps(_as_json(report, dry_run), ensure_ascii=False, indent=2))

    def _say(self, report: ImportReport, dry_run: bool) -> None:
        for problem in report.rejected:
            row = f"row {problem.row}" if problem.row else "file"  # row 0: the file as a whole
            place = row + (f", {problem.field}" if problem.field else "")
            self.stdout.write(f"{place}: {problem.message}")
        if report.unchanged:
            self.stdout.write(f"Imported before, nothing changed: {', '.join(report.unchanged)}")
        if report.created:
            done = "Would import" if dry_run else "Imported"
            self.stdout.write(f"{done} {report.rows} answers into {len(report.created)} campaigns:")
            self.stdout.write(", ".join(report.created))


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _as_json(report: ImportReport, dry_run: bool) -> dict[str, Any]:
    return {
        "rows": report.rows,
        "sha256": report.sha256,
        "mapping_sha256": report.mapping_sha256,
        "dry_run": dry_run,
        "created": list(report.created),
        "unchanged": list(report.unchanged),
        "rejected": [
            {"row": p.row, "field": p.field, "code": p.code, "message": p.message} for p in report.rejected
        ],
    }
