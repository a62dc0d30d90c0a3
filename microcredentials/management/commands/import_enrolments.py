"""manage.py import_enrolments FILE [--edition CODE] [--dry-run] [--json]"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils.translation import gettext as _

from iqas.organisation.models import University
from microcredentials.management.lists import ListCommand
from microcredentials.models import Edition
from microcredentials.services.enrolment_import import EnrolmentReport, import_enrolments


class Command(ListCommand[EnrolmentReport]):
    help = "Enrol people and record their results from a CSV or XLSX file of the student system: all of it or nothing."
    report = EnrolmentReport

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--edition", metavar="CODE", help="the edition of every row; without it each row names its own"
        )

    def taking(self, options: dict[str, Any]) -> Callable[..., EnrolmentReport]:
        University.current()
        return partial(import_enrolments, edition=the_edition(options["edition"]))

    def remarks(self, report: EnrolmentReport) -> Iterator[str]:
        for edition in report.over_full:
            yield _("%(code)s: %(enrolled)s enrolled for %(places)s places.") % {
                "code": edition.code,
                "enrolled": edition.enrolled,
                "places": edition.places,
            }
        if report.done.passed_over:
            yield _("Passed over, erased at their own request: rows %(rows)s.") % {
                "rows": ", ".join(map(str, report.done.passed_over))
            }

    def done(self, report: EnrolmentReport) -> str:
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


def the_edition(code: str | None) -> Edition | None:
    if code is None:
        return None
    found = Edition.objects.select_related("microcredential__scope").filter(code=code).first()
    if found is None:
        raise CommandError(_("There is no edition %(code)s.") % {"code": code})
    return found
