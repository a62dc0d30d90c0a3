"""Campaigns by what they are about. Nothing else asks for `edition`, `pooled` or `partners` of a campaign."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet, prefetch_related_objects

from feedback.models import Campaign, CampaignEdition
from feedback.targets import TargetKind
from microcredentials.models import Edition

_EDITION = ("version", "microcredential", "year")


def with_target(campaigns: QuerySet[Campaign]) -> QuerySet[Campaign]:
    """Campaigns whose `target` can be read: three statements, however many they are."""
    return _with_edition(campaigns).prefetch_related(_pooled(), "partners")


def loaded_with_target(campaigns: QuerySet[Campaign]) -> list[Campaign]:
    """As `with_target`, read at once: one statement where all are about one edition, which is the rule."""
    rows = list(_with_edition(campaigns))
    prefetch_related_objects([row for row in rows if row.target_kind == TargetKind.EDITIONS], _pooled())
    prefetch_related_objects([row for row in rows if row.target_kind == TargetKind.PARTNERS], "partners")
    return rows


def _with_edition(campaigns: QuerySet[Campaign]) -> QuerySet[Campaign]:
    return campaigns.select_related("year", *(f"edition__{name}" for name in _EDITION))


def _pooled() -> Any:
    return Prefetch("pooled", Edition.objects.select_related(*_EDITION).order_by("code"))


def about_editions(editions: Iterable[Edition] | QuerySet[Edition]) -> Q:
    """Campaigns about one of these editions, alone or in a pool."""
    keys = editions if isinstance(editions, QuerySet) else [edition.pk for edition in editions]
    pool = CampaignEdition.objects.filter(campaign=OuterRef("pk"), edition__in=keys)
    return Q(edition__in=keys) | Q(Exists(pool))


def about_microcredential(microcredential: Any) -> Q:
    """Campaigns about an edition of this micro-credential, alone or in a pool."""
    return about_editions(Edition.objects.filter(microcredential=microcredential))
