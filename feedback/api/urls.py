"""The API of questionnaires, campaigns and results."""

from django.urls import path

from feedback.api.views import CampaignResultsView

app_name = "feedback"
urlpatterns = [
    path("campaigns/<str:code>/results/", CampaignResultsView.as_view(), name="campaign-results"),
]
