"""What happens next with a report, who acts, and what stands in the way."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from audits.models import SelfAssessment
from audits.selectors.completeness import Completeness
from iqas.core.access import can
from iqas.ui.components import Reason, Step

SHOWN_REASONS = 4


def steps_of(user: Any, assessment: SelfAssessment, completeness: Completeness) -> tuple[Step, ...]:
    """Write, hand over, freeze, print: with the reasons why a step cannot be taken yet."""
    return (
        _writing(assessment, completeness),
        _handing_over(user, assessment, completeness),
        _freezing(user, assessment),
        _printing(user, assessment),
    )


def _writing(assessment: SelfAssessment, completeness: Completeness) -> Step:
    done = not assessment.is_open or not completeness.blocking
    text = _("%(complete)s of %(criteria)s criteria written and rated") % {
        "complete": completeness.complete,
        "criteria": completeness.criteria,
    }
    return Step(
        title=_("Write"),
        state="done" if done else "current",
        who=_("Quality unit and coordination"),
        text=text,
    )


def _handing_over(user: Any, assessment: SelfAssessment, completeness: Completeness) -> Step:
    title, who = _("Hand over for review"), _("Quality unit of the centre")
    if not assessment.is_open:
        return Step(title=title, state="done", who=who)
    blocking = completeness.blocking
    if blocking:
        more = len(blocking) - SHOWN_REASONS
        reasons = [Reason(gap.sentence, gap.url, _("Mend")) for gap in blocking[:SHOWN_REASONS]]
        if more > 0:
            url = reverse("audits:completeness-detail", args=[assessment.code])
            reasons.append(
                Reason(ngettext("%(n)s more gap", "%(n)s more gaps", more) % {"n": more}, url, _("See all"))
            )
        return Step(title=title, state="blocked", who=who, reasons=reasons)
    decision = can(user, "assessment.submit", assessment)
    if not decision:
        return Step(title=title, state="current", who=who, text=decision.reason)
    url = reverse("audits:assessment-submit", args=[assessment.code])
    return Step(title=title, state="current", who=who, url=url, verb=_("Hand over for review"))


def _freezing(user: Any, assessment: SelfAssessment) -> Step:
    title, who = _("Freeze"), _("Somebody who did not write it")
    if assessment.state == SelfAssessment.State.FROZEN:
        return Step(title=title, state="done", who=who)
    if assessment.is_open:
        return Step(title=title, state="todo", who=who)
    decision = can(user, "assessment.freeze", assessment)
    if not decision:
        return Step(title=title, state="blocked", who=who, reasons=(Reason(decision.reason),))
    url = reverse("audits:assessment-freeze", args=[assessment.code])
    return Step(title=title, state="current", who=who, url=url, verb=_("Freeze the report"))


def _printing(user: Any, assessment: SelfAssessment) -> Step:
    title, who = _("Print the dossier"), _("Quality unit")
    if assessment.state != SelfAssessment.State.FROZEN:
        return Step(title=title, state="todo", who=who)
    registered = assessment.snapshot.dossiers.exclude(state="pending").exists()
    return Step(title=title, state="done" if registered else "current", who=who)
