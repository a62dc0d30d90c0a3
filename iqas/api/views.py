"""The API's own description, for people with an account."""

from __future__ import annotations

from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.renderers import TemplateHTMLRenderer

from iqas.api.permissions import DeclaredPermission
from iqas.core.views import Access


class SchemaView(SpectacularAPIView):
    """The OpenAPI description."""

    access = Access("signed-in")
    permission_classes = [DeclaredPermission]


class DocsView(SpectacularSwaggerSplitView):
    """The description as a page to read and try."""

    access = Access("signed-in")
    permission_classes = [DeclaredPermission]
    renderer_classes = [TemplateHTMLRenderer]
