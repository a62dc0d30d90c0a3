"""Staff pages: the lists of all packages, one after the other."""

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
    *campaigns.STAFF,
    *invitations.STAFF,
    *questionnaires.STAFF,
    *results.STAFF,
    *comments.STAFF,
    *outcomes.STAFF,
    *dialogue.STAFF,
    *reports.STAFF,
]
