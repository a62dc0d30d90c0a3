"""Dossiers as the university sees them: asked for, printed by a job, registered, given out."""

from __future__ import annotations

from dataclasses import replace

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from audits.dossier.content import Content
from audits.forms import DossierForm
from audits.models import Dossier, SelfAssessment
from audits.readings import OpenedPage
from audits.services import dossiers
from audits.tables import DossierFilter, DossierTable
from iqas.accounts.models import EXTERNAL_ROLES, RoleAssignment
from iqas.core.access import require, visible
from iqas.core.files import download_response
from iqas.core.refusals import RuleViolation
from iqas.core.views import get_visible_or_404, page
from iqas.ui import lists


@page("dossier.view")
def dossier_list(request: HttpRequest) -> HttpResponse:
    return lists.list_page(
        request,
        queryset=visible(request.user, Dossier).select_related("scope__parent"),
        table=DossierTable,
        filters=DossierFilter,
        title=_("Dossiers"),
        empty=lists.Empty(
            title=_("No dossier yet"),
            text=_("A dossier is printed from a frozen self-assessment."),
            url=reverse("audits:assessment-list"),
            verb=_("Self-assessments"),
        ),
    )


@page("dossier.build", methods=("POST",))
def dossier_request(request: HttpRequest, code: str) -> HttpResponse:
    get_visible_or_404(request.user, SelfAssessment, "assessment.view", code=code)
    assessment = SelfAssessment.objects.select_related("scope").get(code=code)
    require(request.user, "dossier.build", assessment)
    form = DossierForm(request.POST)
    if not form.is_valid():
        raise RuleViolation("language-incomplete", _("Dossiers are printed in Spanish or English."))
    dossier = dossiers.request(
        actor=request.user, assessment=assessment, language=form.cleaned_data["language"]
    )
    return redirect(dossier if dossier.is_registered or dossier.job is None else dossier.job)


@page("dossier.view")
def dossier_detail(request: HttpRequest, code: str) -> HttpResponse:
    dossier = _find(request, code)
    auditors = RoleAssignment.objects.filter(scope=dossier.scope, role__in=EXTERNAL_ROLES).select_related(
        "user"
    )
    context = {
        "dossier": dossier,
        "assessment": dossier.snapshot.self_assessment,
        "auditors": auditors.order_by("user__sort_name"),
        "readings": OpenedPage(dossier.readings.all(), request.GET.get("page"), dossier, _content(dossier)),
    }
    return render(request, "audits/dossier_detail.html", context)


def _content(dossier: Dossier) -> Content:
    return dossiers.content_of(dossier, get_language() or dossier.language)


@page("dossier.view")
def dossier_download(request: HttpRequest, code: str) -> FileResponse:
    return dossier_file(_find(request, code))


def dossier_file(dossier: Dossier) -> FileResponse:
    """The registered file, compared with its hash on the way out. Refuses `not-printed` and `dossier-altered`."""
    if dossier.artefact is None:
        raise RuleViolation("not-printed", _("This dossier has not been printed yet."))
    dossiers.require_unaltered(dossier)
    return download_response(replace(dossier.artefact.stored, sha256=dossier.sha256))


def _find(request: HttpRequest, code: str) -> Dossier:
    get_visible_or_404(request.user, Dossier, "dossier.view", code=code)
    return Dossier.objects.select_related(
        "scope__parent",
        "snapshot__self_assessment__framework",
        "snapshot__frozen_by",
        "job",
        "artefact",
        "created_by",
    ).get(code=code)
