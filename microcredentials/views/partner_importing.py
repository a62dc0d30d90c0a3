"""Importing a list of partners on a page: the dry run first, then a person says yes to what it said."""

from __future__ import annotations

from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from iqas.core.files import open_stored, store
from iqas.core.refusals import RuleViolation
from iqas.core.views import page
from iqas.ui import forms
from microcredentials.forms.importing import FileForm
from microcredentials.importers.partners import COLUMNS
from microcredentials.services.partner_import import import_partners
from microcredentials.views.importing import AN_HOUR, TABLES

SALT = "microcredentials.partners"


@page("partner.import", methods=("GET", "HEAD", "POST"))
def partner_import(request: HttpRequest) -> HttpResponseBase:
    form = FileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        with forms.refusals(form):
            kept = store(form.cleaned_data["file"], allow=TABLES)
            with open_stored(kept.sha256) as file:
                report = import_partners(actor=request.user, file=file, dry_run=True)
            promise = "" if report.rejected else signing.dumps([str(request.user.pk), kept.sha256], salt=SALT)
            context = {"report": report, "name": kept.original_name, "promise": promise}
            status = forms.UNPROCESSABLE if report.rejected else 200
            return render(request, "microcredentials/partner_report.html", context, status=status)
    context = {"form": form, "columns": COLUMNS.synonyms}
    return render(request, "microcredentials/partner_upload.html", context, status=forms.form_status(form))


@page("partner.import", methods=("POST",))
def partner_import_confirm(request: HttpRequest) -> HttpResponseBase:
    """Imports the very file whose dry run the person saw: its hash was signed for this person, for an hour."""
    with open_stored(_promised(request)) as file:
        report = import_partners(actor=request.user, file=file)
    if not report.written:
        context = {"report": report, "name": "", "promise": ""}
        return render(request, "microcredentials/partner_report.html", context, status=409)
    counts = {"created": report.created, "updated": report.updated}
    messages.success(request, _("Imported: %(created)s created, %(updated)s updated.") % counts)
    return redirect("microcredentials:partner-list")


def _promised(request: HttpRequest) -> str:
    too_old = RuleViolation("promise-expired", _("The dry run is too old. Upload the file again."))
    try:
        owner, sha256 = signing.loads(request.POST.get("promise", ""), salt=SALT, max_age=AN_HOUR)
    except signing.BadSignature as bad:
        raise too_old from bad
    if owner != str(request.user.pk):
        raise too_old
    return str(sha256)
