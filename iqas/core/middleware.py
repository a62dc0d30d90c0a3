"""Private by default, refusals as pages, headers that belong on every answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import resolve_url
from django.utils import translation
from django.utils.cache import add_never_cache_headers, patch_vary_headers
from django.utils.translation import gettext as _

from iqas.core import error_views
from iqas.core.refusals import RuleViolation

GetResponse = Callable[[HttpRequest], HttpResponseBase]
SAFE = ("GET", "HEAD", "OPTIONS")
PERMISSIONS_POLICY = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"


class SecurityHeadersMiddleware:
    """Nothing personal stays in a browser's or proxy's cache; no page may use a device."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if not response.has_header("Cache-Control"):
            add_never_cache_headers(response)
            response["Cache-Control"] = "private, no-store"
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault("Content-Type", "text/plain; charset=utf-8")
        return response


class ReadableRequestMiddleware:
    """No database takes a NUL: an address or a session with one is refused before anything looks it up."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        asked = unquote(request.META.get("QUERY_STRING", ""))
        session = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
        if "\x00" in f"{request.path_info}{asked}{session}":
            return error_views.bad_request(request)
        return self.get_response(request)


class InterfaceLanguageMiddleware:
    """The language chosen on the page, else the browser's, among those in which the interface is complete."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        language = language_of(request)
        translation.activate(language)
        request.LANGUAGE_CODE = language
        response = self.get_response(request)
        patch_vary_headers(response, ("Accept-Language",))
        response.headers.setdefault("Content-Language", translation.get_language() or language)
        return response


def language_of(request: HttpRequest) -> str:
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
    if chosen in settings.INTERFACE_LANGUAGES:
        return str(chosen)
    accepted = request.headers.get("Accept-Language", "")[:200]
    for part in accepted.split(","):
        code = part.split(";")[0].strip().lower().split("-")[0]
        if code in settings.INTERFACE_LANGUAGES:
            return code
    return str(settings.LANGUAGE_CODE)


class PrivateByDefaultMiddleware(LoginRequiredMiddleware):
    """Every view needs a signed-in person, unless it is declared public. The API answers for itself."""

    def process_view(
        self, request: HttpRequest, view_func: Any, view_args: Any, view_kwargs: Any
    ) -> HttpResponseBase | None:
        if request.path.startswith("/api/"):
            return None
        to_sign_in = super().process_view(request, view_func, view_args, view_kwargs)
        if to_sign_in is None:
            return None
        if "HX-Request" in request.headers:
            return HttpResponse(status=401)  # part of a page is never replaced by the sign-in
        return to_sign_in if request.method in SAFE else self._back_to_the_form(request, view_func)

    def _back_to_the_form(self, request: HttpRequest, view_func: Any) -> HttpResponseBase:
        """Who pressed a button after the session had ended comes back to the page with the button."""
        page = urlsplit(request.headers.get("Referer", ""))
        back = f"{page.path}?{page.query}".rstrip("?") if page.netloc == request.get_host() else "/"
        messages.warning(
            request, _("You were no longer signed in, and nothing was saved. Sign in and send it again.")
        )
        return redirect_to_login(back, resolve_url(self.get_login_url(view_func)))


class RefusalMiddleware:
    """A refusal that no view caught becomes a page that says why."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, RuleViolation):
            return error_views.refusal(request, exception)
        if isinstance(exception, Http404):
            return None
        return None
