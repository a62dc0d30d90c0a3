"""Error pages: what happened, in a sentence, with a code and a way on. Those of failures need no database."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from iqas.core.access import Way, way_to
from iqas.core.refusals import AccessDenied, RuleViolation

OwnPage = Callable[[HttpRequest, int, str, str], HttpResponse]
"""Makes an error page of its own from request, status, code and message."""
_own_pages: dict[str, OwnPage] = {}


def show_own_pages(prefix: str, page: OwnPage) -> None:
    """Below this address errors look as the rest does there: a floor above says how."""
    _own_pages[prefix] = page


def error_page(
    request: HttpRequest, status: int, *, code: str, message: str, way: Way | None = None
) -> HttpResponse:
    """The page of one error; problem JSON (RFC 9457) below /api/. `way` is how the person comes to what was refused."""
    if request.path.startswith("/api/"):
        problem = {"type": "about:blank", "title": message, "status": status, "code": code}
        return JsonResponse(problem, status=status, content_type="application/problem+json")
    for prefix, own_page in _own_pages.items():
        if request.path.startswith(prefix):
            return own_page(request, status, code, message)
    return render(request, f"{status}.html", {"code": code, "message": message, "way": way}, status=status)


def refusal(request: HttpRequest, violation: RuleViolation) -> HttpResponse:
    permission = violation.permission if isinstance(violation, AccessDenied) else ""
    way = way_to(request.user, permission) if permission else None
    return error_page(request, violation.status, code=violation.code, message=str(violation.message), way=way)


def bad_request(request: HttpRequest, exception: Any = None) -> HttpResponse:
    if isinstance(exception, RequestDataTooBig):
        message = _(
            "What you sent is larger than this page takes, and was not kept. What was saved before is safe."
        )
        return error_page(request, 400, code="too-large", message=message)
    return error_page(request, 400, code="bad-request", message=_("The request could not be understood."))


def permission_denied(request: HttpRequest, exception: Any = None) -> HttpResponse:
    return error_page(request, 403, code="not-permitted", message=_("Your role does not include this."))


def method_not_allowed(request: HttpRequest, methods: Iterable[str]) -> HttpResponse:
    """A step's address that was opened like a page: from the history, or after signing in again."""
    message = _("Nothing was done. Go back to the page with the button and press it there.")
    response = error_page(request, 405, code="method-not-allowed", message=message)
    response["Allow"] = ", ".join(methods)
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return error_page(
        request,
        403,
        code="form-expired",
        message=_(
            "This form has expired or came from another page. Go back, reload the page and send it again."
        ),
    )


def page_not_found(request: HttpRequest, exception: Any = None) -> HttpResponse:
    return error_page(request, 404, code="not-found", message=_("There is nothing at this address for you."))


def server_error(request: HttpRequest) -> HttpResponse:
    return error_page(
        request,
        500,
        code="server-error",
        message=_("Something failed on our side. What you had saved is safe."),
    )
