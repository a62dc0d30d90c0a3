from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from iqas.core.access import allowed, can, require
from iqas.core.views import get_visible_or_404, page
from iqas.frameworks.models import Criterion
from iqas.frameworks.selectors import FOUR_DIMENSIONS
from iqas.improvement import presenters, selectors, services
from iqas.improvement.filters import ActionFilter
from iqas.improvement.forms import AddForm, EditForm, FinishForm, VerifyForm
from iqas.improvement.models import Action
from iqas.improvement.tables import ActionTable
from iqas.organisation.models import Scope
from iqas.ui import conflicts, forms, lists
from iqas.ui.components import Link
from iqas.ui.once import once

WRITE = ("GET", "HEAD", "POST")


@page("improvement.view")
def action_list(request: HttpRequest) -> HttpResponseBase:
    visible = allowed(request.user, "improvement.view").select_related("scope", "responsible", "criterion")
    may_add = can(request.user, "improvement.add")
    add_url = reverse("improvement:action-add")
    return lists.list_page(
        request,
        queryset=selectors.with_overdue(visible),
        table=ActionTable,
        filters=ActionFilter,
        title=_("Improvement actions"),
        empty=lists.Empty(
            title=_("No improvement action yet"),
            text=_(
                "An action says who does what until when, how it is followed up, what proves it and what it changed."
            ),
            url=add_url if may_add else "",
            verb=_("Add an action") if may_add else "",
        ),
        actions=(Link(_("Add an action"), add_url, primary=True),) if may_add else (),
    )


@page("improvement.view")
def action_detail(request: HttpRequest, code: str) -> HttpResponse:
    return render(
        request, "improvement/action_detail.html", presenters.detail(request.user, _action(request, code))
    )


@page("improvement.add", methods=WRITE)
def action_add(request: HttpRequest) -> HttpResponse:
    initial: dict[str, Any] = {"responsible": request.user.pk}
    if scope_code := request.GET.get("scope"):
        initial["scope"] = allowed(request.user, "improvement.add").filter(code=scope_code).first()
    if criterion := request.GET.get("criterion"):
        initial["criterion"] = Criterion.objects.filter(
            framework__code=FOUR_DIMENSIONS, code=criterion
        ).first()
    form = AddForm(request.POST or None, user=request.user, initial=initial)
    if request.method == "POST" and form.is_valid():
        with forms.refusals(form):
            return once(request, partial(_add_action, request, form))
    return render(request, "improvement/action_add.html", {"form": form}, status=forms.form_status(form))


def _add_action(request: HttpRequest, form: AddForm) -> HttpResponseRedirect:
    action = services.add_action(
        actor=request.user,
        scope=form.cleaned_data["scope"],
        origin_code=request.GET.get("origin", "")[:40],
        **form.plan(),
    )
    messages.success(request, _("%(code)s is open.") % {"code": action.code})
    return redirect(action)


@page("improvement.change", methods=WRITE)
def action_edit(request: HttpRequest, code: str) -> HttpResponse:
    action = _action(request, code)
    require(request.user, "improvement.change", action)
    scopes = Scope.objects.filter(pk=action.scope_id)
    form = EditForm(request.POST or None, scopes=scopes, initial=EditForm.initial_of(action))

    def save() -> None:
        seen = form.cleaned_data["seen_version"]
        services.change_action(actor=request.user, action=action, seen_version=seen, **form.plan())

    return conflicts.edit_page(
        request,
        form,
        save,
        initial_of=EditForm.initial_of,
        back=action,
        template="improvement/action_edit.html",
        shown_with={"action": action},
    )


@page("improvement.work", methods=("POST",))
def action_start(request: HttpRequest, code: str) -> HttpResponse:
    action = _action(request, code)
    services.start_action(actor=request.user, action=action)
    messages.success(request, _("%(code)s is in progress.") % {"code": action.code})
    return redirect(action)


@page("improvement.work", methods=WRITE)
def action_finish(request: HttpRequest, code: str) -> HttpResponse:
    action = _action(request, code)
    require(request.user, "improvement.work", action)
    form = FinishForm(
        request.POST or None, user=request.user, initial={"effect": action.effect, "proof": action.proof_id}
    )
    if request.method == "POST" and form.is_valid():
        with forms.refusals(form):
            services.finish_action(actor=request.user, action=action, **form.cleaned_data)
            messages.success(
                request, _("%(code)s is done. Somebody else verifies it now.") % {"code": action.code}
            )
            return redirect(action)
    context = {"action": action, "form": form, "may_add_evidence": bool(can(request.user, "evidence.add"))}
    return render(request, "improvement/action_finish.html", context, status=forms.form_status(form))


@page("improvement.verify", methods=WRITE)
def action_verify(request: HttpRequest, code: str) -> HttpResponse:
    action = _action(request, code)
    require(request.user, "improvement.verify", action)
    form = VerifyForm(request.POST or None, initial={"effect": action.effect})
    if request.method == "POST" and form.is_valid():
        with forms.refusals(form):
            services.verify_action(actor=request.user, action=action, effect=form.cleaned_data["effect"])
            messages.success(request, _("%(code)s is verified and closed.") % {"code": action.code})
            return redirect(action)
    return render(
        request,
        "improvement/action_verify.html",
        {"action": action, "form": form},
        status=forms.form_status(form),
    )


@page("improvement.verify", methods=WRITE)
def action_send_back(request: HttpRequest, code: str) -> HttpResponse:
    action = _action(request, code)
    require(request.user, "improvement.verify", action)
    form = forms.ConfirmForm(request.POST or None, reason_required=True)
    return forms.confirm_step(
        request,
        form,
        partial(services.send_back_action, actor=request.user, action=action),
        said=_("%(code)s is in progress again.") % {"code": action.code},
        back=action,
        title=_("Send %(code)s back") % {"code": action.code},
        message=_("The proof does not show that it was carried out. Say what it lacks."),
        verb=_("Send back"),
        danger=False,
    )


@page("improvement.cancel", methods=WRITE)
def action_cancel(request: HttpRequest, code: str) -> HttpResponse:
    action = _action(request, code)
    require(request.user, "improvement.cancel", action)
    form = forms.ConfirmForm(request.POST or None, reason_required=True)
    return forms.confirm_step(
        request,
        form,
        partial(services.cancel_action, actor=request.user, action=action),
        said=_("%(code)s is cancelled.") % {"code": action.code},
        back=action,
        title=_("Cancel %(code)s") % {"code": action.code},
        message=_("It will not be carried out. This cannot be undone, and the reason is shown to auditors."),
        verb=_("Cancel the action"),
    )


def _action(request: HttpRequest, code: str) -> Action:
    return get_visible_or_404(request.user, Action, "improvement.view", code=code)
