"""Staff pages of rounds: prepare one, see what it would make, leave editions out, make."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from feedback.forms.rounds import ExcludeForm, RoundForm
from feedback.models import Round
from feedback.presenters.rounds import detail
from feedback.selectors.reach import scopes_of
from feedback.selectors.rounds import editions_in, plan_of
from feedback.services import rounds
from feedback.tables.rounds import RoundFilter, RoundTable
from feedback.views.shared import WRITE, posted
from iqas.core.access import allowed
from iqas.core.views import page
from iqas.ui import conflicts, forms, lists
from iqas.ui.components import Link
from microcredentials.models import Edition


@page("campaign.round")
def round_list(request: HttpRequest) -> HttpResponseBase:
    found = allowed(request.user, "campaign.round").select_related("scope", "year")
    add = reverse("feedback:round-add")
    return lists.list_page(
        request,
        queryset=found.annotate(made=Count("campaigns")),
        table=RoundTable,
        filters=RoundFilter,
        title=_("Rounds of surveys"),
        empty=lists.Empty(
            title=_("No rounds yet"),
            text=_("A round makes the campaigns of all editions of a term at once."),
            url=add,
            verb=_("Prepare a round"),
        ),
        actions=(
            Link(_("Prepare a round"), add, primary=True),
            Link(_("Opening rules"), reverse("feedback:rule-list")),
        ),
    )


@page("campaign.round", methods=WRITE)
def round_add(request: HttpRequest) -> HttpResponse:
    form = RoundForm(posted(request), scopes=scopes_of(request.user, "campaign.round"))
    if request.method == "POST" and form.is_valid():
        with forms.refusals(form):
            return redirect(rounds.create_round(actor=request.user, terms=form.terms()))
    context = {"form": form}
    return render(request, "feedback/round_add.html", context, status=forms.form_status(form))


@page("campaign.round")
def round_detail(request: HttpRequest, code: str) -> HttpResponse:
    """What it would make now, or what it made."""
    return render(request, "feedback/round_detail.html", detail(_round(request, code)))


@page("campaign.round", methods=WRITE)
def round_edit(request: HttpRequest, code: str) -> HttpResponse:
    order = _round(request, code)
    form = RoundForm(
        posted(request), initial=RoundForm.initial_of(order), scopes=scopes_of(request.user, "campaign.round")
    )

    def save() -> None:
        seen = form.cleaned_data["seen_version"]
        rounds.change_round(actor=request.user, order=order, seen=seen, terms=form.terms())

    return conflicts.edit_page(
        request,
        form,
        save,
        initial_of=RoundForm.initial_of,
        back=order,
        template="feedback/round_edit.html",
        shown_with={"round": order},
    )


@page("campaign.round", methods=WRITE)
def round_exclude(request: HttpRequest, code: str, edition: str) -> HttpResponse:
    """Leaves an edition out, with a reason; or takes that back."""
    order = _round(request, code)
    out = _edition(order, edition)
    if request.method == "POST" and "include" in request.POST:
        rounds.include_edition(actor=request.user, order=order, edition=out)
        return redirect(order)
    form = ExcludeForm(posted(request))
    if request.method == "POST" and form.is_valid():
        with forms.refusals(form):
            rounds.exclude_edition(
                actor=request.user, order=order, edition=out, reason=form.cleaned_data["reason"]
            )
            return redirect(order)
    return forms.confirm_page(
        request,
        form=form,
        title=_("Leave %(code)s out") % {"code": out.code},
        message=out.version.title,
        verb=gettext_lazy("Leave out"),
        cancel_url=order.get_absolute_url(),
        danger=False,
    )


@page("campaign.round", methods=WRITE)
def round_make(request: HttpRequest, code: str) -> HttpResponse:
    """The last look before it makes them."""
    order = _round(request, code)
    if request.method == "POST":
        job = rounds.order_campaigns(actor=request.user, order=order)
        messages.success(request, _("The campaigns are being made."))
        return redirect(job)
    plan = plan_of(order)
    return forms.confirm_page(
        request,
        title=_("Make the campaigns of %(code)s") % {"code": order.code},
        message=order.title,
        verb=gettext_lazy("Make them"),
        cancel_url=order.get_absolute_url(),
        consequences=_consequences(order, len(plan.planned), plan.people, len(plan.left_out)),
        danger=False,
    )


def _consequences(order: Round, campaigns: int, people: int, left_out: int) -> list[str]:
    found = [
        ngettext("%(count)s campaign is made.", "%(count)s campaigns are made.", campaigns)
        % {"count": campaigns},
    ]
    if order.enrolment_states:
        found.append(
            ngettext("%(count)s person is invited.", "%(count)s people are invited.", people)
            % {"count": people}
        )
    if order.opens_campaigns:
        found.append(
            _("They open at once: what people are told freezes, and the mails go out on the first day.")
        )
    if left_out:
        found.append(
            ngettext("%(count)s edition is left out.", "%(count)s editions are left out.", left_out)
            % {"count": left_out}
        )
    found.append(_("All of them are made, or none. The round makes nothing a second time."))
    return found


def _round(request: HttpRequest, code: str) -> Round:
    visible = allowed(
        request.user,
        "campaign.round",
        Round.objects.select_related("scope", "year", "questionnaire_version__questionnaire"),
    )
    found: Round | None = visible.filter(code=code).first()
    if found is None:
        raise Http404
    return found


def _edition(order: Round, code: str) -> Any:
    found: Edition = get_object_or_404(editions_in(order), code=code)
    return found
