from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from iqas.core.access import allowed, can, require
from iqas.core.files import StoredFile, download_response
from iqas.core.views import get_visible_or_404, page
from iqas.evidence import presenters, selectors, services
from iqas.evidence.filters import EvidenceFilter
from iqas.evidence.forms import AddForm, EditForm, VersionForm
from iqas.evidence.models import Evidence, EvidenceVersion
from iqas.evidence.tables import EvidenceTable
from iqas.ui import conflicts, forms, lists
from iqas.ui.components import Link
from iqas.ui.once import once

WRITE = ("GET", "HEAD", "POST")


@page("evidence.view")
def evidence_list(request: HttpRequest) -> HttpResponseBase:
    visible = allowed(request.user, "evidence.view").select_related("kind", "scope")
    may_add = can(request.user, "evidence.add")
    return lists.list_page(
        request,
        queryset=selectors.with_status(visible),
        table=EvidenceTable,
        filters=EvidenceFilter,
        title=_("Evidence"),
        empty=lists.Empty(
            title=_("No evidence yet"),
            text=_(
                "Evidence is a document or a page that proves that a criterion is met. It is filed once and cited wherever it serves."
            ),
            url=reverse("evidence:evidence-add") if may_add else "",
            verb=_("Add evidence") if may_add else "",
        ),
        actions=(Link(_("Add evidence"), reverse("evidence:evidence-add"), primary=True),) if may_add else (),
    )


@page("evidence.view")
def evidence_detail(request: HttpRequest, code: str) -> HttpResponse:
    evidence = _evidence(request, code)
    return render(request, "evidence/evidence_detail.html", presenters.detail(request.user, evidence))


@page("evidence.add", methods=WRITE)
def evidence_add(request: HttpRequest) -> HttpResponse:
    initial: dict[str, Any] = {}
    if scope_code := request.GET.get("scope"):
        initial["scope"] = allowed(request.user, "evidence.add").filter(code=scope_code).first()
    if criterion := request.GET.get("criterion"):
        initial["dimensions"] = initial["others"] = presenters.criterion_keys(criterion)
    form = AddForm(request.POST or None, request.FILES or None, user=request.user, initial=initial)
    if request.method == "POST" and form.is_valid():
        with forms.refusals(form):
            return once(request, partial(_file_evidence, request, form))
    return render(request, "evidence/evidence_add.html", {"form": form}, status=forms.form_status(form))


def _file_evidence(request: HttpRequest, form: AddForm) -> HttpResponseRedirect:
    evidence = services.file_evidence(
        actor=request.user,
        scope=form.cleaned_data["scope"],
        header=form.header(),
        version=form.version(),
    )
    messages.success(
        request, _("%(code)s was filed. Somebody else approves it now.") % {"code": evidence.code}
    )
    return redirect(evidence)


@page("evidence.change", methods=WRITE)
def evidence_edit(request: HttpRequest, code: str) -> HttpResponse:
    evidence = _evidence(request, code)
    require(request.user, "evidence.change", evidence)
    form = EditForm(request.POST or None, initial=EditForm.initial_of(evidence))

    def save() -> None:
        seen = form.cleaned_data["seen_version"]
        services.change_evidence(actor=request.user, evidence=evidence, seen_version=seen, **form.header())

    return conflicts.edit_page(
        request,
        form,
        save,
        initial_of=EditForm.initial_of,
        back=evidence,
        template="evidence/evidence_edit.html",
        shown_with={"evidence": evidence},
    )


@page("evidence.change", methods=WRITE)
def version_add(request: HttpRequest, code: str) -> HttpResponse:
    evidence = _evidence(request, code)
    require(request.user, "evidence.change", evidence)
    form = VersionForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        with forms.refusals(form):
            return once(request, partial(_file_version, request, evidence, form))
    context = {"evidence": evidence, "form": form, "months": presenters.shortest_freshness(evidence)}
    return render(request, "evidence/version_add.html", context, status=forms.form_status(form))


def _file_version(request: HttpRequest, evidence: Evidence, form: VersionForm) -> HttpResponseRedirect:
    version = services.add_version(actor=request.user, evidence=evidence, **form.version())
    messages.success(
        request,
        _("Version %(number)s was filed. Somebody else approves it now.") % {"number": version.number},
    )
    return redirect(evidence)


@page("evidence.approve", methods=WRITE)
def version_approve(request: HttpRequest, code: str, number: int) -> HttpResponse:
    evidence, version = _version(request, code, number)
    require(request.user, "evidence.approve", version)
    form = forms.ConfirmForm(request.POST or None, reason_required=False)
    return forms.confirm_step(
        request,
        form,
        lambda reason: services.approve_version(actor=request.user, version=version, note=reason),
        said=_("%(version)s is approved.") % {"version": version},
        back=evidence,
        title=_("Approve %(version)s") % {"version": version},
        message=_(
            "You say that you have read it and that it proves what it is filed for. Your name and the date are recorded."
        ),
        verb=_("Approve"),
        danger=False,
    )


@page("evidence.withdraw", methods=WRITE)
def version_withdraw(request: HttpRequest, code: str, number: int) -> HttpResponse:
    evidence, version = _version(request, code, number)
    require(request.user, "evidence.withdraw", version)
    form = forms.ConfirmForm(request.POST or None, reason_required=True)
    return forms.confirm_step(
        request,
        form,
        partial(services.withdraw_version, actor=request.user, version=version),
        said=_("%(version)s is withdrawn.") % {"version": version},
        back=evidence,
        title=_("Withdraw %(version)s") % {"version": version},
        message=_(
            "It no longer counts for any criterion. This cannot be undone; a new version can be filed."
        ),
        verb=_("Withdraw"),
        consequences=presenters.consequences_of_withdrawing(version),
    )


@page("evidence.view")
def version_download(request: HttpRequest, code: str, number: int) -> HttpResponseBase:
    _evidence_found, version = _version(request, code, number)
    if not version.is_file:
        raise Http404
    return download_response(
        StoredFile(version.sha256, version.size, version.media_type, version.original_name)
    )


def _evidence(request: HttpRequest, code: str) -> Evidence:
    return get_visible_or_404(request.user, Evidence, "evidence.view", code=code)


def _version(request: HttpRequest, code: str, number: int) -> tuple[Evidence, EvidenceVersion]:
    evidence = _evidence(request, code)
    version = evidence.versions.select_related("evidence__scope").filter(number=number).first()
    if version is None:
        raise Http404
    return evidence, version
