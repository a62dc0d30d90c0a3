"""The first page: my work for people with an account, three doors for everybody else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from iqas.core import clock
from iqas.core.access import can, grants, way_to
from iqas.core.views import public
from iqas.core.worklist import WorkItem, work_of


@dataclass(frozen=True)
class Pile:
    """Things to do that press equally."""

    key: str
    title: Any
    items: tuple[WorkItem, ...]


def piles(items: list[WorkItem]) -> list[Pile]:
    """Overdue, within seven days, later, and what has no date; empty piles are left out."""
    today = clock.today()
    week = today + timedelta(days=7)
    sorted_in = [
        Pile("overdue", _("Overdue"), tuple(i for i in items if i.due and i.due < today)),
        Pile("week", _("This week"), tuple(i for i in items if i.due and today <= i.due <= week)),
        Pile("later", _("Later"), tuple(i for i in items if i.due and i.due > week)),
        Pile("undated", _("Without a date"), tuple(i for i in items if not i.due)),
    ]
    return [pile for pile in sorted_in if pile.items]


@public("the front door: without an account it shows where to sign in, to verify and to read the statements")
def home(request: HttpRequest) -> HttpResponse:
    if not request.user.is_authenticated:
        return render(request, "dashboard/welcome.html")
    way = None if grants(request.user) else way_to(request.user, "")
    overview = reverse("dimensions:matrix") if can(request.user, "microcredential.view") else ""
    context = {"piles": piles(work_of(request.user)), "way": way, "overview_url": overview}
    return render(request, "dashboard/home.html", context)
