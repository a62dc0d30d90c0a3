"""Two rules about people that hold on every page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from iqas.accounts.roles import is_external
from iqas.core import error_views

GetResponse = Callable[[HttpRequest], HttpResponseBase]
SAFE = ("GET", "HEAD", "OPTIONS")
OWN_ACCOUNT = ("/accounts/", "/i18n/")
WITHOUT_SECOND_FACTOR = (
    *OWN_ACCOUNT,
    "/static/",
    "/healthz",
    "/readyz",
    "/metrics",
    "/s/",
    "/verify/",
    "/accessibility/",
    "/privacy/",
)


class SecondFactorMiddleware:
    """Staff set up a second factor before anything else, where the installation asks for it (ENS op.acc.6 R8)."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if (
            not request.path.startswith(WITHOUT_SECOND_FACTOR)
            and request.user.is_authenticated
            and _second_factor_asked(request)
            and not _has_second_factor(request.user)
        ):
            if request.path.startswith("/api/"):
                message = _("Set up a second factor first.")
                return error_views.error_page(request, 403, code="second-factor-needed", message=message)
            messages.warning(request, _("Before you go on, protect your account with a second factor."))
            return redirect("mfa_index")
        return self.get_response(request)


def _has_second_factor(person: Any) -> bool:
    """As it was read with the person (`accounts.backends`); whoever came another way is asked about now."""
    found: bool | None = getattr(person, "has_second_factor", None)
    return is_mfa_enabled(person) if found is None else found


def _second_factor_asked(request: HttpRequest) -> bool:
    """In production `IQAS_REQUIRE_SECOND_FACTOR=false` leaves it to the university's provider, for those who came from
    there. A session that began with a password, or in a way that is not recorded, still needs ours.
    """
    if settings.REQUIRE_SECOND_FACTOR:
        return True
    if not settings.PRODUCTION:
        return False
    return all(way["method"] != "socialaccount" for way in get_authentication_records(request, request.user))


class ReadOnlyAuditorMiddleware:
    """An external auditor changes nothing but the own account and language."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if (
            request.method not in SAFE
            and not request.path.startswith(OWN_ACCOUNT)
            and is_external(request.user)
        ):
            message = _("Auditors read; they change nothing here.")
            return error_views.error_page(request, 403, code="read-only", message=message)
        return self.get_response(request)
