"""Participation in campaigns: how many, never who."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    FloatField,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    When,
)
from django.db.models.functions import Cast, Coalesce, Greatest, NullIf

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
from feedback.selectors.published import shown_groups, told_groups


@dataclass(frozen=True)
class Participation:
    """How many of those invited have answered; `answered` is None where that would tell of a small group.

    `label` is the group's; `by_mail` have an address, `unmailed` no mail yet, `undelivered` one that is refused for good.
    """

    label: str
    invited: int
    answered: int | None
    by_mail: int = 0
    unmailed: int = 0
    undelivered: int = 0

    @property
    def reached(self) -> int:
        """Those invited without those whose mail came back: what a response rate is a share of."""
        return max(self.invited - self.undelivered, self.answered or 0)

    @property
    def rate(self) -> float | None:
        """The share who answered, from 0 to 1; None when nobody is invited."""
        return (self.answered or 0) / self.reached if self.reached else None


def with_participation(campaigns: QuerySet[Campaign]) -> QuerySet[Campaign]:
    """Campaigns with `answered`, the links used, in the same statement; counted for the rows that are shown, not to order them."""
    return campaigns.annotate(answered=_count_of(Invitation.objects.filter(used=True)))


def answered_so_far() -> Case:
    """How many have answered, as an expression on campaigns: once they all are counted that count, before it the links

    used. It is what the campaign's own page says, to the same people.
    """
    counted = F("responses_count") + F("destroyed_count")
    return Case(
        When(state=Campaign.State.MIXED, then=counted),
        default=Greatest(counted, _count_of(Invitation.objects.filter(used=True))),
        output_field=IntegerField(),
    )


def with_turnout(campaigns: QuerySet[Campaign]) -> QuerySet[Campaign]:
    """Campaigns with `year_code`, `asked_with` (the questionnaire) and `answered`, in the same statement.

    Who could answer and the rate are worked out of these (`reached_of`, `rate_of`); `with_rate` orders by them.
    """
    return campaigns.annotate(
        year_code=Coalesce("edition__year__code", "year__code"),
        asked_with=F("questionnaire_version__questionnaire__code"),
        answered=answered_so_far(),
    )


COUNTED = (
    "mode", "open_link", "invited_count", "undelivered_count", "responses_count", "destroyed_count"
)  # fmt: skip
"""What `reached_of` and `rate_of` read of a campaign, besides what `with_turnout` counts."""


def reached_of(campaign: Campaign) -> int | None:
    """Of a campaign `with_turnout`: how many could have answered; None where nobody knows."""
    known = campaign.reached_count
    return None if known is None else max(known, campaign.answered)  # type: ignore[attr-defined]


def rate_of(campaign: Campaign) -> float | None:
    """Of a campaign `with_turnout`: the share who answered, from 0 to 1; None where nobody knows, or nobody could."""
    reached = reached_of(campaign)
    return campaign.answered / reached if reached else None  # type: ignore[attr-defined]


def with_rate(campaigns: QuerySet[Campaign]) -> QuerySet[Campaign]:
    """As `reached_of` and `rate_of`, of campaigns `with_turnout`, for the database to order them by: `reached`, `rate`.

    Only where they are ordered so: the statement repeats the counts for each.
    """
    known = Case(
        When(mode=Campaign.Mode.IMPORTED, then=None),
        When(open_link=True, then=None),
        default=Greatest(F("invited_count") - F("undelivered_count"), F("answered")),
        output_field=IntegerField(),
    )
    return campaigns.annotate(
        reached=known,
        rate=Case(
            When(reached__isnull=True, then=None),
            default=Cast(F("answered"), FloatField()) / NullIf(F("reached"), 0),
            output_field=FloatField(),
        ),
    )


def participation_of(campaign: Campaign) -> tuple[Participation, list[Participation]]:
    """Of the campaign, and of each declared group from which no small group can be read or worked out."""
    rows = list(
        campaign.invitations.values("group_code").annotate(
            invited=Count("pk", filter=Q(by_open_link=False)),
            answered=Count("pk", filter=Q(used=True)),
            by_mail=Count("pk", filter=Q(email_enc__isnull=False)),
            unmailed=Count("pk", filter=Q(email_enc__isnull=False, last_mail_day__isnull=True, used=False)),
            undelivered=Count("pk", filter=Q(undelivered=True)),
        )
    )
    sums = {
        name: sum(row[name] for row in rows)
        for name in ("invited", "answered", "by_mail", "unmailed", "undelivered")
    }
    return Participation(label="", **sums), _groups_of(campaign, {row["group_code"]: row for row in rows})


def _groups_of(campaign: Campaign, rows: Mapping[str, Any]) -> list[Participation]:
    labels = dict(campaign.groups.order_by("label").values_list("code", "label"))
    if not labels:
        return []
    codes = ("", *labels)
    invited = {code: rows[code]["invited"] if code in rows else 0 for code in codes}
    answered = {code: rows[code]["answered"] if code in rows else 0 for code in codes}
    by_size = shown_groups(campaign, invited)
    told = told_groups(campaign, answered, hidden=by_size.hidden)
    return [
        Participation(label, invited[code], answered[code] if code in told else None)
        for code, label in labels.items()
        if code in by_size.shown
    ]


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


def signed_out_of_balance() -> QuerySet[Any]:
    """Campaigns whose used links are not exactly their signed answers and receipts; with `used`, `signed`, `receipted`."""
    return (
        Campaign.objects.filter(mode__in=(Campaign.Mode.CONFIDENTIAL, Campaign.Mode.ATTRIBUTED))
        .annotate(
            used=_count_of(Invitation.objects.filter(used=True)),
            signed=_count_of(SignedAnswer.objects.all()),
            receipted=_count_of(Receipt.objects.all()),
        )
        .exclude(used=F("signed"), receipted=F("signed"))
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
