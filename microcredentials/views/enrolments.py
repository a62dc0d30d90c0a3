"""Who is enrolled in an edition, and how it went for them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from iqas.core import clock
from iqas.core.access import allowed, require
from iqas.core.views import page
from iqas.ui import conflicts, forms, lists
from iqas.ui.components import Link
from microcredentials.filters import EnrolmentFilter
from microcredentials.forms import ChangeForm, EnrolForm, EnrolmentForm
from microcredentials.models import Edition, Enrolment
from microcredentials.services import enrolments
from microcredentials.services.register import TAKES_LEARNERS
from microcredentials.tables.learners import CHANGE_FORM, EnrolmentTable
from microcredentials.views.editions import visible_edition

WRITE = ("GET", "HEAD", "POST")
PER_PAGE = 100


@page("enrolment.edit")
def enrolment_list(request: HttpRequest, code: str) -> HttpResponse:
    return _list(request, _edition(request, code))


@page("enrolment.edit", methods=("POST",))
def enrolment_change(request: HttpRequest, code: str) -> HttpResponseBase:
    """Takes the chosen enrolments, or all that the filters of the address show, to a state."""
    edition = _edition(request, code)
    form = ChangeForm(request.POST)
    if form.is_valid():
        seen = form.cleaned_data["chosen"]
        chosen = list(seen)
        if form.cleaned_data["everybody"]:
            shown = EnrolmentFilter(request.GET, queryset=_rows(edition), request=request).qs
            chosen = list(shown.values_list("pk", flat=True))
        with forms.refusals(form):
            changed = enrolments.change_states(
                actor=request.user,
                edition=edition,
                enrolments=chosen,
                target=form.cleaned_data["state"],
                on=form.cleaned_data["on"],
                reason=form.cleaned_data["reason"],
                seen={} if form.cleaned_data["everybody"] else seen,
            )
            words = ngettext("%(n)s enrolment changed.", "%(n)s enrolments changed.", changed)
            messages.success(request, words % {"n": changed})
            query = request.GET.urlencode()
            url = reverse("microcredentials:enrolment-list", args=[edition.code])
            return redirect(f"{url}?{query}" if query else url)
    return _list(request, edition, form)


@page("enrolment.edit", methods=WRITE)
def enrolment_create(request: HttpRequest, code: str) -> HttpResponseBase:
    edition = _edition(request, code)
    form = EnrolForm(request.POST or None, initial={"enrolled_on": clock.today()})
    if request.method == "POST" and form.is_valid():
        with forms.refusals(form):
            enrolment = enrolments.enrol(
                actor=request.user,
                edition=edition,
                identity=form.identity(),
                statistics=form.statistics(),
                enrolled_on=form.cleaned_data["enrolled_on"],
                at_own_request=form.cleaned_data["at_own_request"],
            )
            messages.success(request, _("%(name)s is enrolled.") % {"name": enrolment.learner})
            return redirect("microcredentials:enrolment-list", edition.code)
        if form.has_error("at_own_request"):
            form.ask_whether_they_ask()
    context = {"edition": edition, "form": form}
    return render(request, "microcredentials/enrolment_create.html", context, status=forms.form_status(form))


@page("enrolment.edit", methods=WRITE)
def enrolment_edit(request: HttpRequest, pk: Any) -> HttpResponseBase:
    found: Enrolment | None = (
        allowed(request.user, "enrolment.view")
        .select_related("learner", "edition__microcredential__scope")
        .filter(pk=pk)
        .first()
    )
    if found is None:
        raise Http404
    require(request.user, "enrolment.edit", found.edition)
    form = EnrolmentForm(request.POST or None, enrolment=found, initial=EnrolmentForm.initial_of(found))

    def save() -> None:
        written = form.cleaned_data
        enrolments.edit_enrolment(
            actor=request.user,
            enrolment=found,
            seen=written["seen_version"],
            target=written["state"],
            grade=written["grade"],
            enrolled_on=written["enrolled_on"],
            state_on=written["state_on"],
            reason=written["reason"],
        )

    return conflicts.edit_page(
        request,
        form,
        save,
        initial_of=EnrolmentForm.initial_of,
        back=reverse("microcredentials:enrolment-list", args=[found.edition.code]),
        template="microcredentials/enrolment_edit.html",
        shown_with={"edition": found.edition, "enrolment": found},
    )


def _edition(request: HttpRequest, code: str) -> Edition:
    edition = visible_edition(request, code)
    require(request.user, "enrolment.edit", edition)
    return edition


def _rows(edition: Edition) -> Any:
    return edition.enrolments.select_related("learner").order_by("learner__sort_name", "id")


def _list(request: HttpRequest, edition: Edition, form: ChangeForm | None = None) -> HttpResponse:
    open_for_changes = edition.state in TAKES_LEARNERS
    actions = []
    if open_for_changes:
        upload = reverse("microcredentials:edition-enrolment-upload", args=[edition.code])
        create = reverse("microcredentials:enrolment-create", args=[edition.code])
        actions = [Link(_("Import a list"), upload), Link(_("Enrol somebody"), create, primary=True)]
    answer = lists.list_page(
        request,
        queryset=_rows(edition),
        table=EnrolmentTable,
        filters=EnrolmentFilter,
        title=_("Enrolments of %(code)s") % {"code": edition.code},
        template="microcredentials/enrolment_list.html",
        empty=lists.Empty(
            title=_("Nobody is enrolled yet"),
            text=_("Enrol people one by one, or import the list of the student system."),
        ),
        per_page=PER_PAGE,
        actions=actions,
        table_kwargs={"open_for_changes": open_for_changes},
        context={
            "edition": edition,
            "form": form or ChangeForm(),
            "form_id": CHANGE_FORM,
            "open_for_changes": open_for_changes,
            "has_errors": bool(form and form.errors),
        },
    )
    answer.status_code = forms.form_status(form) if form is not None else answer.status_code
    return answer
