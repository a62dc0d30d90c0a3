"""Single answers, where respondents were told that they are kept and who reads them."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from feedback.models import Campaign
from feedback.selectors.answers import whole_answers
from feedback.services.answers import note_reading
from feedback.views.shared import campaign_of
from iqas.core.access import require
from iqas.core.views import page


@page("results.view")
def campaign_answers(request: HttpRequest, code: str) -> HttpResponse:
    """Institutions' answers for whoever sees the results; confidential ones for the quality office, and it is noted."""
    campaign = campaign_of(request, code)
    if campaign.mode == Campaign.Mode.ATTRIBUTED:
        require(request.user, "results.view", campaign)
    else:
        require(request.user, "answers.view", campaign)
        if request.method == "GET" and campaign.is_signed:
            note_reading(actor=request.user, campaign=campaign)
    answers = whole_answers(campaign) if campaign.is_signed else []
    return render(request, "feedback/campaign_answers.html", {"campaign": campaign, "answers": answers})
