"""What every page of the interface needs."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

DENSITY_COOKIE = "iqas_density"
DENSITIES = ("comfortable", "compact")


def interface(request: HttpRequest) -> dict[str, Any]:
    chosen = request.COOKIES.get(DENSITY_COOKIE, "")
    return {"density": chosen if chosen in DENSITIES else ""}
