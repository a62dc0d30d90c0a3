"""What people said."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language

from feedback.exporters import Sheets, file_name, lines, sheets_of, workbook
from feedback.models import Campaign
from feedback.presenters.figure_tables import groups_compared
from feedback.presenters.files import csv_links
from feedback.presenters.groups import group_rows
from feedback.presenters.places import place_url
from feedback.presenters.reports import Reports, reports_of
from feedback.presenters.results import parts_of
from feedback.selectors.comments import comments_waiting
from feedback.selectors.published import FINISHED, is_told
from feedback.selectors.results import campaign_results, shown_comments
from feedback.selectors.targets import loaded_with_target
from iqas.core.access import allowed, can
from iqas.core.views import page
from iqas.ui import lists


@page("results.view")
def campaign_results_page(request: HttpRequest, code: str) -> HttpResponse:
    """The results of one campaign, from its summaries only."""
    campaign = campaign_or_404(request, code, comments_waiting=comments_waiting())
    language = get_language() or "es"
    results = campaign_results(campaign, language)
    groups = results.compared_groups
    rows = group_rows(results, groups) if groups else []
    reviewer = bool(can(request.user, "comment.review", campaign))
    context = {
        "campaign": campaign,
        "results": results,
        "parts": parts_of(results.items),
        "group_rows": rows,
        "group_table": groups_compared(rows, groups),
        "hidden_groups": [group for group in results.groups if group.suppressed and group.code],
        "response_rate": None if results.response_rate is None else float(results.response_rate),
        "straight_share": results.straight_lined / results.counted if results.straight_lined else None,
        "comments": shown_comments(campaign, request.user, language),
        "waiting": campaign.comments_waiting if reviewer and is_told(campaign) else 0,  # type: ignore[attr-defined]
        "is_reviewer": reviewer,
        "reports": _reports(request, campaign),
        "compare_url": _compare_url(campaign),
        "csv": csv_links(
            reverse("feedback:campaign-results-export", args=[campaign.code]),
            ("results", "distributions", "answers", "comments"),
        ),
    }
    return render(request, "feedback/campaign_results.html", context)


@page("results.view")
def campaign_results_export(request: HttpRequest, code: str) -> HttpResponse:
    """The figures, distributions and visible comments of one campaign."""
    campaign = campaign_or_404(request, code)
    sheets = sheets_of(Campaign.objects.filter(pk=campaign.pk), request.user, get_language() or "es")
    return results_file(request, sheets, campaign.code)


def results_file(request: HttpRequest, sheets: Sheets, code: str) -> HttpResponse:
    """As XLSX, or one table of it (`table`) as CSV."""
    kind = "csv" if request.GET.get("format") == "csv" else "xlsx"
    response = HttpResponse(content_type=lists.EXPORTS[kind])
    if kind == "csv":
        response.writelines(lines(sheets, request.GET.get("table", "")))
    else:
        response.write(workbook(sheets, code))
    response["Content-Disposition"] = f'attachment; filename="{file_name(code, kind)}"'
    return response


def campaign_or_404(request: HttpRequest, code: str, **counted: Any) -> Campaign:
    """A campaign whose results the person may see, with its target and what is counted of it."""
    related = Campaign.objects.select_related("scope", "questionnaire_version__questionnaire")
    found = loaded_with_target(
        allowed(request.user, "results.view", related).filter(code=code).annotate(**counted)
    )
    if not found:
        raise Http404
    return found[0]


def _compare_url(campaign: Campaign) -> str:
    """Where the campaign stands beside earlier years and the places around it: the page of what it asked about."""
    if not is_told(campaign) or campaign.state not in FINISHED:
        return ""
    edition, year = campaign.target.edition, campaign.target.year
    asked = {"questionnaire": campaign.questionnaire_version.questionnaire.code}
    if edition is not None:
        return place_url("edition", edition.code, **asked, year=edition.year.code)
    return place_url(campaign.scope.kind, campaign.scope.code, **asked, year=year.code if year else "")


def _reports(request: HttpRequest, campaign: Campaign) -> Reports | None:
    if campaign.state not in FINISHED:
        return None
    url = reverse("feedback:campaign-report", args=[campaign.code])
    return reports_of(request.user, campaign.scope, url, campaign=campaign)
