"""Repeating an edition, its incidents and its final report."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from iqas.core.access import require
from iqas.core.views import page
from iqas.ui import conflicts, forms
from microcredentials import rules
from microcredentials.forms import EditionForm, IncidentAnswerForm, IncidentForm, ReportForm
from microcredentials.models import Incident
from microcredentials.services import edition_reports, editions
from microcredentials.views.editions import visible_edition

WRITE = ("GET", "HEAD", "POST")


@page("microcredential.edit", methods=WRITE)
def edition_repeat(request: HttpRequest, code: str) -> HttpResponseBase:
    """Plans the next edition with the terms of this one."""
    last = visible_edition(request, code)
    require(request.user, "microcredential.edit", last.microcredential)
    rules.check_offered(last.microcredential)
    form = EditionForm(
        request.POST or None, initial=EditionForm.again(last, design=last.microcredential.current)
    )
    if request.method == "POST" and form.is_valid():
        with forms.refusals(form):
            planned = editions.plan_edition(
                actor=request.user, microcredential=last.microcredential, repeats=last, **form.terms()
            )
            messages.success(request, _("%(code)s is planned.") % {"code": planned.code})
            return redirect(planned)
    context = {"last": last, "form": form, "current": last.microcredential.current}
    return render(request, "microcredentials/edition_repeat.html", context, status=forms.form_status(form))


@page("edition.edit", methods=WRITE)
def incident_create(request: HttpRequest, code: str) -> HttpResponseBase:
    edition = visible_edition(request, code)
    require(request.user, "edition.edit", edition)
    form = IncidentForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with forms.refusals(form):
            edition_reports.add_incident(actor=request.user, edition=edition, **form.cleaned_data)
            messages.success(request, _("Saved."))
            return redirect(f"{edition.get_absolute_url()}#incidents")
    context = {"edition": edition, "form": form}
    return render(request, "microcredentials/incident_create.html", context, status=forms.form_status(form))


@page("edition.edit", methods=WRITE)
def incident_edit(request: HttpRequest, code: str, pk: Any) -> HttpResponseBase:
    edition = visible_edition(request, code)
    require(request.user, "edition.edit", edition)
    incident = Incident.objects.filter(edition=edition, pk=pk).first()
    if incident is None:
        raise Http404
    form = IncidentAnswerForm(request.POST or None, initial=IncidentAnswerForm.initial_of(incident))

    def save() -> None:
        edition_reports.answer_incident(
            actor=request.user,
            incident=incident,
            seen=form.cleaned_data["seen_version"],
            response=form.cleaned_data["response"],
        )

    return conflicts.edit_page(
        request,
        form,
        save,
        initial_of=IncidentAnswerForm.initial_of,
        back=f"{edition.get_absolute_url()}#incidents",
        template="microcredentials/incident_edit.html",
        shown_with={"edition": edition, "incident": incident},
    )


@page("edition.edit", methods=WRITE)
def edition_report(request: HttpRequest, code: str) -> HttpResponseBase:
    edition = visible_edition(request, code)
    require(request.user, "edition.edit", edition)
    report = getattr(edition, "report", None)
    form = ReportForm(request.POST or None, initial=ReportForm.initial_of(report, edition))

    def save() -> None:
        edition_reports.write_report(
            actor=request.user,
            edition=edition,
            seen=form.cleaned_data["seen_version"],
            file_it="file" in request.POST,
            **form.texts(),
        )

    return conflicts.edit_page(
        request,
        form,
        save,
        initial_of=lambda current: ReportForm.initial_of(current, edition),
        back=f"{edition.get_absolute_url()}#report",
        template="microcredentials/edition_report.html",
        shown_with={"edition": edition, "report": report},
    )
