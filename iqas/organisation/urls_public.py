"""The logo. It stands below /s/, where nothing is noted of who asks: a learner's phone fetches it with a survey page."""

from django.urls import path

from iqas.organisation import views

app_name = "university"
urlpatterns = [
    path("<str:sha256>/", views.university_logo, name="university-logo"),
]
