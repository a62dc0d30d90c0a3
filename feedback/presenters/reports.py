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
    may = can(user, "report.make", Report(scope=scope))
    return Reports(tuple(rows.defer("body").order_by("-as_of", "-code")[:SHOWN]), url if may else "")
