"""The printed reports of one page of results."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from feedback.models import Report
from iqas.core.access import allowed, can
from iqas.organisation.models import Scope

SHOWN = 4


@dataclass(frozen=True)
class Reports:
    """The latest that were asked for, and the address that asks for another; empty where the person may not."""

    made: tuple[Report, ...]
    url: str

    def __bool__(self) -> bool:
        return bool(self.made or self.url)


def reports_of(user: Any, scope: Scope, url: str, **about: Any) -> Reports:
    """One statement."""
    rows = allowed(user, "report.view", Report.objects.filter(scope=scope, **about)).select_related("job")
    shown = rows.only("code", "language", "as_of", "sha256", "job__state").order_by("-as_of", "-code")
    return Reports(tuple(shown[:SHOWN]), url if can(user, "report.make", Report(scope=scope)) else "")
