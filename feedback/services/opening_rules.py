"""Rules that open campaigns by themselves: "14 days before the end", "180 days after the results"."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid5

import structlog
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from feedback.models import Campaign, Moment, OpeningRule, Questionnaire
from feedback.models.campaigns import REMINDERS
from feedback.selectors.opening_rules import Due, due_editions, version_of
from feedback.services.campaigns import open_campaign, prepare
from feedback.services.readers import refuse_readers
from feedback.services.register import invite_learners, refuse_audience
from feedback.services.terms import Aim, Terms
from iqas.core import clock
from iqas.core.access import require
from iqas.core.audit import record
from iqas.core.codes import next_code
from iqas.core.refusals import RuleViolation
from iqas.core.versions import claim
from iqas.organisation.models import Scope
from microcredentials.models import Enrolment

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class RuleTerms:
    """What a rule asks and when; see the fields of `OpeningRule`."""

    title: str
    scope: Scope
    questionnaire: Questionnaire
    since: dt.date
    anchor: str = OpeningRule.Anchor.ENDS
    offset_days: int = 0
    duration_days: int = 14
    moment: str = Moment.END
    mode: str = Campaign.Mode.ANONYMOUS
    threshold: int | None = None
    reminders_most: int = REMINDERS
    mail_language: str = "es"
    enrolment_states: Sequence[str] = field(default_factory=list)
    readers: Sequence[str] = field(default_factory=list)
    is_active: bool = True


TERM_FIELDS = tuple(RuleTerms.__dataclass_fields__)


@transaction.atomic
def create_rule(*, actor: Any, terms: RuleTerms) -> OpeningRule:
    """A rule that works from the next hourly job on. Refuses `rule-mode`, `rule-states`, `reader-role`, `rule-values`,

    and what `register.refuse_audience` refuses."""
    rule = OpeningRule(code=next_code("RG"), created_by=actor)
    _set(rule, terms)
    require(actor, "campaign.rule", rule)
    rule.save(force_insert=True)
    record(actor=actor, action="rule.created", subject=rule, scope=rule.scope, after=_told(rule))
    return rule


@transaction.atomic
def change_rule(*, actor: Any, rule: OpeningRule, seen: int, terms: RuleTerms) -> OpeningRule:
    """Change or stop a rule; campaigns that it made stay. Refuses what `create_rule` refuses, and `StaleVersion`."""
    rule = (
        OpeningRule.objects.select_related("scope", "questionnaire")
        .select_for_update(no_key=True, of=("self",))
        .get(pk=rule.pk)
    )
    require(actor, "campaign.rule", rule)
    claim(rule, seen)
    before = _told(rule)
    _set(rule, terms)
    require(actor, "campaign.rule", rule)
    rule.save(update_fields=list(TERM_FIELDS))
    record(
        actor=actor,
        action="rule.changed",
        subject=rule,
        scope=rule.scope,
        before=before,
        after=_told(rule),
    )
    return rule


def follow_rules() -> list[Campaign]:
    """Makes and opens the campaigns that are due today, each edition in a transaction of its own; the hourly round sends

    their mails afterwards, together, so that who owes several gets one.

    Killed anywhere, the next run goes on where it stopped; running twice makes nothing twice. An edition that is refused
    (nobody to ask, asked already) does not stop the others; it is looked at again the next time.
    """
    made = []
    for rule in OpeningRule.objects.filter(is_active=True).select_related("scope", "questionnaire"):
        for due in due_editions(rule):
            if due.reason:
                continue
            try:
                campaign = _ask(rule, due)
            except RuleViolation as refusal:
                log.warning(
                    "opening_rule_refused", rule=rule.code, edition=due.edition.code, code=refusal.code
                )
            else:
                made += [campaign] if campaign is not None else []
    return made


@transaction.atomic
def _ask(rule: OpeningRule, due: Due) -> Campaign | None:
    """None where the rule was changed, or asked this edition, since it was looked at."""
    locked = (
        OpeningRule.objects.select_for_update(no_key=True).filter(pk=rule.pk, version=rule.version).first()
    )
    version = version_of(rule)
    if locked is None or version is None or rule.campaigns.filter(edition=due.edition).exists():
        return None
    campaign = prepare(
        actor=None,
        version=version,
        aim=Aim(editions=(due.edition,)),
        terms=Terms(
            opens=max(due.opens, clock.today()),
            closes=due.closes,
            threshold=rule.threshold,
            mail_language=rule.mail_language,
            moment=rule.moment,
            mode=rule.mode,
            reminders_most=rule.reminders_most,
            readers=rule.readers,
        ),
        made_by=rule,
        key=_key(rule, due.edition.pk),
    )
    invite_learners(actor=None, campaign=campaign, states=rule.enrolment_states)
    return open_campaign(actor=None, campaign=campaign, sends_mails=False)


def _key(rule: OpeningRule, edition: UUID) -> UUID:
    """The same rule for the same edition is the same row: a run that was killed leaves no second key of a campaign."""
    return uuid5(rule.pk, str(edition))


def _set(rule: OpeningRule, terms: RuleTerms) -> None:
    if terms.mode not in (Campaign.Mode.ANONYMOUS, Campaign.Mode.CONFIDENTIAL):
        raise RuleViolation(
            "rule-mode", _("Only partners answer in the name of their institution."), field="mode"
        )
    states = set(terms.enrolment_states)
    if not states or not states <= set(Enrolment.State.values):
        raise RuleViolation(
            "rule-states",
            _("Choose which learners are asked: a rule invites from the register alone."),
            field="enrolment_states",
        )
    refuse_audience(terms.questionnaire.audience, terms.enrolment_states, field="enrolment_states")
    refuse_readers(terms.readers)
    for name in TERM_FIELDS:
        setattr(rule, name, getattr(terms, name))
    rule.enrolment_states, rule.readers = list(terms.enrolment_states), list(terms.readers)
    try:
        rule.clean_fields(exclude=["code", "created_by"])
        rule.validate_constraints()
    except ValidationError as error:
        raise RuleViolation("rule-values", "; ".join(error.messages)) from error


def _told(rule: OpeningRule) -> dict[str, Any]:
    return {
        "title": rule.title,
        "scope": rule.scope.code,
        "questionnaire": rule.questionnaire.code,
        "anchor": rule.anchor,
        "offset_days": rule.offset_days,
        "duration_days": rule.duration_days,
        "moment": rule.moment,
        "mode": rule.mode,
        "threshold": rule.threshold,
        "reminders_most": rule.reminders_most,
        "states": list(rule.enrolment_states),
        "readers": list(rule.readers),
        "since": rule.since,
        "is_active": rule.is_active,
    }
