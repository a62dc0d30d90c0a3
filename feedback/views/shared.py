"""What several staff views of campaigns need."""

from __future__ import annotations

from django.http import Http404, HttpRequest, QueryDict

from feedback.models import Campaign
from feedback.selectors.targets import with_target
from iqas.core.access import allowed

WRITE = ("GET", "HEAD", "POST")


def posted(request: HttpRequest) -> QueryDict | None:
    """What was sent, be it nothing at all; None where nothing was sent yet."""
    return request.POST if request.method == "POST" else None


def campaign_of(request: HttpRequest, code: str) -> Campaign:
    """The campaign with its target, where the person may see it; else 404."""
    visible = with_target(Campaign.objects.select_related("questionnaire_version__questionnaire", "scope"))
    found: Campaign | None = allowed(request.user, "campaign.view", visible).filter(code=code).first()
    if found is None:
        raise Http404
    return found
