"""What the staff pages of a campaign show, decided before the template."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from feedback.models import Campaign
from feedback.selectors.answers import may_read_answers
from feedback.selectors.campaigns import Participation, participation_of
from feedback.selectors.invitations import open_link_of
from feedback.selectors.readers import named, readers_of
from feedback.selectors.register import LEARNERS
from feedback.services.campaigns import opening_refusal
from feedback.services.invitations import next_reminder_day, reminder_refusal
from feedback.targets import TargetKind
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
    "campaign.poster": gettext_lazy("had a poster printed"),
    "campaign.reminded": gettext_lazy("sent a reminder"),
    "campaign.readers": gettext_lazy("named the readers of the comments"),
    "campaign.paused": gettext_lazy("paused it"),
    "campaign.resumed": gettext_lazy("resumed it"),
    "campaign.extended": gettext_lazy("extended it"),
    "campaign.closed": gettext_lazy("closed it"),
    "campaign.mixed": gettext_lazy("mixed the answers"),
    "campaign.finished": gettext_lazy("mixed the last answers and destroyed the key"),
    "campaign.counted": gettext_lazy("counted the answers"),
    "campaign.ended": gettext_lazy("ended it"),
    "campaign.reviewed": gettext_lazy("published the comments"),
    "campaign.returned": gettext_lazy("noted mail that came back"),
    "reply.invited": gettext_lazy("asked a teacher to reply to the comments"),
    "reply.withdrawn": gettext_lazy("took back the link of a teacher"),
    "reply.read": gettext_lazy("a teacher read the comments"),
    "reply.written": gettext_lazy("a teacher replied"),
    "reply.published": gettext_lazy("published a reply"),
    "reply.hidden": gettext_lazy("took a reply back"),
    "outcome.added": gettext_lazy("answered the results"),
    "outcome.changed": gettext_lazy("changed an answer to the results"),
    "outcome.removed": gettext_lazy("took an answer to the results back"),
    "outcome.published": gettext_lazy("published the answers to the results"),
    "outcome.done": gettext_lazy("published what was done"),
    "answers.read": gettext_lazy("read the single answers"),
}
FIELDS = {
    "title_es": gettext_lazy("Title in Spanish"),
    "title_en": gettext_lazy("Title in English"),
    "questionnaire": gettext_lazy("Questionnaire"),
    "about": gettext_lazy("Asked about"),
    "mode": gettext_lazy("Mode"),
    "moment": gettext_lazy("Moment"),
    "open_link": gettext_lazy("Open link"),
    "reminders_most": gettext_lazy("Reminders at most"),
    "readers": gettext_lazy("Readers of the comments"),
    "answers": gettext_lazy("Answers"),
    "opens": gettext_lazy("Opens"),
    "closes": gettext_lazy("Closes"),
    "threshold": gettext_lazy("Minimum group size"),
    "added": gettext_lazy("Added"),
    "invited": gettext_lazy("People invited"),
    "sheet": gettext_lazy("Sheet"),
    "links": gettext_lazy("Links"),
    "reminder": gettext_lazy("Reminder"),
    "returned": gettext_lazy("Addresses"),
    "mixed": gettext_lazy("Mixed"),
    "waiting": gettext_lazy("Waiting"),
    "destroyed": gettext_lazy("Destroyed unread"),
    "comments": gettext_lazy("Comments"),
    "question": gettext_lazy("Question"),
    "replies": gettext_lazy("Replies"),
    "outcomes": gettext_lazy("Answers to the results"),
    "told": gettext_lazy("People told"),
    "actions": gettext_lazy("Improvement actions"),
    "withheld": gettext_lazy("Withheld"),
}


def detail(user: Any, campaign: Campaign) -> dict[str, Any]:
    total, groups = participation_of(campaign)
    is_draft, is_open = campaign.state == Campaign.State.DRAFT, campaign.state == Campaign.State.OPEN
    is_paused = campaign.state == Campaign.State.PAUSED
    may_invite = campaign.takes_links and bool(can(user, "campaign.invite", campaign))
    may_pause = bool(can(user, "campaign.pause", campaign))
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
        "next_reminder": next_reminder_day(campaign) if campaign.state == Campaign.State.OPEN else None,
        "may_edit": is_draft and bool(can(user, "campaign.edit", campaign)),
        "may_invite": may_invite,
        "may_extend": (is_open or is_paused) and bool(can(user, "campaign.open", campaign)),
        "may_pause": is_open and may_pause,
        "may_resume": is_paused and may_pause,
        "may_read_answers": campaign.is_signed and not is_draft and may_read_answers(user, campaign),
        "asks_learners": campaign.questionnaire_version.questionnaire.audience in LEARNERS,
        "readers": reader_rows(campaign),
        "open_link": open_link_of(campaign) if may_invite else None,
        "results_url": results_url(campaign),
        "entries": history_entries(campaign, SENTENCES, FIELDS),
    }


@dataclass(frozen=True)
class ReaderRow:
    """Who reads which comments; `role`, `user` and `item_code` are what a form sends to take them away."""

    name: Any
    item_code: str
    role: str
    user: str


def reader_rows(campaign: Campaign) -> list[ReaderRow]:
    """Besides the quality office."""
    return [
        ReaderRow(named(row), row.item_code, row.role, str(row.user_id or ""))
        for row in readers_of(campaign).rows
    ]


def rate_number(campaign: Campaign, total: Participation) -> Number:
    """The response rate with its numerator and denominator; with an open link there is none, and it says so."""
    if campaign.open_link:
        return Number(
            _("Response rate"),
            None,
            share=True,
            n=total.answered,
            reason=_("Anybody with the open link can answer: nobody knows how many could."),
            source=campaign.code,
        )
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
    url = invite_url(campaign)
    enough = total.invited >= campaign.threshold or campaign.open_link
    return Step(title, "done" if enough else "current", text=text, url=url, verb=_("Invite"))


def invite_url(campaign: Campaign) -> str:
    """The first way to invite: contacts where partners are asked, else a list."""
    partners = campaign.target_kind == TargetKind.PARTNERS
    name = "campaign-invite-contacts" if partners else "campaign-invite"
    return reverse(f"feedback:{name}", kwargs={"code": campaign.code})


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
        return Reason(message, invite_url(campaign), _("Invite"))
    return Reason(message)


def _collect_step(user: Any, campaign: Campaign, total: Participation) -> Step:
    title = _("Answers come in")
    if campaign.state == Campaign.State.DRAFT:
        return Step(title, "todo")
    text = _("%(answered)s of %(invited)s have answered.") % {
        "answered": total.answered,
        "invited": total.reached,
    }
    if campaign.open_link:
        text = _("%(answered)s have answered.") % {"answered": total.answered}
    if campaign.state == Campaign.State.PAUSED:
        url = reverse("feedback:campaign-resume", kwargs={"code": campaign.code})
        allowed_to = bool(can(user, "campaign.pause", campaign))
        paused = _("Paused. %(text)s") % {"text": text}
        return Step(title, "current", text=paused, url=url if allowed_to else "", verb=_("Resume"))
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
    running = campaign.state in (Campaign.State.OPEN, Campaign.State.PAUSED)
    if running and can(user, "campaign.close", campaign):
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
