"""Results for programs: the same figures as the page and the command, behind the same permission."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, PolymorphicProxySerializer
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from feedback.api.serializers import (
    CampaignResultsSerializer,
    DetailedResultsSerializer,
    PlaceResultsSerializer,
)
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
DETAIL = OpenApiParameter(
    "detail",
    bool,
    default=False,
    description="Everything that the page tells: deviation, intervals, the share of each answer, groups, words of the "
    "points. Without it only the fields that are always there.",
)
CHOSEN = [
    LANGUAGE,
    OpenApiParameter("questionnaire", str, description="Code of one that was asked there."),
    OpenApiParameter("year", str, description="Code of the academic year; without it the latest."),
]


EITHER = PolymorphicProxySerializer(
    component_name="CampaignResultsOrDetailed",
    serializers=[CampaignResultsSerializer, DetailedResultsSerializer],
    resource_type_field_name=None,
)


def _language(request: Request) -> str:
    language = request.query_params.get("language") or settings.LANGUAGE_CODE
    if language not in LANGUAGES:
        raise ValidationError({"language": [f"One of {', '.join(LANGUAGES)}."]})
    return language


def _detail(request: Request) -> bool:
    asked = request.query_params.get("detail", "false")
    if asked not in ("true", "false"):
        raise ValidationError({"detail": ["One of true, false."]})
    return asked == "true"


class CampaignResultsView(APIView):
    """The results of one campaign, small groups suppressed."""

    access = Access("permission", "results.view")

    @operation(
        "campaign_results",
        answer=EITHER,
        parameters=[LANGUAGE, DETAIL],
    )
    def get(self, request: Request, code: str) -> Response:
        language, detail = _language(request), _detail(request)
        campaign = get_visible_or_404(request.user, Campaign, "results.view", code=code)
        return Response(results_json(campaign_results(campaign, language), detail=detail))


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
