"""For load balancers, containers and monitors: is the process alive, may it receive visitors, how does the work stand."""

from __future__ import annotations

import secrets

import structlog
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse

from iqas.core.health import readiness_problems
from iqas.core.metrics import MEDIA_TYPE, exposition, gauges
from iqas.core.views import public

log = structlog.get_logger(__name__)


@public("a load balancer asks; the answer says nothing but that the process lives")
def alive(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


@public("a load balancer asks; the reasons go to the log, not to the visitor")
def ready(request: HttpRequest) -> HttpResponse:
    problems = readiness_problems()
    for problem in problems:
        log.error("not_ready", problem=problem)
    return HttpResponse(
        "not ready\n" if problems else "ready\n",
        content_type="text/plain; charset=utf-8",
        status=503 if problems else 200,
    )


@public(
    "a monitor asks, with the token of the installation; without a token in the settings there is no such address"
)
def metrics(request: HttpRequest) -> HttpResponse:
    if not settings.METRICS_TOKEN:
        raise Http404
    kind, _space, given = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not secrets.compare_digest(
        given.strip().encode(), settings.METRICS_TOKEN.encode()
    ):
        return HttpResponse(
            "The token of IQAS_METRICS_TOKEN is asked for.\n",
            status=401,
            headers={"WWW-Authenticate": "Bearer"},
            content_type="text/plain; charset=utf-8",
        )
    return HttpResponse(exposition(gauges()), content_type=MEDIA_TYPE)
