"""What the pages of rounds and rules show, decided before the template."""

from __future__ import annotations

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from feedback.models import OpeningRule, Round
from feedback.selectors.campaigns import with_participation
from feedback.selectors.opening_rules import due_editions
from feedback.selectors.readers import IN_WORDS, OFFICE, usual_readers
from feedback.selectors.rounds import LeftOut, plan_of
from feedback.selectors.targets import with_target
from iqas.jobs.models import Job, JobState
from iqas.ui.history import history_entries
from microcredentials.models import Enrolment

AHEAD = 30

SENTENCES = {
    "round.created": gettext_lazy("prepared it"),
    "round.changed": gettext_lazy("changed it"),
    "round.excluded": gettext_lazy("left an edition out"),
    "round.included": gettext_lazy("took an edition in again"),
    "round.made": gettext_lazy("made its campaigns"),
    "rule.created": gettext_lazy("wrote it"),
    "rule.changed": gettext_lazy("changed it"),
}
FIELDS = {
    "title": gettext_lazy("Title"),
    "scope": gettext_lazy("Of"),
    "year": gettext_lazy("Academic year"),
    "questionnaire": gettext_lazy("Questionnaire"),
    "opens": gettext_lazy("Opens"),
    "closes": gettext_lazy("Closes"),
    "ends_from": gettext_lazy("Editions that end from"),
    "ends_until": gettext_lazy("Until"),
    "threshold": gettext_lazy("Minimum group size"),
    "readers": gettext_lazy("Readers of the comments"),
    "edition": gettext_lazy("Edition"),
    "campaigns": gettext_lazy("Campaigns"),
    "left_out": gettext_lazy("Left out"),
    "people": gettext_lazy("People invited"),
    "offset_days": gettext_lazy("Days before or after"),
    "duration_days": gettext_lazy("Days that it stays open"),
    "since": gettext_lazy("For campaigns that open from"),
    "is_active": gettext_lazy("Active"),
}


def detail(order: Round) -> dict[str, Any]:
    """Before it is made: the plan. Afterwards: its campaigns, and who was left out and why."""
    is_made = order.state == Round.State.MADE
    context: dict[str, Any] = {
        "round": order,
        "is_made": is_made,
        "states": state_names(order.enrolment_states),
        "readers": readers_in_words(order),
        "entries": history_entries(order, SENTENCES, FIELDS),
    }
    if is_made:
        campaigns = with_target(with_participation(order.campaigns.all())).order_by("code")
        left_out = [
            LeftOut(row.edition, row.rule, row.reason)
            for row in order.exclusions.select_related("edition__version")
        ]
        return context | {"campaigns": campaigns, "left_out": left_out}
    plan = plan_of(order)
    making = Job.objects.filter(
        kind="feedback.make_round",
        payload__order=str(order.pk),
        state__in=(JobState.QUEUED, JobState.RUNNING),
    ).first()
    return context | {"plan": plan, "left_out": plan.left_out, "making": making}


def readers_in_words(order: Round) -> list[str | Promise]:
    """Who will read the comments of the campaigns that it makes, the quality office first."""
    roles = order.readers or usual_readers(order.questionnaire_version.questionnaire.audience)
    return [OFFICE, *(IN_WORDS[role] for role in roles)]


def rule_context(rule: OpeningRule) -> dict[str, Any]:
    """The editions that it asks in the next days, and the campaigns that it made."""
    campaigns = with_target(with_participation(rule.campaigns.all())).order_by("-opens", "-code")
    return {
        "rule": rule,
        "due": due_editions(rule, ahead=AHEAD) if rule.is_active else [],
        "ahead": AHEAD,
        "campaigns": campaigns[:20],
        "entries": history_entries(rule, SENTENCES, FIELDS),
    }


def state_names(states: list[str]) -> list[Any]:
    names = dict(Enrolment.State.choices)
    return [names[state] for state in states if state in names]
