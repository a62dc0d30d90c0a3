"""Results: pages, exports, the API."""

from django.urls import URLPattern, path

from feedback.api.views import CampaignResultsView
from feedback.views import results

STAFF = [
    path("campaigns/<str:code>/results/", results.campaign_results_page, name="campaign-results"),
]
PUBLIC: list[URLPattern] = []
API = [
    path("campaigns/<str:code>/results/", CampaignResultsView.as_view(), name="campaign-results"),
]
