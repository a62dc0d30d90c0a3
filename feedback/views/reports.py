"""Printed reports of results: asking for one, taking its file."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from feedback.models import Campaign, Report
from feedback.selectors.places import visible_editions, visible_scopes
from feedback.services import reports
from iqas.core.access import can
from iqas.core.files import download_response
from iqas.core.refusals import RuleViolation
from iqas.core.views import get_visible_or_404, page
from iqas.organisation.models import AcademicYear, Scope


@page("report.make", methods=("POST",))
def campaign_report(request: HttpRequest, code: str) -> HttpResponseBase:
    campaign = get_visible_or_404(request.user, Campaign, "results.view", code=code)
    report = reports.request_campaign(
        actor=request.user, campaign=campaign, language=request.POST.get("language", "")
    )
    return _onwards(request, report, "campaign-results", code)


@page("report.make", methods=("POST",))
def edition_report(request: HttpRequest, code: str) -> HttpResponseBase:
    edition = get_object_or_404(visible_editions(request.user), code=code)
    report = reports.request_edition(
        actor=request.user, edition=edition, language=request.POST.get("language", "")
    )
    return _onwards(request, report, "results-edition", code)


@page("report.make", methods=("POST",))
def centre_report(request: HttpRequest, code: str, year: str) -> HttpResponseBase:
    scope = get_object_or_404(visible_scopes(request.user), code=code, kind=Scope.Kind.CENTRE)
    report = reports.request_centre(
        actor=request.user,
        scope=scope,
        year=get_object_or_404(AcademicYear, code=year),
        language=request.POST.get("language", ""),
    )
    return _onwards(request, report, "results-place", code)


@page("report.view")
def report_download(request: HttpRequest, code: str) -> HttpResponseBase:
    """The file, compared with its hash on the way out. Refuses `not-printed`."""
    get_visible_or_404(request.user, Report, "report.view", code=code)
    report = Report.objects.select_related("artefact").defer("body").get(code=code)
    if report.artefact is None:
        raise RuleViolation("not-printed", reports.NOT_PRINTED)
    return download_response(replace(report.artefact.stored, sha256=report.sha256))


def _onwards(request: HttpRequest, report: Report, back: str, code: str) -> HttpResponseBase:
    """To the job while it works; otherwise back, saying that the report was there."""
    if report.is_made or report.job is None:
        words: dict[str, Any] = {"code": report.code}
        messages.info(
            request, _("Nothing has changed since %(code)s was made: it is still the report.") % words
        )
    elif can(request.user, "job.view", report.job):
        return redirect(report.job)
    return redirect(f"feedback:{back}", code)
