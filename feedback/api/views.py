"""Results for programs: the same figures as the page and the command, behind the same permission."""

from __future__ import annotations

from django.conf import settings
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from feedback.api.serializers import CampaignResultsSerializer
from feedback.models import Campaign
from feedback.selectors.results import campaign_results
from feedback.serialisation import results_json
from iqas.core.rest import operation
from iqas.core.views import Access, get_visible_or_404

LANGUAGES = [code for code, _name in settings.LANGUAGES]


class CampaignResultsView(APIView):
    """The results of one campaign, small groups suppressed."""

    access = Access("permission", "results.view")

    @operation(
        "campaign_results",
        answer=CampaignResultsSerializer,
        parameters=[
            OpenApiParameter(
                "language",
                str,
                enum=LANGUAGES,
                default=settings.LANGUAGE_CODE,
                description="Language of the texts, whatever language the program accepts: as `manage.py "
                "campaign_results` answers.",
            )
        ],
    )
    def get(self, request: Request, code: str) -> Response:
        language = request.query_params.get("language") or settings.LANGUAGE_CODE
        if language not in LANGUAGES:
            raise ValidationError({"language": [f"One of {', '.join(LANGUAGES)}."]})
        campaign = get_visible_or_404(request.user, Campaign, "results.view", code=code)
        return Response(results_json(campaign_results(campaign, language)))
