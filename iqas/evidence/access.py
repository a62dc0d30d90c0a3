"""Who may do what with evidence.

Evidence of the university or of a centre serves all below it, so people see it from below too, unless it
contains personal data. Nobody sees sideways: another centre's evidence does not exist for them.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from iqas.core.access import OTHER_SCOPE, Condition, Rule, below, paths, register
from iqas.core.refusals import Text
from iqas.organisation.scopes import paths_above


def reachable(action: str, lookup: str) -> Condition:
    """The scope is one of the person's or below; or above, where the evidence holds no personal data."""
    evidence = lookup.rpartition("__")[0]

    def holds(user: Any, obj: Any) -> bool:
        for step in evidence.split("__") if evidence else ():
            obj = getattr(obj, step)
        held = paths(user, action)
        if any(obj.scope.path.startswith(path) for path in held):
            return True
        return not obj.personal_data and any(path.startswith(obj.scope.path) for path in held)

    def twin(user: Any) -> Q:
        held = paths(user, action)
        higher = {path for own in held for path in paths_above(own)}
        prefix = f"{evidence}__" if evidence else ""
        return below(held, lookup) | Q(**{f"{lookup}__path__in": higher, f"{prefix}personal_data": False})

    return Condition("other-scope", holds=holds, twin=twin, reason=OTHER_SCOPE.reason)


NOT_OWN_UPLOAD = Condition(
    "own-upload",
    holds=lambda user, version: version.uploaded_by_id != user.pk,
    twin=lambda user: ~Q(uploaded_by=user),
    reason=_("You uploaded this version; somebody else approves it."),
)


def state_in(code: str, states: frozenset[str], reason: Text) -> Condition:
    return Condition(
        code,
        holds=lambda _user, obj: obj.state in states,
        twin=lambda _user: Q(state__in=states),
        reason=reason,
    )


IS_APPROVED = state_in("not-approved", frozenset({"approved"}), _("Only an approved version can be cited."))
IS_DRAFT = state_in(
    "not-draft", frozenset({"draft"}), _("Only a version that waits for approval can be approved.")
)
NOT_WITHDRAWN = state_in(
    "already-withdrawn", frozenset({"draft", "approved"}), _("This version was withdrawn before.")
)

register(Rule("evidence.view", "evidence.Evidence", None, (reachable("evidence.view", "scope"),)))
register(Rule("evidence.add", "organisation.Scope", "self"))
register(Rule("evidence.change", "evidence.Evidence", "scope"))
register(Rule("evidence.approve", "evidence.EvidenceVersion", "evidence__scope", (NOT_OWN_UPLOAD, IS_DRAFT)))
register(Rule("evidence.withdraw", "evidence.EvidenceVersion", "evidence__scope", (NOT_WITHDRAWN,)))
register(
    Rule(
        "evidence.cite",
        "evidence.EvidenceVersion",
        None,
        (reachable("evidence.cite", "evidence__scope"), IS_APPROVED),
    )
)
