"""A list of partners at once: all of it or nothing; a dry run does the work and takes it back."""

from __future__ import annotations

from typing import IO, Any

from django.utils.translation import gettext as _

from iqas.core.access import require
from iqas.core.audit import record
from iqas.core.codes import next_codes
from iqas.core.refusals import RuleViolation
from iqas.core.tabular import RowError
from iqas.core.text import sort_key
from iqas.organisation.models import University
from microcredentials.importers.partners import COLUMNS, PartnerRow, read_partner
from microcredentials.importers.report import Report
from microcredentials.importers.taking import (
    CHECKING,
    Progress,
    all_or_nothing,
    rows_in,
    sha256_of,
    silent,
    told_every,
)
from microcredentials.models import Partner
from microcredentials.services.bulk import overwrite
from microcredentials.services.checks import check_fields, store_new
from microcredentials.services.partners import (
    FIELDS,
    link_supporters,
    name_taken,
    tax_id_taken,
    tidy,
    tidy_tax_id,
)

MAX_ROWS = 5000
WRITTEN = (*FIELDS, "sort_name", "search_key", "version")


def import_partners(
    *,
    actor: Any,
    file: IO[bytes],
    dry_run: bool = False,
    filename: str = "",
    progress: Progress = silent,
) -> Report:
    """Create and update partners from a CSV or XLSX file. Matched by tax number, else by name.

    Empty cells never erase. A new partner needs its kind. Run twice it changes nothing. One event tells of the whole
    file. `actor` is None for the terminal.
    """
    if actor is not None:
        require(actor, "partner.import")
    report = Report(sha256=sha256_of(file))
    work = _Import(actor, report, progress)
    rows = work.read(file)
    with all_or_nothing(report, dry_run=dry_run):
        work.run(rows, filename)
    return report


class _Import:
    """The register in memory: it holds some thousand organisations, and a list asks of each by name and number."""

    def __init__(self, actor: Any, report: Report, progress: Progress) -> None:
        self.actor = actor
        self.report = report
        self.progress = progress
        self.by_tax_id: dict[str, Partner] = {}
        self.by_name: dict[str, Partner] = {}
        self.rows: dict[Any, int] = {}  # partner → the first row that spoke of it
        self.new: list[Partner] = []
        self.changed: list[Partner] = []

    def read(self, file: IO[bytes]) -> list[PartnerRow]:
        """The rows that say only what is legal, read before anything is locked; errors go to the report."""
        legal = []
        for row in rows_in(
            file,
            self.report,
            headers=COLUMNS,
            required=["name"],
            max_rows=MAX_ROWS,
            progress=self.progress,
        ):
            found = read_partner(row)
            self.report.rejected += found.errors
            if not found.errors:
                legal.append(found)
        return legal

    def run(self, rows: list[PartnerRow], filename: str) -> None:
        self._hold()
        for done, row in enumerate(rows):
            if told_every(done):
                self.progress(done, len(rows), CHECKING)
            try:
                self._take(row)
            except RuleViolation as refusal:
                self.report.rejected.append(RowError.of(row.number, refusal))
        self.report.created, self.report.updated = len(self.new), len(self.changed)
        self.report.unchanged = len(self.rows) - len(self.new) - len(self.changed)
        if not self.report.rejected and (self.new or self.changed):
            self._write()
            self._record(filename)

    def _hold(self) -> None:
        """One import of partners at a time, and nobody edits what it compares with."""
        University.objects.select_for_update().first()
        held = Partner.objects.select_for_update().filter(merged_into=None)
        for partner in held.prefetch_related("merged").order_by("pk"):
            self._index(partner)

    def _index(self, partner: Partner) -> None:
        self.by_name[partner.sort_name] = partner
        if partner.tax_id:
            self.by_tax_id[partner.tax_id] = partner

    def _take(self, row: PartnerRow) -> None:
        given = row.given
        if "tax_id" in given:
            given["tax_id"] = tidy_tax_id(given["tax_id"])
        partner = self.by_tax_id.get(given.get("tax_id", "")) or self.by_name.get(sort_key(row.name)[:200])
        if partner is not None and partner.pk in self.rows:
            message = _("Row %(row)s speaks of the same partner.") % {"row": self.rows[partner.pk]}
            raise RuleViolation("row-twice", message, field="name")
        if partner is None:
            partner = self._add(given)
        else:
            self._change(partner, given)
        self.rows[partner.pk] = row.number

    def _add(self, given: dict[str, Any]) -> Partner:
        if "kind" not in given:
            raise RuleViolation("missing", _("A new partner needs its kind."), field="kind")
        partner = Partner(**{"country": "ES", **given})
        self._settle(partner)
        self.new.append(partner)
        return partner

    def _change(self, partner: Partner, given: dict[str, Any]) -> None:
        changes = {name: value for name, value in given.items() if getattr(partner, name) != value}
        if not changes:
            return
        before = {name: getattr(partner, name) for name in WRITTEN}
        self.by_name.pop(partner.sort_name)
        self.by_tax_id.pop(partner.tax_id, None)
        try:
            for name, value in changes.items():
                setattr(partner, name, value)
            self._settle(partner)
        except RuleViolation:
            for name, value in before.items():
                setattr(partner, name, value)
            self._index(partner)
            raise
        partner.version += 1
        self.changed.append(partner)

    def _settle(self, partner: Partner) -> None:
        tidy(partner)
        if same := self.by_name.get(partner.sort_name):
            raise name_taken(same)
        if partner.tax_id and (same := self.by_tax_id.get(partner.tax_id)):
            raise tax_id_taken(same)
        check_fields(partner, but=["code"])
        self._index(partner)

    def _write(self) -> None:
        for partner, code in zip(self.new, next_codes("P", len(self.new)), strict=True):
            partner.code = code
            tidy(partner, is_new=True)
        store_new(self.new)
        overwrite(self.changed, WRITTEN)
        link_supporters(self.new)

    def _record(self, filename: str) -> None:
        university = University.current()
        record(
            actor=self.actor,
            action="partners.imported",
            subject=university,
            scope=university.scope,
            after={
                "file": filename,
                "sha256": self.report.sha256,
                "rows": self.report.rows,
                "created": self.report.created,
                "updated": self.report.updated,
            },
        )
