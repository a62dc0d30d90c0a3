"""Printed reports."""

from django.urls import URLPattern, path

from feedback.views import reports

STAFF = [
    path("campaigns/<str:code>/results/report/", reports.campaign_report, name="campaign-report"),
    path("results/editions/<str:code>/report/", reports.edition_report, name="edition-report"),
    path("results/places/<str:code>/report/<str:year>/", reports.centre_report, name="centre-report"),
    path("reports/<str:code>/", reports.report_download, name="report-download"),
]
PUBLIC: list[URLPattern] = []
API: list[URLPattern] = []
