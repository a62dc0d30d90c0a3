from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from iqas.evidence.models import Evidence
from iqas.ui import lists, states

STATUSES = {
    "approved": ("approved", pgettext_lazy("evidence", "Approved")),
    "expiring": ("partly", _("Expires soon")),
    "expired": ("expired", pgettext_lazy("evidence", "Expired")),
    "draft": ("open", _("Waiting for approval")),
    "withdrawn": ("withdrawn", pgettext_lazy("evidence", "Withdrawn")),
    "missing": ("none", _("No version yet")),
    "future": ("partly", _("Not yet in force")),
}


class StatusColumn(lists.StateColumn):
    """The status of an evidence, from `selectors.with_status`."""

    def described(self, record: Any, value: str, bound_column: Any) -> states.State:
        return states.describe(*STATUSES[value])


class EvidenceTable(lists.Table):
    code = lists.CodeColumn()
    title = lists.Column(order_by="sort_title", linkify=True, attrs=lists.WIDE)
    kind = lists.Column(order_by="kind__order")
    scope = lists.Column(accessor="scope__code", order_by="scope__path", verbose_name=_("Belongs to"))
    status = StatusColumn(verbose_name=_("State"))
    date_of_fact = lists.DayColumn(verbose_name=_("Date of fact"))
    valid_until = lists.DayColumn(verbose_name=_("Valid until"))

    class Meta(lists.Table.Meta):
        model = Evidence
        fields = ("code", "title", "kind", "scope", "status", "date_of_fact", "valid_until")
        order_by = ("code",)
