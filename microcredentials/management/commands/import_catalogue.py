"""manage.py import_catalogue FILE [--centre CODE] [--dry-run] [--drafts] [--json]"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from iqas.core.refusals import RuleViolation
from iqas.core.tabular import RowError
from iqas.organisation.models import Centre, University
from microcredentials.importers.report import ImportReport
from microcredentials.services.catalogue_import import import_catalogue


class Command(BaseCommand):
    help = (
        "Create and update the micro-credentials of a centre from a CSV or XLSX file: all of it or nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument(
            "--centre", metavar="CODE", help="the centre; needed only where there are several"
        )
        parser.add_argument("--dry-run", action="store_true", help="say what would happen and write nothing")
        parser.add_argument("--drafts", action="store_true", help="accept rows that lack values, as drafts")
        parser.add_argument("--json", action="store_true", help="answer with JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            centre = the_centre(options["centre"])
            with path.open("rb") as file:
                report = import_catalogue(
                    actor=None,
                    file=file,
                    centre=centre,
                    drafts=options["drafts"],
                    dry_run=options["dry_run"],
                    filename=path.name,
                )
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}") from error
        except RuleViolation as refusal:
            if options["json"]:
                report = ImportReport(sha256="", rejected=[RowError.of(refusal.row or 0, refusal)])
                self.stdout.write(json.dumps(report.as_json(), ensure_ascii=False, indent=2))
            raise CommandError(str(refusal.message)) from refusal
        if options["json"]:
            self.stdout.write(json.dumps(report.as_json(), ensure_ascii=False, indent=2))
        else:
            self._tell(report)
        if report.rejected:
            sys.exit(1)

    def _tell(self, report: ImportReport) -> None:
        if report.unread_columns:
            self.stdout.write(
                _("Columns not read: %(columns)s.") % {"columns": ", ".join(report.unread_columns)}
            )
        for row, errors in report.rejected_by_row():
            name = report.names.get(row, "")
            self.stdout.write(_("Row %(row)s, %(name)s: rejected.") % {"row": row, "name": name or "–"})
            for error in errors:
                self.stdout.write(f"    {error.field or '–'}: {error.message}")
        for note in report.notes:
            self.stdout.write(
                _("Row %(row)s, %(name)s: %(outcome)s (%(code)s).")
                % {
                    "row": note.row,
                    "name": note.name,
                    "outcome": outcome_words(note.outcome),
                    "code": note.code,
                }
            )
            for error in note.missing:
                self.stdout.write(f"    {error.field}: {error.message}")
        self.stdout.write(summary(report))


def the_centre(code: str | None) -> Centre:
    """The centre with the code, or the only one. Refuses in words where that is unclear."""
    University.current()
    centres = Centre.objects.select_related("scope")
    if code is not None:
        found = centres.filter(code=code).first()
        if found is None:
            raise CommandError(
                _("There is no centre %(code)s. Known: %(known)s.")
                % {"code": code, "known": ", ".join(centres.values_list("code", flat=True)) or "–"}
            )
        return found
    several = list(centres[:2])
    if len(several) == 1:
        return several[0]
    if not several:
        raise CommandError(_("There is no centre yet: add one first."))
    raise CommandError(
        _("There are several centres: say which with --centre. Known: %(known)s.")
        % {"known": ", ".join(centres.values_list("code", flat=True))}
    )


def outcome_words(outcome: str) -> str:
    return {"created": _("new draft"), "updated": _("updated"), "unchanged": _("unchanged")}[outcome]


def summary(report: ImportReport) -> str:
    if report.rejected:
        return _("%(rows)s rows read, %(rejected)s reasons to reject: nothing was written.") % {
            "rows": report.rows,
            "rejected": len(report.rejected),
        }
    words = (
        _("%(rows)s rows read: %(created)s created, %(updated)s updated, %(editions)s editions.")
        if report.written
        else _(
            "%(rows)s rows read: %(created)s would be created, %(updated)s updated, %(editions)s editions. Nothing was written."
        )
    )
    return words % {
        "rows": report.rows,
        "created": report.created,
        "updated": report.updated,
        "editions": report.editions,
    }
