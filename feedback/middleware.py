"""On survey pages nobody is signed in and nothing is known of the visitor."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from iqas.accounts.adapters import network_of
from iqas.accounts.models import User
from iqas.accounts.roles import is_external
from iqas.core import clock, error_views

SURVEY_PATH = "/s/"
SAFE = ("GET", "HEAD", "OPTIONS")
TRACES = (
    "REMOTE_ADDR",
    "REMOTE_HOST",
    "HTTP_X_FORWARDED_FOR",
    "HTTP_X_REAL_IP",
    "HTTP_FORWARDED",
    "HTTP_USER_AGENT",
)


class ForgetVisitorMiddleware:
    """Removes session, address and browser from requests for survey pages, before anything could note them down.

    A teacher who is signed in and answers a survey is, on those pages, nobody. Of who sends a complaint `sender_mark` is kept
    for the request, so that one sender does not close the way for all. In MIDDLEWARE it stands before everything that
    keeps or logs. An external auditor, who answers nothing, is refused before that.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path_info.startswith(SURVEY_PATH):
            return self.get_response(request)
        if request.method == "POST" and request.path_info == reverse("survey:complaint-send"):
            request.sender_mark = sender_mark(request)  # type: ignore[attr-defined]
        session_key = request.COOKIES.pop(settings.SESSION_COOKIE_NAME, "")
        if request.method not in SAFE and session_key and belongs_to_auditor(session_key):
            message = _("Auditors read; they change nothing here.")
            return error_views.error_page(request, 403, code="read-only", message=message)
        for trace in TRACES:
            request.META.pop(trace, None)
        return self.get_response(request)


def sender_mark(request: HttpRequest) -> str:
    """The network that a complaint comes from, as a mark of today: enough to count by, no address, another one tomorrow."""
    try:
        network = network_of(get_adapter().get_client_ip(request))
    except (PermissionDenied, ValueError):
        network = ""
    return salted_hmac(f"complaints|{clock.today()}", network, algorithm="sha256").hexdigest()


def belongs_to_auditor(session_key: str) -> bool:
    """Whether an external auditor is signed in there. Learners have no session, so nothing is looked up for them."""
    session = import_module(settings.SESSION_ENGINE).SessionStore(session_key)
    person = User.objects.filter(pk=session.get(SESSION_KEY), is_active=True).first()
    return person is not None and is_external(person)
