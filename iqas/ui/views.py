"""The statements that the law asks of a public university, and the density of tables."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language

from iqas.core.views import public, signed_in
from iqas.ui.context import DENSITIES, DENSITY_COOKIE

A_YEAR = 365 * 24 * 60 * 60


def statement(request: HttpRequest, name: str) -> HttpResponse:
    """A legal text is written in each language, not translated sentence by sentence."""
    language = "en" if get_language() == "en" else "es"
    return render(request, f"ui/statements/{name}_{language}.html")


@public("the accessibility statement is public by law (RD 1112/2018 art. 15)")
def accessibility(request: HttpRequest) -> HttpResponse:
    return statement(request, "accessibility")


@public("people read the privacy notice before they answer (GDPR art. 13)")
def privacy(request: HttpRequest) -> HttpResponse:
    return statement(request, "privacy")


@signed_in(methods=("POST",))
def density(request: HttpRequest) -> HttpResponse:
    """How tall rows are: kept in a cookie of this browser, for it is about this screen."""
    target = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}):
        target = "/"
    response = HttpResponseRedirect(target)
    chosen = request.POST.get("density")
    if chosen in DENSITIES:
        response.set_cookie(
            DENSITY_COOKIE,
            chosen,
            max_age=A_YEAR,
            httponly=True,
            samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
        )
    return response
