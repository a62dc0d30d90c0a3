"""Partners as pages read them: what the person may see of where they take part."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from iqas.core import clock
from iqas.core.access import allowed, holds
from iqas.core.text import sort_key
from iqas.organisation.models import Scope
from microcredentials.models import Agreement, MicroCredential, Participation, Partner, Supporter
from microcredentials.models.partners import NOTICE


def listed(user: Any) -> QuerySet[Any]:
    """The register without its merged duplicates, with `takes_part` (micro-credentials that the person may see) and

    `agreement` (whether one is in force today).
    """
    today = clock.today()
    seen = allowed(user, "microcredential.view")
    register = allowed(user, "partner.view").filter(merged_into=None)
    rows: QuerySet[Any] = register.annotate(
        takes_part=Count(
            "participations__microcredential",
            filter=Q(participations__microcredential__in=seen.values("pk")),
            distinct=True,
        ),
        agreement=Exists(in_force(today).filter(partner=OuterRef("pk"))),
    )
    return rows


def participations_seen(user: Any) -> QuerySet[Participation]:
    """Those of the micro-credentials that the person may see."""
    return Participation.objects.filter(
        microcredential__in=allowed(user, "microcredential.view").values("pk")
    ).select_related("microcredential__current", "partner")


def participations_of(microcredential: MicroCredential) -> QuerySet[Participation]:
    return microcredential.participations.select_related("partner").order_by("partner__sort_name", "role")


def partner_named(name: str) -> UUID | None:
    """The key of the partner of the register that is called so, whatever accents and case."""
    same = Partner.objects.filter(merged_into=None, sort_name=sort_key(name)[:200])
    return same.values_list("pk", flat=True).first()


def not_in_the_register(microcredential: MicroCredential) -> list[str]:
    """The stakeholders that its newest version names and that are no partners."""
    rows = Supporter.objects.filter(version__microcredential=microcredential, partner=None)
    newest = rows.order_by("-version__number").values("version__number")[:1]
    return list(rows.filter(version__number=newest).values_list("name", flat=True))


def stands_behind(user: Any, partner: Partner) -> QuerySet[MicroCredential]:
    """The micro-credentials whose proposal names the partner, or a duplicate of it, behind the need."""
    named = Supporter.objects.filter(Q(partner=partner) | Q(partner__merged_into=partner))
    seen: QuerySet[MicroCredential] = allowed(user, "microcredential.view")
    return seen.filter(pk__in=named.values("version__microcredential")).select_related("current")


def in_force(day: dt.date) -> QuerySet[Agreement]:
    return Agreement.objects.filter(Q(ends__isnull=True) | Q(ends__gte=day), starts__lte=day)


def to_renew(partners: QuerySet[Partner]) -> QuerySet[Agreement]:
    """Agreements of active partners that have ended or soon will, unless a later one follows or none is wanted."""
    later = Agreement.objects.filter(
        Q(ends__isnull=True) | Q(ends__gt=OuterRef("ends")), partner=OuterRef("partner")
    )
    return (
        Agreement.objects.filter(
            partner__in=partners.filter(is_active=True).values("pk"),
            ends__lte=clock.today() + NOTICE,
            is_final=False,
        )
        .exclude(Exists(later))
        .select_related("partner")
        .order_by("ends")
    )


def looked_after_by(user: Any) -> QuerySet[Partner]:
    """The partners of the micro-credentials that the person edits; the whole register for who edits them all."""
    partners = allowed(user, "partner.edit")
    top = Scope.objects.filter(kind=Scope.Kind.UNIVERSITY).first()
    if top is not None and holds(user, "partner.edit", top):
        return partners
    mine = allowed(user, "microcredential.edit").values("pk")
    return partners.filter(
        Exists(Participation.objects.filter(partner=OuterRef("pk"), microcredential__in=mine))
    )
