"""Pathways: the list, the page of one, its data and its steps."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.forms import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from iqas.core.access import allowed, can, require
from iqas.core.refusals import RuleViolation, StaleVersion
from iqas.core.views import get_visible_or_404, page
from iqas.ui import conflicts, forms, lists
from iqas.ui.components import Link
from microcredentials.filters import PathwayFilter
from microcredentials.forms.pathways import CODES, SUGGESTED, CreatePathwayForm, PathwayForm, StepFormSet
from microcredentials.models import MicroCredential, Pathway
from microcredentials.presenters import partners as presenters
from microcredentials.selectors import pathways as selectors
from microcredentials.services import pathways as services
from microcredentials.tables.partners import PathwayTable

WRITE = ("GET", "HEAD", "POST")


@page("pathway.view")
def pathway_list(request: HttpRequest) -> HttpResponse:
    create = reverse("microcredentials:pathway-create") if can(request.user, "pathway.create") else ""
    return lists.list_page(
        request,
        queryset=selectors.listed(request.user).annotate(
            members=Count("steps__microcredential", distinct=True)
        ),
        table=PathwayTable,
        filters=PathwayFilter,
        title=_("Pathways"),
        intro=_("Which micro-credentials stack into what, and how much of it they fill."),
        empty=lists.Empty(
            title=_("No pathways yet"),
            text=_(
                "A pathway says which micro-credentials lead together to a larger credential or into a degree."
            ),
            url=create,
            verb=_("New pathway") if create else "",
        ),
        actions=[Link(_("New pathway"), create, primary=True)] if create else [],
    )


@page("pathway.view")
def pathway_detail(request: HttpRequest, code: str) -> HttpResponse:
    context = presenters.pathway_page(request.user, _pathway(request, code))
    return render(request, "microcredentials/pathway_detail.html", context)


@page("pathway.create", methods=WRITE)
def pathway_create(request: HttpRequest) -> HttpResponseBase:
    centres = allowed(request.user, "pathway.create").order_by("sort_name")
    form = CreatePathwayForm(request.POST or None, centres=centres)
    if request.method == "POST" and form.is_valid():
        with forms.refusals(form):
            pathway = services.create_pathway(
                actor=request.user, centre=form.cleaned_data["centre"], **form.fields_given()
            )
            messages.success(request, _("%(code)s is created. Add its steps next.") % {"code": pathway.code})
            return redirect("microcredentials:pathway-steps", pathway.code)
    context = {
        "form": form,
        "title": _("New pathway"),
        "cancel_url": reverse("microcredentials:pathway-list"),
    }
    return render(request, "microcredentials/pathway_form.html", context, status=forms.form_status(form))


@page("pathway.edit", methods=WRITE)
def pathway_edit(request: HttpRequest, code: str) -> HttpResponseBase:
    pathway = _editable(request, code)
    form = PathwayForm(request.POST or None, initial=PathwayForm.initial_of(pathway))

    def save() -> None:
        seen = form.cleaned_data["seen_version"] or 0
        services.edit_pathway(actor=request.user, pathway=pathway, seen=seen, **form.fields_given())

    return conflicts.edit_page(
        request,
        form,
        save,
        initial_of=PathwayForm.initial_of,
        back=pathway,
        template="microcredentials/pathway_form.html",
        shown_with={
            "pathway": pathway,
            "title": _("Edit %(code)s") % {"code": code},
            "cancel_url": pathway.get_absolute_url(),
        },
    )


@page("pathway.edit", methods=WRITE)
def pathway_steps(request: HttpRequest, code: str) -> HttpResponseBase:
    pathway = _editable(request, code)
    rows = StepFormSet(
        request.POST or None,
        initial=StepFormSet.initial_of(pathway),  # type: ignore[attr-defined]
        prefix="step",
        form_kwargs={"user": request.user},
    )
    status = 200
    both: dict[str, Any] = {}
    if request.method == "POST":
        given = request.POST.get(conflicts.SEEN, "")
        seen = int(given) if given.isascii() and given.isdigit() and len(given) < 9 else 0
        status = forms.UNPROCESSABLE
        if rows.is_valid():
            try:
                services.replace_steps(actor=request.user, pathway=pathway, seen=seen, steps=rows.steps())  # type: ignore[attr-defined]
            except StaleVersion as stale:
                pathway, status = stale.current, conflicts.CONFLICT
                both = _both_orders(rows, pathway)
            except RuleViolation as refusal:
                rows.non_form_errors().append(ValidationError(str(refusal.message)))
            else:
                messages.success(request, _("Saved."))
                return redirect(pathway)
    context = {
        "pathway": pathway,
        "form": rows,
        "rows": rows,
        "seen": pathway.version,
        "cancel_url": pathway.get_absolute_url(),
        "list_id": CODES,
        "suggested": _suggested(request, pathway),
        **both,
    }
    return render(request, "microcredentials/pathway_steps.html", context, status=status)


def _both_orders(rows: Any, pathway: Pathway) -> dict[str, Any]:
    """The steps that were sent and those that were saved meanwhile, as two texts."""
    mine = [(number, microcredential.code) for number, microcredential in rows.steps()]
    theirs = [(row["number"], row["code"]) for row in StepFormSet.initial_of(pathway)]  # type: ignore[attr-defined]
    in_lines = ("\n".join(f"{number}. {code}" for number, code in sorted(steps)) for steps in (mine, theirs))
    return conflicts.told([conflicts.Conflict(_("Steps"), *in_lines)])


def _suggested(request: HttpRequest, pathway: Pathway) -> list[MicroCredential]:
    """What the browser offers while a code is typed: those of the pathway's centre first."""
    visible = allowed(request.user, "microcredential.view").exclude(state=MicroCredential.State.IMPORTED)
    own = visible.filter(centre=pathway.centre_id).select_related("current")[:SUGGESTED]
    others = visible.exclude(centre=pathway.centre_id).select_related("current")[:SUGGESTED]
    return [*own, *others][:SUGGESTED]


def _pathway(request: HttpRequest, code: str) -> Pathway:
    return get_visible_or_404(request.user, Pathway, "pathway.view", code=code)


def _editable(request: HttpRequest, code: str) -> Pathway:
    """404 for what may not be seen, 403 for what may not be edited."""
    pathway = _pathway(request, code)
    require(request.user, "pathway.edit", pathway)
    return pathway
