"""A version as those who are asked will see it: the very pages of the survey. What is answered here is kept nowhere.

The pages before are carried along in the form itself, so that questions depend on answers as they do in earnest.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from feedback.answer_sheet import AnswerSheet, Problem, read_draft, read_posted, unanswered
from feedback.models import Campaign, QuestionnaireVersion
from feedback.selectors.readers import readers_of
from feedback.selectors.survey import Screen, screens_of, shown_screens
from feedback.selectors.thresholds import least_threshold
from feedback.views.naming import AS_IS, Naming, naming_context, namings_of
from feedback.views.questionnaires import version_of
from feedback.views.questions import questions_of
from feedback.views.respondent import begin_context, render_survey
from feedback.views.shared import WRITE
from iqas.core import clock
from iqas.core.views import page

USUAL = dt.timedelta(days=14)
MANY = 100  # people, so that nothing is said of small groups


@dataclass(frozen=True)
class Stage:
    """Where the reader of a preview is: the pages that the answers so far lead to, and on which of them."""

    shown: dict[int, Screen]
    sheet: AnswerSheet
    page: int
    problems: Sequence[Problem] = ()
    namings: Sequence[Naming] = ()


@page("questionnaire.view", methods=WRITE)
@sensitive_post_parameters()
def questionnaire_preview(request: HttpRequest, code: str, number: int) -> HttpResponse:
    version = version_of(request, code, number)
    with translation.override(_language(request)):
        campaign = _as_if_asked(version)
        screens = screens_of(campaign)
        if request.method == "POST" and screens:
            return _answer(request, campaign, screens)
        return _begin(request, campaign, screens)


def _as_if_asked(version: QuestionnaireVersion) -> Campaign:
    """A campaign that exists only while the page is written."""
    today = clock.today()
    return Campaign(
        code=str(version),
        title=version.title,
        questionnaire_version=version,
        opens=today,
        closes=today + USUAL,
        threshold=least_threshold(version),
        invited_count=MANY,
    )


def _begin(request: HttpRequest, campaign: Campaign, screens: tuple[Screen, ...]) -> HttpResponse:
    context = begin_context(campaign, screens) | _around(campaign) | {"empty": not screens}
    return render_survey(request, "preview_begin.html", context)


def _answer(request: HttpRequest, campaign: Campaign, screens: tuple[Screen, ...]) -> HttpResponse:
    sheet = read_draft([item for screen in screens for item in screen.items], _carried(request))
    page, going_on = _number(request.POST.get("page", "")), bool({"go", AS_IS} & request.POST.keys())
    shown = shown_screens(screens, sheet)
    if page not in shown:
        return _section(request, campaign, Stage(shown, sheet, min(shown)))
    asked = shown[page].items
    answered, problems = read_posted(asked, request.POST)
    sheet = sheet.with_page(asked, answered)
    if going_on and not problems:
        problems = unanswered(asked, sheet)
    is_last = page == max(shown)
    if going_on and is_last and not problems and sheet.is_empty:
        problems = [Problem(asked[0], _("Answer at least one question before you send."))]
    if problems and "back" not in request.POST:
        return _section(request, campaign, Stage(shown, sheet, page, problems))
    if going_on and (namings := namings_of(asked, answered.comments, (), request.POST)):
        return _section(request, campaign, Stage(shown, sheet, page, (), namings))
    if going_on and is_last:
        return render_survey(request, "preview_end.html", _around(campaign))
    shown = shown_screens(screens, sheet)
    if going_on:
        page = min(number for number in shown if number > page)
    elif "back" in request.POST:
        page = max((number for number in shown if number < page), default=0)
    if not page:
        return _begin(request, campaign, screens)
    return _section(request, campaign, Stage(shown, sheet, page))


def _section(request: HttpRequest, campaign: Campaign, stage: Stage) -> HttpResponse:
    screen = stage.shown[stage.page]
    context = {
        "section": screen.section,
        "page": stage.page,
        "position": list(stage.shown).index(stage.page) + 1,
        "pages": len(stage.shown),
        "last": stage.page == max(stage.shown),
        "questions": questions_of(
            screen.items, stage.sheet, request.POST, stage.problems, readers_of(campaign)
        ),
        "has_errors": bool(stage.problems),
        "carried": json.dumps(stage.sheet.as_json()),
        **naming_context(stage.namings, request.POST),
    }
    status = 422 if stage.problems or stage.namings else 200
    return render_survey(request, "preview_answer.html", _around(campaign) | context, status=status)


def _around(campaign: Campaign) -> dict[str, Any]:
    return {
        "campaign": campaign,
        "version": campaign.questionnaire_version,
        "interface_languages": settings.INTERFACE_LANGUAGES,
    }


def _carried(request: HttpRequest) -> dict[str, Any]:
    """What was answered on the pages before, as the form brought it back; nothing where it was tampered with."""
    try:
        found = json.loads(request.POST.get("carried", "") or "{}")
    except (ValueError, RecursionError):
        return {}
    if not isinstance(found, dict):
        return {}
    return {name: found[name] for name in ("values", "comments") if isinstance(found.get(name), dict)}


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0


def _language(request: HttpRequest) -> str:
    """The language that was asked for, on this page alone; else the reader's own."""
    asked = (
        request.POST.get("language")
        or request.POST.get("shown_in")
        or request.GET.get("language")
        or translation.get_language()
        or ""
    )
    known: list[str] = list(settings.INTERFACE_LANGUAGES)
    return asked if asked in known else known[0]
