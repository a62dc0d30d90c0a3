"""The annual programme: its list, its page, its printed form, and the one act on all that it holds."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from iqas.core.access import allowed, can, require
from iqas.core.refusals import RuleViolation
from iqas.core.views import get_visible_or_404, page
from iqas.organisation.models import University
from iqas.ui import forms, lists
from iqas.ui.components import Link
from microcredentials.filters import ContinuingFilter, ProgrammeFilter
from microcredentials.forms.approval import ProgrammeActForm, ProgrammeForm, body_of
from microcredentials.models import AnnualProgramme
from microcredentials.presenters import approval as approval_pages
from microcredentials.selectors.documents import made_of
from microcredentials.selectors.process import on_their_way
from microcredentials.selectors.programmes import continuing
from microcredentials.services import programmes
from microcredentials.tables.catalogue import ProgrammeTable
from microcredentials.tables.registers import ContinuingTable, ProgrammeContentTable

WRITE = ("GET", "HEAD", "POST")


@page("programme.view")
def programme_list(request: HttpRequest) -> HttpResponse:
    scope = University.current().scope
    may = can(request.user, "programme.prepare", scope)
    create = reverse("microcredentials:programme-create") if may else ""
    return lists.list_page(
        request,
        queryset=allowed(request.user, "programme.view")
        .select_related("year")
        .annotate(size=Count("acts"))
        .order_by("-year__starts"),
        table=ProgrammeTable,
        filters=ProgrammeFilter,
        title=_("Annual programmes"),
        empty=lists.Empty(
            title=_("No annual programme yet"),
            text=_("What the governing body approves at once for an academic year (RD 822/2021 art. 37.10)."),
            url=create,
            verb=_("Prepare a programme") if create else "",
        ),
        actions=[Link(_("Prepare a programme"), create, primary=True)] if create else [],
    )


@page("programme.prepare", methods=WRITE)
def programme_create(request: HttpRequest) -> HttpResponseBase:
    require(request.user, "programme.prepare", University.current().scope)
    form = ProgrammeForm(forms.posted(request))
    if request.method == "POST" and form.is_valid():
        with forms.refusals(form):
            programme = programmes.prepare_programme(actor=request.user, year=form.cleaned_data["year"])
            messages.success(request, _("%(code)s is being prepared.") % {"code": programme.code})
            return redirect(programme)
    return render(
        request, "microcredentials/programme_create.html", {"form": form}, status=forms.form_status(form)
    )


@page("programme.view")
def programme_detail(request: HttpRequest, code: str) -> HttpResponse:
    context = _context(request, _programme(request, code))
    if (kind := request.GET.get("export", "")) in lists.EXPORTS:
        held: Any = context["approved"] or context["ready"]
        return lists.export_table(ProgrammeContentTable([row.submission for row in held]), code, kind)
    return render(request, "microcredentials/programme_detail.html", context)


@page("programme.view")
def programme_continuing(request: HttpRequest, code: str) -> HttpResponse:
    """The second part of the programme: what goes on being offered, approved with it."""
    programme = _programme(request, code)
    return lists.list_page(
        request,
        queryset=continuing(programme),
        table=ContinuingTable,
        filters=ContinuingFilter,
        title=_("Offer that continues, %(code)s") % {"code": programme.code},
        intro=_("Micro-credentials approved before, offered again without changes (RD 822/2021 art. 37.10)."),
        empty=lists.Empty(
            title=_("None."), url=programme.get_absolute_url(), verb=_("Back to the programme")
        ),
        actions=[Link(_("Back to the programme"), programme.get_absolute_url())],
    )


@page("programme.approve", methods=WRITE)
def programme_approve(request: HttpRequest, code: str) -> HttpResponseBase:
    programme = _programme(request, code)
    require(request.user, "programme.approve", programme)
    if programme.is_approved:
        raise RuleViolation("approved", _("This programme is already approved."))
    context = _context(request, programme)
    offered = [row.submission for row in context["ready"] if not row.why_not]
    form = ProgrammeActForm(
        forms.posted(request),
        request.FILES if request.method == "POST" else None,
        user=request.user,
        scope=programme.scope,
        body=body_of([one.waiting_for for one in offered if one.waiting_for]),
        made=made_of(programme),
        offered=offered,
        continues=context["continues"],
    )
    if request.method == "POST" and form.is_valid():
        with forms.refusals(form):
            programmes.approve_programme(actor=request.user, programme=programme, **form.decision())
            messages.success(request, _("%(code)s is approved.") % {"code": programme.code})
            return redirect(programme)
    context |= {"form": form, "own": [row for row in context["ready"] if row.why_not]}
    return render(request, "microcredentials/programme_approve.html", context, status=forms.form_status(form))


def _programme(request: HttpRequest, code: str) -> AnnualProgramme:
    found = get_visible_or_404(request.user, AnnualProgramme, "programme.view", code=code)
    return AnnualProgramme.objects.select_related(
        "scope", "year", "document__evidence", "approved_by", "prepared_by"
    ).get(pk=found.pk)


def _context(request: HttpRequest, programme: AnnualProgramme) -> dict[str, Any]:
    waiting = [] if programme.is_approved else list(on_their_way())
    return approval_pages.programme_page(request.user, programme, waiting)
