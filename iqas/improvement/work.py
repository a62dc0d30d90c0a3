"""What improvement asks of a person."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from iqas.core.access import allowed
from iqas.core.worklist import WorkItem, work_source
from iqas.improvement.models import Action

MOST = 50


@work_source
def actions_to_carry_out(user: Any) -> Iterator[WorkItem]:
    """The person's own open actions."""
    mine = allowed(user, "improvement.work").filter(responsible=user).select_related("scope").order_by("due")
    for action in mine[:MOST]:
        begun = action.state == Action.State.IN_PROGRESS
        yield WorkItem(
            due=action.due,
            title=f"{action.code} {action.title}",
            url=reverse("improvement:action-finish", args=[action.code])
            if begun
            else action.get_absolute_url(),
            verb=_("Report as done") if begun else _("Start"),
            scope_label=action.scope.label,
        )


@work_source
def actions_to_verify(user: Any) -> Iterator[WorkItem]:
    """Actions of others that wait for a second person."""
    waiting = allowed(user, "improvement.verify").select_related("scope").order_by("done_at")
    for action in waiting[:MOST]:
        yield WorkItem(
            due=None,
            title=f"{action.code} {action.title}",
            url=reverse("improvement:action-verify", args=[action.code]),
            verb=_("Verify"),
            scope_label=action.scope.label,
        )
