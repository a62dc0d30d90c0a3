"""You said, we will, we did: staff pages of a campaign, and the public pages."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from feedback.forms.outcomes import OutcomeForm
from feedback.models import Outcome
from feedback.selectors.outcomes import (
    are_actions_finished,
    outcomes_of,
    public_campaign,
    public_of_edition,
    public_outcomes,
)
from feedback.services import outcomes
from feedback.views.results import campaign_or_404
from feedback.views.shared import WRITE, posted
from iqas.core.access import allowed, can, require
from iqas.core.views import page, public
from iqas.organisation.models import University
from iqas.ui import conflicts, forms
from microcredentials.models import Edition

REASON = "everybody may see what came of a survey"


@page("results.view")
def campaign_outcomes(request: HttpRequest, code: str) -> HttpResponse:
    """What is answered to the results of a campaign, published or not."""
    campaign = campaign_or_404(request, code)
    rows = list(outcomes_of(campaign))
    may_edit = bool(can(request.user, "outcome.edit", Outcome(campaign=campaign)))
    context = {
        "campaign": campaign,
        "rows": [(row, are_actions_finished(row)) for row in rows],
        "may_edit": may_edit and campaign.state == campaign.State.MIXED,
        "waiting": [row for row in rows if row.published_at is None],
        "published": any(row.published_at for row in rows),
    }
    return render(request, "feedback/campaign_outcomes.html", context)


@page("outcome.edit", methods=WRITE)
def outcome_add(request: HttpRequest, code: str) -> HttpResponse:
    campaign = campaign_or_404(request, code)
    require(request.user, "outcome.edit", Outcome(campaign=campaign))
    form = OutcomeForm(posted(request), user=request.user, campaign=campaign)
    if request.method == "POST" and form.is_valid():
        with forms.refusals(form):
            outcomes.add_outcome(actor=request.user, campaign=campaign, **form.given())
            return redirect("feedback:campaign-outcomes", code=campaign.code)
    context = {"form": form, "campaign": campaign, "title": _("Answer the results")}
    return render(request, "feedback/outcome_edit.html", context, status=forms.form_status(form))


@page("outcome.edit", methods=WRITE)
def outcome_edit(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    outcome = _outcome(request, pk, "outcome.edit")
    form = OutcomeForm(posted(request), user=request.user, campaign=outcome.campaign, outcome=outcome)
    back = reverse("feedback:campaign-outcomes", args=[outcome.campaign.code])

    def save() -> None:
        seen = form.cleaned_data["seen_version"]
        outcomes.change_outcome(actor=request.user, outcome=outcome, seen=seen, **form.given())

    return conflicts.edit_page(
        request,
        form,
        save,
        initial_of=OutcomeForm.initial_of,
        back=back,
        template="feedback/outcome_edit.html",
        shown_with={
            "campaign": outcome.campaign,
            "outcome": outcome,
            "title": _("Change the answer to the results"),
        },
    )


@page("outcome.edit", methods=WRITE)
def outcome_remove(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Takes back what is not public yet."""
    outcome = _outcome(request, pk, "outcome.edit")
    return _step(
        request,
        outcome,
        lambda: outcomes.remove_outcome(actor=request.user, outcome=outcome, seen=outcome.version),
        title=_("Take it back"),
        said=_("Taken back."),
        consequences=[_("It is removed; it was not public yet.")],
    )


@page("outcome.publish", methods=WRITE)
def outcome_done(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Publishes what was done."""
    outcome = _outcome(request, pk, "outcome.publish")
    return _step(
        request,
        outcome,
        lambda: outcomes.publish_done(actor=request.user, outcome=outcome, seen=outcome.version),
        title=_("Publish what was done"),
        said=_("Published."),
        message=outcome.we_did,
        consequences=[
            _("It is public from now on and stays as it is."),
            _("The first time, those who were asked get a mail, unless they want no more mail."),
        ],
    )


@page("outcome.publish", methods=WRITE)
def outcomes_publish(request: HttpRequest, code: str) -> HttpResponse:
    """Publishes everything that is not public yet."""
    campaign = campaign_or_404(request, code)
    require(request.user, "outcome.publish", Outcome(campaign=campaign))
    waiting = campaign.outcomes.filter(published_at=None).count()
    return forms.confirm_step(
        request,
        forms.forms.Form(forms.posted(request)),
        lambda **_given: outcomes.publish_outcomes(actor=request.user, campaign=campaign),
        said=_("Published."),
        back=reverse("feedback:campaign-outcomes", args=[campaign.code]),
        title=_("Publish the answers to %(code)s") % {"code": campaign.code},
        message=campaign.title,
        verb=gettext_lazy("Publish"),
        consequences=[
            ngettext("%(count)s answer becomes public.", "%(count)s answers become public.", waiting)
            % {"count": waiting},
            _(
                "What was promised stays as it is; how its improvement actions stand is shown with it, not what they say."
            ),
            _("The first time, those who were asked get a mail, unless they want no more mail."),
        ],
        danger=False,
    )


@public(REASON)
def outcome_campaign(request: HttpRequest, code: str) -> HttpResponse:
    """What was said in one survey, what will be done, what was done."""
    campaign = public_campaign(code)
    if campaign is None:
        return _nothing_yet(request)
    told = public_outcomes(campaign, get_language() or "es")
    return _public(request, told.title, [told])


@public(REASON)
def outcome_edition(request: HttpRequest, code: str) -> HttpResponse:
    """The same of all surveys about one edition."""
    edition = Edition.objects.select_related("version").filter(code=code).first()
    told = public_of_edition(edition, get_language() or "es") if edition else []
    if edition is None or not told:
        return _nothing_yet(request)
    return _public(request, edition.version.title, told)


def _public(request: HttpRequest, title: str, surveys: list[Any]) -> HttpResponse:
    context = {"title": title, "surveys": surveys, "university": University.objects.first()}
    return render(request, "feedback/outcome_public.html", context)


def _nothing_yet(request: HttpRequest) -> HttpResponse:
    """The same for what is not published and for what does not exist: which of them it is nobody is told."""
    context = {"university": University.objects.first()}
    return render(request, "feedback/outcome_none.html", context, status=404)


def _step(
    request: HttpRequest, outcome: Outcome, step: Any, *, message: str = "", **words: Any
) -> HttpResponse:
    return forms.confirm_step(
        request,
        forms.forms.Form(forms.posted(request)),
        lambda **_given: step(),
        back=reverse("feedback:campaign-outcomes", args=[outcome.campaign.code]),
        message=message or outcome.you_said,
        verb=words["title"],
        danger=False,
        **words,
    )


def _outcome(request: HttpRequest, pk: uuid.UUID, action: str) -> Outcome:
    rows = Outcome.objects.filter(campaign__in=allowed(request.user, "results.view"))
    found = get_object_or_404(rows.select_related("campaign__scope").prefetch_related("actions"), pk=pk)
    require(request.user, action, found)
    return found
