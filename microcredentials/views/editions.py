"""Editions: the list, the page of one, planning, changing, counting, and its steps."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from iqas.core.access import allowed, require
from iqas.core.views import page
from iqas.organisation.models import University
from iqas.ui import conflicts, forms, lists
from microcredentials import rules
from microcredentials.filters import EditionFilter
from microcredentials.forms import CountsForm, EditionForm
from microcredentials.models import Edition, EnrolmentCount
from microcredentials.presenters import editions as edition_presenters
from microcredentials.services import editions
from microcredentials.tables.catalogue import EditionTable
from microcredentials.views.catalogue import visible_microcredential

WRITE = ("GET", "HEAD", "POST")
STEPS = (*edition_presenters.STEPS, "rectify", "cancel")
CONSEQUENCES = {
    "sign": gettext_lazy(
        "The counts and the states of the enrolled no longer change, unless the signature is taken back."
    ),
    "close": gettext_lazy("Dates, places, counts and reports no longer change."),
    "cancel": gettext_lazy("It never takes place. Who had enrolled stays on record; tell them yourself."),
    "rectify": gettext_lazy("The results can be corrected, and must be signed again."),
}


@page("edition.view")
def edition_list(request: HttpRequest) -> HttpResponse:
    return lists.list_page(
        request,
        queryset=allowed(request.user, "edition.view").select_related(
            "microcredential__centre", "version", "year"
        ),
        table=EditionTable,
        filters=EditionFilter,
        title=_("Editions"),
        empty=lists.Empty(
            title=_("No editions yet"),
            text=_(
                "An edition is one run of a micro-credential with learners. Plan it on the page of its micro-credential."
            ),
        ),
    )


@page("edition.view")
def edition_detail(request: HttpRequest, code: str) -> HttpResponse:
    edition = visible_edition(request, code)
    return render(
        request,
        "microcredentials/edition_detail.html",
        edition_presenters.edition_page(request.user, edition),
    )


@page("microcredential.edit", methods=WRITE)
def edition_create(request: HttpRequest, code: str) -> HttpResponseBase:
    microcredential = visible_microcredential(request, code)
    require(request.user, "microcredential.edit", microcredential)
    rules.check_offered(microcredential)
    form = EditionForm(request.POST or None, initial=EditionForm.designed(microcredential.current))
    if request.method == "POST" and form.is_valid():
        with forms.refusals(form):
            edition = editions.plan_edition(
                actor=request.user, microcredential=microcredential, **form.terms()
            )
            messages.success(request, _("%(code)s is planned.") % {"code": edition.code})
            return redirect(edition)
    context = {"microcredential": microcredential, "form": form}
    return render(request, "microcredentials/edition_create.html", context, status=forms.form_status(form))


@page("edition.edit", methods=WRITE)
def edition_edit(request: HttpRequest, code: str) -> HttpResponseBase:
    edition = visible_edition(request, code)
    require(request.user, "edition.edit", edition)
    form = EditionForm(request.POST or None, initial=EditionForm.initial_of(edition))

    def save() -> None:
        seen = form.cleaned_data["seen_version"] or 0
        editions.edit_edition(actor=request.user, edition=edition, seen=seen, **form.terms())

    return conflicts.edit_page(
        request,
        form,
        save,
        initial_of=EditionForm.initial_of,
        back=edition,
        template="microcredentials/edition_edit.html",
        shown_with={"edition": edition},
    )


@page("edition.count", methods=WRITE)
def edition_counts(request: HttpRequest, code: str) -> HttpResponseBase:
    edition = visible_edition(request, code)
    require(request.user, "edition.count", edition)
    form = CountsForm(request.POST or None, initial=CountsForm.initial_of(_counts(edition)))

    def save() -> None:
        editions.record_counts(
            actor=request.user,
            edition=edition,
            seen=form.cleaned_data["seen_version"],
            source=form.cleaned_data["source"],
            extracted_on=form.cleaned_data["extracted_on"],
            **form.numbers(),
        )

    return conflicts.edit_page(
        request,
        form,
        save,
        initial_of=lambda _stored: CountsForm.initial_of(_counts(visible_edition(request, code))),
        back=edition,
        template="microcredentials/edition_counts.html",
        shown_with={"edition": edition},
    )


@page("edition.run", methods=WRITE)
def edition_advance(request: HttpRequest, code: str, step: str) -> HttpResponseBase:
    edition = visible_edition(request, code)
    require(request.user, "edition.run", edition)
    if step not in STEPS:
        raise Http404
    declared = next(found for found in edition.get_all_state_transitions() if found.name == step)
    below = step == "run" and editions.is_below_minimum(edition, University.current())
    asks_reason = below or bool(declared.custom.get("asks_reason"))
    form = forms.ConfirmForm(forms.posted(request), reason_required=asks_reason)
    if request.method == "POST" and form.is_valid():
        editions.advance_edition(
            actor=request.user,
            edition=edition,
            step=step,
            reason=form.cleaned_data["reason"],
            despite_minimum=below,
        )
        messages.success(request, _("Done."))
        return redirect(edition)
    consequences: list[Any] = [CONSEQUENCES[step]] if step in CONSEQUENCES else []
    if below:
        consequences.append(
            _("Only %(starters)s would begin; at least %(minimum)s are needed.")
            % {
                "starters": edition.starters,
                "minimum": editions.minimum_of(edition, University.current()),
            }
        )
    return forms.confirm_page(
        request,
        title=f"{declared.custom['verb']}: {edition.code}",
        message=edition.version.title,
        verb=declared.custom["verb"],
        form=form,
        consequences=consequences,
        cancel_url=edition.get_absolute_url(),
        danger=step == "cancel",
    )


def visible_edition(request: HttpRequest, code: str) -> Edition:
    """404 for what the person may not know of."""
    visible = allowed(request.user, "edition.view").select_related(
        "microcredential__centre",
        "microcredential__scope",
        "microcredential__current",
        "version",
        "year",
        "counts",
        "report",
        "repeats__version",
    )
    found: Edition | None = visible.filter(code=code).first()
    if found is None:
        raise Http404
    return found


def _counts(edition: Edition) -> EnrolmentCount | None:
    return getattr(edition, "counts", None)
