"""Whole registers within a person's reach, for their pages and for programs."""

from __future__ import annotations

from typing import Any

from django.db.models import F, QuerySet

from iqas.core.access import allowed, below, paths
from microcredentials.models import Agreement, Document, Enrolment, Submission


def submissions_seen(user: Any) -> QuerySet[Submission]:
    """Every version that was submitted, of the micro-credentials that the person sees."""
    held = paths(user, "microcredential.view")
    seen = (
        Submission.objects.filter(below(held, "version__microcredential__scope"))
        if held
        else Submission.objects.none()
    )
    return seen.select_related("version__microcredential__centre", "waiting_for")


def agreements_seen(user: Any) -> QuerySet[Agreement]:
    """What was signed with partners, the first to end first."""
    known = allowed(user, "partner.view").filter(merged_into=None)
    return (
        Agreement.objects.filter(partner__in=known.values("pk"))
        .select_related("partner")
        .order_by(F("ends").asc(nulls_last=True), "title", "pk")
    )


def enrolments_seen(user: Any) -> QuerySet[Enrolment]:
    """Who is or was enrolled in the editions within the person's reach, the last academic year first."""
    seen: QuerySet[Enrolment] = allowed(user, "enrolment.view")
    return seen.select_related(
        "learner", "edition__version", "edition__year", "edition__microcredential"
    ).order_by("-edition__year__starts", "edition__code", "learner__sort_name", "pk")


def documents_seen(user: Any) -> QuerySet[Document]:
    """What was made or is being made, the latest first, without what it says."""
    seen: QuerySet[Document] = allowed(user, "document.view")
    return (
        seen.select_related(
            "version__microcredential", "edition", "programme", "job", "requested_by", "filed_as__evidence"
        )
        .defer("body")
        .order_by("-as_of", "-code")
    )
