"""manage.py import_partners FILE [--dry-run] [--json]"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from iqas.organisation.models import University
from microcredentials.importers.report import Report
from microcredentials.management.lists import ListCommand
from microcredentials.services.partner_import import import_partners


class Command(ListCommand[Report]):
    help = "Create and update the partners of the university from a CSV or XLSX file: all of it or nothing."
    report = Report

    def taking(self, options: dict[str, Any]) -> Callable[..., Report]:
        University.current()
        return import_partners

    def done(self, report: Report) -> str:
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
