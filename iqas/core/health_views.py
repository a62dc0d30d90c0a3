"""For load balancers and containers: is the process alive, may it receive visitors."""

from __future__ import annotations

import structlog
from django.http import HttpRequest, HttpResponse

from iqas.core.health import readiness_problems
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
