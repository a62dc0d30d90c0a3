"""Staff pages of campaigns: prepare, open, extend, close."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from feedback.forms.campaigns import (
    AddForm,
    EditForm,
    ExtendForm,
    PartnersForm,
    PickForm,
    PoolForm,
    ReaderForm,
    ResumeForm,
)
from feedback.models import Campaign
from feedback.presenters import campaigns as presenters
from feedback.presenters.campaigns import reader_rows
from feedback.selectors.campaigns import participation_of, with_participation
from feedback.selectors.reach import editions_of, people_at, scopes_of
from feedback.selectors.targets import with_label
from feedback.services import campaigns, readers
from feedback.tables.campaigns import CampaignFilter, CampaignTable
from feedback.views.shared import WRITE, campaign_of, posted
from iqas.core import clock
from iqas.core.access import allowed, below, can, require
from iqas.core.views import page
from iqas.organisation.models import AcademicYear, Scope
from iqas.ui import conflicts, forms, lists
from iqas.ui.components import Link
from microcredentials.models import Partner


@page("campaign.view")
def campaign_list(request: HttpRequest) -> HttpResponseBase:
    visible = with_participation(
        with_label(allowed(request.user, "campaign.view"), "state", "opens", "closes", "invited_count")
    )
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
            text=_(
                "A campaign asks one questionnaire of the people of one edition, of several, or of partners."
            ),
            url=add,
            verb=_("Prepare a campaign") if may_add else "",
        ),
        actions=_list_actions(request.user, add),
    )


def _list_actions(user: Any, add: str) -> tuple[Link, ...]:
    links = []
    if add:
        links += [
            Link(_("Prepare a campaign"), add, primary=True),
            Link(_("On several editions"), reverse("feedback:campaign-add-pool")),
            Link(_("To partners"), reverse("feedback:campaign-add-partners")),
        ]
    if can(user, "threshold.set"):
        links.append(Link(_("Minimum group sizes"), reverse("feedback:threshold-edit")))
    return tuple(links)


@page("campaign.view")
def campaign_detail(request: HttpRequest, code: str) -> HttpResponse:
    campaign = campaign_of(request, code)
    return render(request, "feedback/campaign_detail.html", presenters.detail(request.user, campaign))


@page("campaign.edit", methods=WRITE)
def campaign_add(request: HttpRequest) -> HttpResponse:
    """On one edition."""
    editions = editions_of(request.user)
    initial = {"edition": request.GET["edition"]} if request.GET.get("edition") else {}
    form = AddForm(posted(request), initial=initial, editions=editions)
    return _add(request, form, "campaign_add")


@page("campaign.edit", methods=WRITE)
def campaign_add_pool(request: HttpRequest) -> HttpResponse:
    """On several editions: first whose, then which of them."""
    scopes = scopes_of(request.user)
    pick = PickForm(request.GET or None, scopes=scopes, initial=_usual_pick(scopes))
    if not pick.is_valid():
        status = forms.form_status(pick)
        return render(request, "feedback/campaign_add_pool.html", {"pick": pick, "form": pick}, status=status)
    chosen = pick.cleaned_data
    editions = editions_of(request.user).filter(
        below([chosen["scope"].path], "microcredential__scope"), year=chosen["year"]
    )
    form = PoolForm(
        posted(request), editions=editions, initial={"editions": [edition.code for edition in editions]}
    )
    return _add(request, form, "campaign_add_pool", pick=pick, found=len(editions))


@page("campaign.edit", methods=WRITE)
def campaign_add_partners(request: HttpRequest) -> HttpResponse:
    """To partners of the register."""
    partners = Partner.objects.filter(is_active=True).order_by("sort_name")
    kinds = [kind for kind in request.GET.getlist("kind") if kind in Partner.Kind.values]
    if kinds:
        partners = partners.filter(kind__in=kinds)
    form = PartnersForm(posted(request), scopes=scopes_of(request.user), partners=partners)
    return _add(request, form, "campaign_add_partners", kinds=Partner.Kind.choices, chosen_kinds=kinds)


def _add(
    request: HttpRequest, form: AddForm | PoolForm | PartnersForm, template: str, **context: Any
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        with forms.refusals(form):
            campaign = campaigns.create_campaign(
                actor=request.user,
                aim=form.aim(),
                questionnaire_version=form.cleaned_data["questionnaire_version"],
                **form.terms(),
            )
            messages.success(
                request, _("%(code)s is prepared. Invite people next.") % {"code": campaign.code}
            )
            return redirect(campaign)
    context |= {"form": form}
    return render(request, f"feedback/{template}.html", context, status=forms.form_status(form))


@page("campaign.edit", methods=WRITE)
def campaign_edit(request: HttpRequest, code: str) -> HttpResponse:
    campaign = campaign_of(request, code)
    require(request.user, "campaign.edit", campaign)
    form = EditForm(
        posted(request),
        initial=EditForm.initial_of(campaign),
        campaign=campaign,
        editions=editions_of(request.user).filter(below([campaign.scope.path], "microcredential__scope")),
        partners=Partner.objects.filter(Q(is_active=True) | Q(campaigns=campaign)).distinct(),
    )

    def save() -> None:
        campaigns.change_campaign(
            actor=request.user,
            campaign=campaign,
            seen=form.cleaned_data["seen_version"],
            aim=form.aim(),
            **form.terms(),
        )

    return conflicts.edit_page(
        request,
        form,
        save,
        initial_of=EditForm.initial_of,
        back=campaign,
        template="feedback/campaign_edit.html",
        shown_with={"campaign": campaign},
    )


@page("campaign.edit", methods=WRITE)
def campaign_readers(request: HttpRequest, code: str) -> HttpResponse:
    """Who will read the comments, as respondents are told: changed until the campaign opens."""
    campaign = campaign_of(request, code)
    require(request.user, "campaign.edit", campaign)
    removing = request.method == "POST" and "remove" in request.POST
    form = ReaderForm(posted(request), campaign=campaign, people=people_at(campaign.scope))
    if request.method == "POST" and form.is_valid():
        with forms.refusals(form):
            step = readers.remove_reader if removing else readers.add_reader
            step(actor=request.user, campaign=campaign, **form.cleaned_data)
            messages.success(request, _("Saved."))
            return redirect("feedback:campaign-readers", code=campaign.code)
    context = {
        "campaign": campaign,
        "form": form,
        "rows": reader_rows(campaign),
        "may_change": campaign.state == Campaign.State.DRAFT,
    }
    return render(request, "feedback/campaign_readers.html", context, status=forms.form_status(form))


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
            _(
                "The questionnaire, the mode, the minimum group size and who reads the comments can no longer be changed."
            ),
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


@page("campaign.pause", methods=WRITE)
def campaign_pause(request: HttpRequest, code: str) -> HttpResponse:
    campaign = campaign_of(request, code)
    require(request.user, "campaign.pause", campaign)
    return forms.confirm_step(
        request,
        forms.ConfirmForm(posted(request)),
        partial(campaigns.pause_campaign, actor=request.user, campaign=campaign),
        said=_("%(code)s is paused.") % {"code": campaign.code},
        back=campaign,
        title=_("Pause %(code)s") % {"code": campaign.code},
        message=campaign.title,
        verb=gettext_lazy("Pause"),
        consequences=[
            _("Nobody can answer until you resume it; whoever opens their link is told so."),
            _("What was answered is kept, and what was begun waits behind the same links."),
            _("It still closes after its last day."),
        ],
        danger=False,
    )


@page("campaign.pause", methods=WRITE)
def campaign_resume(request: HttpRequest, code: str) -> HttpResponse:
    campaign = campaign_of(request, code)
    require(request.user, "campaign.pause", campaign)
    form = ResumeForm(posted(request))
    return forms.confirm_step(
        request,
        form,
        partial(campaigns.resume_campaign, actor=request.user, campaign=campaign),
        said=_("%(code)s takes answers again.") % {"code": campaign.code},
        back=campaign,
        title=_("Resume %(code)s") % {"code": campaign.code},
        message=campaign.title,
        verb=gettext_lazy("Resume"),
        consequences=[_("The same links work again. Mail that waited goes out.")],
        danger=False,
    )


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
        said=_("%(code)s is closed. Its answers are being counted.") % {"code": campaign.code},
        back=campaign,
        title=_("Close %(code)s now") % {"code": campaign.code},
        message=_("%(answered)s of %(invited)s have answered.")
        % {"answered": total.answered, "invited": total.invited},
        verb=gettext_lazy("Close"),
        consequences=_closing_consequences(campaign, total.answered or 0),
    )


def _closing_consequences(campaign: Campaign, answered: int) -> list[str]:
    found = [_("Nobody can answer any more. It cannot be opened again.")]
    if campaign.mode == Campaign.Mode.ANONYMOUS and answered < campaign.threshold:
        found.append(
            _("Fewer than %(threshold)s have answered: what they wrote is destroyed unread.")
            % {"threshold": campaign.threshold}
        )
    return found


def _usual_pick(scopes: QuerySet[Scope]) -> dict[str, str]:
    """The year of today and the widest scope of the person."""
    year, scope = AcademicYear.of(clock.today()), scopes.first()
    return {"year": year.code if year else "", "scope": scope.code if scope else ""}
