"""What the page of an edition shows, decided before the template."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from iqas.core import clock
from iqas.core.access import can
from iqas.organisation.models import University
from iqas.ui.components import Reason, Step
from iqas.ui.history import history_entries
from microcredentials.deadlines import report_due, results_due
from microcredentials.models import Edition, EnrolmentCount
from microcredentials.presenters.microcredentials import NOT_OFFERED, SENTENCES, field_labels
from microcredentials.selectors.award import award_of
from microcredentials.selectors.counts import shown_counts
from microcredentials.selectors.editions import reedition_changes
from microcredentials.services.edition_reports import REPORTABLE
from microcredentials.services.editions import OVER, is_below_minimum, minimum_of
from microcredentials.workflow import blocked_by, leads_on

State = Edition.State
ORDER = (State.PLANNED, State.OPEN, State.RUNNING, State.FINISHED, State.RESULTS_SIGNED, State.CLOSED)
STEPS = ("open", "run", "finish", "sign", "close")
UNCOUNTABLE = (*OVER, State.RESULTS_SIGNED)


def edition_page(user: Any, edition: Edition) -> dict[str, Any]:
    university = University.current()
    may_count = bool(can(user, "edition.count", edition))
    may_edit = bool(can(user, "edition.edit", edition))
    may_run = bool(can(user, "edition.run", edition))
    from_register = is_from_register(edition)
    labels = (
        field_labels()
        if may_count
        else {k: v for k, v in field_labels().items() if k not in EnrolmentCount.NUMBERS}
    )
    may_see_names = bool(can(user, "enrolment.edit", edition)) and edition.state != State.IMPORTED
    counts = shown_counts(edition, in_full=may_count)
    below = edition.state in (State.PLANNED, State.OPEN) and is_below_minimum(edition, university)
    return {
        "edition": edition,
        "steps": edition_steps(user, edition, university),
        "counts": counts,
        "award": award_of(edition, counts, names=may_see_names),
        "from_register": from_register,
        "may_see_names": may_see_names,
        "may_count": may_count and not from_register and edition.state not in UNCOUNTABLE,
        "may_edit": may_edit and edition.state not in OVER,
        "may_report": may_edit and edition.state in REPORTABLE,
        "may_repeat": bool(can(user, "microcredential.edit", edition.microcredential))
        and edition.state != State.IMPORTED
        and edition.microcredential.state not in NOT_OFFERED,
        "may_cancel": may_run and leads_on(edition, "cancel"),
        "may_rectify": may_run and leads_on(edition, "rectify"),
        "below_minimum": minimum_of(edition, university) if below and may_count else None,
        "report": getattr(edition, "report", None),
        "report_due": report_due(edition.ends, university)
        if edition.ends and edition.state in REPORTABLE and not edition.has_filed_report
        else None,
        "incidents": list(edition.incidents.all()),
        "changes": reedition_changes(edition),
        "entries": history_entries(edition, SENTENCES, labels),
    }


def is_from_register(edition: Edition) -> bool:
    counts: EnrolmentCount | None = getattr(edition, "counts", None)
    return counts is not None and counts.source == EnrolmentCount.REGISTER


def edition_steps(user: Any, edition: Edition, university: University) -> list[Step]:
    """Its steps; the next one with its button or the reasons why not yet."""
    if edition.state not in ORDER:
        return []
    at = ORDER.index(State(edition.state))
    declared = {step.name: step for step in edition.get_all_state_transitions()}  # type: ignore[attr-defined]
    may_run = bool(can(user, "edition.run", edition))
    due = {"run": edition.starts, "finish": edition.ends}
    if edition.ends is not None:
        due |= {"sign": results_due(edition.ends, university), "close": report_due(edition.ends, university)}
    steps = []
    for position, name in enumerate(STEPS):
        custom = declared[name].custom
        if position < at:
            steps.append(Step(title=custom["done"], state="done"))
        elif position > at:
            steps.append(Step(title=custom["verb"], state="todo", due=due.get(name)))
        else:
            needs = blocked_by(edition, name)
            steps.append(
                Step(
                    title=custom["verb"],
                    state="blocked" if needs else "current",
                    who=_("Coordination"),
                    due=due.get(name),
                    text=_("Its deadline has passed.") if _is_late(due.get(name)) and position > 0 else "",
                    reasons=[
                        Reason(need.reason, _mend(edition, need.mend) if may_run else "") for need in needs
                    ],
                    url=reverse("microcredentials:edition-advance", args=[edition.code, name])
                    if may_run
                    else "",
                    verb=custom["verb"],
                )
            )
    return steps


def _is_late(due: Any) -> bool:
    return due is not None and due < clock.today()


def _mend(edition: Edition, page: str) -> str:
    if not page:
        return ""
    subject = edition.code if page.startswith(("edition", "enrolment")) else edition.microcredential.code
    return reverse(f"microcredentials:{page}", args=[subject])
