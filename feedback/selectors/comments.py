"""The comments of a campaign as a reviewer reads them, and how far their review is."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from feedback.marking import Piece, marks_of, pieces_of
from feedback.models import Campaign, Comment
from iqas.core.access import allowed
from microcredentials.models import Teacher

REMOVED = "[…]"


@dataclass(frozen=True)
class Reviewed:
    """One comment with the places where it seems to name somebody, and what a redaction of these would leave.

    `seen` names what the reviewer has before their eyes: a decision about anything else is refused.
    """

    comment: Comment
    pieces: Sequence[Piece]
    proposal: str
    seen: str
    theme_keys: Collection[Any] = ()

    @property
    def is_marked(self) -> bool:
        return any(piece.kind for piece in self.pieces)


@dataclass(frozen=True)
class Progress:
    """How many comments of a campaign stand where."""

    total: int
    waiting: int
    held: int
    shown: int
    withheld: int
    urgent: int

    @property
    def decided(self) -> int:
        return self.total - self.waiting - self.held


def reviewable(campaigns: QuerySet[Campaign]) -> QuerySet[Campaign]:
    """Those whose comments may be read by a reviewer: finished, and answered by enough people."""
    return campaigns.filter(state=Campaign.State.MIXED, responses_count__gte=F("threshold"))


def may_be_reviewed(campaign: Campaign) -> bool:
    """The same of one."""
    return campaign.state == Campaign.State.MIXED and campaign.responses_count >= campaign.threshold


def queue_of(user: Any) -> QuerySet[Any]:
    """The campaigns with comments that the person reviews: how many there are, wait, are held back, are urgent."""
    told = {"comments_count": Q(), "waiting": Q(comments__review_state="pending")} | {
        "held": Q(comments__review_state="held"),
        "urgent": Q(comments__is_urgent=True),
    }
    counted = {name: Count("comments", filter=where or None) for name, where in told.items()}
    written = Exists(Comment.objects.filter(campaign=OuterRef("pk")))
    return reviewable(allowed(user, "comment.review")).filter(written).annotate(**counted)


def comments_of(campaign: Campaign) -> QuerySet[Comment]:
    """In the order of the questions and in none that tells who wrote first; none where they may not be read."""
    if not may_be_reviewed(campaign):
        return Comment.objects.none()
    return campaign.comments.select_related("item", "partner").order_by("item__order", "id")


def progress_of(campaign: Campaign) -> Progress:
    counted = comments_of(campaign).aggregate(
        total=Count("pk"),
        waiting=Count("pk", filter=Q(review_state=Comment.Review.PENDING)),
        held=Count("pk", filter=Q(review_state=Comment.Review.HELD)),
        shown=Count("pk", filter=Q(review_state__in=Comment.PUBLISHED)),
        withheld=Count("pk", filter=Q(review_state=Comment.Review.WITHHELD)),
        urgent=Count("pk", filter=Q(is_urgent=True)),
    )
    return Progress(**counted)


def names_around(campaign: Campaign) -> frozenset[str]:
    """The teachers of the campaign's editions and of their designs. Needs the campaign with its target."""
    editions = campaign.target.editions
    versions = {edition.version_id for edition in editions}
    designed = Teacher.objects.filter(version__in=versions).values_list("name", flat=True)
    responsible = {edition.version.responsible_name for edition in editions}
    return frozenset([*designed, *responsible, *(name for one in editions for name in one.teacher_names)])


def reviewed(comment: Comment, names: Iterable[str], themes: Collection[Any] = ()) -> Reviewed:
    marks = marks_of(comment.text, names)
    pieces = pieces_of(comment.text, marks)
    proposal = "".join(REMOVED if piece.kind else piece.text for piece in pieces)
    return Reviewed(comment, pieces, proposal, seen_of(comment), themes)


def seen_of(comment: Comment) -> str:
    """What a decision starts from: the text and where it stands."""
    told = f"{comment.pk}|{comment.review_state}|{comment.is_urgent}|{comment.text}"
    return hashlib.sha256(told.encode()).hexdigest()[:32]


def all_seen_of(campaign: Campaign) -> str:
    """What publishing starts from: every comment and where it stands."""
    seen = "|".join(seen_of(comment) for comment in comments_of(campaign))
    return hashlib.sha256(seen.encode()).hexdigest()[:32]


def comments_waiting() -> Any:
    """How many comments of a campaign nobody has decided about, for a queryset of campaigns."""
    waiting = Comment.objects.filter(campaign=OuterRef("pk"), review_state=Comment.Review.PENDING)
    counted = waiting.order_by().values("campaign").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted), 0)


def published(campaigns: Iterable[Campaign]) -> QuerySet[Comment]:
    """The comments of these that readers see: those shown, once their campaign's were published."""
    return Comment.objects.filter(
        campaign__in=campaigns, campaign__review_closed_at__isnull=False, review_state__in=Comment.PUBLISHED
    )
