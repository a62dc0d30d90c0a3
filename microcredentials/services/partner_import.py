"""A list of partners at once: all of it or nothing; a dry run does the work and takes it back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby
from typing import IO, Any

from django.db import transaction
from django.utils.translation import gettext as _

from iqas.core.access import require
from iqas.core.refusals import RuleViolation
from iqas.core.tabular import RowError, UnreadableTable, read_rows
from iqas.core.text import sort_key
from microcredentials.importers.partners import COLUMNS, PartnerRow, read_partner
from microcredentials.models import Partner
from microcredentials.services.partners import add_partner, change_partner, tidy_tax_id

MAX_ROWS = 5000


@dataclass
class PartnerReport:
    """What an import did, or would do. With anything rejected nothing was written."""

    rows: int = 0
    created: int = 0
    updated: int = 0
    rejected: list[RowError] = field(default_factory=list)
    unread_columns: tuple[str, ...] = ()
    written: bool = False

    def rejected_by_row(self) -> list[tuple[int, list[RowError]]]:
        return [(row, list(errors)) for row, errors in groupby(self.rejected, key=lambda error: error.row)]


def import_partners(*, actor: Any, file: IO[bytes], dry_run: bool = False) -> PartnerReport:
    """Create and update partners from a CSV or XLSX file. Matched by tax number, else by name.

    Empty cells never erase. A new partner needs its kind. Run twice it changes nothing.
    """
    require(actor, "partner.import")
    report = PartnerReport()
    seen: dict[Any, int] = {}
    with transaction.atomic():
        for row in _rows(file, report):
            report.rejected += row.errors
            if row.errors:
                continue
            try:
                with transaction.atomic():
                    _take(actor, row, report, seen)
            except RuleViolation as refusal:
                report.rejected.append(RowError.of(row.number, refusal))
        report.written = not (dry_run or report.rejected)
        transaction.set_rollback(not report.written)
    if report.rejected:
        report.created = report.updated = 0
    report.rejected.sort(key=lambda error: error.row)
    return report


def _rows(file: IO[bytes], report: PartnerReport) -> Iterator[PartnerRow]:
    problems: list[RowError] = []
    try:
        for row in read_rows(file, headers=COLUMNS, required=["name"], max_rows=MAX_ROWS, problems=problems):
            if not report.rows:
                report.unread_columns = tuple(sorted(set(row.values) - set(COLUMNS.synonyms)))
            report.rows += 1
            yield read_partner(row)
    except UnreadableTable as unreadable:
        problems.append(unreadable.error)
    report.rejected += problems


def _take(actor: Any, row: PartnerRow, report: PartnerReport, seen: dict[Any, int]) -> None:
    existing = _match(row)
    if existing is not None and existing.pk in seen:
        message = _("Row %(row)s speaks of the same partner.") % {"row": seen[existing.pk]}
        raise RuleViolation("row-twice", message, field="name")
    if existing is None:
        if "kind" not in row.given:
            raise RuleViolation("missing", _("A new partner needs its kind."), field="kind")
        existing = add_partner(actor=actor, **{"country": "ES", **row.given})
        report.created += 1
    else:
        if "tax_id" in row.given:
            row.given["tax_id"] = tidy_tax_id(row.given["tax_id"])
        changes = {name: value for name, value in row.given.items() if getattr(existing, name) != value}
        if changes:
            change_partner(actor=actor, partner=existing, seen=existing.version, **changes)
            report.updated += 1
    seen[existing.pk] = row.number


def _match(row: PartnerRow) -> Partner | None:
    known = Partner.objects.filter(merged_into=None)
    tax_id = tidy_tax_id(row.given.get("tax_id", ""))
    by_number = known.filter(tax_id=tax_id).first() if tax_id else None
    return by_number or known.filter(sort_name=sort_key(row.name)[:200]).first()
