"""The criterion card: the standard, its evidence and figures, and what the centre says about it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from audits.forms import CiteForm, CriterionForm
from audits.models import CriterionAssessment, SelfAssessment
from audits.selectors.reports import citations_with_freshness, figures_of, neighbours
from audits.services import assessments
from iqas.core.access import can, require
from iqas.core.refusals import RuleViolation, StaleVersion
from iqas.core.views import get_visible_or_404, page
from iqas.evidence.models import Citation
from iqas.ui import conflicts
from iqas.ui import forms as ui_forms

WRITE = ("GET", "HEAD", "POST")


@page("assessment.view", methods=WRITE)
def criterion_edit(request: HttpRequest, code: str, criterion: str) -> HttpResponse:
    row = _find(request, code, criterion)
    may_edit = can(request.user, "assessment.edit", row.self_assessment)
    if request.method != "POST":
        return _card(request, row, CriterionForm(assessment=row), may_edit=bool(may_edit))
    require(request.user, "assessment.edit", row.self_assessment)
    form = CriterionForm(request.POST, assessment=row)
    if form.is_valid():
        try:
            with ui_forms.refusals(form):
                saved = assessments.save_criterion(actor=request.user, assessment=row, **form.cleaned_data)
                if request.htmx:
                    return _saved(request, saved)
                messages.success(request, _("Saved."))
                return redirect(row)
        except StaleVersion as refusal:
            if request.htmx:
                return render(request, "audits/criterion_saved.html", {"stale": refusal})
            return _both_texts(request, row, form, refusal.current)
    if request.htmx:
        return render(request, "audits/criterion_saved.html", {"form": form})
    return _card(request, row, form, may_edit=True, status=ui_forms.form_status(form))


@page("assessment.edit", methods=("POST",))
def evidence_cite(request: HttpRequest, code: str, criterion: str) -> HttpResponse:
    row = _find(request, code, criterion)
    form = CiteForm(request.POST, user=request.user)
    if not form.is_valid():
        raise RuleViolation("unknown-evidence", _("Choose a version that is approved and that you may cite."))
    assessments.cite(actor=request.user, assessment=row, version=form.cleaned_data["version"])
    messages.success(request, _("The evidence is cited."))
    return redirect(_evidence_url(row))


@page("assessment.edit", methods=("POST",))
def evidence_uncite(request: HttpRequest, code: str, criterion: str) -> HttpResponse:
    row = _find(request, code, criterion)
    try:
        citation = Citation.objects.filter(pk=request.POST.get("citation", ""), citing_code=code).first()
    except (ValueError, ValidationError) as error:
        raise Http404 from error
    if citation is None:
        raise Http404
    assessments.uncite(actor=request.user, assessment=row, citation=citation)
    messages.success(request, _("The citation was taken back."))
    return redirect(_evidence_url(row))


def _card(
    request: HttpRequest,
    row: CriterionAssessment,
    form: CriterionForm,
    *,
    may_edit: bool,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    previous, following = neighbours(row)
    context: dict[str, Any] = {
        "assessment": row.self_assessment,
        "row": row,
        "criterion": row.criterion,
        "form": form,
        "may_edit": may_edit,
        "citations": citations_with_freshness(row),
        "cite_form": CiteForm(user=request.user) if may_edit else None,
        "indicators": figures_of(row, get_language() or "es"),
        "questions": row.self_assessment.framework.questions.order_by("order"),
        "previous": previous,
        "following": following,
        **more,
    }
    return render(request, "audits/criterion_edit.html", context, status=status)


def _both_texts(
    request: HttpRequest, row: CriterionAssessment, form: CriterionForm, stored: CriterionAssessment
) -> HttpResponse:
    who = stored.saved_by.name if stored.saved_by else ""
    both = conflicts.context(form, CriterionForm.initial_of(stored), by=who)
    return _card(request, row, form, may_edit=True, status=conflicts.CONFLICT, **both)


def _saved(request: HttpRequest, row: CriterionAssessment) -> HttpResponse:
    context = {"row": row, "at": timezone.localtime(row.saved_at)}
    return render(request, "audits/criterion_saved.html", context)


def _evidence_url(row: CriterionAssessment) -> str:
    return reverse("audits:criterion-edit", args=[row.self_assessment.code, row.criterion.code]) + "#evidence"


def _find(request: HttpRequest, code: str, criterion: str) -> CriterionAssessment:
    get_visible_or_404(request.user, SelfAssessment, "assessment.view", code=code)
    found = (
        CriterionAssessment.objects.select_related(
            "self_assessment__scope",
            "self_assessment__framework",
            "self_assessment__scale",
            "self_assessment__year",
            "criterion__parent",
            "rating",
            "saved_by",
        )
        .filter(self_assessment__code=code, criterion__code=criterion)
        .first()
    )
    if found is None:
        raise Http404
    return found
