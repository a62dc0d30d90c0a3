"""What the staff pages of a campaign show, decided before the template."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from feedback.models import Campaign
from feedback.selectors.campaigns import Participation, participation_of
from feedback.services.campaigns import opening_refusal
from feedback.services.invitations import reminder_refusal
from iqas.core import clock
from iqas.core.access import can
from iqas.ui.components import Number, Reason, Step
from iqas.ui.formats import day
from iqas.ui.history import history_entries

SENTENCES = {
    "campaign.created": gettext_lazy("prepared it"),
    "campaign.changed": gettext_lazy("changed it"),
    "campaign.invited": gettext_lazy("invited people"),
    "campaign.links_printed": gettext_lazy("made links to print"),
    "campaign.opened": gettext_lazy("opened it"),
    "campaign.reminded": gettext_lazy("sent a reminder"),
    "campaign.extended": gettext_lazy("extended it"),
    "campaign.closed": gettext_lazy("closed it"),
    "campaign.mixed": gettext_lazy("mixed the answers"),
    "campaign.finished": gettext_lazy("mixed the last answers and destroyed the key"),
}
FIELDS = {
    "title_es": gettext_lazy("Title in Spanish"),
    "title_en": gettext_lazy("Title in English"),
    "questionnaire": gettext_lazy("Questionnaire"),
    "opens": gettext_lazy("Opens"),
    "closes": gettext_lazy("Closes"),
    "threshold": gettext_lazy("Minimum group size"),
    "added": gettext_lazy("Added"),
    "invited": gettext_lazy("People invited"),
    "sheet": gettext_lazy("Sheet"),
    "links": gettext_lazy("Links"),
    "reminder": gettext_lazy("Reminder"),
    "mixed": gettext_lazy("Mixed"),
    "waiting": gettext_lazy("Waiting"),
    "destroyed": gettext_lazy("Destroyed unread"),
}


def detail(user: Any, campaign: Campaign) -> dict[str, Any]:
    total, groups = participation_of(campaign)
    is_draft, is_open = campaign.state == Campaign.State.DRAFT, campaign.state == Campaign.State.OPEN
    return {
        "campaign": campaign,
        "steps": steps(user, campaign, total),
        "participation": total,
        "rate": None if is_draft else rate_number(campaign, total),
        "printed": total.invited - total.by_mail,
        "groups": groups,
        "has_groups": campaign.groups.exists(),
        "sheets": range(1, campaign.sheets_count + 1),
        "reminders": campaign.reminders_most,
        "may_edit": is_draft and bool(can(user, "campaign.edit", campaign)),
        "may_invite": (is_draft or is_open) and bool(can(user, "campaign.invite", campaign)),
        "may_extend": is_open and bool(can(user, "campaign.open", campaign)),
        "results_url": results_url(campaign),
        "entries": history_entries(campaign, SENTENCES, FIELDS),
    }


def rate_number(campaign: Campaign, total: Participation) -> Number:
    """The response rate with its numerator and denominator."""
    return Number(
        _("Response rate"),
        total.rate,
        share=True,
        numerator=total.answered,
        denominator=total.reached,
        n=total.answered,
        reason=_("Nobody is invited yet.") if total.rate is None else "",
        formula=_("links used ÷ people invited whose mail did not come back"),
        source=campaign.code,
    )


def steps(user: Any, campaign: Campaign, total: Participation) -> list[Step]:
    """What happens next: invite, open, collect, close, read."""
    return [
        _invite_step(user, campaign, total),
        _open_step(user, campaign),
        _collect_step(user, campaign, total),
        _close_step(user, campaign),
        _read_step(campaign),
    ]


def results_url(campaign: Campaign) -> str:
    """The page of results, once something can be read."""
    if campaign.state == Campaign.State.DRAFT:
        return ""
    return reverse("feedback:campaign-results", kwargs={"code": campaign.code})


def _invite_step(user: Any, campaign: Campaign, total: Participation) -> Step:
    title = _("Invite people")
    text = (
        ngettext("%(count)s person is invited.", "%(count)s people are invited.", total.invited)
        % {"count": total.invited}
        if total.invited
        else ""
    )
    if campaign.state != Campaign.State.DRAFT:
        return Step(title, "done", text=text)
    decision = can(user, "campaign.invite", campaign)
    if not decision:
        return Step(title, "blocked", text=text, reasons=[Reason(decision.reason)])
    url = reverse("feedback:campaign-invite", kwargs={"code": campaign.code})
    enough = total.invited >= campaign.threshold
    return Step(title, "done" if enough else "current", text=text, url=url, verb=_("Invite"))


def _open_step(user: Any, campaign: Campaign) -> Step:
    title = _("Open the campaign")
    if campaign.state != Campaign.State.DRAFT:
        return Step(title, "done", text=_("First day: %(day)s") % {"day": day(campaign.opens)})
    decision = can(user, "campaign.open", campaign)
    if not decision:
        return Step(title, "blocked", due=campaign.opens, reasons=[Reason(decision.reason)])
    refusal = opening_refusal(campaign)
    if refusal is not None:
        return Step(
            title,
            "blocked",
            due=campaign.opens,
            reasons=[_remedy(user, campaign, refusal.code, refusal.message)],
        )
    url = reverse("feedback:campaign-open", kwargs={"code": campaign.code})
    return Step(title, "current", due=campaign.opens, url=url, verb=_("Open the campaign"))


def _remedy(user: Any, campaign: Campaign, code: str, message: Any) -> Reason:
    if code == "campaign-dates":
        return Reason(
            message, reverse("feedback:campaign-edit", kwargs={"code": campaign.code}), _("Change the dates")
        )
    if code in ("nobody-invited", "too-few-invited") and can(user, "campaign.invite", campaign):
        return Reason(
            message, reverse("feedback:campaign-invite", kwargs={"code": campaign.code}), _("Invite")
        )
    return Reason(message)


def _collect_step(user: Any, campaign: Campaign, total: Participation) -> Step:
    title = _("Answers come in")
    if campaign.state == Campaign.State.DRAFT:
        return Step(title, "todo")
    text = _("%(answered)s of %(invited)s have answered.") % {
        "answered": total.answered,
        "invited": total.invited,
    }
    if campaign.state != Campaign.State.OPEN:
        return Step(title, "done", text=text)
    if campaign.opens and campaign.opens > clock.today():
        return Step(title, "todo", text=_("Invitations go out on the first day."), due=campaign.opens)
    if reminder_refusal(campaign) is not None or not can(user, "campaign.invite", campaign):
        return Step(title, "current", text=text)
    url = reverse("feedback:campaign-remind", kwargs={"code": campaign.code})
    return Step(title, "current", text=text, url=url, verb=_("Send a reminder"))


def _close_step(user: Any, campaign: Campaign) -> Step:
    title = _("Close")
    if campaign.state in (Campaign.State.CLOSED, Campaign.State.MIXED):
        return Step(title, "done")
    text = _("It closes by itself after the last day.")
    if campaign.state == Campaign.State.OPEN and can(user, "campaign.close", campaign):
        url = reverse("feedback:campaign-close", kwargs={"code": campaign.code})
        return Step(title, "todo", due=campaign.closes, text=text, url=url, verb=_("Close now"))
    return Step(title, "todo", due=campaign.closes, text=text)


def _read_step(campaign: Campaign) -> Step:
    title = _("Read the results")
    if campaign.state == Campaign.State.CLOSED:
        return Step(title, "todo", text=_("The last answers are being mixed. This takes a moment."))
    if campaign.state != Campaign.State.MIXED:
        return Step(title, "todo")
    if campaign.destroyed_count and not campaign.responses_count:
        text = _("Too few answered: their answers were destroyed unread. Only the response rate remains.")
        return Step(title, "done", text=text)
    url = results_url(campaign)
    return Step(title, "current", url=url, verb=_("Results") if url else "")
