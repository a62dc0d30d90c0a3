"""The respondent's pages: no account, no JavaScript, nothing kept in the browser but the way back to the draft."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables

from feedback.anonymity.tokens import new_press
from feedback.answer_sheet import AnswerSheet, Problem, asked, kept_in_part, read_posted, unanswered
from feedback.models import Item
from feedback.selectors.invitations import has_stopped
from feedback.selectors.readers import Readers, readers_of
from feedback.selectors.survey import (
    Progress,
    Screen,
    Visit,
    campaign_of_open_code,
    find_visit,
    names_to_mind,
    progress_of,
    receipt_is_counted,
    receipt_of_same_press,
    screens_of,
    shown_screens,
    token_of_code,
)
from feedback.services.invitations import resume_mails, stop_mails
from feedback.services.submission import clear_draft, save_draft, submit
from feedback.views.naming import Naming, naming_context, namings_of
from feedback.views.questions import questions_of
from feedback.views.respondent import (
    REASON,
    begin_context,
    closed_door,
    enter,
    keep_cookie,
    render_survey,
    visit_of,
)
from iqas.core.refusals import RuleViolation
from iqas.core.views import public


@dataclass(frozen=True)
class Place:
    """Where a respondent is: on a page, counted from 1, of the survey behind the own link.

    `shown` are the pages that the answers so far lead to, by number; the last of `screens` is always among them.
    """

    request: HttpRequest
    visit: Visit
    screens: tuple[Screen, ...]
    shown: Mapping[int, Screen]
    page: int

    @property
    def items(self) -> Sequence[Item]:
        return self.shown[self.page].items

    @property
    def is_last(self) -> bool:
        return self.page == len(self.screens)

    def beside(self, shown: Mapping[int, Screen], *, going_on: bool) -> int:
        """The number of the next or the former of these pages; 0 before the first."""
        if going_on:
            return min(number for number in shown if number > self.page)
        return max((number for number in shown if number < self.page), default=0)

    @property
    def posted(self) -> QueryDict:
        return self.request.POST


@public(REASON)
@sensitive_variables("token")
def link_follow(request: HttpRequest, token: str) -> HttpResponse:
    """Moves the token from the address into a cookie for this campaign only."""
    visit = find_visit(token)
    if visit is None:
        return redirect(f"{reverse('survey:code-enter')}?unknown=link")
    return enter(visit)


@public(REASON, methods=("GET", "HEAD", "POST"))
@sensitive_post_parameters()
def code_enter(request: HttpRequest) -> HttpResponse:
    """Where a person types the short code of a printed link."""
    problem = "link" if request.GET.get("unknown") == "link" else ""
    if request.method == "POST":
        token = token_of_code(request.POST.get("code", ""))
        visit = find_visit(token) if token else None
        if visit is not None:
            return enter(visit)
        if campaign_of_open_code(request.POST.get("code", "")) is not None:
            return redirect("survey:open-link", code=request.POST["code"].strip())
        problem = "code"
    status = {"link": 404, "code": 422}.get(problem, 200)
    context = {
        "problem": problem,
        "has_errors": problem == "code",
        "typed": request.POST.get("code", "")[:40],
    }
    return render_survey(request, "code_enter.html", context, status=status)


@public(REASON)
def survey_begin(request: HttpRequest, code: str) -> HttpResponse:
    """The first screen: who asks, why, how long, in which mode, who reads what."""
    visit = visit_of(request, code)
    if visit is None or visit.status != "open":
        return closed_door(request, visit)
    screens = screens_of(visit.campaign)
    context = begin_context(visit.campaign, screens) | {
        "progress": progress_of(visit, screens),
        "partner": visit.invitation.partner,
        "group": visit.campaign.groups.filter(code=visit.invitation.group_code).first()
        if visit.invitation.group_code
        else None,
    }
    return keep_cookie(render_survey(request, "survey_begin.html", context), visit)


@public(REASON, methods=("GET", "HEAD", "POST"))
@sensitive_post_parameters()
def survey_answer(request: HttpRequest, code: str, page: int) -> HttpResponse:
    """One section. Every button of it keeps what was answered; only "Send" sends."""
    visit = visit_of(request, code)
    if visit is None or visit.status != "open":
        return _sent_before(request, visit) or closed_door(request, visit)
    screens = screens_of(visit.campaign)
    if not 1 <= page <= len(screens):
        return redirect("survey:survey-begin", code=code)
    progress = progress_of(visit, screens)
    shown = shown_screens(screens, progress.sheet)
    if page not in shown:
        later = min(number for number in shown if number > page)
        return redirect("survey:survey-answer", code=code, page=later)
    place = Place(request, visit, screens, shown, page)
    if request.method == "POST":
        return _in_language(request, lambda: _take_page(place, progress))
    problems = kept_in_part(place.items, progress.partly)
    if "check" in request.GET:
        problems += unanswered(place.items, progress.sheet)
    return _section(place, progress.sheet, problems)


@public(REASON, methods=("GET", "HEAD", "POST"))
def survey_clear(request: HttpRequest, code: str) -> HttpResponse:
    """Asks once, then deletes the draft."""
    visit = visit_of(request, code)
    if visit is None or visit.status != "open":
        return closed_door(request, visit)
    if request.method == "POST":
        clear_draft(visit=visit)
        return redirect("survey:survey-begin", code=code)
    return keep_cookie(render_survey(request, "survey_clear.html", {"campaign": visit.campaign}), visit)


@public("a receipt says whether an answer is counted, to whoever holds it", methods=("GET", "HEAD", "POST"))
@sensitive_post_parameters()
def receipt_check(request: HttpRequest) -> HttpResponse:
    """Is the answer that gave this receipt counted? Yes, or after a later mixing; never which."""
    typed = request.POST.get("receipt", "")[:80]
    context = {"asked": request.method == "POST", "counted": bool(typed) and receipt_is_counted(typed)}
    return render_survey(request, "receipt_check.html", context)


@csrf_exempt  # RFC 8058: mail programs send this POST by themselves
@public("whoever gets our mail may stop it without an account", methods=("GET", "HEAD", "POST"))
def mail_stop(request: HttpRequest, mark: str) -> HttpResponse:
    """Write no more survey mail to this person, or do so again; asks for one press of a button, as link scanners press

    none.
    """
    act = resume_mails if "again" in request.POST else stop_mails
    unknown = request.method == "POST" and not act(mark=mark)
    context = {"stopped": has_stopped(mark), "again": act is resume_mails, "unknown": unknown}
    return render_survey(request, "mail_stop.html", context, status=404 if unknown else 200)


def _take_page(place: Place, progress: Progress) -> HttpResponse:
    answered, problems = read_posted(place.items, place.posted)
    sheet = progress.sheet.with_page(place.items, answered)
    elsewhere = set(progress.partly) - {item.code for item in place.items}
    if {"back", "language"} & place.posted.keys():
        response = _move(place, sheet, going_on=False, partly=elsewhere | {one.item.code for one in problems})
        return response if "back" in place.posted or not problems else _section(place, sheet, problems)
    problems = problems or unanswered(place.items, sheet)
    if place.is_last:
        sheet = sheet.only(asked([item for screen in place.screens for item in screen.items], sheet.values))
        if not problems and sheet.is_empty:
            problems = [Problem(place.items[0], _("Answer at least one question before you send."))]
    if problems:
        return _section(place, sheet, problems)
    if answered.comments:
        names = names_to_mind(place.visit.campaign)
        if namings := namings_of(place.items, answered.comments, names, place.posted):
            return _section(place, sheet, [], namings)
    return _send(place, sheet) if place.is_last else _move(place, sheet, going_on=True, partly=elsewhere)


def _move(place: Place, sheet: AnswerSheet, *, going_on: bool, partly: Iterable[str]) -> HttpResponse:
    """Keeps the draft and goes to the next or former page, or to the same in another language."""
    target = place.page
    if going_on or "back" in place.posted:
        target = place.beside(shown_screens(place.screens, sheet), going_on=going_on)
    pages_on = max(abs(target - place.page), 1)
    save_draft(visit=place.visit, sheet=sheet, page=max(target, 1), pages_on=pages_on, partly=partly)
    code = place.visit.campaign.code
    if target < 1:
        return redirect("survey:survey-begin", code=code)
    return redirect("survey:survey-answer", code=code, page=target)


def _in_language(request: HttpRequest, answer: Callable[[], HttpResponse]) -> HttpResponse:
    """The answer in the language whose button was pressed, if any, which is the reader's from now on."""
    language = request.POST.get("language")
    if language not in settings.INTERFACE_LANGUAGES:
        return answer()
    with translation.override(language):
        response = answer()
    response["Content-Language"] = language
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
        samesite="Lax",
    )
    return response


