"""The words, tones and signs of the states that more than one app shows: never colour alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import pgettext_lazy

MET, PARTLY, UNMET, NONE, INFO = "met", "partly", "unmet", "none", "info"
SIGNS = {MET: "✓", PARTLY: "◐", UNMET: "✕", NONE: "–", INFO: "●"}


@dataclass(frozen=True)
class State:
    label: Any
    tone: str
    sign: str


def state(label: Any, tone: str, sign: str = "") -> State:
    return State(label, tone, sign or SIGNS[tone])


KNOWN: dict[str, State] = {
    "draft": state(pgettext_lazy("state", "Draft"), NONE, "□"),
    "drafting": state(pgettext_lazy("state", "Being written"), PARTLY),
    "review": state(pgettext_lazy("state", "In review"), INFO),
    "frozen": state(pgettext_lazy("state", "Frozen"), MET, "■"),
    "pending": state(pgettext_lazy("state", "Being made"), PARTLY),
    "current": state(pgettext_lazy("state", "In force"), MET),
    "superseded": state(pgettext_lazy("state", "Superseded"), NONE),
    "submitted": state(pgettext_lazy("state", "Submitted"), INFO),
    "waiting": state(pgettext_lazy("state", "In process"), INFO),
    "returned": state(pgettext_lazy("state", "Returned"), PARTLY),
    "rejected": state(pgettext_lazy("state", "Rejected"), UNMET),
    "favourable": state(pgettext_lazy("state", "Favourable"), MET),
    "conditions": state(pgettext_lazy("state", "Favourable with conditions"), PARTLY),
    "approved": state(pgettext_lazy("state", "Approved"), MET),
    "published": state(pgettext_lazy("state", "Published"), MET),
    "suspended": state(pgettext_lazy("state", "Suspended"), PARTLY),
    "extinguished": state(pgettext_lazy("state", "Extinguished"), NONE),
    "imported": state(pgettext_lazy("state", "Imported"), INFO, "▾"),
    "withdrawn": state(pgettext_lazy("state", "Withdrawn"), NONE, "✕"),
    "planned": state(pgettext_lazy("state", "Planned"), NONE, "□"),
    "open": state(pgettext_lazy("state", "Open"), INFO),
    "running": state(pgettext_lazy("state", "Running"), INFO),
    "queued": state(pgettext_lazy("state", "Waiting"), NONE, "□"),
    "finished": state(pgettext_lazy("state", "Finished"), MET),
    "results_signed": state(pgettext_lazy("state", "Results signed"), MET),
    "enrolled": state(pgettext_lazy("state", "Enrolled"), INFO),
    "withdrawn_before_start": state(pgettext_lazy("state", "Withdrawn before the start"), NONE, "✕"),
    "completed": state(pgettext_lazy("state", "Completed"), MET),
    "passed": state(pgettext_lazy("state", "Passed"), MET),
    "recognised": state(pgettext_lazy("state", "Recognised"), MET),
    "closed": state(pgettext_lazy("state", "Closed"), NONE, "■"),
    "mixed": state(pgettext_lazy("state", "Mixed"), MET),
    "in_progress": state(pgettext_lazy("state", "In progress"), PARTLY),
    "done": state(pgettext_lazy("state", "Done"), MET),
    "verified": state(pgettext_lazy("state", "Verified"), MET),
    "cancelled": state(pgettext_lazy("state", "Cancelled"), NONE, "✕"),
    "failed": state(pgettext_lazy("state", "Failed"), UNMET),
    "expired": state(pgettext_lazy("state", "Expired"), UNMET),
    "overdue": state(pgettext_lazy("state", "Overdue"), UNMET, "⚠"),
    "suppressed": state(pgettext_lazy("state", "Not shown"), NONE),
    "not_assessed": state(pgettext_lazy("state", "Not assessed"), NONE),
    MET: state(pgettext_lazy("state", "Met"), MET),
    PARTLY: state(pgettext_lazy("state", "Partly met"), PARTLY),
    UNMET: state(pgettext_lazy("state", "Not met"), UNMET),
    NONE: state(pgettext_lazy("state", "Not assessed"), NONE),
    INFO: state("", INFO),
}


def describe(code: Any, label: Any = "") -> State:
    """The state of this code; an unknown code keeps its own label in the neutral tone."""
    known = KNOWN.get(str(code))
    own = capfirst(str(label)) if label else ""
    if known is None:
        return state(own or str(code), NONE)
    return State(own or known.label, known.tone, known.sign)
