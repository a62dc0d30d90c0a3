"""Meetings, interviews and visits: who sees which, and what they say about a criterion."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Count, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from feedback.models import Consultation, ConsultationPartner, ConsultationPoint
from iqas.core.access import allowed

PEERS = "D"  # the dimension of stakeholders and other providers, in the four-dimensions pack


def listed(user: Any) -> QuerySet[Any]:
    """With `partners_count`, `points_count`, and `open_count`: points of which nothing came yet."""
    points = ConsultationPoint.objects.filter(consultation=OuterRef("pk"))
    partners = ConsultationPartner.objects.filter(consultation=OuterRef("pk"))
    seen: QuerySet[Any] = allowed(user, "consultation.view").select_related("scope")
    counted: QuerySet[Any] = seen.annotate(
        points_count=_counted(points),
        open_count=_counted(points.filter(answer="", action=None)),
        partners_count=_counted(partners),
    )
    return counted


def with_everything(consultations: QuerySet[Consultation]) -> QuerySet[Consultation]:
    points = Prefetch("points", ConsultationPoint.objects.select_related("action"))
    related = consultations.select_related("scope", "edition", "evidence__evidence", "created_by")
    return related.prefetch_related(points, "partners")


def about(criterion: str) -> Q:
    """What names a criterion or, for the letter of a dimension, one of its criteria."""
    return Q(criterion_code=criterion) | Q(criterion_code__startswith=f"{criterion}.")


def raised_about(path: str, criterion: str, since: dt.date | None = None) -> QuerySet[ConsultationPoint]:
    """The points about a criterion, or about a dimension by its letter, at a scope and below it: evidence for it.

    What was raised about no criterion is of the dimension that listens to stakeholders and other providers.
    """
    wanted = about(criterion) | Q(criterion_code="") if criterion == PEERS else about(criterion)
    found = ConsultationPoint.objects.filter(wanted, consultation__scope__path__startswith=path)
    if since is not None:
        found = found.filter(consultation__held_on__gte=since)
    return found.select_related("consultation", "action").order_by("-consultation__held_on", "order")


def _counted(rows: QuerySet[Any]) -> Coalesce:
    count = rows.order_by().values("consultation").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(count), 0)
