"""Staff pages of complaints and suggestions, and the public form."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters

from feedback.forms.complaints import AnswerForm, ComplaintForm, SafeguardingForm, SendForm
from feedback.models import Complaint
from feedback.presenters import complaints as presenters
from feedback.selectors import complaints as selectors
from feedback.services import complaints, safeguarding
from feedback.tables.complaints import ComplaintFilter, ComplaintTable
from feedback.views.respondent import render_survey
from feedback.views.shared import WRITE, posted
from iqas.core.access import allowed, can, require
from iqas.core.views import page, public
from iqas.ui import conflicts, forms, lists
from iqas.ui.components import Link

RELATED = ("scope", "edition", "responsible", "action")
TOO_MANY = 429


@page("complaint.view")
def complaint_list(request: HttpRequest) -> HttpResponseBase:
    seen = selectors.visible(request.user)
    add = reverse("feedback:complaint-add") if can(request.user, "complaint.edit") else ""
    return lists.list_page(
        request,
        queryset=selectors.with_late(seen).select_related("scope"),
        table=ComplaintTable,
        filters=ComplaintFilter,
        title=_("Complaints and suggestions"),
        intro=presenters.times_in_words(selectors.answer_times(seen)),
        empty=lists.Empty(
            title=_("No complaints or suggestions"),
            text=_("What is sent through the public form or written down by staff appears here."),
            url=add,
            verb=_("Write one down") if add else "",
        ),
        actions=(
            *((Link(_("Write one down"), add, primary=True),) if add else ()),
            Link(_("Public form"), reverse("survey:complaint-send")),
            *(
                (Link(_("Who reads what is urgent"), reverse("feedback:safeguarding-persons")),)
                if can(request.user, "safeguarding.set")
                else ()
            ),
        ),
    )


@page("complaint.edit", methods=WRITE)
def complaint_add(request: HttpRequest) -> HttpResponse:
    form = ComplaintForm(posted(request), user=request.user, is_new=True)
    if request.method == "POST" and form.is_valid():
        with forms.refusals(form):
            made = complaints.receive(actor=request.user, **form.given())
            messages.success(request, _("Its number is %(code)s.") % {"code": made.code})
            return redirect("feedback:complaint-list")
    return _form(request, form, title=_("Write down a complaint or suggestion"))


@page("complaint.view")
def complaint_detail(request: HttpRequest, code: str) -> HttpResponse:
    complaint = _complaint(request, code)
    return render(request, "feedback/complaint_detail.html", presenters.detail(request.user, complaint))


@page("complaint.edit", methods=WRITE)
def complaint_edit(request: HttpRequest, code: str) -> HttpResponse:
    complaint = _complaint(request, code)
    require(request.user, "complaint.edit", complaint)
    form = ComplaintForm(
        posted(request), user=request.user, is_new=False, initial=ComplaintForm.initial_of(complaint)
    )
    kept = set(form.fields)
    if selectors.is_case(complaint):
        kept -= set(complaints.OF_THE_COMMENT)
    if complaint.state not in selectors.WAITING:
        kept &= {"seen_version", "action"}
    for name in set(form.fields) - kept:
        del form.fields[name]

    def save() -> None:
        seen = form.cleaned_data["seen_version"]
        complaints.change_complaint(actor=request.user, complaint=complaint, seen=seen, **form.given())

    return conflicts.edit_page(
        request,
        form,
        save,
        initial_of=ComplaintForm.initial_of,
        back=complaint,
        template="feedback/dialogue_form.html",
        shown_with=_shown(title=_("Edit %(code)s") % {"code": complaint.code}, about=complaint),
    )


@page("complaint.answer", methods=("POST",))
def complaint_take_up(request: HttpRequest, code: str) -> HttpResponse:
    complaint = _complaint(request, code)
    try:
        seen = int(request.POST.get("seen_version", ""))
    except ValueError:
        raise Http404 from None
    complaints.take_up(actor=request.user, complaint=complaint, seen=seen)
    messages.success(request, _("You are looking into it."))
    return redirect(complaint)


@page("complaint.answer", methods=WRITE)
def complaint_answer(request: HttpRequest, code: str) -> HttpResponse:
    complaint = _complaint(request, code)
    require(request.user, "complaint.answer", complaint)
    form = AnswerForm(posted(request), initial={"seen_version": complaint.version})

    def save() -> None:
        given = form.cleaned_data
        complaints.answer_complaint(
            actor=request.user,
            complaint=complaint,
            seen=given["seen_version"],
            answer=given["answer"],
            dismissed=given["dismissed"],
        )

    return conflicts.edit_page(
        request,
        form,
        save,
        initial_of=lambda stored: {"seen_version": stored.version, "answer": stored.answer},
        back=complaint,
        template="feedback/dialogue_form.html",
        shown_with=_shown(title=_("Answer %(code)s") % {"code": complaint.code}, about=complaint)
        | {"quoted": complaint.text, "verb": gettext_lazy("Send the answer")},
    )


@page("safeguarding.set", methods=WRITE)
def safeguarding_persons(request: HttpRequest) -> HttpResponse:
    """Who reads urgent complaints, of the university and of each centre."""
    rows = allowed(request.user, "safeguarding.set").select_related("scope", "user")
    if "remove" in request.POST:
        person = next((row for row in rows if str(row.pk) == request.POST["remove"]), None)
        if person is None:
            raise Http404
        safeguarding.remove_person(actor=request.user, person=person)
        messages.success(request, _("Saved."))
        return redirect("feedback:safeguarding-persons")
    form = SafeguardingForm(posted(request))
    if request.method == "POST" and form.is_valid():
        with forms.refusals(form):
            safeguarding.name_person(actor=request.user, **form.cleaned_data)
            messages.success(request, _("Saved."))
            return redirect("feedback:safeguarding-persons")
    context = {"form": form, "rows": rows}
    return render(request, "feedback/safeguarding_persons.html", context, status=forms.form_status(form))


@public("anybody may complain or suggest something, without an account", methods=WRITE)
@sensitive_post_parameters()
def complaint_send(request: HttpRequest) -> HttpResponse:
    """The public form; its answer is a number and a secret code."""
    form = SendForm(posted(request))
    status = 200
    if request.method == "POST" and form.is_valid():
        with forms.refusals(form):
            sent = complaints.send_in(**form.given(), sender_mark=getattr(request, "sender_mark", ""))
            context = {"complaint": sent.complaint, "secret": sent.secret}
            return render_survey(request, "complaint_sent.html", context)
    if form.is_bound:
        status = TOO_MANY if form.has_error("__all__", "too-many") else forms.form_status(form)
    return render_survey(request, "complaint_send.html", {"form": form}, status=status)


@public("who sent a complaint has its number and a secret code, and no account", methods=WRITE)
@sensitive_post_parameters()
def complaint_follow(request: HttpRequest) -> HttpResponse:
    """How it stands and what was answered, for who has the number and the code."""
    asked = request.method == "POST"
    code, secret = (request.POST.get(name, "")[:80] for name in ("code", "secret"))
    found = selectors.find_sent(code, secret) if asked else None
    context = {"asked": asked, "complaint": found, "code": code}
    return render_survey(
        request, "complaint_follow.html", context, status=404 if asked and found is None else 200
    )


def _form(request: HttpRequest, form: Any, *, title: str) -> HttpResponse:
    context = _shown(title=title) | {"form": form}
    return render(request, "feedback/dialogue_form.html", context, status=forms.form_status(form))


def _shown(*, title: str, about: Any = None) -> dict[str, Any]:
    return {
        "title": title,
        "about": about,
        "list_label": _("Complaints and suggestions"),
        "list_url": reverse("feedback:complaint-list"),
    }


def _complaint(request: HttpRequest, code: str) -> Complaint:
    found = selectors.visible(request.user).select_related(*RELATED).filter(code=code).first()
    if found is None:
        raise Http404
    return found
