"""Staff pages of consultations: minutes, the points that were raised, and what came of them."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from feedback.forms.consultations import ConsultationForm, PointForm
from feedback.models import Consultation, ConsultationPoint
from feedback.selectors.consultations import listed, with_everything
from feedback.services import consultations
from feedback.tables.consultations import ConsultationFilter, ConsultationTable
from feedback.views.shared import WRITE, posted
from iqas.core.access import allowed, can, require
from iqas.core.views import page
from iqas.ui import conflicts, forms, lists
from iqas.ui.components import Link
from iqas.ui.history import history_entries

SENTENCES = {
    "consultation.added": gettext_lazy("wrote it down"),
    "consultation.changed": gettext_lazy("changed it"),
    "consultation.point_added": gettext_lazy("added a point"),
    "consultation.point_changed": gettext_lazy("changed a point"),
    "consultation.point_removed": gettext_lazy("removed a point"),
}
FIELDS = {
    "kind": gettext_lazy("Kind"),
    "title": gettext_lazy("Title"),
    "held_on": gettext_lazy("Held on"),
    "scope": gettext_lazy("Of"),
    "edition": gettext_lazy("Edition"),
    "partners": gettext_lazy("Partners"),
    "evidence": gettext_lazy("Minutes"),
    "criterion": gettext_lazy("Criterion"),
    "answered": gettext_lazy("With an answer"),
    "action": gettext_lazy("Improvement action"),
}


@page("consultation.view")
def consultation_list(request: HttpRequest) -> HttpResponseBase:
    add = reverse("feedback:consultation-add") if can(request.user, "consultation.edit") else ""
    return lists.list_page(
        request,
        queryset=listed(request.user),
        table=ConsultationTable,
        filters=ConsultationFilter,
        title=_("Meetings and interviews"),
        intro=_("What stakeholders and other providers said where no questionnaire asked."),
        empty=lists.Empty(
            title=_("No meetings yet"),
            text=_(
                "Minutes say who took part, what was raised, and what came of it: evidence for dimension D."
            ),
            url=add,
            verb=_("Write minutes") if add else "",
        ),
        actions=(Link(_("Write minutes"), add, primary=True),) if add else (),
    )


@page("consultation.edit", methods=WRITE)
def consultation_add(request: HttpRequest) -> HttpResponse:
    form = ConsultationForm(posted(request), user=request.user)
    if request.method == "POST" and form.is_valid():
        with forms.refusals(form):
            return redirect(consultations.create_consultation(actor=request.user, **form.given()))
    context = _shown(_("Write minutes")) | {"form": form}
    return render(request, "feedback/dialogue_form.html", context, status=forms.form_status(form))


@page("consultation.view")
def consultation_detail(request: HttpRequest, code: str) -> HttpResponse:
    consultation = _consultation(request, code)
    context = {
        "consultation": consultation,
        "may_edit": bool(can(request.user, "consultation.edit", consultation)),
        "may_see_evidence": consultation.evidence is not None
        and bool(can(request.user, "evidence.view", consultation.evidence.evidence)),
        "participants": [line for line in consultation.participants.splitlines() if line.strip()],
        "entries": history_entries(consultation, SENTENCES, FIELDS),
    }
    return render(request, "feedback/consultation_detail.html", context)


@page("consultation.edit", methods=WRITE)
def consultation_edit(request: HttpRequest, code: str) -> HttpResponse:
    consultation = _editable(request, code)
    initial = ConsultationForm.initial_of(consultation)
    form = ConsultationForm(posted(request), user=request.user, initial=initial)

    def save() -> None:
        seen = form.cleaned_data["seen_version"]
        consultations.change_consultation(
            actor=request.user, consultation=consultation, seen=seen, **form.given()
        )

    return conflicts.edit_page(
        request,
        form,
        save,
        initial_of=ConsultationForm.initial_of,
        back=consultation,
        template="feedback/dialogue_form.html",
        shown_with=_shown(_("Edit"), consultation),
    )


@page("consultation.edit", methods=WRITE)
def point_add(request: HttpRequest, code: str) -> HttpResponse:
    consultation = _editable(request, code)
    return _point_page(request, consultation, None, {"seen_version": consultation.version})


@page("consultation.edit", methods=WRITE)
def point_edit(request: HttpRequest, code: str, pk: uuid.UUID) -> HttpResponse:
    consultation = _editable(request, code)
    point = get_object_or_404(consultation.points.select_related("action"), pk=pk)
    return _point_page(request, consultation, point, PointForm.initial_of(consultation, point))


@page("consultation.edit", methods=("POST",))
def point_remove(request: HttpRequest, code: str, pk: uuid.UUID) -> HttpResponse:
    consultation = _editable(request, code)
    try:
        seen = int(request.POST.get("seen_version", ""))
    except ValueError:
        raise Http404 from None
    consultations.remove_point(actor=request.user, consultation=consultation, seen=seen, point=pk)
    messages.success(request, _("Removed."))
    return redirect(consultation)


def _point_page(
    request: HttpRequest, consultation: Consultation, point: ConsultationPoint | None, initial: Any
) -> HttpResponse:
    form = PointForm(posted(request), user=request.user, consultation=consultation, initial=initial)

    def save() -> None:
        consultations.save_point(
            actor=request.user,
            consultation=consultation,
            seen=form.cleaned_data["seen_version"],
            point=point.pk if point else None,
            **form.given(),
        )

    def stored(current: Consultation) -> dict[str, Any]:
        row = current.points.select_related("action").filter(pk=point.pk).first() if point else None
        return PointForm.initial_of(current, row) if row else {"seen_version": current.version}

    return conflicts.edit_page(
        request,
        form,
        save,
        initial_of=stored,
        back=consultation,
        template="feedback/dialogue_form.html",
        shown_with=_shown(_("Point raised"), consultation),
    )


def _shown(title: str, about: Consultation | None = None) -> dict[str, Any]:
    return {
        "title": title,
        "about": about,
        "list_label": _("Meetings and interviews"),
        "list_url": reverse("feedback:consultation-list"),
    }


def _editable(request: HttpRequest, code: str) -> Consultation:
    consultation = _consultation(request, code)
    require(request.user, "consultation.edit", consultation)
    return consultation


def _consultation(request: HttpRequest, code: str) -> Consultation:
    seen = with_everything(allowed(request.user, "consultation.view"))
    found = seen.filter(code=code).first()
    if found is None:
        raise Http404
    return found
