"""The way to approval, as data: which bodies decide, in which order and by when; which changes are substantial.

Read only: an administrator loads a route and puts it in force on a page that says what it changes, or on the server.
"""

from __future__ import annotations

from typing import Any

from django.http import Http404
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from iqas.core.rest import ApiView, ListView, Shape, operation
from iqas.core.views import Access
from microcredentials.filters import RouteFilter
from microcredentials.models import Change
from microcredentials.packs.schema import COMPARED
from microcredentials.selectors.routes import pack_of, routes_of
from microcredentials.services.routes import route_in_force


class RouteRow(Shape):
    code = serializers.CharField()
    version = serializers.IntegerField(source="number")
    title = serializers.CharField()
    in_force = serializers.BooleanField()
    used = serializers.IntegerField(help_text="Submissions that went or go by it.")
    waiting = serializers.IntegerField(help_text="Of those, how many are in process.")


class StepRead(Shape):
    """A step as the file of the route says it."""

    code = serializers.CharField()
    name = serializers.DictField(child=serializers.CharField(), help_text="By language.")
    body = serializers.DictField(child=serializers.CharField(), help_text="By language.")
    permission = serializers.CharField(help_text="What recording its act demands.")
    needed_for = serializers.ListField(child=serializers.ChoiceField(choices=Change.choices))
    public_only = serializers.BooleanField()
    needs_document = serializers.BooleanField()
    document_kind = serializers.CharField()
    by_programme = serializers.BooleanField(help_text="Decided for a whole academic year at once.")
    days = serializers.IntegerField(help_text="From the act before it.")


class RouteRead(RouteRow):
    source = serializers.CharField()  # type: ignore[assignment]
    sha256 = serializers.CharField()
    substantial = serializers.ListField(
        child=serializers.CharField(), help_text="Fields and lists whose change is substantial."
    )
    minor = serializers.ListField(child=serializers.CharField())
    steps = StepRead(many=True)


class RouteList(ListView):
    """Every route, the one in force first."""

    access = Access("permission", "route.view")
    serializer_class = RouteRow
    filterset_class = RouteFilter

    def rows(self) -> Any:
        route_in_force()
        return routes_of(self.request.user)

    @operation("route_list", answer=RouteRow(many=True))
    def get(self, request: Request) -> Response:
        return self.answered(request)


class RouteDetail(ApiView):
    access = Access("permission", "route.view")

    @operation("route_read", answer=RouteRead)
    def get(self, request: Request, code: str, number: int) -> Response:
        found: Any = routes_of(request.user).prefetch_related("steps")
        route = found.filter(code=code, number=number).first()
        if route is None:
            raise Http404
        pack = pack_of(route)
        shown = {name: getattr(route, name) for name in ("title", "in_force", "used", "waiting", "sha256")}
        told = pack.model_dump(mode="json", exclude_none=True) | shown
        told |= {"number": pack.version, "minor": sorted(COMPARED - set(pack.substantial))}
        return Response(RouteRead(told).data)
