"""Staff pages of campaigns: prepare, open, extend, close."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from feedback.forms.campaigns import AddForm, EditForm, ExtendForm
from feedback.models import Campaign
from feedback.presenters import campaigns as presenters
from feedback.selectors.campaigns import participation_of, with_participation
from feedback.selectors.targets import with_target
from feedback.services import campaigns
from feedback.tables.campaigns import CampaignFilter, CampaignTable
from feedback.views.shared import WRITE, campaign_of, posted
from iqas.core.access import allowed, below, can, paths, require
from iqas.core.refusals import StaleVersion
from iqas.core.views import page
from iqas.ui import forms, lists
from iqas.ui.components import Link
from microcredentials.models import Edition


@page("campaign.view")
def campaign_list(request: HttpRequest) -> HttpResponseBase:
    visible = with_target(with_participation(allowed(request.user, "campaign.view")))
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
    campaign = campaign_of(request, code)
    return render(request, "feedback/campaign_detail.html", presenters.detail(request.user, campaign))


@page("campaign.edit", methods=WRITE)
def campaign_add(request: HttpRequest) -> HttpResponse:
    editions = _editions(request.user)
    initial = {"edition": request.GET["edition"]} if request.GET.get("edition") else {}
    form = AddForm(posted(request), initial=initial, editions=editions)
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
    campaign = campaign_of(request, code)
    require(request.user, "campaign.edit", campaign)
    form = EditForm(posted(request), initial=EditForm.initial_of(campaign))
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


@page("campaign.open", methods=WRITE)
def campaign_open(request: HttpRequest, code: str) -> HttpResponse:
    campaign = campaign_of(request, code)
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
    campaign = campaign_of(request, code)
    require(request.user, "campaign.open", campaign)
    form = ExtendForm(posted(request), initial={"closes": campaign.closes})
    if request.method == "POST" and form.is_valid():
        with forms.refusals(form):
            campaigns.extend_campaign(
                actor=request.user, campaign=campaign, closes=form.cleaned_data["closes"]
            )
            return redirect(campaign)
    context = {"campaign": campaign, "form": form}
    return render(request, "feedback/campaign_extend.html", context, status=forms.form_status(form))


@page("campaign.close", methods=WRITE)
def campaign_close(request: HttpRequest, code: str) -> HttpResponse:
    campaign = campaign_of(request, code)
    require(request.user, "campaign.close", campaign)
    form = forms.ConfirmForm(posted(request))
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
        consequences=_closing_consequences(campaign, total.answered or 0),
    )


def _closing_consequences(campaign: Campaign, answered: int) -> list[str]:
    found = [_("Nobody can answer any more. It cannot be opened again.")]
    if answered < campaign.threshold:
        found.append(
            _("Fewer than %(threshold)s have answered: what they wrote is destroyed unread.")
            % {"threshold": campaign.threshold}
        )
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
