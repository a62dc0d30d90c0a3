from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django_tables2 import A

from feedback.models import Campaign, Theme
from iqas.ui import lists

OPEN, CLOSED, URGENT = "open", "closed", "urgent"


class CommentQueueTable(lists.Table):
    code = lists.CodeColumn(
        verbose_name=_("Campaign"), linkify=("feedback:comment-list", {"code": A("code")})
    )
    title = lists.Column(order_by="sort_title", attrs=lists.WIDE)
    comments_count = lists.NumberColumn(decimals=0, verbose_name=_("Comments"))
    waiting = lists.NumberColumn(decimals=0, verbose_name=_("To be reviewed"))
    held = lists.NumberColumn(decimals=0, verbose_name=_("Held back"))
    urgent = lists.NumberColumn(decimals=0, verbose_name=_("Urgent"))
    closes = lists.DayColumn(verbose_name=_("Survey closed"))
    review_closed_at = lists.DayColumn(verbose_name=_("Published"))

    class Meta(lists.Table.Meta):
        model = Campaign
        fields = (
            "code",
            "title",
            "comments_count",
            "waiting",
            "held",
            "urgent",
            "closes",
            "review_closed_at",
        )
        order_by = ("-waiting", "-closes", "-code")


class CommentQueueFilter(lists.FilterSet):
    q = lists.Search(fields=("sort_title", "code"))
    review = django_filters.ChoiceFilter(
        label=_("State of the review"),
        choices=((OPEN, _("not published")), (CLOSED, _("published")), (URGENT, _("with urgent comments"))),
        method="by_review",
    )

    class Meta:
        model = Campaign
        fields = ("q", "review")

    def by_review(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        if value == URGENT:
            return rows.filter(urgent__gt=0)
        return rows.filter(review_closed_at__isnull=value == OPEN)


class ThemeTable(lists.Table):
    name = lists.Column(
        order_by="sort_name", attrs=lists.WIDE, linkify=("feedback:theme-edit", {"pk": A("pk")})
    )
    scope = lists.Column(accessor="scope__label", verbose_name=_("Of"))
    used = lists.NumberColumn(decimals=0, verbose_name=_("Comments"))
    is_active = lists.Column(verbose_name=_("Offered"))

    class Meta(lists.Table.Meta):
        model = Theme
        fields = ("name", "scope", "used", "is_active")
        order_by = ("name",)

    def render_is_active(self, value: bool) -> str:
        return str(_("yes") if value else _("no"))


class ThemeFilter(lists.FilterSet):
    q = lists.Search(fields=("sort_name",))

    class Meta:
        model = Theme
        fields = ("q",)
