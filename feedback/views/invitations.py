"""Staff pages of invitations: lists, printed sheets, reminders."""

from __future__ import annotations

from functools import partial

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from feedback.forms.invitations import (
    ContactsForm,
    InviteForm,
    PosterForm,
    PrintForm,
    RegisterForm,
    ReturnedForm,
)
from feedback.models import Campaign
from feedback.selectors.invitations import printed_links
from feedback.selectors.register import contacts_of, fitting_states, known_by_state, usual_states
from feedback.selectors.survey import minutes_of
from feedback.services import invitations
from feedback.services.invitations import Invited
from feedback.services.posters import order_poster
from feedback.services.register import invite_contacts, invite_learners
from feedback.services.returned import mark_returned
from feedback.views.shared import WRITE, campaign_of, posted
from iqas.core.access import require
from iqas.core.views import page
from iqas.organisation.models import University
from iqas.ui import forms
from iqas.ui.once import once
from microcredentials.models import PartnerContact


@page("campaign.invite", methods=WRITE)
def campaign_invite(request: HttpRequest, code: str) -> HttpResponse:
    campaign = campaign_of(request, code)
    require(request.user, "campaign.invite", campaign)
    form = InviteForm(posted(request), request.FILES or None)
    if request.method == "POST" and form.is_valid():
        with forms.refusals(form):
            outcome = invitations.invite_people(
                actor=request.user, campaign=campaign, people=form.people.people
            )
            messages.success(request, _invited_sentence(outcome, form.people.repeated))
            return redirect(campaign)
    context = {"campaign": campaign, "form": form}
    return render(request, "feedback/campaign_invite.html", context, status=forms.form_status(form))


@page("campaign.invite", methods=WRITE)
def campaign_invite_learners(request: HttpRequest, code: str) -> HttpResponse:
    """From the register, by the state of their enrolment; how many there are, never who."""
    campaign = campaign_of(request, code)
    require(request.user, "campaign.invite", campaign)
    target = campaign.target
    audience = campaign.questionnaire_version.questionnaire.audience
    fitting = fitting_states(audience)
    known = {state: row for state, row in known_by_state(target.editions).items() if state in fitting}
    usual = [state for state in usual_states(audience, campaign.moment) if state in known]
    form = RegisterForm(
        posted(request), known=known, pooled=len(target.editions) > 1, initial={"states": usual}
    )
    if request.method == "POST" and form.is_valid():
        with forms.refusals(form):
            outcome = invite_learners(actor=request.user, campaign=campaign, **form.cleaned_data)
            messages.success(request, _invited_sentence(outcome, 0))
            return redirect(campaign)
    context = {"campaign": campaign, "form": form, "known": known, "fits": bool(fitting)}
    return render(request, "feedback/campaign_invite_learners.html", context, status=forms.form_status(form))


@page("campaign.invite", methods=WRITE)
def campaign_invite_contacts(request: HttpRequest, code: str) -> HttpResponse:
    """Contacts of the partners that are asked."""
    campaign = campaign_of(request, code)
    require(request.user, "campaign.invite", campaign)
    contacts = contacts_of(campaign.target)
    form = ContactsForm(posted(request), contacts=contacts, initial={"contacts": _first_of_each(campaign)})
    if request.method == "POST" and form.is_valid():
        with forms.refusals(form):
            outcome = invite_contacts(
                actor=request.user, campaign=campaign, contacts=list(form.cleaned_data["contacts"])
            )
            messages.success(request, _invited_sentence(outcome, 0))
            return redirect(campaign)
    found = list(contacts)
    named = {contact.partner_id for contact in found}
    context = {
        "campaign": campaign,
        "form": form,
        "found": found,
        "without": [partner for partner in campaign.target.partners if partner.pk not in named],
    }
    return render(request, "feedback/campaign_invite_contacts.html", context, status=forms.form_status(form))


def _first_of_each(campaign: Campaign) -> list[PartnerContact]:
    """Everybody; where institutions answer in their own name, one of each."""
    found = list(contacts_of(campaign.target))
    if campaign.mode != Campaign.Mode.ATTRIBUTED:
        return found
    return list({contact.partner_id: contact for contact in reversed(found)}.values())


@page("campaign.invite", methods=WRITE)
def campaign_print(request: HttpRequest, code: str) -> HttpResponse:
    campaign = campaign_of(request, code)
    require(request.user, "campaign.invite", campaign)
    form = PrintForm(posted(request))
    if request.method == "POST" and form.is_valid():
        with forms.refusals(form):
            return once(request, partial(_print_links, request, campaign, form))
    context = {"campaign": campaign, "form": form}
    return render(request, "feedback/campaign_print.html", context, status=forms.form_status(form))


