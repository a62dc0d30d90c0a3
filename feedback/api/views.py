"""Results for programs: the same figures as the page and the command, behind the same permission."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from feedback.api.serializers import CampaignResultsSerializer, PlaceResultsSerializer
from feedback.models import Campaign
from feedback.selectors.places import around, place_results, visible_editions, visible_scopes
from feedback.selectors.pooling import Place
from feedback.selectors.results import campaign_results
from feedback.serialisation import place_json, results_json
from iqas.core.rest import operation
from iqas.core.views import Access, get_visible_or_404

LANGUAGES = [code for code, _name in settings.LANGUAGES]
LANGUAGE = OpenApiParameter(
    "language",
    str,
    enum=LANGUAGES,
    default=settings.LANGUAGE_CODE,
    description="Language of the texts, whatever language the program accepts: as `manage.py "
    "campaign_results` answers.",
)
CHOSEN = [
    LANGUAGE,
    OpenApiParameter("questionnaire", str, description="Code of one that was asked there."),
    OpenApiParameter("year", str, description="Code of the academic year; without it the latest."),
]


def _language(request: Request) -> str:
    language = request.query_params.get("language") or settings.LANGUAGE_CODE
    if language not in LANGUAGES:
        raise ValidationError({"language": [f"One of {', '.join(LANGUAGES)}."]})
    return language


class CampaignResultsView(APIView):
    """The results of one campaign, small groups suppressed."""

    access = Access("permission", "results.view")

    @operation(
        "campaign_results",
        answer=CampaignResultsSerializer,
        parameters=[LANGUAGE],
    )
    def get(self, request: Request, code: str) -> Response:
        language = _language(request)
        campaign = get_visible_or_404(request.user, Campaign, "results.view", code=code)
        return Response(results_json(campaign_results(campaign, language)))


class _PlaceView(APIView):
    """The results of a place, pooled from what may be told of its campaigns."""

    access = Access("permission", "results.view")

    def answered(self, request: Request, place: Place) -> Response:
        language = _language(request)
        results = place_results(
            place,
            language,
            questionnaire=request.query_params.get("questionnaire", ""),
            year=request.query_params.get("year"),
            wider=[(scope.label, Place(scope)) for scope in reversed(around(place))],
        )
        if results is None:
            raise Http404
        return Response(place_json(results))


class ScopeResultsView(_PlaceView):
    @operation("place_results", answer=PlaceResultsSerializer, parameters=CHOSEN)
    def get(self, request: Request, code: str) -> Response:
        """Of the university, a centre or a micro-credential, by the code of its scope."""
        return self.answered(request, Place(get_object_or_404(visible_scopes(request.user), code=code)))


class EditionResultsView(_PlaceView):
    @operation("edition_results", answer=PlaceResultsSerializer, parameters=CHOSEN)
    def get(self, request: Request, code: str) -> Response:
        edition = get_object_or_404(visible_editions(request.user), code=code)
        return self.answered(request, Place(edition.microcredential.scope, edition))
