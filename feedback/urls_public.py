from django.urls import path

from feedback.views import survey

app_name = "survey"
urlpatterns = [
    path("", survey.code_enter, name="code-enter"),
    path("receipt/", survey.receipt_check, name="receipt-check"),
    path("stop/<str:mark>/", survey.mail_stop, name="mail-stop"),
    path("c/<str:code>/", survey.survey_begin, name="survey-begin"),
    path("c/<str:code>/clear/", survey.survey_clear, name="survey-clear"),
    path("c/<str:code>/<int:page>/", survey.survey_answer, name="survey-answer"),
    path("<str:token>", survey.link_follow, name="link-follow"),
    path("<str:token>/", survey.link_follow, name="link-follow-slash"),
]
