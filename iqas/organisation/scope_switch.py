"""The scope switch of the top bar: the centre and the academic year in which a person works, kept in the session.

A page that filters by them begins with them: where its address names neither value nor emptiness, the address is
completed, so that it still says everything and can be shared, printed and changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import HttpRequest

KEY = "scope_switch"


@dataclass(frozen=True)
class Choice:
    """Codes; empty means all of them."""

    centre: str = ""
    year: str = ""

    @property
    def filters(self) -> dict[str, str]:
        """What the filters of a list are set to; some call the centre a scope, because others can be chosen there."""
        set_to = {"centre": self.centre, "scope": self.centre, "year": self.year}
        return {name: code for name, code in set_to.items() if code}


def chosen(request: HttpRequest | None) -> Choice:
    """What was switched to in this session. The person may have lost the centre since: whoever uses it looks."""
    kept = getattr(request, "session", {}).get(KEY) or {}
    return Choice(str(kept.get("centre", "")), str(kept.get("year", "")))


def keep(request: HttpRequest, choice: Choice) -> None:
    request.session[KEY] = {"centre": choice.centre, "year": choice.year}


def completed(request: HttpRequest, values: Mapping[str, str]) -> str:
    """This address with those of the values that it does not name; empty where it needs none."""
    missing = {name: value for name, value in values.items() if value and name not in request.GET}
    if not missing or request.method not in {"GET", "HEAD"}:
        return ""
    query = request.GET.copy()
    for name, value in missing.items():
        query[name] = value
    return f"{request.path}?{query.urlencode()}"
