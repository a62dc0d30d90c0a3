from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import BooleanField, Case, Q, QuerySet, Value, When

from iqas.core import clock
from iqas.core.access import allowed
from iqas.improvement.models import Action

OPEN_STATES = (Action.State.OPEN, Action.State.IN_PROGRESS)


def overdue(date: dt.date | None = None) -> QuerySet[Action]:
    """Actions still open after their date."""
    return Action.objects.filter(state__in=OPEN_STATES, due__lt=date or clock.today())


def with_overdue(queryset: QuerySet[Action], date: dt.date | None = None) -> QuerySet[Any]:
    """Adds `overdue`."""
    late = Q(state__in=OPEN_STATES, due__lt=date or clock.today())
    return queryset.annotate(
        overdue=Case(When(late, then=Value(True)), default=Value(False), output_field=BooleanField())
    )


def visible_below(user: Any, path: str) -> QuerySet[Any]:
    """The actions that a person may see on a scope and below it, the most urgent first."""
    return (
        with_overdue(allowed(user, "improvement.view").filter(scope__path__startswith=path))
        .select_related("responsible", "scope", "criterion")
        .order_by("due", "code")
    )
