"""What respondents open. The link itself catches everything else, so it comes last."""

from django.urls import URLPattern, path

from feedback.views import open_link, survey

STAFF: list[URLPattern] = []
PUBLIC = [
    path("", survey.code_enter, name="code-enter"),
    path("receipt/", survey.receipt_check, name="receipt-check"),
    path("o/<str:code>", open_link.open_link, name="open-link"),
    path("o/<str:code>/", open_link.open_link, name="open-link-slash"),
    path("c/<str:code>/", survey.survey_begin, name="survey-begin"),
    path("c/<str:code>/clear/", survey.survey_clear, name="survey-clear"),
    path("c/<str:code>/<int:page>/", survey.survey_answer, name="survey-answer"),
    path("<str:token>", survey.link_follow, name="link-follow"),
    path("<str:token>/", survey.link_follow, name="link-follow-slash"),
]
API: list[URLPattern] = []
