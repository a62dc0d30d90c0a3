"""Themes and how often comments are about them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet

from feedback.models import Campaign, Comment, CommentTheme, Theme
from feedback.selectors.comments import may_be_reviewed, published
from feedback.selectors.readers import readable_items
from iqas.core.access import allowed
from iqas.organisation.models import Scope
from iqas.organisation.scopes import ancestors

UNDECIDED = (Comment.Review.PENDING, Comment.Review.HELD)


@dataclass(frozen=True)
class ThemeCount:
    """How many reviewed comments are about a theme; None where fewer than the minimum group wrote them."""

    name: str
    count: int | None


def themes_for(campaign: Campaign) -> QuerySet[Theme]:
    """Those that comments of the campaign may be given: of its scope and of those above it."""
    return Theme.objects.filter(is_active=True, scope__in=_upwards(campaign.scope))


def themes_of(user: Any) -> QuerySet[Any]:
    """The themes that the person keeps, with `used`: how many comments have been given each."""
    used = Count("comments", distinct=True)
    kept: QuerySet[Any] = allowed(user, "theme.edit").select_related("scope")
    counted: QuerySet[Any] = kept.annotate(used=used).order_by("sort_name")
    return counted


def theme_counts(campaign: Campaign, user: Any) -> list[ThemeCount]:
    """Over the comments that this reader may see, the most frequent first.

    One person writes at most one comment to a question: a theme is told of as many people as wrote about it in answer to
    one question, and is counted where these are at least the minimum group.
    """
    if not may_be_reviewed(campaign):
        return []
    rows = list(
        CommentTheme.objects.filter(comment__in=published([campaign]))
        .values_list("theme__name", "comment__item__code")
        .annotate(n=Count("pk"))
        .order_by()
    )
    readable = readable_items(user, campaign, {item for _name, item, _n in rows})
    total: Counter[str] = Counter()
    most: Counter[str] = Counter()
    for name, item, n in rows:
        if item in readable:
            total[name] += n
            most[name] = max(most[name], n)
    shown = [ThemeCount(name, n if most[name] >= campaign.threshold else None) for name, n in total.items()]
    return sorted(shown, key=lambda row: (-(row.count or 0), row.name))


def reviewed_counts(campaign: Campaign) -> list[ThemeCount]:
    """Over every decided comment, for who reviews them and reads them all."""
    decided = ~Q(comments__review_state__in=UNDECIDED)
    counted = (
        Theme.objects.filter(comments__campaign=campaign)
        .annotate(n=Count("comments", filter=decided))
        .order_by("-n", "sort_name")
    )
    return [ThemeCount(theme.name, theme.n) for theme in counted]


def _upwards(scope: Scope) -> list[Scope]:
    return [*ancestors(scope), scope]
