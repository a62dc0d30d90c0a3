"""What the page of an import shows, decided before the template."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from iqas.core.tabular import Headers
from iqas.jobs.models import Job, JobState
from iqas.jobs.services import mark_seen
from microcredentials.importers import columns, enrolment_columns, partners
from microcredentials.services import intake
from microcredentials.services.intake import CATALOGUE, ENROLMENTS, PARTNERS, Wish

ROWS_SHOWN = 200
COLUMNS: dict[str, Headers] = {
    CATALOGUE: columns.COLUMNS,
    ENROLMENTS: enrolment_columns.COLUMNS,
    PARTNERS: partners.COLUMNS,
}
OUTCOMES = {
    "created": gettext_lazy("new draft"),
    "updated": gettext_lazy("updated"),
    "unchanged": gettext_lazy("unchanged"),
}


@dataclass(frozen=True)
class BadRow:
    """One row that was rejected: its number (0: the file itself), what it is called, header and sentence of each error."""

    number: int
    name: str
    errors: list[tuple[str, str]]


@dataclass(frozen=True)
class Place:
    """Where the list belongs: the page that it changes, and the one where another file is uploaded."""

    name: str | Promise
    url: str
    upload_url: str


def marked_seen(user: Any, job: Job) -> None:
    """Who reads how it ended needs no bell for it."""
    if job.is_over and job.seen_at is None and job.requested_by_id == user.pk:
        mark_seen(actor=user, jobs=[job.pk])


def import_page(user: Any, job: Job) -> dict[str, Any]:
    wish = intake.wish_of(job.payload)
    report = intake.report_of(job)
    rejected = bad_rows(wish.what, report) if report else []
    dry_run = job.payload["dry_run"]
    return {
        "job": job,
        "what": wish.what,
        "wish": wish,
        "name": job.payload["name"],
        "sha256": job.payload["sha256"],
        "place": place_of(wish),
        "dry_run": dry_run,
        "title": title_of(job, report),
        "report": report,
        "counted": counted(wish.what, report, tried=dry_run) if report else [],
        "rejected": rejected[:ROWS_SHOWN],
        "more_rejected": max(0, len(rejected) - ROWS_SHOWN),
        "notes": notes_of(report) if report else [],
        "more_notes": max(0, len(report.get("notes", ())) - ROWS_SHOWN) if report else 0,
        "may_confirm": dry_run
        and report is not None
        and not report["rejected"]
        and job.requested_by_id == user.pk,
        "forgotten": job.state == JobState.SUCCEEDED and report is None,
    }


def title_of(job: Job, report: dict[str, Any] | None) -> str:
    if job.state in (JobState.FAILED, JobState.CANCELLED):
        return _("The import did not take place")
    if report is None:
        return _("The list is being read") if job.payload["dry_run"] else _("The list is being imported")
    if report["rejected"]:
        return _("The list cannot be imported")
    return _("What the import would do") if job.payload["dry_run"] else _("What the import did")


def place_of(wish: Wish) -> Place:
    match wish.what:
        case "catalogue":
            return Place(
                gettext_lazy("Micro-credentials"),
                reverse("microcredentials:microcredential-list"),
                reverse("microcredentials:catalogue-upload"),
            )
        case "partners":
            return Place(
                gettext_lazy("Partners"),
                reverse("microcredentials:partner-list"),
                reverse("microcredentials:partner-import"),
            )
    if wish.edition is not None:
        code = wish.edition.code
        return Place(
            code,
            reverse("microcredentials:enrolment-list", args=[code]),
            reverse("microcredentials:edition-enrolment-upload", args=[code]),
        )
    return Place(
        gettext_lazy("Learner register"),
        reverse("microcredentials:learner-list"),
        reverse("microcredentials:enrolment-upload"),
    )


def counted(what: str, report: dict[str, Any], *, tried: bool) -> list[tuple[str, int]]:
    """How many rows did what, in the words of the list."""
    if what == ENROLMENTS:
        return [
            (_("Rows"), report["rows"]),
            (_("Would be enrolled") if tried else _("Enrolled"), report["created"]),
            (_("Would be changed") if tried else _("Changed"), report["updated"]),
            (_("As they were"), report["unchanged"]),
            (_("New people"), report["learners_created"]),
            (_("People corrected"), report["learners_updated"]),
            (_("Editions"), report["editions"]),
        ]
    shown = [
        (_("Rows"), report["rows"]),
        (_("Would be created") if tried else _("Created"), report["created"]),
        (_("Would be updated") if tried else _("Updated"), report["updated"]),
        (_("As they were"), report["unchanged"]),
    ]
    return [*shown, (_("Editions"), report["editions"])] if what == CATALOGUE else shown


def bad_rows(what: str, report: dict[str, Any]) -> list[BadRow]:
    """What is wrong with each row, under a header that a person would write."""
    names = report.get("names", {})
    return [
        BadRow(
            row,
            names.get(str(row), ""),
            [(header_of(what, error["field"]), error["message"]) for error in errors],
        )
        for row, errors in groupby(report["rejected"], key=lambda error: error["row"])
    ]


def header_of(what: str, field: str) -> str:
    """The usual header of a field's column; another word is its own header."""
    return COLUMNS[what].synonyms.get(field, (field,))[0]


def notes_of(report: dict[str, Any]) -> list[dict[str, Any]]:
    return [note | {"words": OUTCOMES[note["outcome"]]} for note in report.get("notes", [])[:ROWS_SHOWN]]
