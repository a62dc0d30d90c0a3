"""The guided proposal: its sections with their state, and one page to write each."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from iqas.core import clock
from iqas.core.access import can, require
from iqas.core.views import page
from iqas.ui import forms
from microcredentials import rules
from microcredentials.conflicts import choices_in, differences, settled
from microcredentials.forms import SectionEditor
from microcredentials.models import MicroCredential
from microcredentials.presenters import microcredentials as presenters
from microcredentials.presenters import proposals as proposal_pages
from microcredentials.reading import label_of
from microcredentials.sections import BY_CODE, Section
from microcredentials.selectors.proposal import Proposal, proposal_of
from microcredentials.services import proposals
from microcredentials.services.seen import BothChanged, Seen, content_of, mark
from microcredentials.views.catalogue import visible_microcredential

WRITE = ("GET", "HEAD", "POST")
CONFLICT = 409


@page("microcredential.view")
def proposal_detail(request: HttpRequest, code: str) -> HttpResponse:
    microcredential = visible_microcredential(request, code)
    proposal = proposal_of(microcredential)
    if proposal is None or microcredential.state == MicroCredential.State.IMPORTED:
        raise Http404
    editable = bool(can(request.user, "microcredential.edit", microcredential)) and proposal.version.is_open
    context = {
        "microcredential": microcredential,
        "steps": presenters.design_steps(request.user, microcredential, proposal.design),
        **presenters.version_context(proposal.version, proposal.design, editable=editable),
        **proposal_pages.sections_context(proposal, editable=editable),
    }
    return render(request, "microcredentials/proposal_detail.html", context)


@page("microcredential.edit", methods=WRITE)
def section_edit(request: HttpRequest, code: str, section: str) -> HttpResponseBase:
    if section not in BY_CODE:
        raise Http404
    proposal = _draft(request, code)
    posted = forms.posted(request)
    editor = SectionEditor(BY_CODE[section], proposal.version, user=request.user, data=posted)
    if posted is None or not editor.is_valid():
        return _page(request, proposal, editor)
    design, seen = editor.form.design(), Seen.read(editor.form.cleaned_data["seen"])
    written = settled(proposal.version, design | editor.written(), choices_in(posted))
    with forms.refusals(editor.form):
        try:
            proposals.edit_version(
                actor=request.user,
                version=proposal.version,
                seen=seen,
                rows={name: written[name] for name in editor.rows},
                **{name: written[name] for name in design},
            )
        except BothChanged as both:
            return _conflict(request, proposal, editor, written, both)
        if request.htmx:  # type: ignore[attr-defined]
            return _autosaved(request, code, editor, Seen({**seen.marks, **Seen.of(written).marks}), written)
        messages.success(request, _("Saved."))
        return _onwards(request, code, editor.section)
    return _page(request, proposal, editor)


def _draft(request: HttpRequest, code: str) -> Proposal:
    """The draft that the person may edit. Refuses `frozen` where there is none."""
    microcredential = visible_microcredential(request, code)
    require(request.user, "microcredential.edit", microcredential)
    proposal = proposal_of(microcredential)
    if proposal is None or microcredential.state == MicroCredential.State.IMPORTED:
        raise rules.refusal("frozen", rules.FROZEN)
    rules.check_editable(proposal.version)
    return proposal


def _page(request: HttpRequest, proposal: Proposal, editor: SectionEditor) -> HttpResponse:
    context: dict[str, Any] = {"form": editor, **proposal_pages.section_context(proposal, editor)}
    name = "section_saved" if request.htmx else "section_edit"  # type: ignore[attr-defined]
    return render(
        request,
        f"microcredentials/{name}.html",
        context | {"problems": forms.problems(editor)},
        status=forms.form_status(editor),
    )


def _autosaved(
    request: HttpRequest, code: str, editor: SectionEditor, seen: Seen, written: dict[str, Any]
) -> HttpResponse:
    """What the page must know from now on: what it has seen, the keys of its new rows, what is still missing."""
    proposal = _draft(request, code)
    stored = content_of(proposal.version, editor.section.code)
    context = {
        **proposal_pages.section_context(proposal, editor),
        "at": clock.now(),
        "seen": seen,
        "keys": [
            pair for rows in editor.rows.values() for pair in proposal_pages.keys_of(rows, proposal.version)
        ],
        "others": [label_of(name) for name, value in written.items() if mark(value) != mark(stored[name])],
    }
    return render(request, "microcredentials/section_saved.html", context)


def _onwards(request: HttpRequest, code: str, section: Section) -> HttpResponse:
    """To the section of the button that was pressed, to a new row, or back to the same page."""
    wanted, more = request.POST.get("go", ""), request.POST.get("more", "")
    if wanted == "overview":
        return redirect("microcredentials:proposal-detail", code)
    answer = redirect("microcredentials:section-edit", code, wanted if wanted in BY_CODE else section.code)
    if more in section.rows:
        answer["Location"] += f"#{more}-new"
    return answer


def _conflict(
    request: HttpRequest,
    proposal: Proposal,
    editor: SectionEditor,
    written: dict[str, Any],
    both: BothChanged,
) -> HttpResponse:
    """Both texts side by side with a choice; what only one of the two changed is kept without asking."""
    now = content_of(proposal.version, editor.section.code)
    seen = Seen.read(editor.form.cleaned_data["seen"])
    fresh = Seen({**seen.marks, **Seen.of({name: now[name] for name in both.names}).marks})
    hidden = [
        (name, value)
        for name, values in request.POST.lists()
        if name not in {"csrfmiddlewaretoken", "seen"} and not name.startswith("choice-")
        for value in values
    ]
    context = {
        **proposal_pages.section_context(proposal, editor),
        "differences": differences(both.names, both.current, written),
        "hidden": [*hidden, ("seen", str(fresh))],
    }
    name = "section_saved" if request.htmx else "section_conflict"  # type: ignore[attr-defined]
    return render(request, f"microcredentials/{name}.html", context, status=CONFLICT)
