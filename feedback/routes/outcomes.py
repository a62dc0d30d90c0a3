"""You said, we will, we did."""

from django.urls import path

from feedback.api.dialogue import CampaignOutcomesView
from feedback.views import outcomes

STAFF = [
    path("campaigns/<str:code>/outcomes/", outcomes.campaign_outcomes, name="campaign-outcomes"),
    path("campaigns/<str:code>/outcomes/add/", outcomes.outcome_add, name="outcome-add"),
    path("campaigns/<str:code>/outcomes/publish/", outcomes.outcomes_publish, name="outcomes-publish"),
    path("outcomes/<uuid:pk>/", outcomes.outcome_edit, name="outcome-edit"),
    path("outcomes/<uuid:pk>/remove/", outcomes.outcome_remove, name="outcome-remove"),
    path("outcomes/<uuid:pk>/done/", outcomes.outcome_done, name="outcome-done"),
]
PUBLIC = [
    path("done/<str:code>/", outcomes.outcome_campaign, name="outcome-campaign"),
    path("done/edition/<str:code>/", outcomes.outcome_edition, name="outcome-edition"),
]
API = [
    path("campaigns/<str:code>/outcomes/", CampaignOutcomesView.as_view(), name="campaign-outcomes"),
]
