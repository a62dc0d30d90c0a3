"""What all pages of respondents share: the cookie of the link, the closed door, what is told before the first question."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation

from feedback.answer_sheet import COMMENT_CHARACTERS
from feedback.duration import minutes_to_answer
from feedback.models import Campaign, Item
from feedback.selectors.readers import readers_of
from feedback.selectors.survey import Screen, Status, Visit, find_visit
from feedback.views.questions import in_words
from iqas.core.middleware import language_of
from iqas.organisation.models import University

COOKIE = "survey_token"
COOKIE_SECONDS = 4 * 60 * 60
SMALL_GROUP = 15
REASON = "respondents have a link and no account"
CLOSED_DOOR = {"used": 410, "over": 410, "early": 403, "paused": 403}


def render_survey(
    request: HttpRequest, template: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    """A survey page; who asks stands on each of them."""
    context["university"] = University.objects.first()
    return render(request, f"feedback/survey/{template}", context, status=status)


def enter(visit: Visit, *, page: int | None = None) -> HttpResponse:
    """To the first screen, or to a page of questions, with the link in a cookie for this campaign only."""
    code = visit.campaign.code
    if page is None:
        response = redirect("survey:survey-begin", code=code)
    else:
        response = redirect("survey:survey-answer", code=code, page=page)
    response["Referrer-Policy"] = "no-referrer"
    return keep_cookie(response, visit)


def keep_cookie(response: HttpResponse, visit: Visit) -> HttpResponse:
    response.set_cookie(
        COOKIE,
        visit.token,
        max_age=COOKIE_SECONDS,
        path=reverse("survey:survey-begin", kwargs={"code": visit.campaign.code}),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


def survey_error(request: HttpRequest, status: int, code: str, message: str) -> HttpResponse:
    """An error on a survey page looks like one and leads back to it. Needs no database."""
    back = request.path if code in ("too-large", "form-expired") else ""
    context = {
        "code": code,
        "message": message,
        "back": back,
        "too_long": code == "too-large" and back.startswith(reverse("survey:code-enter") + "c/"),
        "most": COMMENT_CHARACTERS,
    }
    with translation.override(language_of(request)):  # some are refused before a language was chosen
        return render(request, "feedback/survey/survey_error.html", context, status=status)


def visit_of(request: HttpRequest, code: str) -> Visit | None:
    visit = find_visit(request.COOKIES.get(COOKIE, ""))
    return visit if visit is not None and visit.campaign.code == code else None


def closed_door(request: HttpRequest, visit: Visit | None) -> HttpResponse:
    """Why this link does not open the survey now."""
    if visit is None:
        return render_survey(request, "link_needed.html", {}, status=404)
    return closed(request, visit.campaign, visit.status)


def closed(request: HttpRequest, campaign: Campaign, status: Status) -> HttpResponse:
    context = {"campaign": campaign, "status": status, "sent_now": request.method == "POST"}
    return render_survey(request, "survey_closed.html", context, status=CLOSED_DOOR[status])


def begin_context(campaign: Campaign, screens: Sequence[Screen]) -> dict[str, Any]:
    """What is told before the first question: how long, in which mode, who reads the comments."""
    few = campaign.invited_count < SMALL_GROUP and not campaign.open_link
    items = [item for screen in screens for item in screen.items]
    return {
        "campaign": campaign,
        "pages": len(screens),
        "minutes": minutes_to_answer(item.kind for item in items),
        "required": sum(item.required for item in items),
        "all_required": bool(items) and all(item.required for item in items),
        "few": few,
        "has_comments": any(item.kind == Item.Kind.TEXT for item in items),
        "readers": in_words(readers_of(campaign).words()),
        "small_group": few and campaign.mode == Campaign.Mode.ANONYMOUS,
    }
