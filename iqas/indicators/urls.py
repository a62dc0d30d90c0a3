"""Indicators, followed from the university down to the answers."""

from django.urls import path

from iqas.indicators import views

app_name = "indicators"
urlpatterns = [
    path("", views.indicator_list, name="indicator-list"),
    path("<slug:code>/", views.indicator_detail, name="indicator-detail"),
    path("<slug:code>/targets/<str:scope_code>/<str:year_code>/", views.target_edit, name="target-edit"),
]
