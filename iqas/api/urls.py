"""One REST API. Each app describes its own part in `<app>/api/urls.py`; it is listed here."""

from __future__ import annotations

from django.urls import include, path

from iqas.api import views
from iqas.api.tokens import TokenView

app_name = "api"
urlpatterns = [
    path("schema/", views.SchemaView.as_view(), name="schema"),
    path("token/", TokenView.as_view(), name="token"),
    path("docs/", views.DocsView.as_view(url_name="api:schema"), name="docs"),
    path("jobs/", include("iqas.jobs.api.urls")),
    path("evidence/", include("iqas.evidence.api.urls")),
    path("feedback/", include("feedback.api.urls")),
    path("", include("microcredentials.api.urls")),
]
