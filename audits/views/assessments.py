"""Self-assessments: the list, one report, its introduction, and the steps of its life."""

from __future__ import annotations

from functools import partial

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from audits.forms import DossierForm, IntroductionForm, NoteForm, ReturnForm, StartForm
from audits.models import Dossier, SelfAssessment
from audits.next_steps import steps_of
from audits.selectors import completeness
from audits.selectors.reports import progress_of
from audits.services import assessments, freezing
from audits.tables import AssessmentFilter, AssessmentTable
from iqas.core.access import can, require, visible
from iqas.core.views import get_visible_or_404, page
from iqas.ui import conflicts, lists
from iqas.ui import forms as ui_forms
from iqas.ui.components import Link
from iqas.ui.once import once

WRITE = ("GET", "HEAD", "POST")


@page("assessment.view")
def assessment_list(request: HttpRequest) -> HttpResponse:
    may_start = bool(can(request.user, "assessment.start"))
    url = reverse("audits:assessment-start")
    return lists.list_page(
        request,
        queryset=visible(request.user, SelfAssessment).select_related("scope", "framework", "year"),
        table=AssessmentTable,
        filters=AssessmentFilter,
        title=_("Self-assessments"),
        actions=(Link(_("Open a self-assessment"), url, primary=True),) if may_start else (),
        empty=lists.Empty(
            title=_("No self-assessment yet"),
            text=_(
                "A self-assessment judges one centre against one framework, with evidence, and ends in a dossier."
            ),
            url=url if may_start else "",
            verb=_("Open a self-assessment") if may_start else "",
        ),
    )


@page("assessment.start", methods=WRITE)
def assessment_start(request: HttpRequest) -> HttpResponse:
    form = StartForm(ui_forms.posted(request), user=request.user)
    if request.method == "POST" and form.is_valid():
        with ui_forms.refusals(form):
            begun = form.cleaned_data
            return once(request, lambda: redirect(assessments.start(actor=request.user, **begun)))
    return render(request, "audits/assessment_start.html", {"form": form}, status=ui_forms.form_status(form))


@page("assessment.view")
def assessment_detail(request: HttpRequest, code: str) -> HttpResponse:
    assessment = _find(request, code)
    found = completeness.check(assessment)
    dossiers = visible_dossiers(request, assessment)
    dossier_form = DossierForm(taken=[dossier.language for dossier in dossiers])
    may_build = assessment.state == "frozen" and can(request.user, "dossier.build", assessment)
    return render(
        request,
        "audits/assessment_detail.html",
        {
            "assessment": assessment,
            "completeness": found,
            "rows": progress_of(assessment, found),
            "steps": steps_of(request.user, assessment, found),
            "dossiers": dossiers,
            "dossier_form": dossier_form if may_build and dossier_form.offers_something else None,
            "may_edit": can(request.user, "assessment.edit", assessment),
        },
    )


@page("assessment.view")
def completeness_detail(request: HttpRequest, code: str) -> HttpResponse:
    assessment = _find(request, code)
    context = {"assessment": assessment, "completeness": completeness.check(assessment)}
    return render(request, "audits/completeness_detail.html", context)


@page("assessment.edit", methods=WRITE)
def introduction_edit(request: HttpRequest, code: str) -> HttpResponse:
    assessment = _find(request, code)
    require(request.user, "assessment.edit", assessment)
    form = IntroductionForm(ui_forms.posted(request), initial=IntroductionForm.initial_of(assessment))

    def save() -> None:
        assessments.save_introduction(actor=request.user, assessment=assessment, **form.cleaned_data)

    return conflicts.edit_page(
        request,
        form,
        save,
        initial_of=IntroductionForm.initial_of,
        back=assessment,
        template="audits/introduction_edit.html",
        shown_with={"assessment": assessment},
    )


@page("assessment.submit", methods=WRITE)
def assessment_submit(request: HttpRequest, code: str) -> HttpResponse:
    assessment = _find(request, code)
    require(request.user, "assessment.submit", assessment)
    found = completeness.check(assessment)
    if found.blocking and request.method != "POST":
        messages.warning(request, _("The report is not complete yet. Mend what blocks it first."))
        return redirect("audits:completeness-detail", code)
    form = NoteForm(ui_forms.posted(request))
    return ui_forms.confirm_step(
        request,
        form,
        partial(assessments.submit, actor=request.user, assessment=assessment),
        said=_("The report was handed over for review."),
        back=assessment,
        title=_("Hand over for review"),
        message=_("The text of %(report)s closes until the review returns or freezes it.")
        % {"report": assessment},
        verb=_("Hand over for review"),
        danger=False,
        consequences=[gap.sentence for gap in found.gaps],
    )


@page("assessment.return", methods=WRITE)
def assessment_return(request: HttpRequest, code: str) -> HttpResponse:
    assessment = _find(request, code)
    require(request.user, "assessment.return", assessment)
    form = ReturnForm(ui_forms.posted(request))
    return ui_forms.confirm_step(
        request,
        form,
        partial(assessments.return_to_authors, actor=request.user, assessment=assessment),
        said=_("The report was returned to its authors."),
        back=assessment,
        title=_("Return to the authors"),
        message=_("The authors of %(report)s can write again and read what has to change.")
        % {"report": assessment},
        verb=_("Return to the authors"),
        danger=False,
    )


@page("assessment.freeze", methods=WRITE)
def assessment_freeze(request: HttpRequest, code: str) -> HttpResponse:
    assessment = _find(request, code)
    require(request.user, "assessment.freeze", assessment)
    found = completeness.check(assessment)
    form = NoteForm(ui_forms.posted(request))
    return ui_forms.confirm_step(
        request,
        form,
        lambda note: freezing.freeze(actor=request.user, assessment=assessment, reason=note),
        said=_("The report is frozen. You can print its dossier."),
        back=assessment,
        title=_("Freeze the report"),
        message=_("%(report)s becomes a snapshot that nobody can change, not even an administrator.")
        % {"report": assessment},
        verb=_("Freeze the report"),
        danger=True,
        consequences=[
            _("Texts, ratings and cited versions of evidence stay as they are today."),
            _("The figures of today are written into the snapshot with their origin."),
            _("Its SHA-256 enters the audit chain under your name."),
            *(gap.sentence for gap in found.serious),
        ],
    )


def visible_dossiers(request: HttpRequest, assessment: SelfAssessment) -> list[Dossier]:
    return list(
        visible(request.user, Dossier)
        .filter(snapshot__self_assessment=assessment)
        .select_related("job", "scope")
        .order_by("code")
    )


def _find(request: HttpRequest, code: str) -> SelfAssessment:
    get_visible_or_404(request.user, SelfAssessment, "assessment.view", code=code)
    return SelfAssessment.objects.select_related("scope", "framework", "scale", "year").get(code=code)
