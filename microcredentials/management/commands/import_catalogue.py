"""manage.py import_catalogue FILE [--centre CODE] [--dry-run] [--drafts] [--json]"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils.translation import gettext as _

from iqas.organisation.models import Centre, University
from microcredentials.importers.report import ImportReport
from microcredentials.management.lists import ListCommand
from microcredentials.services.catalogue_import import import_catalogue


class Command(ListCommand[ImportReport]):
    help = (
        "Create and update the micro-credentials of a centre from a CSV or XLSX file: all of it or nothing."
    )
    report = ImportReport

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--centre", metavar="CODE", help="the centre; needed only where there are several"
        )
        parser.add_argument("--drafts", action="store_true", help="accept rows that lack values, as drafts")

    def taking(self, options: dict[str, Any]) -> Callable[..., ImportReport]:
        return partial(import_catalogue, centre=the_centre(options["centre"]), drafts=options["drafts"])

    def name_of(self, report: ImportReport, row: int) -> str:
        return report.names.get(row, "") or "–"

    def remarks(self, report: ImportReport) -> Iterator[str]:
        for note in report.notes:
            yield _("Row %(row)s, %(name)s: %(outcome)s (%(code)s).") % {
                "row": note.row,
                "name": note.name,
                "outcome": outcome_words(note.outcome),
                "code": note.code,
            }
            for error in note.missing:
                yield f"    {error.field}: {error.message}"

    def done(self, report: ImportReport) -> str:
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
