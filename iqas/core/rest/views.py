"""Views that declare their access as pages do, and lists that read one page."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import Model, QuerySet
from rest_framework.generics import ListAPIView
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.views import APIView

from iqas.core import access
from iqas.core.rest.shapes import known_query
from iqas.core.views import Access, get_visible_or_404

READING = frozenset({"GET", "HEAD", "OPTIONS"})
PAGING = ("page", "page_size")


class ApiView(APIView):
    """`access` is asked for every method, `writing` for those that change something: before the body is read."""

    access: ClassVar[Access]
    writing: ClassVar[str] = ""
    queries: ClassVar[tuple[str, ...]] = ()

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if self.writing and request.method not in READING:
            access.require(request.user, self.writing)
        known_query(request, self.known_queries())

    def known_queries(self) -> tuple[str, ...]:
        return self.queries

    def taken(self, shape: type[BaseSerializer[Any]], **context: Any) -> dict[str, Any]:
        """The body in this shape. Refuses with 400, naming each field."""
        reader = shape(data=self.request.data, context={"request": self.request, "view": self, **context})
        reader.is_valid(raise_exception=True)
        return dict(reader.validated_data)

    def found(self, model: type[Model], action: str, *, may: str = "", **lookup: Any) -> Any:
        """The object; 404 where the person may not see it, 403 where they may not do `may` to it."""
        found = get_visible_or_404(self.request.user, model, action, **lookup)
        if may:
            access.require(self.request.user, may, found)
        return found


class AsItIs(BaseContentNegotiation):
    """A file has one form, whatever the program says that it accepts; problems are JSON."""

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> Any:
        return renderers[0], renderers[0].media_type


class FileView(ApiView):
    """Answers with a file."""

    content_negotiation_class = AsItIs


class ListView(ApiView, ListAPIView):  # type: ignore[type-arg]
    """A list in pages, of what the person may see."""

    def rows(self) -> QuerySet[Any]:
        raise NotImplementedError

    def get_queryset(self) -> QuerySet[Any]:
        filters = getattr(self, "filterset_class", None)
        if getattr(self, "swagger_fake_view", False) and filters is not None:
            nothing: QuerySet[Any] = filters._meta.model._default_manager.none()
            return nothing
        return self.rows()

    def known_queries(self) -> tuple[str, ...]:
        filters = getattr(self, "filterset_class", None)
        return (*PAGING, *self.queries, *(filters.base_filters if filters else ()))

    def answered(self, request: Request) -> Response:
        """One page. An override of `get` that describes itself ends with this."""
        return self.list(request)
