"""The open link of a campaign: the first screen for whoever has it, and a link of one's own at the press of a button."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from feedback.models import Campaign
from feedback.selectors.survey import campaign_of_open_code, door_of, find_visit, screens_of
from feedback.services.open_link import begin
from feedback.views.respondent import REASON, begin_context, closed, closed_door, enter, render_survey
from iqas.core.refusals import RuleViolation
from iqas.core.views import public

TOO_MANY = 429


@public(REASON, methods=("GET", "HEAD", "POST"))
def open_link(request: HttpRequest, code: str) -> HttpResponse:
    campaign = campaign_of_open_code(code)
    if campaign is None:
        return redirect(f"{reverse('survey:code-enter')}?unknown=link")
    if (door := door_of(campaign)) != "open":
        return closed(request, campaign, door)
    if request.method != "POST":
        return render_survey(request, "survey_begin.html", _context(campaign))
    try:
        token = begin(campaign=campaign)
    except RuleViolation as refusal:
        context = _context(campaign) | {"refusal": refusal.message}
        return render_survey(request, "survey_begin.html", context, status=TOO_MANY)
    visit = find_visit(token)
    return closed_door(request, None) if visit is None else enter(visit, page=1)


def _context(campaign: Campaign) -> dict[str, Any]:
    return begin_context(campaign, screens_of(campaign)) | {"open_link": True}
