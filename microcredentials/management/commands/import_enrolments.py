"""manage.py import_enrolments FILE [--edition CODE] [--dry-run] [--json]"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from iqas.core.refusals import RuleViolation
from iqas.organisation.models import University
from microcredentials.models import Edition
from microcredentials.services.enrolment_import import EnrolmentReport, import_enrolments


class Command(BaseCommand):
    help = "Enrol people and record their results from a CSV or XLSX file of the student system: all of it or nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument(
            "--edition", metavar="CODE", help="the edition of every row; without it each row names its own"
        )
        parser.add_argument("--dry-run", action="store_true", help="say what would happen and write nothing")
        parser.add_argument("--json", action="store_true", help="answer with JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            University.current()
            edition = the_edition(options["edition"])
            with path.open("rb") as file:
                report = import_enrolments(
                    actor=None, file=file, edition=edition, dry_run=options["dry_run"], filename=path.name
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

    def _tell(self, report: EnrolmentReport) -> None:
        if report.unread_columns:
            self.stdout.write(
                _("Columns not read: %(columns)s.") % {"columns": ", ".join(report.unread_columns)}
            )
        for row, errors in report.rejected_by_row():
            self.stdout.write(_("Row %(row)s: rejected.") % {"row": row})
            for error in errors:
                self.stdout.write(f"    {error.field or '–'}: {error.message}")
        for edition in report.over_full:
            self.stdout.write(
                _("%(code)s: %(enrolled)s enrolled for %(places)s places.")
                % {"code": edition.code, "enrolled": edition.enrolled, "places": edition.places}
            )
        if report.done.passed_over:
            self.stdout.write(
                _("Passed over, erased at their own request: rows %(rows)s.")
                % {"rows": ", ".join(map(str, report.done.passed_over))}
            )
        self.stdout.write(summary(report))


def the_edition(code: str | None) -> Edition | None:
    if code is None:
        return None
    found = Edition.objects.select_related("microcredential__scope").filter(code=code).first()
    if found is None:
        raise CommandError(_("There is no edition %(code)s.") % {"code": code})
    return found


def summary(report: EnrolmentReport) -> str:
    if report.rejected:
        return _("%(rows)s rows read, %(rejected)s reasons to reject: nothing was written.") % {
            "rows": report.rows,
            "rejected": len(report.rejected),
        }
    words = (
        _(
            "%(rows)s rows read: %(created)s enrolled, %(updated)s changed, %(unchanged)s as they were; %(people)s new people."
        )
        if report.written
        else _(
            "%(rows)s rows read: %(created)s would be enrolled, %(updated)s changed, %(unchanged)s as they were; %(people)s new people. Nothing was written."
        )
    )
    return words % {
        "rows": report.rows,
        "created": report.done.created,
        "updated": report.done.updated,
        "unchanged": report.done.unchanged,
        "people": report.done.learners_created,
    }
