"""The first page."""

from django.urls import path

from iqas.dashboard import views

app_name = "dashboard"
urlpatterns = [path("", views.home, name="home")]
