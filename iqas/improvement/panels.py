"""Improvement actions on the pages of micro-credentials and centres."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from iqas.core.access import can
from iqas.core.panels import Panel, panel
from iqas.improvement import selectors
from iqas.improvement.models import Action

SHOWN = 8


@panel("microcredential", order=50)
@panel("centre", order=50)
def actions_panel(request: HttpRequest, obj: Any) -> Panel | None:
    """Actions of the scope and below that are not closed, the most urgent first."""
    if not can(request.user, "improvement.view"):
        return None
    closed = (Action.State.VERIFIED, Action.State.CANCELLED)
    pending = list(
        selectors.visible_below(request.user, obj.scope.path).exclude(state__in=closed)[: SHOWN + 1]
    )
    late = sum(action.overdue for action in pending)
    return Panel(
        _("Improvement actions"),
        "improvement/_panel.html",
        {
            "scope": obj.scope,
            "actions": pending[:SHOWN],
            "more": len(pending) > SHOWN,
            "may_add": bool(can(request.user, "improvement.add", obj.scope)),
        },
        brief=_brief(len(pending), late),
        is_due=late > 0,
    )


def _brief(pending: int, late: int) -> str:
    if late:
        return ngettext("%(count)s overdue", "%(count)s overdue", late) % {"count": late}
    if pending > SHOWN:
        return gettext("More than %(count)s pending") % {"count": SHOWN}
    return ngettext("%(count)s pending", "%(count)s pending", pending) % {"count": pending}
