from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from iqas.improvement.models import Action
from iqas.ui import lists, states

# What waits for somebody is not yet a good result.
TONES = {Action.State.DONE: "info"}


class ActionState(lists.StateColumn):
    """The state of an action; one that is late says so instead."""

    def described(self, record: Action, value: str, bound_column: Any) -> states.State:
        if record.overdue:  # type: ignore[attr-defined]
            return states.describe("overdue")
        return states.describe(TONES.get(record.state, record.state), record.get_state_display())


class ActionTable(lists.Table):
    code = lists.CodeColumn()
    title = lists.Column(order_by="sort_title", linkify=True, attrs=lists.WIDE)
    scope = lists.Column(accessor="scope__code", order_by="scope__path", verbose_name=_("Belongs to"))
    responsible = lists.Column(order_by="responsible__sort_name")
    due = lists.DayColumn(verbose_name=_("Due"))
    state = ActionState(verbose_name=_("State"))

    class Meta(lists.Table.Meta):
        model = Action
        fields = ("code", "title", "scope", "responsible", "due", "state")
        order_by = ("due",)
