"""Results: pages, exports, the API."""

from django.urls import URLPattern, path

from feedback.api.views import CampaignResultsView, EditionResultsView, ScopeResultsView
from feedback.views import importing, places, results

STAFF = [
    path("results/", places.result_list, name="result-list"),
    path("results/import/", importing.result_import, name="result-import"),
    path("results/import/confirm/", importing.result_import_confirm, name="result-import-confirm"),
    path("results/export/", places.result_export, name="result-export"),
    path("results/places/<str:code>/export/", places.results_place_export, name="results-place-export"),
    path("results/editions/<str:code>/export/", places.results_edition_export, name="results-edition-export"),
    path(
        "campaigns/<str:code>/results/export/",
        results.campaign_results_export,
        name="campaign-results-export",
    ),
    path("results/places/<str:code>/", places.results_place, name="results-place"),
    path("results/editions/<str:code>/", places.results_edition, name="results-edition"),
    path("campaigns/<str:code>/results/", results.campaign_results_page, name="campaign-results"),
]
PUBLIC: list[URLPattern] = []
API = [
    path("results/places/<str:code>/", ScopeResultsView.as_view(), name="results-place"),
    path("results/editions/<str:code>/", EditionResultsView.as_view(), name="results-edition"),
    path("campaigns/<str:code>/results/", CampaignResultsView.as_view(), name="campaign-results"),
]
