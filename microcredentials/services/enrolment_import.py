"""A whole list of enrolments at once: all of it or nothing, and a dry run does the work and takes it back."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby
from typing import IO, Any

from django.db import transaction
from django.utils.translation import gettext as _

from iqas.core.access import allowed, require
from iqas.core.audit import record
from iqas.core.tabular import RowError, UnreadableTable, read_rows
from iqas.organisation.models import University
from microcredentials.importers.enrolment_columns import COLUMNS
from microcredentials.importers.enrolments import EnrolmentRow, read_row
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
class EnrolmentReport:
    """The answer of an import. With anything rejected nothing was written, and nothing counts as created."""

    sha256: str
    rows: int = 0
    done: Written = field(default_factory=Written)
    rejected: list[RowError] = field(default_factory=list)
    unread_columns: tuple[str, ...] = ()
    over_full: list[OverFull] = field(default_factory=list)
    editions: int = 0
    written: bool = False

    def as_json(self) -> dict[str, Any]:
        """The shape that programs rely on."""
        return {
            "rows": self.rows,
            "created": self.done.created,
            "updated": self.done.updated,
            "unchanged": self.done.unchanged,
            "learners": {"created": self.done.learners_created, "updated": self.done.learners_updated},
            "passed_over": self.done.passed_over,
            "sha256": self.sha256,
            "written": self.written,
            "rejected": [
                {"row": e.row, "field": e.field, "code": e.code, "message": str(e.message)}
                for e in self.rejected
            ],
        }

    def rejected_by_row(self) -> list[tuple[int, list[RowError]]]:
        return [(row, list(errors)) for row, errors in groupby(self.rejected, key=lambda e: e.row)]


def import_enrolments(
    *,
    actor: Any,
    file: IO[bytes],
    edition: Edition | None = None,
    dry_run: bool = False,
    filename: str = "",
) -> EnrolmentReport:
    """Enrol people and record their results from a CSV or XLSX file of the student system.

    Each row names its edition, unless `edition` is given for all. A person is recognised by student number, identity
    document or e-mail. Empty cells never erase; a second run changes nothing. Any bad row refuses the file. `actor` is
    None for the terminal; on a page, editions out of the person's reach are unknown.
    """
    if actor is not None:
        require(actor, "enrolment.edit", edition)
    report = EnrolmentReport(sha256=_digest(file))
    with transaction.atomic():
        _Import(actor, edition, report).run(file, filename)
        report.written = not (dry_run or report.rejected)
        transaction.set_rollback(not report.written)
    if report.rejected:
        report.done = Written()
        report.over_full.clear()
        report.editions = 0
    report.rejected.sort(key=lambda error: error.row)
    return report


class _Import:
    def __init__(self, actor: Any, edition: Edition | None, report: EnrolmentReport) -> None:
        self.actor = actor
        self.edition = edition
        self.report = report

    def run(self, file: IO[bytes], filename: str) -> None:
        rows = list(self._rows(file))
        entries = list(self._entries(rows))
        register = Register(actor=self.actor)
        self.report.done = register.take(entries, write=not self.report.rejected)
        self.report.rejected += register.problems
        if self.report.rejected:
            return
        self.report.editions = len(self.report.done.editions)
        self.report.over_full = list(_over_full(self.report.done))
        if self.report.done.changed_anything:
            self._record(filename)

    def _rows(self, file: IO[bytes]) -> Iterator[EnrolmentRow]:
        """The rows that say only what is legal; errors go to the report."""
        problems: list[RowError] = []
        required = () if self.edition is not None else ("edition",)
        try:
            for row in read_rows(
                file, headers=COLUMNS, required=required, max_rows=MAX_ROWS, problems=problems
            ):
                if not self.report.rows:
                    self.report.unread_columns = tuple(sorted(set(row.values) - set(COLUMNS.synonyms)))
                self.report.rows += 1
                found = read_row(row)
                self.report.rejected += found.errors
                if not found.errors:
                    yield found
        except UnreadableTable as unreadable:
            problems.append(unreadable.error)
        self.report.rows += sum(problem.row > 1 for problem in problems)
        self.report.rejected += problems

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


def _digest(file: IO[bytes]) -> str:
    file.seek(0)
    digest = hashlib.sha256()
    while chunk := file.read(262_144):
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()
