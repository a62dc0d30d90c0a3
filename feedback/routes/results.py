"""Results: pages, exports, the API."""

from django.urls import URLPattern, path

from feedback.api.views import CampaignResultsView
from feedback.views import places, results

STAFF = [
    path("results/", places.result_list, name="result-list"),
    path("results/places/<str:code>/", places.results_place, name="results-place"),
    path("results/editions/<str:code>/", places.results_edition, name="results-edition"),
    path("campaigns/<str:code>/results/", results.campaign_results_page, name="campaign-results"),
]
PUBLIC: list[URLPattern] = []
API = [
    path("campaigns/<str:code>/results/", CampaignResultsView.as_view(), name="campaign-results"),
]
