"""Printed reports."""

from django.urls import URLPattern, path

from feedback.api.reports import (
    CampaignReport,
    CentreReport,
    EditionReport,
    ReportDetail,
    ReportFile,
    ReportList,
)
from feedback.views import reports

STAFF = [
    path("campaigns/<str:code>/results/report/", reports.campaign_report, name="campaign-report"),
    path("results/editions/<str:code>/report/", reports.edition_report, name="edition-report"),
    path("results/places/<str:code>/report/<str:year>/", reports.centre_report, name="centre-report"),
    path("reports/<str:code>/", reports.report_download, name="report-download"),
]
PUBLIC: list[URLPattern] = []
API = [
    path("reports/", ReportList.as_view(), name="report-list"),
    path("reports/<str:code>/", ReportDetail.as_view(), name="report-detail"),
    path("reports/<str:code>/file/", ReportFile.as_view(), name="report-file"),
    path("campaigns/<str:code>/reports/", CampaignReport.as_view(), name="campaign-report"),
    path("results/editions/<str:code>/reports/", EditionReport.as_view(), name="edition-report"),
    path("results/places/<str:code>/reports/", CentreReport.as_view(), name="centre-report"),
]