def _print_links(request: HttpRequest, campaign: Campaign, form: PrintForm) -> HttpResponseRedirect:
    sheet = invitations.print_links(actor=request.user, campaign=campaign, **form.cleaned_data)
    return redirect("feedback:campaign-sheet", code=campaign.code, sheet=sheet)


@page("campaign.invite")
def campaign_sheet(request: HttpRequest, code: str, sheet: int) -> HttpResponse:
    """The printable sheet: links, QR codes and short codes."""
    campaign = campaign_of(request, code)
    require(request.user, "campaign.invite", campaign)
    if not 1 <= sheet <= campaign.sheets_count:
        raise Http404
    context = {
        "campaign": campaign,
        "minutes": minutes_of(campaign),
        "sheet": sheet,
        "links": printed_links(campaign, sheet),
        "university": University.current(),
        "code_address": request.build_absolute_uri(reverse("survey:code-enter")),
    }
    return render(request, "feedback/campaign_sheet.html", context)


@page("campaign.invite", methods=WRITE)
def campaign_poster(request: HttpRequest, code: str) -> HttpResponse:
    """For the wall of a room; a job prints it."""
    campaign = campaign_of(request, code)
    require(request.user, "campaign.invite", campaign)
    form = PosterForm(posted(request), initial={"language": campaign.mail_language})
    if request.method == "POST" and form.is_valid():
        with forms.refusals(form):
            return redirect(
                order_poster(actor=request.user, campaign=campaign, language=form.cleaned_data["language"])
            )
    return forms.confirm_page(
        request,
        form=form,
        title=_("Poster for a room"),
        message=campaign.title,
        verb=gettext_lazy("Print it"),
        cancel_url=campaign.get_absolute_url(),
        consequences=[
            _("Everybody who reads it can answer through the open link.")
            if campaign.open_link
            else _("It leads to where one types the code of one's own slip: hand out a printed sheet too.")
        ],
        danger=False,
    )


@page("campaign.invite", methods=WRITE)
def mail_returned(request: HttpRequest) -> HttpResponse:
    """Addresses that mail came back from: how many are marked, never whose."""
    form = ReturnedForm(posted(request))
    if request.method == "POST" and form.is_valid():
        with forms.refusals(form):
            known = mark_returned(actor=request.user, addresses=form.cleaned_data["addresses"])
            sentence = ngettext(
                "%(count)s invited address is marked.", "%(count)s invited addresses are marked.", known
            )
            messages.success(request, sentence % {"count": known})
            return redirect("feedback:campaign-list")
    return render(request, "feedback/mail_returned.html", {"form": form}, status=forms.form_status(form))


@page("campaign.invite", methods=WRITE)
def campaign_remind(request: HttpRequest, code: str) -> HttpResponse:
    campaign = campaign_of(request, code)
    require(request.user, "campaign.invite", campaign)
    if request.method == "POST":
        invitations.remind(actor=request.user, campaign=campaign)
        messages.success(request, _("The reminder is on its way."))
        return redirect(campaign)
    return forms.confirm_page(
        request,
        title=_("Send a reminder"),
        message=_("Everybody who has an address here and has not answered gets one mail with the same link."),
        verb=gettext_lazy("Send"),
        cancel_url=campaign.get_absolute_url(),
        consequences=[
            _("This is reminder %(number)s of %(most)s.")
            % {"number": campaign.reminders_count + 1, "most": campaign.reminders_most}
        ],
        danger=False,
    )


def _invited_sentence(outcome: Invited, repeated: int) -> str:
    sentences = [
        ngettext("%(count)s person was added.", "%(count)s people were added.", outcome.added)
        % {"count": outcome.added}
    ]
    if outcome.known:
        sentences.append(
            ngettext("%(count)s was invited before.", "%(count)s were invited before.", outcome.known)
            % {"count": outcome.known}
        )
    if outcome.opted_out:
        sentences.append(
            ngettext(
                "%(count)s wants no survey mail and was left out.",
                "%(count)s want no survey mail and were left out.",
                outcome.opted_out,
            )
            % {"count": outcome.opted_out}
        )
    if repeated:
        sentences.append(
            ngettext("%(count)s row was repeated.", "%(count)s rows were repeated.", repeated)
            % {"count": repeated}
        )
    return " ".join(sentences)
