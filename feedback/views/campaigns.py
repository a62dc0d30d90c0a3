"""Staff pages of campaigns: prepare, invite, open, remind, extend, close."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from feedback import presenters
from feedback.forms import AddForm, EditForm, ExtendForm, InviteForm, PrintForm
from feedback.models import Campaign
from feedback.selectors.campaigns import participation_of, with_participation
from feedback.selectors.invitations import printed_links
from feedback.services import campaigns, invitations
from feedback.services.invitations import Invited
from feedback.services.mailing import REMINDERS
from feedback.tables import CampaignFilter, CampaignTable
from iqas.core.access import allowed, below, can, paths, require
from iqas.core.refusals import StaleVersion
from iqas.core.views import page
from iqas.organisation.models import University
from iqas.ui import forms, lists
from iqas.ui.components import Link
from iqas.ui.once import once
from microcredentials.models import Edition

WRITE = ("GET", "HEAD", "POST")


@page("campaign.view")
def campaign_list(request: HttpRequest) -> HttpResponseBase:
    visible = with_participation(allowed(request.user, "campaign.view")).select_related("edition")
    may_add = can(request.user, "campaign.edit")
    add = reverse("feedback:campaign-add") if may_add else ""
    return lists.list_page(
        request,
        queryset=visible,
        table=CampaignTable,
        filters=CampaignFilter,
        title=_("Campaigns"),
        empty=lists.Empty(
            title=_("No campaigns yet"),
            text=_("A campaign asks one questionnaire of the people of one edition, anonymously."),
            url=add,
            verb=_("Prepare a campaign") if may_add else "",
        ),
        actions=(Link(_("Prepare a campaign"), add, primary=True),) if may_add else (),
    )


@page("campaign.view")
def campaign_detail(request: HttpRequest, code: str) -> HttpResponse:
    campaign = _campaign(request, code)
    return render(request, "feedback/campaign_detail.html", presenters.detail(request.user, campaign))


@page("campaign.edit", methods=WRITE)
def campaign_add(request: HttpRequest) -> HttpResponse:
    editions = _editions(request.user)
    initial = {"edition": request.GET["edition"]} if request.GET.get("edition") else {}
    form = AddForm(_posted(request), initial=initial, editions=editions)
    if request.method == "POST" and form.is_valid():
        with forms.refusals(form):
            campaign = campaigns.create_campaign(
                actor=request.user,
                edition=form.cleaned_data["edition"],
                questionnaire_version=form.cleaned_data["questionnaire_version"],
                **form.terms(),
            )
            messages.success(
                request, _("%(code)s is prepared. Invite people next.") % {"code": campaign.code}
            )
            return redirect(campaign)
    return render(request, "feedback/campaign_add.html", {"form": form}, status=forms.form_status(form))


@page("campaign.edit", methods=WRITE)
def campaign_edit(request: HttpRequest, code: str) -> HttpResponse:
    campaign = _campaign(request, code)
    require(request.user, "campaign.edit", campaign)
    form = EditForm(_posted(request), initial=EditForm.initial_of(campaign))
    if request.method == "POST" and form.is_valid():
        with forms.refusals(form):
            try:
                campaigns.change_campaign(
                    actor=request.user, campaign=campaign, seen=form.cleaned_data["seen"], **form.terms()
                )
            except StaleVersion as stale:
                form.add_error(None, str(stale.message))
            else:
                return redirect(campaign)
    context = {"campaign": campaign, "form": form}
    return render(request, "feedback/campaign_edit.html", context, status=forms.form_status(form))


@page("campaign.invite", methods=WRITE)
def campaign_invite(request: HttpRequest, code: str) -> HttpResponse:
    campaign = _campaign(request, code)
    require(request.user, "campaign.invite", campaign)
    form = InviteForm(_posted(request), request.FILES or None)
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
def campaign_print(request: HttpRequest, code: str) -> HttpResponse:
    campaign = _campaign(request, code)
    require(request.user, "campaign.invite", campaign)
    form = PrintForm(_posted(request))
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
    campaign = _campaign(request, code)
    require(request.user, "campaign.invite", campaign)
    if not 1 <= sheet <= campaign.sheets_count:
        raise Http404
    context = {
        "campaign": campaign,
        "sheet": sheet,
        "links": printed_links(campaign, sheet),
        "university": University.current(),
        "code_address": request.build_absolute_uri(reverse("survey:code-enter")),
    }
    return render(request, "feedback/campaign_sheet.html", context)


@page("campaign.open", methods=WRITE)
def campaign_open(request: HttpRequest, code: str) -> HttpResponse:
    campaign = _campaign(request, code)
    require(request.user, "campaign.open", campaign)
    if request.method == "POST":
        campaigns.open_campaign(actor=request.user, campaign=campaign)
        messages.success(request, _("%(code)s is open.") % {"code": campaign.code})
        return redirect(campaign)
    total, _groups = participation_of(campaign)
    return forms.confirm_page(
        request,
        title=_("Open %(code)s") % {"code": campaign.code},
        message=campaign.title,
        verb=gettext_lazy("Open the campaign"),
        cancel_url=campaign.get_absolute_url(),
        consequences=[
            _("The questionnaire, the anonymity and the minimum group size can no longer be changed."),
            ngettext(
                "%(count)s mail goes out on the first day.",
                "%(count)s mails go out on the first day.",
                total.unmailed,
            )
            % {"count": total.unmailed},
            _("New groups can no longer be added."),
        ],
        danger=False,
    )


@page("campaign.open", methods=WRITE)
def campaign_extend(request: HttpRequest, code: str) -> HttpResponse:
    campaign = _campaign(request, code)
    require(request.user, "campaign.open", campaign)
    form = ExtendForm(_posted(request), initial={"closes": campaign.closes})
    if request.method == "POST" and form.is_valid():
        with forms.refusals(form):
            campaigns.extend_campaign(
                actor=request.user, campaign=campaign, closes=form.cleaned_data["closes"]
            )
            return redirect(campaign)
    context = {"campaign": campaign, "form": form}
    return render(request, "feedback/campaign_extend.html", context, status=forms.form_status(form))


@page("campaign.invite", methods=WRITE)
def campaign_remind(request: HttpRequest, code: str) -> HttpResponse:
    campaign = _campaign(request, code)
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
            % {"number": campaign.reminders_count + 1, "most": REMINDERS}
        ],
        danger=False,
    )


@page("campaign.close", methods=WRITE)
def campaign_close(request: HttpRequest, code: str) -> HttpResponse:
    campaign = _campaign(request, code)
    require(request.user, "campaign.close", campaign)
    form = forms.ConfirmForm(_posted(request))
    total, _groups = participation_of(campaign)
    return forms.confirm_step(
        request,
        form,
        partial(campaigns.close_campaign, actor=request.user, campaign=campaign),
        said=_("%(code)s is closed. The last answers are being mixed.") % {"code": campaign.code},
        back=campaign,
        title=_("Close %(code)s now") % {"code": campaign.code},
        message=_("%(answered)s of %(invited)s have answered.")
        % {"answered": total.answered, "invited": total.invited},
        verb=gettext_lazy("Close"),
        consequences=_closing_consequences(campaign, total.answered),
    )


def _closing_consequences(campaign: Campaign, answered: int) -> list[str]:
    found = [_("Nobody can answer any more. It cannot be opened again.")]
    if answered < campaign.threshold:
        found.append(
            _("Fewer than %(threshold)s have answered: what they wrote is destroyed unread.")
            % {"threshold": campaign.threshold}
        )
    return found


def _posted(request: HttpRequest) -> QueryDict | None:
    """What was sent, be it nothing at all; None where nothing was sent yet."""
    return request.POST if request.method == "POST" else None


def _campaign(request: HttpRequest, code: str) -> Campaign:
    visible = Campaign.objects.select_related(
        "questionnaire_version__questionnaire", "edition__version", "edition__microcredential", "scope"
    )
    found: Campaign | None = allowed(request.user, "campaign.view", visible).filter(code=code).first()
    if found is None:
        raise Http404
    return found


def _editions(user: Any) -> Any:
    """The editions on which the person may prepare a campaign."""
    held = paths(user, "campaign.edit")
    reachable = (
        Edition.objects.filter(below(held, "microcredential__scope")) if held else Edition.objects.none()
    )
    return (
        reachable.exclude(state=Edition.State.IMPORTED)
        .select_related("version")
        .order_by("-year__starts", "code")
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
