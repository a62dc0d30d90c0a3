"""Importing enrolments on a page: the dry run first, then a person says yes to what it said."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from iqas.core import unheld
from iqas.core.access import require
from iqas.core.files import open_stored, store
from iqas.core.refusals import RuleViolation
from iqas.core.views import page
from iqas.ui import forms
from microcredentials.forms import EnrolmentUploadForm
from microcredentials.importers.enrolment_columns import COLUMNS
from microcredentials.models import Edition
from microcredentials.services.enrolment_import import EnrolmentReport, import_enrolments
from microcredentials.views.editions import visible_edition

TABLES = frozenset({".csv", ".txt", ".xlsx"})
SALT = "microcredentials.enrolments"
AN_HOUR = 3600
WRITE = ("GET", "HEAD", "POST")
ROWS_SHOWN = 200


@page("enrolment.edit", methods=WRITE)
def enrolment_upload(request: HttpRequest) -> HttpResponseBase:
    return _upload(request, None)


@page("enrolment.edit", methods=WRITE)
def edition_enrolment_upload(request: HttpRequest, code: str) -> HttpResponseBase:
    edition = visible_edition(request, code)
    require(request.user, "enrolment.edit", edition)
    return _upload(request, edition)


def _upload(request: HttpRequest, edition: Edition | None) -> HttpResponseBase:
    form = EnrolmentUploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        with forms.refusals(form):
            kept = store(form.cleaned_data["file"], allow=TABLES)
            with open_stored(kept.sha256) as file:
                report = import_enrolments(actor=request.user, file=file, edition=edition, dry_run=True)
            promise = {
                "sha256": kept.sha256,
                "name": kept.original_name,
                "edition": edition.code if edition else "",
            }
            signed = "" if report.rejected else signing.dumps([str(request.user.pk), promise], salt=SALT)
            if report.rejected:  # a list of people is kept no longer than it is needed
                unheld.drop(kept.sha256)
            status = forms.UNPROCESSABLE if report.rejected else 200
            return _report(request, report, edition, kept.original_name, promise=signed, status=status)
    context = {"form": form, "edition": edition, "columns": COLUMNS.synonyms}
    return render(request, "microcredentials/enrolment_upload.html", context, status=forms.form_status(form))


@page("enrolment.edit", methods=("POST",))
def enrolment_confirm(request: HttpRequest) -> HttpResponseBase:
    """Imports the very file whose dry run the person saw: its hash was signed for this person, for an hour."""
    promise = _promise(request)
    edition = visible_edition(request, promise["edition"]) if promise["edition"] else None
    with open_stored(promise["sha256"]) as file:
        report = import_enrolments(actor=request.user, file=file, edition=edition, filename=promise["name"])
    unheld.drop(promise["sha256"])
    if not report.written:
        return _report(request, report, edition, promise["name"], status=409)
    messages.success(
        request,
        _("Imported: %(created)s enrolled, %(updated)s changed.")
        % {"created": report.done.created, "updated": report.done.updated},
    )
    if edition is not None:
        return redirect("microcredentials:enrolment-list", edition.code)
    return redirect("microcredentials:learner-list")


def _report(
    request: HttpRequest,
    report: EnrolmentReport,
    edition: Edition | None,
    name: str,
    *,
    promise: str = "",
    status: int,
) -> HttpResponse:
    rejected = report.rejected_by_row()
    context = {
        "report": report,
        "edition": edition,
        "name": name,
        "promise": promise,
        "rejected": rejected[:ROWS_SHOWN],
        "more": max(0, len(rejected) - ROWS_SHOWN),
    }
    return render(request, "microcredentials/enrolment_report.html", context, status=status)


def _promise(request: HttpRequest) -> dict[str, Any]:
    expired = RuleViolation("promise-expired", _("The dry run is too old. Upload the file again."))
    try:
        owner, promise = signing.loads(request.POST.get("promise", ""), salt=SALT, max_age=AN_HOUR)
    except signing.BadSignature as bad:
        raise expired from bad
    if owner != str(request.user.pk):
        raise expired
    return dict(promise)
