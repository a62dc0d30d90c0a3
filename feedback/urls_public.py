"""Respondents' pages: the lists of all packages; the survey's own comes last, for it takes every other address."""

from feedback.routes import campaigns, comments, dialogue, invitations, outcomes, results, survey

app_name = "survey"
urlpatterns = [
    *campaigns.PUBLIC,
    *invitations.PUBLIC,
    *results.PUBLIC,
    *comments.PUBLIC,
    *outcomes.PUBLIC,
    *dialogue.PUBLIC,
    *survey.PUBLIC,
]
