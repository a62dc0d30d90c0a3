from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from iqas.core.access import Condition, Rule, register

STILL_OPEN = Condition(
    "not-open",
    holds=lambda _user, action: action.state in {"open", "in_progress"},
    twin=lambda _user: Q(state__in=("open", "in_progress")),
    reason=_("The action is no longer open."),
)
IS_DONE = Condition(
    "not-done",
    holds=lambda _user, action: action.state == "done",
    twin=lambda _user: Q(state="done"),
    reason=_("Only an action that is done can be verified."),
)
NOT_OWN_WORK = Condition(
    "own-work",
    holds=lambda user, action: user.pk not in {action.responsible_id, action.done_by_id},
    twin=lambda user: ~Q(responsible=user) & (Q(done_by__isnull=True) | ~Q(done_by=user)),
    reason=_("You are responsible for this action or carried it out; somebody else verifies it."),
)

register(Rule("improvement.view", "improvement.Action", "scope"))
register(Rule("improvement.add", "organisation.Scope", "self"))
register(Rule("improvement.change", "improvement.Action", "scope", (STILL_OPEN,)))
register(Rule("improvement.work", "improvement.Action", "scope", (STILL_OPEN,)))
register(Rule("improvement.cancel", "improvement.Action", "scope", (STILL_OPEN,)))
register(Rule("improvement.verify", "improvement.Action", "scope", (IS_DONE, NOT_OWN_WORK)))
