"""Printed reports of results: asked for, watched while a job prints them, taken with their hash."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from feedback.models import Campaign, Report
from feedback.selectors.places import visible_editions, visible_scopes
from feedback.services import reports
from iqas.core.access import allowed
from iqas.core.rest import ApiView, FileView, ListView, Shape, operation
from iqas.core.views import Access
from iqas.organisation.models import AcademicYear, Scope
from microcredentials.api import printed
from microcredentials.api.printed import ACCEPTED, OK, PrintedShape

AGAIN = "As long as the results are the same, asking again gives the same report."
WITH_ALL = ("scope", "campaign", "edition", "year", "requested_by", "job")


class ResultsReportRead(PrintedShape):
    """`as_of` is when the results last said this; `file` the address of the PDF once it is made."""

    file_at = "api:feedback:report-file"

    kind = serializers.ChoiceField(choices=Report.Kind.choices)
    language = serializers.ChoiceField(choices=Report.Language.choices)
    scope = serializers.CharField(source="scope.code")
    campaign = serializers.CharField(source="campaign.code", default=None, allow_null=True)
    edition = serializers.CharField(source="edition.code", default=None, allow_null=True)
    year = serializers.CharField(source="year.code", default=None, allow_null=True)


class ResultsReportNew(Shape):
    language = serializers.ChoiceField(choices=Report.Language.choices)


class YearResultsReportNew(ResultsReportNew):
    year: Any = serializers.SlugRelatedField(
        slug_field="code", queryset=AcademicYear.objects.all(), help_text="Code of the academic year."
    )


def told(report: Report) -> Response:
    found = Report.objects.select_related(*WITH_ALL).defer("body").get(pk=report.pk)
    return printed.told(found, ResultsReportRead)


class ReportList(ListView):
    """Every report that you may see, the latest first."""

    access = Access("permission", "report.view")
    serializer_class = ResultsReportRead

    def rows(self) -> Any:
        seen = allowed(self.request.user, "report.view", Report.objects.select_related(*WITH_ALL))
        return seen.defer("body").order_by("-as_of", "-code")

    @operation("report_list", answer=ResultsReportRead(many=True))
    def get(self, request: Request) -> Response:
        return self.answered(request)


class ReportView(ApiView):
    access = Access("permission", "report.view")

    def report(self, code: str) -> Report:
        self.found(Report, "report.view", code=code)
        return Report.objects.select_related(*WITH_ALL, "artefact").defer("body").get(code=code)


class ReportDetail(ReportView):
    @operation("results_report_read", answer=ResultsReportRead)
    def get(self, request: Request, code: str) -> Response:
        return Response(ResultsReportRead(self.report(code)).data)


class ReportFile(ReportView, FileView):
    """The PDF (PDF/A-3a, PDF/UA-1), compared with its hash on the way out. 409 `not-printed` until it is made."""

    @operation("results_report_file", file="application/pdf")
    def get(self, request: Request, code: str) -> HttpResponseBase:
        return printed.file_of(self.report(code), reports.NOT_PRINTED)


class CampaignReport(ApiView):
    access = Access("permission", "report.make")

    @operation(
        "campaign_report_make",
        request=ResultsReportNew,
        answer=ResultsReportRead,
        status=ACCEPTED,
        also=OK,
        about=AGAIN,
        example={"language": "es"},
    )
    def post(self, request: Request, code: str) -> Response:
        campaign = self.found(Campaign, "results.view", code=code)
        return told(
            reports.request_campaign(actor=request.user, campaign=campaign, **self.taken(ResultsReportNew))
        )


class EditionReport(ApiView):
    access = Access("permission", "report.make")

    @operation(
        "edition_report_make",
        request=ResultsReportNew,
        answer=ResultsReportRead,
        status=ACCEPTED,
        also=OK,
        about=AGAIN,
        example={"language": "es"},
    )
    def post(self, request: Request, code: str) -> Response:
        edition = get_object_or_404(visible_editions(request.user), code=code)
        return told(
            reports.request_edition(actor=request.user, edition=edition, **self.taken(ResultsReportNew))
        )


class CentreReport(ApiView):
    access = Access("permission", "report.make")

    @operation(
        "centre_report_make",
        request=YearResultsReportNew,
        answer=ResultsReportRead,
        status=ACCEPTED,
        also=OK,
        about=AGAIN,
        example={"language": "es", "year": "2025-26"},
    )
    def post(self, request: Request, code: str) -> Response:
        """Of a centre's year; `code` is that of the centre."""
        scope = get_object_or_404(visible_scopes(request.user), code=code, kind=Scope.Kind.CENTRE)
        return told(
            reports.request_centre(actor=request.user, scope=scope, **self.taken(YearResultsReportNew))
        )
