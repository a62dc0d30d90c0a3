"""Importing a catalogue on a page: the dry run first, then a person says yes to what it said."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from iqas.core.access import allowed
from iqas.core.files import open_stored, store
from iqas.core.refusals import RuleViolation
from iqas.core.views import page
from iqas.ui import forms
from microcredentials.forms import UploadForm
from microcredentials.importers.columns import COLUMNS, header_of
from microcredentials.services.catalogue_import import ImportReport, import_catalogue

TABLES = frozenset({".csv", ".txt", ".xlsx"})
SALT = "microcredentials.catalogue"
AN_HOUR = 3600


@page("microcredential.import", methods=("GET", "HEAD", "POST"))
def catalogue_upload(request: HttpRequest) -> HttpResponseBase:
    centres = allowed(request.user, "microcredential.import").order_by("sort_name")
    form = UploadForm(request.POST or None, request.FILES or None, centres=centres)
    if request.method == "POST" and form.is_valid():
        with forms.refusals(form):
            kept = store(form.cleaned_data["file"], allow=TABLES)
            centre, drafts = form.cleaned_data["centre"], form.cleaned_data["drafts"]
            with open_stored(kept.sha256) as file:
                report = import_catalogue(
                    actor=request.user, file=file, centre=centre, drafts=drafts, dry_run=True
                )
            promise = {
                "sha256": kept.sha256,
                "name": kept.original_name,
                "centre": centre.code,
                "drafts": drafts,
            }
            context = {
                "report": report,
                "rejected": _rejected(report),
                "centre": centre,
                "drafts": drafts,
                "name": kept.original_name,
                "promise": ""
                if report.rejected
                else signing.dumps([str(request.user.pk), promise], salt=SALT),
            }
            status = forms.UNPROCESSABLE if report.rejected else 200
            return render(request, "microcredentials/catalogue_report.html", context, status=status)
    context = {"form": form, "columns": COLUMNS.synonyms}
    return render(request, "microcredentials/catalogue_upload.html", context, status=forms.form_status(form))


@page("microcredential.import", methods=("POST",))
def catalogue_confirm(request: HttpRequest) -> HttpResponseBase:
    """Imports the very file whose dry run the person saw: its hash was signed for this person, for an hour."""
    promise = _promise(request)
    centre = (
        allowed(request.user, "microcredential.import").select_related("scope").get(code=promise["centre"])
    )
    with open_stored(promise["sha256"]) as file:
        report = import_catalogue(
            actor=request.user, file=file, centre=centre, drafts=promise["drafts"], filename=promise["name"]
        )
    if not report.written:
        context = {
            "report": report,
            "rejected": _rejected(report),
            "centre": centre,
            "drafts": promise["drafts"],
            "name": promise["name"],
            "promise": "",
        }
        return render(request, "microcredentials/catalogue_report.html", context, status=409)
    messages.success(
        request,
        _("Imported: %(created)s created, %(updated)s updated.")
        % {"created": report.created, "updated": report.updated},
    )
    return redirect("microcredentials:microcredential-list")


def _rejected(report: ImportReport) -> list[tuple[int, str, list[tuple[str, Any]]]]:
    """What is wrong with each row, under a header that a person would write."""
    return [
        (row, name, [(header_of(error.field), error.message) for error in errors])
        for row, name, errors in report.rejected_by_row()
    ]


def _promise(request: HttpRequest) -> dict[str, Any]:
    try:
        owner, promise = signing.loads(request.POST.get("promise", ""), salt=SALT, max_age=AN_HOUR)
    except signing.BadSignature as bad:
        raise RuleViolation("promise-expired", _("The dry run is too old. Upload the file again.")) from bad
    if owner != str(request.user.pk):
        raise RuleViolation("promise-expired", _("The dry run is too old. Upload the file again."))
    return dict(promise)
