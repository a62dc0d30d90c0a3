"""Participation in campaigns: how many, never who."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from feedback.models import (
    Campaign,
    Comment,
    Inbox,
    Invitation,
    QuestionnaireVersion,
    Receipt,
    Response,
    SignedAnswer,
)


@dataclass(frozen=True)
class Participation:
    """How many of those invited have answered. `label` is the group's; `by_mail` have an address, `unmailed` no mail yet."""

    label: str
    invited: int
    answered: int
    by_mail: int = 0
    unmailed: int = 0

    @property
    def rate(self) -> float | None:
        """The share who answered, from 0 to 1; None when nobody is invited."""
        return self.answered / self.invited if self.invited else None


def with_participation(campaigns: QuerySet[Campaign]) -> QuerySet[Campaign]:
    """Campaigns with `answered`, the links used, in the same statement."""
    return campaigns.annotate(answered=Count("invitations", filter=Q(invitations__used=True)))


def participation_of(campaign: Campaign) -> tuple[Participation, list[Participation]]:
    """Of the campaign, and of each declared group that is large enough to be counted apart."""
    rows = list(
        campaign.invitations.values("group_code").annotate(
            invited=Count("pk"),
            answered=Count("pk", filter=Q(used=True)),
            by_mail=Count("pk", filter=Q(email_enc__isnull=False)),
            unmailed=Count("pk", filter=Q(email_enc__isnull=False, last_mail_day__isnull=True, used=False)),
        )
    )
    total = Participation(
        label="",
        invited=sum(row["invited"] for row in rows),
        answered=sum(row["answered"] for row in rows),
        by_mail=sum(row["by_mail"] for row in rows),
        unmailed=sum(row["unmailed"] for row in rows),
    )
    labels = dict(campaign.groups.order_by("label").values_list("code", "label"))
    by_code = {row["group_code"]: row for row in rows}
    groups = [
        Participation(label, by_code[code]["invited"], by_code[code]["answered"])
        for code, label in labels.items()
        if code in by_code and by_code[code]["invited"] >= campaign.threshold
    ]
    return total, groups


def usable_versions() -> QuerySet[QuestionnaireVersion]:
    """The newest version of each questionnaire that is ready: what a new campaign may ask."""
    ready = QuestionnaireVersion.objects.filter(state=QuestionnaireVersion.State.READY)
    newer = ready.filter(questionnaire_id=OuterRef("questionnaire_id"), number__gt=OuterRef("number"))
    return ready.filter(~Exists(newer)).select_related("questionnaire")


def campaigns_out_of_balance() -> QuerySet[Any]:
    """Campaigns whose used links are not exactly the answers waiting, mixed and destroyed, or whose receipts are not

    exactly their mixed answers; with `used`, `waiting`, `mixed` and `receipted`. One statement: one moment.
    """
    return (
        Campaign.objects.filter(mode=Campaign.Mode.ANONYMOUS)
        .annotate(
            used=_count_of(Invitation.objects.filter(used=True)),
            waiting=_count_of(Inbox.objects.all()),
            mixed=_count_of(Response.objects.all()),
            receipted=_count_of(Receipt.objects.all()),
        )
        .exclude(used=F("waiting") + F("mixed") + F("destroyed_count"), receipted=F("mixed"))
        .order_by("code")
    )


def anonymous_campaigns_with_names() -> QuerySet[Campaign]:
    """Campaigns that promise anonymity and hold a link, a comment or an answer that says whose it is."""
    own = OuterRef("pk")
    named = (
        Q(Exists(Invitation.objects.filter(campaign=own, partner__isnull=False)))
        | Q(Exists(Comment.objects.filter(campaign=own, partner__isnull=False)))
        | Q(Exists(SignedAnswer.objects.filter(campaign=own)))
    )
    return Campaign.objects.filter(named, mode=Campaign.Mode.ANONYMOUS).order_by("code")


def _count_of(rows: QuerySet[Any]) -> Coalesce:
    counted = (
        rows.filter(campaign=OuterRef("pk")).order_by().values("campaign").annotate(n=Count("pk")).values("n")
    )
    return Coalesce(Subquery(counted), 0)
