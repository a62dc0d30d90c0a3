"""Rounds: one order for the campaigns of all editions of a term; all of them are made, or none."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid5

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from feedback.models import Campaign, Moment, QuestionnaireVersion, Round, RoundExclusion
from feedback.models.campaigns import REMINDERS
from feedback.selectors.register import OF_EDITIONS
from feedback.selectors.rounds import BY_HAND, Planned, RoundPlan, editions_in, plan_of
from feedback.services.campaigns import open_campaign, opening_refusal, prepare
from feedback.services.readers import refuse_readers
from feedback.services.register import invite_learners, refuse_audience
from feedback.services.terms import Aim, Terms, check_window
from iqas.core import clock
from iqas.core.access import require
from iqas.core.audit import record
from iqas.core.codes import next_code
from iqas.core.refusals import RuleViolation
from iqas.core.versions import claim
from iqas.jobs.models import Job
from iqas.jobs.services import enqueue
from iqas.organisation.models import AcademicYear, Scope
from microcredentials.models import Edition, Enrolment

JOB_KIND = "feedback.make_round"


@dataclass(frozen=True)
class RoundTerms:
    """What a round asks of whom and when; see the fields of `Round`."""

    title: str
    scope: Scope
    year: AcademicYear
    questionnaire_version: QuestionnaireVersion
    opens: dt.date
    closes: dt.date
    ends_from: dt.date | None = None
    ends_until: dt.date | None = None
    grouping: str = Round.Grouping.EDITION
    moment: str = Moment.END
    mode: str = Campaign.Mode.ANONYMOUS
    threshold: int | None = None
    reminders_most: int = REMINDERS
    mail_language: str = "es"
    enrolment_states: Sequence[str] = field(default_factory=list)
    readers: Sequence[str] = field(default_factory=list)
    opens_campaigns: bool = False


TERM_FIELDS = tuple(RoundTerms.__dataclass_fields__)


@transaction.atomic
def create_round(*, actor: Any, terms: RoundTerms) -> Round:
    """A round that has made nothing yet. Refuses `campaign-dates`, `round-mode`, `round-states`, `round-audience`,

    `reader-role`, what `register.refuse_audience` refuses, and `round-values`."""
    order = Round(code=next_code("R"), created_by=actor)
    _set(order, terms)
    require(actor, "campaign.round", order)
    order.save(force_insert=True)
    record(actor=actor, action="round.created", subject=order, scope=order.scope, after=_told(order))
    return order


@transaction.atomic
def change_round(*, actor: Any, order: Round, seen: int, terms: RoundTerms) -> Round:
    """Change what it will make. Refuses what `create_round` refuses, `round-made` and `StaleVersion`."""
    order = _prepared(actor, order)
    claim(order, seen)
    before = _told(order)
    _set(order, terms)
    require(actor, "campaign.round", order)
    order.save(update_fields=list(TERM_FIELDS))
    record(
        actor=actor,
        action="round.changed",
        subject=order,
        scope=order.scope,
        before=before,
        after=_told(order),
    )
    return order


@transaction.atomic
def exclude_edition(*, actor: Any, order: Round, edition: Edition, reason: str) -> RoundExclusion:
    """Leave an edition of the term out. Refuses `round-made`, `round-edition` (not of its term) and `reason-missing`."""
    order = _prepared(actor, order)
    if not editions_in(order).filter(pk=edition.pk).exists():
        raise RuleViolation("round-edition", _("This edition is not in the term of the round."))
    if not reason.strip():
        raise RuleViolation("reason-missing", _("Say why it is left out."), field="reason")
    exclusion, _made = RoundExclusion.objects.update_or_create(
        round=order,
        edition=edition,
        defaults={"by_hand": True, "rule": BY_HAND, "reason": reason.strip()[:500]},
    )
    _record_edition(actor, order, "round.excluded", edition, reason)
    return exclusion


@transaction.atomic
def include_edition(*, actor: Any, order: Round, edition: Edition) -> None:
    """Take an exclusion by hand back. Refuses `round-made`."""
    order = _prepared(actor, order)
    gone, _rows = order.exclusions.filter(edition=edition, by_hand=True).delete()
    if gone:
        _record_edition(actor, order, "round.included", edition, "")


@transaction.atomic
def order_campaigns(*, actor: Any, order: Round) -> Job:
    """Ask a job to make them: a term may have hundreds. Asking again is the same job. Refuses `round-made`, `round-empty`."""
    order = _prepared(actor, order)
    _refuse_empty(plan_of(order))
    return enqueue(
        actor=actor,
        kind=JOB_KIND,
        payload={"order": str(order.pk)},
        idem_key=f"{order.pk}|{order.version}",
        scope=order.scope,
        about=order.code,
        about_url=order.get_absolute_url(),
    )


@transaction.atomic
def make_campaigns(*, actor: Any, order: Round) -> list[Campaign]:
    """Make every campaign of the plan and write down who was left out and why: all or nothing.

    With learners to invite they are invited, and where the round says so the campaign opens; one that cannot open stays
    prepared. A round that was made makes nothing again. Refuses `round-empty` and whatever a campaign refuses.
    """
    order = _locked(order)
    if actor is not None:
        require(actor, "campaign.round", order)
    if order.state == Round.State.MADE:
        return []
    plan = plan_of(order)
    _refuse_empty(plan)
    made = [_make(actor, order, planned) for planned in plan.planned]
    order.exclusions.filter(by_hand=False).delete()
    RoundExclusion.objects.bulk_create(
        RoundExclusion(round=order, edition=out.edition, rule=out.rule, reason=out.reason[:500])
        for out in plan.left_out
        if not out.by_hand
    )
    order.state, order.made_at = Round.State.MADE, clock.now()
    order.save(update_fields=["state", "made_at"])
    record(
        actor=actor,
        action="round.made",
        subject=order,
        scope=order.scope,
        after={"campaigns": len(made), "left_out": len(plan.left_out), "people": plan.people},
    )
    return made


def _make(actor: Any, order: Round, planned: Planned) -> Campaign:
    terms = Terms(
        opens=max(order.opens, clock.today()),
        closes=order.closes,
        threshold=order.threshold,
        mail_language=order.mail_language,
        moment=order.moment,
        mode=order.mode,
        reminders_most=order.reminders_most,
        readers=order.readers,
    )
    campaign = prepare(
        actor=actor,
        version=order.questionnaire_version,
        aim=Aim(editions=planned.editions, year=order.year),
        terms=terms,
        made_by=order,
        key=made_key(order.pk, planned.editions),
    )
    if order.enrolment_states:
        invite_learners(actor=actor, campaign=campaign, states=order.enrolment_states)
        campaign.refresh_from_db()
    if order.opens_campaigns and opening_refusal(campaign) is None:
        campaign = open_campaign(actor=actor, campaign=campaign)
    return campaign


def made_key(order: UUID, editions: Sequence[Edition]) -> UUID:
    """The same order for the same editions is the same row: a run that was killed leaves no second key of a campaign."""
    return uuid5(order, min(str(edition.pk) for edition in editions))


def _set(order: Round, terms: RoundTerms) -> None:
    check_window(terms.opens, terms.closes)
    if terms.mode not in (Campaign.Mode.ANONYMOUS, Campaign.Mode.CONFIDENTIAL):
        raise RuleViolation(
            "round-mode", _("Only partners answer in the name of their institution."), field="mode"
        )
    if not set(terms.enrolment_states) <= set(Enrolment.State.values):
        raise RuleViolation("round-states", _("This is no state of an enrolment."), field="enrolment_states")
    audience = terms.questionnaire_version.questionnaire.audience
    if audience not in OF_EDITIONS:
        raise RuleViolation(
            "round-audience",
            _("A round asks about editions: partners are asked by a campaign of their own."),
            field="questionnaire_version",
        )
    if terms.enrolment_states:
        refuse_audience(audience, terms.enrolment_states, field="enrolment_states")
    refuse_readers(terms.readers)
    for name in TERM_FIELDS:
        setattr(order, name, getattr(terms, name))
    order.enrolment_states, order.readers = list(terms.enrolment_states), list(terms.readers)
    try:
        order.clean_fields(exclude=["code", "created_by"])
        order.validate_constraints()
    except ValidationError as error:
        raise RuleViolation("round-values", "; ".join(error.messages)) from error


def _locked(order: Round) -> Round:
    return (
        Round.objects.select_related("scope", "year", "questionnaire_version__questionnaire")
        .select_for_update(no_key=True, of=("self",))
        .get(pk=order.pk)
    )


def _prepared(actor: Any, order: Round) -> Round:
    locked = _locked(order)
    require(actor, "campaign.round", locked)
    if locked.state != Round.State.DRAFT:
        raise RuleViolation("round-made", _("The campaigns of this round have been made."))
    return locked


def _refuse_empty(plan: RoundPlan) -> None:
    if not plan.planned:
        raise RuleViolation("round-empty", _("There is no edition left to ask in this term."))


def _record_edition(actor: Any, order: Round, action: str, edition: Edition, reason: str) -> None:
    record(
        actor=actor,
        action=action,
        subject=order,
        scope=order.scope,
        after={"edition": edition.code},
        reason=reason,
    )


def _told(order: Round) -> dict[str, Any]:
    return {
        "title": order.title,
        "scope": order.scope.code,
        "year": order.year.code,
        "questionnaire": str(order.questionnaire_version),
        "grouping": order.grouping,
        "moment": order.moment,
        "mode": order.mode,
        "ends_from": order.ends_from,
        "ends_until": order.ends_until,
        "opens": order.opens,
        "closes": order.closes,
        "threshold": order.threshold,
        "reminders_most": order.reminders_most,
        "states": list(order.enrolment_states),
        "readers": list(order.readers),
        "opens_campaigns": order.opens_campaigns,
    }
