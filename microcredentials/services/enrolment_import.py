"""A whole list of enrolments at once: all of it or nothing, and a dry run does the work and takes it back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO, Any

from django.utils.translation import gettext as _

from iqas.core.access import allowed, require
from iqas.core.audit import record
from iqas.core.tabular import RowError
from iqas.organisation.models import University
from microcredentials.importers.enrolment_columns import COLUMNS
from microcredentials.importers.enrolments import EnrolmentRow, read_row
from microcredentials.importers.report import Report
from microcredentials.importers.taking import Progress, all_or_nothing, rows_in, sha256_of, silent
from microcredentials.models import Edition, EnrolmentCount
from microcredentials.services.bulk import chunks
from microcredentials.services.register import Entry, Register, Written

MAX_ROWS = 50_000


@dataclass(frozen=True)
class OverFull:
    """An edition with more enrolled than it has places: said, not refused, for the student system decides."""

    code: str
    enrolled: int
    places: int


@dataclass
class EnrolmentReport(Report):
    """Of a list of enrolments: `done` tells what the register did, `over_full` which editions have too many."""

    done: Written = field(default_factory=Written)
    over_full: list[OverFull] = field(default_factory=list)
    editions: int = 0

    def tidy(self) -> None:
        if self.rejected:
            self.done = Written()
            self.over_full.clear()
            self.editions = 0
        done = self.done
        self.created, self.updated, self.unchanged = done.created, done.updated, done.unchanged
        super().tidy()

    def as_json(self) -> dict[str, Any]:
        learners = {"created": self.done.learners_created, "updated": self.done.learners_updated}
        return super().as_json() | {"learners": learners, "passed_over": self.done.passed_over}

    def told(self) -> dict[str, Any]:
        kept = super().told()
        del kept["done"]
        return kept | {
            "learners_created": self.done.learners_created,
            "learners_updated": self.done.learners_updated,
            "passed_over": self.done.passed_over,
        }


def import_enrolments(
    *,
    actor: Any,
    file: IO[bytes],
    edition: Edition | None = None,
    dry_run: bool = False,
    filename: str = "",
    progress: Progress = silent,
) -> EnrolmentReport:
    """Enrol people and record their results from a CSV or XLSX file of the student system.

    Each row names its edition, unless `edition` is given for all. A person is recognised by student number, identity
    document or e-mail. Empty cells never erase; a second run changes nothing. Any bad row refuses the file. `actor` is
    None for the terminal; on a page, editions out of the person's reach are unknown.
    """
    if actor is not None:
        require(actor, "enrolment.edit", edition)
    report = EnrolmentReport(sha256=sha256_of(file))
    work = _Import(actor, edition, report, progress)
    rows = work.read(file)
    with all_or_nothing(report, dry_run=dry_run):
        work.run(rows, filename)
    return report


class _Import:
    def __init__(
        self, actor: Any, edition: Edition | None, report: EnrolmentReport, progress: Progress
    ) -> None:
        self.actor = actor
        self.edition = edition
        self.report = report
        self.progress = progress

    def read(self, file: IO[bytes]) -> list[EnrolmentRow]:
        """The rows that say only what is legal, read before anything is locked; errors go to the report."""
        required = () if self.edition is not None else ("edition",)
        legal = []
        for row in rows_in(
            file,
            self.report,
            headers=COLUMNS,
            required=required,
            max_rows=MAX_ROWS,
            progress=self.progress,
        ):
            found = read_row(row)
            self.report.rejected += found.errors
            if not found.errors:
                legal.append(found)
        return legal

    def run(self, rows: list[EnrolmentRow], filename: str) -> None:
        entries = list(self._entries(rows))
        register = Register(actor=self.actor)
        self.report.done = register.take(entries, write=not self.report.rejected, progress=self.progress)
        self.report.rejected += register.problems
        if self.report.rejected:
            return
        self.report.editions = len(self.report.done.editions)
        self.report.over_full = list(_over_full(self.report.done))
        if self.report.done.changed_anything:
            self._record(filename)

    def _entries(self, rows: list[EnrolmentRow]) -> Iterator[Entry]:
        editions = self._editions({row.edition for row in rows if row.edition})
        for row in rows:
            edition = editions.get(row.edition) if row.edition else self.edition
            if edition is None:
                self.report.rejected.append(self._no_edition(row))
            elif self.edition is not None and edition != self.edition:
                message = _("This row is of another edition: %(code)s.") % {"code": row.edition}
                self.report.rejected.append(RowError(row.number, "edition", "other-edition", message))
            else:
                yield Entry(
                    row=row.number,
                    edition=edition,
                    identity=row.identity,
                    statistics=row.statistics,
                    state=row.state,
                    grade=row.grade,
                    enrolled_on=row.enrolled_on,
                    state_on=row.state_on,
                    reason=row.reason,
                )

    def _editions(self, codes: set[str]) -> dict[str, Edition]:
        """The editions with these codes, as far as the person reaches."""
        reach = Edition.objects.all() if self.actor is None else allowed(self.actor, "enrolment.edit")
        return {
            edition.code.upper(): edition
            for chunk in chunks(sorted(codes))
            for edition in reach.filter(code__in=chunk)
        }

    def _no_edition(self, row: EnrolmentRow) -> RowError:
        if not row.edition:
            return RowError(row.number, "edition", "missing", _("It does not say in which edition."))
        message = _("There is no edition %(code)s, or it is not yours.") % {"code": row.edition[:60]}
        return RowError(row.number, "edition", "unknown-edition", message)

    def _record(self, filename: str) -> None:
        """One event for the whole file, without a word about anybody."""
        university = University.current()
        done = self.report.done
        record(
            actor=self.actor,
            action="enrolments.imported",
            subject=self.edition or university,
            scope=self.edition.microcredential.scope if self.edition is not None else university.scope,
            after={
                "file": filename,
                "sha256": self.report.sha256,
                "rows": self.report.rows,
                "created": done.created,
                "updated": done.updated,
                "learners_created": done.learners_created,
                "learners_updated": done.learners_updated,
                "editions": self.report.editions,
            },
        )


def _over_full(done: Written) -> Iterator[OverFull]:
    for chunk in chunks(sorted(done.editions)):
        counts = EnrolmentCount.objects.filter(edition__in=chunk).select_related("edition")
        for row in counts.order_by("edition__code"):
            began = row.began or 0
            if row.edition.places is not None and began > row.edition.places:
                yield OverFull(row.edition.code, began, row.edition.places)
