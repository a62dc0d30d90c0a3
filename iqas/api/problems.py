"""Errors of the API as problem details (RFC 9457)."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler

from iqas.core.refusals import RuleViolation, StaleVersion


def problem_response(exception: Exception, context: dict[str, Any]) -> Response | None:
    """`application/problem+json` with `type`, `title`, `status`, `code`.

    A rule of law adds its `article`, a stale write the stored `revision`, bad input `errors` by field.
    """
    if isinstance(exception, RuleViolation):
        return _problem(
            exception.status,
            exception.code,
            str(exception.message),
            article=exception.article,
            field=exception.field,
            revision=revision_of(exception.current) if isinstance(exception, StaleVersion) else None,
            headers={"WWW-Authenticate": "Bearer"} if exception.status == 401 else {},
        )
    if isinstance(exception, RequestDataTooBig):
        return _problem(413, "body-too-large", str(_("The body is too large.")))
    response = exception_handler(exception, context)
    if response is None:
        return None
    if isinstance(exception, exceptions.ValidationError):
        return _problem(response.status_code, "invalid", "The request is not valid.", errors=response.data)
    detail = response.data.get("detail", "") if isinstance(response.data, dict) else ""
    code = str(getattr(detail, "code", "error")).replace("_", "-")
    problem = _problem(response.status_code, code, str(detail))
    for header in ("WWW-Authenticate", "Retry-After", "Allow"):
        if header in response:
            problem[header] = response[header]
    return problem


def revision_of(obj: Any) -> int | None:
    """What counts the changes of the object: an edition's `version` is the design that it runs."""
    return getattr(obj, "revision", None) or getattr(obj, "version", None)


def _problem(
    status: int, code: str, title: str, *, headers: dict[str, str] | None = None, **more: Any
) -> Response:
    body = {"type": "about:blank", "title": title, "status": status, "code": code}
    body.update({key: value for key, value in more.items() if value})
    return Response(body, status=status, headers=headers, content_type="application/problem+json")
