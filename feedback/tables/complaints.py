from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from feedback.models import Complaint
from iqas.ui import lists, states

WAITING, LATE, URGENT = "waiting", "late", "urgent"


class ProgressColumn(lists.StateColumn):
    """The state of a complaint, told as late where its day is over."""

    def described(self, record: Any, value: Any, bound_column: Any) -> states.State:
        if getattr(record, "late", False):
            return states.describe("overdue")
        return states.describe(TONES[record.state], record.get_state_display())


TONES: dict[str, str] = {
    Complaint.State.RECEIVED: "info",
    Complaint.State.IN_PROGRESS: "partly",
    Complaint.State.ANSWERED: "met",
    Complaint.State.DISMISSED: "none",
}


class ComplaintTable(lists.Table):
    code = lists.CodeColumn()
    kind = lists.Column(accessor="get_kind_display", order_by="kind", verbose_name=_("Kind"))
    is_urgent = lists.Column(verbose_name=_("Urgent"))
    scope = lists.Column(accessor="scope__label", verbose_name=_("Of"), attrs=lists.WIDE)
    channel = lists.Column(
        accessor="get_channel_display", order_by="channel", verbose_name=_("Received by"), visible=False
    )
    received_on = lists.DayColumn()
    due_on = lists.DayColumn()
    state = ProgressColumn(verbose_name=_("State"))
    answered_on = lists.DayColumn()
    days_taken = lists.NumberColumn(decimals=0, verbose_name=_("Days"), orderable=False, visible=False)

    class Meta(lists.Table.Meta):
        model = Complaint
        fields = (
            "code",
            "kind",
            "is_urgent",
            "scope",
            "channel",
            "received_on",
            "due_on",
            "state",
            "answered_on",
            "days_taken",
        )
        order_by = ("-received_on", "-code")

    def render_is_urgent(self, value: bool) -> str:
        return str(_("yes") if value else "–")


class ComplaintFilter(lists.FilterSet):
    q = lists.Search(fields=("code", "scope__label"))
    kind = django_filters.ChoiceFilter(label=_("Kind"), choices=Complaint.Kind.choices)
    progress = django_filters.ChoiceFilter(
        label=_("State"),
        choices=((WAITING, _("waiting")), (LATE, _("late")), (URGENT, _("urgent"))),
        method="by_progress",
    )
    criterion = django_filters.CharFilter(
        label=_("Criterion (code)"), field_name="criterion_code", lookup_expr="istartswith"
    )

    class Meta:
        model = Complaint
        fields = ("q", "kind", "progress", "criterion")

    def by_progress(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        if value == URGENT:
            return rows.filter(is_urgent=True)
        waiting = rows.filter(state__in=(Complaint.State.RECEIVED, Complaint.State.IN_PROGRESS))
        return waiting.filter(late=True) if value == LATE else waiting
