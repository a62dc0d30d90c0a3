"""Campaigns by what they are about. Nothing else asks for `edition`, `pooled` or `partners` of a campaign."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

from django.conf import settings
from django.db.models import (
    Case,
    Count,
    Exists,
    IntegerField,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    When,
    prefetch_related_objects,
)
from django.db.models.functions import Coalesce

from feedback.models import Campaign, CampaignEdition, CampaignPartner
from feedback.targets import TargetKind, how_many
from microcredentials.models import Edition
from microcredentials.selectors.design import design_but_title

_EDITION = ("version", "microcredential", "year")


def with_target(campaigns: QuerySet[Campaign]) -> QuerySet[Campaign]:
    """Campaigns whose `target` can be read: three statements, however many they are."""
    return _with_edition(campaigns).prefetch_related(_pooled(), "partners")


def with_label(campaigns: QuerySet[Campaign], *fields: str) -> QuerySet[Campaign]:
    """For lists: only these fields of each campaign, its code, its title, the edition that it is about and how many

    (`asked`) where it is not about one. One statement.
    """
    titles = ("title", *(f"title_{language}" for language in settings.MODELTRANSLATION_LANGUAGES))
    return (
        campaigns.select_related("edition")
        .only("code", *titles, "target_kind", "edition__code", *fields)
        .annotate(
            asked=Case(
                When(target_kind=TargetKind.EDITIONS, then=_count_of(CampaignEdition)),
                When(target_kind=TargetKind.PARTNERS, then=_count_of(CampaignPartner)),
                default=None,
                output_field=IntegerField(),
            )
        )
    )


def label_of(campaign: Campaign) -> str:
    """As `Target.label`, of a campaign that was read `with_label`."""
    if campaign.edition is not None:
        return campaign.edition.code
    return how_many(campaign.target_kind, campaign.asked)  # type: ignore[attr-defined]


def loaded_with_target(campaigns: QuerySet[Campaign]) -> list[Campaign]:
    """As `with_target`, read at once: one statement where all are about one edition, which is the rule.

    Of the edition, its year and its micro-credential only what names them.
    """
    rows = list(_with_edition(campaigns, narrowly=True))
    prefetch_related_objects([row for row in rows if row.target_kind == TargetKind.EDITIONS], _pooled())
    prefetch_related_objects([row for row in rows if row.target_kind == TargetKind.PARTNERS], "partners")
    return rows


def _with_edition(campaigns: QuerySet[Campaign], *, narrowly: bool = False) -> QuerySet[Campaign]:
    related = campaigns.select_related("year", *(f"edition__{name}" for name in _EDITION))
    return related.only(*_naming()) if narrowly else related.defer(*design_but_title("edition__version__"))


@cache
def _naming() -> tuple[str, ...]:
    """All of a campaign, and what names the edition that it is about."""
    own = (field.name for field in Campaign._meta.concrete_fields)
    titles = ("title", *(f"title_{language}" for language in settings.MODELTRANSLATION_LANGUAGES))
    edition = (
        "code", "number", "state", "microcredential", "version", "year", "year__code",
        "microcredential__code", "microcredential__scope", "microcredential__centre",
        "version__microcredential", "version__number", "version__responsible_name",
        *(f"version__{title}" for title in titles),
    )  # fmt: skip
    return (*own, "year__code", *(f"edition__{name}" for name in edition))


def _count_of(rows: type[CampaignEdition | CampaignPartner]) -> Coalesce:
    of_campaign = rows.objects.filter(campaign=OuterRef("pk")).order_by().values("campaign")
    return Coalesce(Subquery(of_campaign.annotate(n=Count("pk")).values("n")), 0)


def _pooled() -> Any:
    editions = Edition.objects.select_related(*_EDITION).defer(*design_but_title("version__"))
    return Prefetch("pooled", editions.order_by("code"))


def about_editions(editions: Iterable[Edition] | QuerySet[Edition]) -> Q:
    """Campaigns about one of these editions, alone or in a pool."""
    keys = editions if isinstance(editions, QuerySet) else [edition.pk for edition in editions]
    pool = CampaignEdition.objects.filter(campaign=OuterRef("pk"), edition__in=keys)
    return Q(edition__in=keys) | Q(Exists(pool))


def about_microcredential(microcredential: Any) -> Q:
    """Campaigns about an edition of this micro-credential, alone or in a pool."""
    return about_editions(Edition.objects.filter(microcredential=microcredential))
