"""Statements and display preferences."""

from django.urls import path

from iqas.ui import views

app_name = "ui"
urlpatterns = [
    path("accessibility/", views.accessibility, name="accessibility"),
    path("privacy/", views.privacy, name="privacy"),
    path("display/density/", views.density, name="density"),
]
