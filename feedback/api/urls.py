"""The API of questionnaires, campaigns and results."""

from feedback.routes import (
    campaigns,
    comments,
    dialogue,
    invitations,
    outcomes,
    questionnaires,
    reports,
    results,
)

app_name = "feedback"
urlpatterns = [
    *campaigns.API,
    *invitations.API,
    *questionnaires.API,
    *results.API,
    *comments.API,
    *outcomes.API,
    *dialogue.API,
    *reports.API,
]
