"""Questionnaires and their editor."""

from django.urls import URLPattern, path

from feedback.views import questionnaires

STAFF = [
    path("questionnaires/", questionnaires.questionnaire_list, name="questionnaire-list"),
    path(
        "questionnaires/<str:code>/<int:number>/",
        questionnaires.questionnaire_detail,
        name="questionnaire-detail",
    ),
]
PUBLIC: list[URLPattern] = []
API: list[URLPattern] = []
