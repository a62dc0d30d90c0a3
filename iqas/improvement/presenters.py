"""What the page of an action shows, decided before the template."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from iqas.core.access import can
from iqas.core.text import markdown
from iqas.improvement import selectors
from iqas.improvement.models import Action
from iqas.improvement.tables import TONES
from iqas.ui.components import Reason, Step
from iqas.ui.history import history_entries

SENTENCES = {
    "improvement.added": gettext_lazy("Action opened"),
    "improvement.changed": gettext_lazy("Plan changed"),
    "improvement.started": gettext_lazy("Work begun"),
    "improvement.done": gettext_lazy("Reported as done"),
    "improvement.verified": gettext_lazy("Verified and closed"),
    "improvement.sent-back": gettext_lazy("Sent back"),
    "improvement.cancelled": gettext_lazy("Action cancelled"),
}
FIELDS = {
    "title": gettext_lazy("Title"),
    "cause": gettext_lazy("Cause"),
    "criterion": gettext_lazy("Criterion"),
    "due": gettext_lazy("Due"),
    "follow_up": gettext_lazy("Follow-up measure"),
    "proof": gettext_lazy("Proof"),
    "effect": gettext_lazy("Effect"),
}


def detail(user: Any, action: Action) -> dict[str, Any]:
    found = (
        selectors.with_overdue(Action.objects.filter(pk=action.pk))
        .select_related(
            "scope",
            "responsible",
            "criterion__framework",
            "proof__evidence__scope",
            "done_by",
            "verified_by",
            "created_by",
        )
        .get()
    )
    proof = found.proof
    return {
        "action": found,
        "tone": "overdue" if found.overdue else TONES.get(found.state, found.state),
        "label": _("Overdue") if found.overdue else found.get_state_display(),
        "cause": markdown(found.cause),
        "effect": markdown(found.effect),
        "steps": steps(user, found),
        "proof_visible": proof is not None and bool(can(user, "evidence.view", proof.evidence)),
        "may_change": bool(can(user, "improvement.change", found)),
        "may_cancel": bool(can(user, "improvement.cancel", found)),
        "may_send_back": bool(can(user, "improvement.verify", found)),
        "entries": history_entries(found, SENTENCES, FIELDS),
    }


def steps(user: Any, action: Action) -> list[Step]:
    """Plan, work, proof, verification: where it stands and who acts."""
    if action.state == Action.State.CANCELLED:
        return [
            Step(title=_("Action cancelled"), state="blocked", reasons=[Reason(action.cancel_reason)]),
        ]
    return [
        Step(title=_("Plan"), state="done", who=str(action.created_by)),
        _start(user, action),
        _finish(user, action),
        _verify(user, action),
    ]


def _start(user: Any, action: Action) -> Step:
    title = _("Work begins")
    if action.state != Action.State.OPEN:
        return Step(title=title, state="done", who=str(action.responsible))
    decision = can(user, "improvement.work", action)
    return Step(
        title=title,
        state="current",
        who=str(action.responsible),
        due=action.due,
        url=reverse("improvement:action-start", args=[action.code]) if decision else "",
        verb=_("Start") if decision else "",
        method="post",
    )


def _finish(user: Any, action: Action) -> Step:
    title = _("Done, with proof")
    if not action.is_open:
        return Step(title=title, state="done", who=str(action.done_by))
    decision = can(user, "improvement.work", action)
    return Step(
        title=title,
        state="current" if action.state == Action.State.IN_PROGRESS else "todo",
        who=str(action.responsible),
        due=action.due,
        url=reverse("improvement:action-finish", args=[action.code]) if decision else "",
        verb=_("Report as done") if decision else "",
    )


def _verify(user: Any, action: Action) -> Step:
    title = _("A second person verifies it")
    if action.state == Action.State.VERIFIED:
        return Step(title=title, state="done", who=str(action.verified_by))
    if action.state != Action.State.DONE:
        return Step(title=title, state="todo")
    decision = can(user, "improvement.verify", action)
    reasons = [] if decision else [Reason(decision.reason)]
    if action.proof is not None and action.proof.state != "approved":
        reasons.append(
            Reason(
                _("The proof %(proof)s is not approved yet.") % {"proof": action.proof},
                url=action.proof.evidence.get_absolute_url()
                if can(user, "evidence.view", action.proof.evidence)
                else "",
                verb=_("See the proof"),
            )
        )
    if reasons:
        return Step(title=title, state="blocked", reasons=reasons)
    return Step(
        title=title,
        state="current",
        url=reverse("improvement:action-verify", args=[action.code]),
        verb=_("Verify"),
    )
