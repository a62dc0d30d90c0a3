"""The way to approval on pages: the process, handing in, the acts, returns, comments, publication."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import chain
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from iqas.core.access import can, require
from iqas.core.refusals import RuleViolation
from iqas.core.views import page
from iqas.ui import forms
from microcredentials import rules
from microcredentials.forms.approval import (
    ActForm,
    DecisionForm,
    FulfilForm,
    PublishForm,
    RemarkForm,
    ReturnForm,
    StandingForm,
    SubmitForm,
)
from microcredentials.models import ApprovalAct, Change, MicroCredential, MicroCredentialVersion
from microcredentials.presenters import approval as approval_pages
from microcredentials.sections import BY_CODE
from microcredentials.selectors.documents import made_of
from microcredentials.selectors.process import (
    in_work,
    is_to_come,
    process_of,
    threads_of,
    versions_of,
    waiting,
)
from microcredentials.services import approval, publication, remarks
from microcredentials.services.publication import PERMISSIONS
from microcredentials.views.catalogue import visible_microcredential

WRITE = ("GET", "HEAD", "POST")


@page("microcredential.view")
def approval_detail(request: HttpRequest, code: str) -> HttpResponse:
    """The process of the version that is in work, else of one that waits for its conditions, else of the one in force."""
    microcredential = visible_microcredential(request, code)
    known = versions_of(microcredential)
    draft = (one for one in known if not one.is_frozen)
    waits_for_conditions = (one for one in known if is_to_come(one, microcredential))
    in_force = (one for one in known if one.pk == microcredential.current_id)
    version = next(chain(draft, waits_for_conditions, in_force), None)
    if version is None:
        raise Http404
    return _process(request, microcredential, version, known)


@page("microcredential.view")
def version_approval(request: HttpRequest, code: str, number: int) -> HttpResponse:
    microcredential = visible_microcredential(request, code)
    known = versions_of(microcredential)
    version = next((one for one in known if one.number == number), None)
    if version is None:
        raise Http404
    return _process(request, microcredential, version, known)


@page("approval.submit", methods=WRITE)
def version_submit(request: HttpRequest, code: str) -> HttpResponseBase:
    microcredential = visible_microcredential(request, code)
    version = in_work(microcredential)
    if version is None:
        raise rules.refusal("frozen", rules.FROZEN)
    version.microcredential = microcredential
    require(request.user, "approval.submit", version)
    process = process_of(version)
    changes = approval_pages.changed_names(process.comparison)
    consequences = [_("The version is locked: nobody edits it until it is returned or approved.")]
    if process.change:
        consequences.append(
            _("Kind of change: %(kind)s. It needs: %(steps)s.")
            % {
                "kind": Change(process.change).label,
                "steps": ", ".join(step.name for step in process.steps),
            }
        )
    if changes:
        consequences.append(_("Changed: %(fields)s.") % {"fields": ", ".join(changes)})
    return forms.confirm_step(
        request,
        SubmitForm(forms.posted(request)),
        partial(approval.submit_version, actor=request.user, version=version),
        said=_("Version %(number)s is submitted.") % {"number": version.number},
        back=reverse("microcredentials:approval-detail", args=[code]),
        title=_("Submit %(code)s, version %(number)s") % {"code": code, "number": version.number},
        message=version.title,
        verb=_("Submit for approval"),
        consequences=consequences,
        danger=False,
    )


@page("microcredential.view", methods=WRITE)
def act_record(request: HttpRequest, code: str, step: str) -> HttpResponseBase:
    return _decide(request, code, step, ActForm, "microcredentials/act_record.html")


@page("microcredential.view", methods=WRITE)
def act_return(request: HttpRequest, code: str, step: str) -> HttpResponseBase:
    return _decide(request, code, step, ReturnForm, "microcredentials/act_return.html")


@page("microcredential.view", methods=WRITE)
def conditions_fulfil(request: HttpRequest, code: str, step: str) -> HttpResponseBase:
    microcredential = visible_microcredential(request, code)
    act = (
        ApprovalAct.objects.filter(
            submission__version__microcredential=microcredential,
            step__code=step,
            outcome=ApprovalAct.Outcome.CONDITIONS,
            fulfilled_on__isnull=True,
        )
        .select_related("step", "submission__version__microcredential__scope")
        .order_by("-recorded_at")
        .first()
    )
    if act is None:
        raise Http404
    require(request.user, act.step.permission, act.submission)
    form = FulfilForm(forms.posted(request))
    return forms.confirm_step(
        request,
        form,
        partial(approval.fulfil_conditions, actor=request.user, act=act),
        said=_("Saved."),
        back=reverse("microcredentials:approval-detail", args=[code]),
        title=_("Conditions fulfilled: %(step)s") % {"step": act.step.name},
        message=act.conditions,
        verb=_("They are fulfilled"),
        danger=False,
    )


@page("microcredential.view", methods=WRITE)
def remark_list(request: HttpRequest, code: str, section: str) -> HttpResponseBase:
    """The comments of one section of the version in work; writing one, or answering one."""
    microcredential, version = _commented(request, code, section)
    form = RemarkForm(forms.posted(request))
    if request.method == "POST":
        require(request.user, "approval.remark", microcredential)
        if form.is_valid():
            with forms.refusals(form):
                remarks.add_remark(
                    actor=request.user,
                    version=version,
                    section=section,
                    text=form.cleaned_data["text"],
                    parent=remarks.answered(version, request.POST.get("parent", "")),
                )
                messages.success(request, _("Saved."))
                return redirect("microcredentials:remark-list", code, section)
    context = {
        "microcredential": microcredential,
        "version": version,
        "section": BY_CODE[section],
        "threads": threads_of(version, section).get(section, []),
        "form": form,
        "may_remark": not version.is_frozen and bool(can(request.user, "approval.remark", microcredential)),
    }
    return render(request, "microcredentials/remark_list.html", context, status=forms.form_status(form))


@page("approval.remark", methods=("POST",))
def remark_resolve(request: HttpRequest, code: str, section: str, pk: UUID) -> HttpResponseBase:
    _microcredential, version = _commented(request, code, section)
    remark = version.remarks.filter(pk=pk, section=section).first()
    if remark is None:
        raise Http404
    remarks.resolve_remark(actor=request.user, remark=remark)
    messages.success(request, _("Resolved."))
    return redirect("microcredentials:remark-list", code, section)


@page("microcredential.view", methods=WRITE)
def standing_change(request: HttpRequest, code: str, step: str) -> HttpResponseBase:
    """Publishing, suspending, resuming, extinguishing."""
    microcredential = visible_microcredential(request, code)
    if step not in PERMISSIONS:
        raise Http404
    require(request.user, PERMISSIONS[step], microcredential)
    posted = _posted(request)
    form = (
        PublishForm(posted.get("data"))
        if step == "publish"
        else StandingForm(
            **posted,
            user=request.user,
            scope=microcredential.scope,
            body=publication.governing_body(),
            needs_document=step == "extinguish",
        )
    )
    words = _words_of(step)
    return forms.confirm_step(
        request,
        form,
        partial(publication.change_standing, actor=request.user, microcredential=microcredential, step=step),
        said=_("Done."),
        back=reverse("microcredentials:approval-detail", args=[code]),
        message=str(microcredential.current.title) if microcredential.current else "",
        danger=step in ("suspend", "extinguish"),
        title=f"{words[0]}: {code}",
        verb=words[0],
        consequences=words[1],
    )


def _words_of(step: str) -> tuple[str, list[str]]:
    """The verb of a step and what follows from it."""
    return {
        "publish": (_("Publish"), [_("It may be shown to the public.")]),
        "suspend": (
            _("Suspend"),
            [_("It is no longer offered; its editions in progress go on to their end.")],
        ),
        "resume": (_("Offer it again"), [_("It may be shown to the public again.")]),
        "extinguish": (
            _("Extinguish"),
            [_("It is never offered again, and has no further version or edition.")],
        ),
    }[step]


def _process(
    request: HttpRequest,
    microcredential: MicroCredential,
    version: MicroCredentialVersion,
    known: Sequence[MicroCredentialVersion],
) -> HttpResponse:
    version.microcredential = microcredential
    process = process_of(version, among=known)
    for submission in process.submissions:
        submission.version = version
    context = approval_pages.approval_page(request.user, microcredential, process)
    return render(request, "microcredentials/approval_detail.html", context)


def _decide(
    request: HttpRequest, code: str, step: str, shape: type[DecisionForm], template: str
) -> HttpResponseBase:
    microcredential = visible_microcredential(request, code)
    submission = waiting(microcredential)
    if submission is None or submission.waiting_for is None or submission.waiting_for.code != step:
        raise RuleViolation(
            "not-waiting", _("This step is not the next one, or its act is already recorded.")
        )
    declared = submission.waiting_for
    require(request.user, declared.permission, submission)
    form = shape(
        **_posted(request),
        user=request.user,
        scope=microcredential.scope,
        body=declared.body,
        made=made_of(submission.version),
    )
    if request.method == "POST" and form.is_valid():
        with forms.refusals(form):
            approval.record_act(actor=request.user, submission=submission, step=declared, **form.decision())
            messages.success(request, _("The act is recorded."))
            return redirect("microcredentials:approval-detail", code)
    context = {
        "microcredential": microcredential,
        "version": submission.version,
        "submission": submission,
        "step": declared,
        "form": form,
        "back": reverse("microcredentials:approval-detail", args=[code]),
    }
    return render(request, template, context, status=forms.form_status(form))


def _posted(request: HttpRequest) -> dict[str, Any]:
    return {"data": request.POST, "files": request.FILES} if request.method == "POST" else {}


def _commented(
    request: HttpRequest, code: str, section: str
) -> tuple[MicroCredential, MicroCredentialVersion]:
    microcredential = visible_microcredential(request, code)
    version = in_work(microcredential) or microcredential.current
    if version is None or section not in BY_CODE:
        raise Http404
    version.microcredential = microcredential
    return microcredential, version
