"""Importing a list on pages: upload, the report of the dry run, a yes to it, the report of the import.

Catalogue, enrolments and partners go the same way; see `services.intake`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render

from iqas.core.access import allowed, require
from iqas.core.views import get_visible_or_404, page
from iqas.jobs.models import Job
from iqas.ui import forms
from microcredentials.forms import EnrolmentUploadForm, UploadForm
from microcredentials.forms.importing import FileForm
from microcredentials.importers import columns, enrolment_columns, partners
from microcredentials.models import Edition
from microcredentials.presenters.imports import import_page, marked_seen
from microcredentials.services import intake
from microcredentials.services.intake import Wish
from microcredentials.views.editions import visible_edition

WRITE = ("GET", "HEAD", "POST")
SEE_OTHER = 303


@page("microcredential.import", methods=WRITE)
def catalogue_upload(request: HttpRequest) -> HttpResponseBase:
    centres = allowed(request.user, "microcredential.import").select_related("scope").order_by("sort_name")
    form = UploadForm(request.POST or None, request.FILES or None, centres=centres)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        wish = Wish(intake.CATALOGUE, centre=data["centre"], drafts=data["drafts"])
        if answer := _tried(request, form, wish):
            return answer
    return _upload_page(request, "catalogue_upload", form, columns.COLUMNS.synonyms)


@page("enrolment.edit", methods=WRITE)
def enrolment_upload(request: HttpRequest) -> HttpResponseBase:
    return _enrolments(request, None)


@page("enrolment.edit", methods=WRITE)
def edition_enrolment_upload(request: HttpRequest, code: str) -> HttpResponseBase:
    edition = visible_edition(request, code)
    require(request.user, "enrolment.edit", edition)
    return _enrolments(request, edition)


def _enrolments(request: HttpRequest, edition: Edition | None) -> HttpResponseBase:
    form = EnrolmentUploadForm(request.POST or None, request.FILES or None)
    wish = Wish(intake.ENROLMENTS, edition=edition)
    if request.method == "POST" and form.is_valid() and (answer := _tried(request, form, wish)):
        return answer
    understood = enrolment_columns.COLUMNS.synonyms
    return _upload_page(request, "enrolment_upload", form, understood, edition=edition)


@page("partner.import", methods=WRITE)
def partner_import(request: HttpRequest) -> HttpResponseBase:
    form = FileForm(request.POST or None, request.FILES or None)
    wish = Wish(intake.PARTNERS)
    if request.method == "POST" and form.is_valid() and (answer := _tried(request, form, wish)):
        return answer
    return _upload_page(request, "partner_upload", form, partners.COLUMNS.synonyms)


@page("job.view")
def import_detail(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """How far it is, then its report; of a dry run that rejects nothing, the button that imports the same file."""
    job = get_visible_or_404(request.user, Job, "job.view", pk=pk, kind__in=intake.KINDS)
    marked_seen(request.user, job)
    if request.htmx and job.is_over:  # type: ignore[attr-defined]
        return HttpResponse(headers={"HX-Refresh": "true"})  # its heading says something else now
    return render(request, "microcredentials/import_detail.html", import_page(request.user, job))


@page("job.view", methods=("POST",))
def import_confirm(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    job = get_visible_or_404(request.user, Job, "job.view", pk=pk, kind__in=intake.KINDS)
    return _onwards(intake.confirm_list(actor=request.user, tried=job))


def _tried(request: HttpRequest, form: Any, wish: Wish) -> HttpResponseBase | None:
    """To the dry run of the uploaded file; None where the file was refused, which the form says."""
    with forms.refusals(form):
        return _onwards(intake.try_list(actor=request.user, upload=form.cleaned_data["file"], wish=wish))
    return None


def _upload_page(
    request: HttpRequest, name: str, form: Any, understood: Mapping[str, Any], **more: Any
) -> HttpResponseBase:
    context = {"form": form, "columns": understood, **more}
    status = forms.form_status(form)
    return render(request, f"microcredentials/{name}.html", context, status=status)


def _onwards(job: Job) -> HttpResponseBase:
    answer = redirect("microcredentials:import-detail", job.pk)
    answer.status_code = SEE_OTHER
    return answer