def _send(place: Place, sheet: AnswerSheet) -> HttpResponse:
    visit = place.visit
    for number, screen in shown_screens(place.screens, sheet).items():
        if unanswered(screen.items, sheet):
            save_draft(visit=visit, sheet=sheet, page=number)
            url = reverse("survey:survey-answer", kwargs={"code": visit.campaign.code, "page": number})
            return redirect(f"{url}?check=1")
    try:
        receipt = submit(visit=visit, sheet=sheet, press=place.posted.get("press", ""))
    except RuleViolation:
        now = find_visit(visit.token)
        return _sent_before(place.request, now) or closed_door(place.request, now)
    return _sent(place.request, visit, receipt)


def _sent_before(request: HttpRequest, visit: Visit | None) -> HttpResponse | None:
    """The page with the receipt once more, where this request is the same press of "Send" as the one that came first."""
    if visit is None or visit.status != "used" or request.method != "POST":
        return None
    receipt = receipt_of_same_press(visit, request.POST.get("press", ""))
    return None if receipt is None else _sent(request, visit, receipt, again=True)


def _sent(request: HttpRequest, visit: Visit, receipt: str, *, again: bool = False) -> HttpResponse:
    """`again`: what came with this press was not looked at, whether or not it is what was sent before."""
    context = {"campaign": visit.campaign, "receipt": receipt, "partner": visit.invitation.partner}
    context["again"] = again
    return render_survey(request, "survey_sent.html", context)


def _section(
    place: Place, sheet: AnswerSheet, problems: Sequence[Problem], namings: Sequence[Naming] = ()
) -> HttpResponse:
    context = {
        "campaign": place.visit.campaign,
        "section": place.shown[place.page].section,
        "page": place.page,
        "position": list(place.shown).index(place.page) + 1,
        "pages": len(place.shown),
        "last": place.is_last,
        "press": new_press() if place.is_last else "",
        "questions": questions_of(place.items, sheet, place.posted, problems, _readers(place)),
        "has_errors": bool(problems),
        "interface_languages": settings.INTERFACE_LANGUAGES,
        **naming_context(namings, place.posted),
    }
    status = 422 if (problems or namings) and place.request.method == "POST" else 200
    response = render_survey(place.request, "survey_answer.html", context, status=status)
    return keep_cookie(response, place.visit)


def _readers(place: Place) -> Readers | None:
    """Who reads the comments of this page, where it asks for one."""
    has_texts = any(item.kind == Item.Kind.TEXT for item in place.items)
    return readers_of(place.visit.campaign) if has_texts else None
