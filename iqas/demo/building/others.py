"""Who else is asked about the last finished year: teachers by a round, employers, providers, graduates in groups; and a rule."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from random import Random

from django.db.models import Q

from feedback.answer_sheet import AnswerSheet, Value, asked
from feedback.models import Campaign, Item, Questionnaire, QuestionnaireVersion
from feedback.services.campaigns import create_campaign
from feedback.services.opening_rules import RuleTerms, create_rule
from feedback.services.rounds import RoundTerms, create_round, make_campaigns
from feedback.services.terms import Aim
from iqas.core import clock
from iqas.demo.building.surveys import open_with_links, rating_of, send_all, settle_on
from iqas.demo.building.world import World
from iqas.demo.content import AskedContent, OthersContent
from iqas.organisation.models import AcademicYear
from microcredentials.models import Edition, Enrolment

OPEN_DAYS = 18


class Others:
    """Plans what those who are no learners of an edition are asked and answer."""

    def __init__(self, world: World, told: OthersContent) -> None:
        self.world = world
        self.told = told

    def plan(self) -> None:
        for survey in self.told.surveys:
            self.world.at(self._day(survey.age), self._ask(survey))
        self.world.at(self._day(self.told.round.age), self._ask_in_a_round)
        self.world.at(self._day(self.told.rule.age), self._make_rule)

    def _ask(self, survey: AskedContent) -> Callable[[], None]:
        def ask() -> None:
            editions = self._editions(survey)
            if not editions:
                return
            campaign = create_campaign(
                actor=self.world.quality_of(survey.centre),
                aim=Aim(editions=editions, year=_last_year()),
                questionnaire_version=_newest(survey.questionnaire),
                opens=clock.today(),
                closes=clock.today() + dt.timedelta(days=OPEN_DAYS),
                moment="after",
            )
            self._lead(survey, campaign)

        return ask

    def _ask_in_a_round(self) -> None:
        told = self.told.round
        if not self._editions(told):
            return
        actor = self.world.quality_of(told.centre)
        terms = RoundTerms(
            title=told.title,
            scope=self.world.scopes[told.centre],
            year=_last_year(),
            questionnaire_version=_newest(told.questionnaire),
            opens=clock.today(),
            closes=clock.today() + dt.timedelta(days=OPEN_DAYS),
            grouping="centre",
            moment="after",
        )
        for campaign in make_campaigns(actor=actor, order=create_round(actor=actor, terms=terms)):
            self._lead(told, campaign)

    def _make_rule(self) -> None:
        """From the next year on, so that it opens nothing behind the back of whoever looks around."""
        told = self.told.rule
        terms = RuleTerms(
            title=told.title,
            scope=self.world.scopes["UNI"],
            questionnaire=Questionnaire.objects.get(code=told.questionnaire),
            since=dt.date(self.world.today.year + 1, 1, 1),
            anchor="signed",
            offset_days=told.offset,
            moment="after",
            enrolment_states=[Enrolment.State.PASSED],
        )
        create_rule(actor=self.world.people["officer"], terms=terms)

    def _lead(self, told: AskedContent, campaign: Campaign) -> None:
        """From the printed links to the last mixing."""
        world, actor, today = self.world, self.world.quality_of(told.centre), clock.today()
        open_with_links(campaign, actor, told.asked)
        world.at(today, lambda: self._answer(told, campaign), hour=18)
        world.at(today + dt.timedelta(days=OPEN_DAYS + 1), lambda: settle_on(campaign, actor), hour=3)

    def _answer(self, told: AskedContent, campaign: Campaign) -> None:
        def sheet(items: list[Item], number: int) -> AnswerSheet:
            return self._sheet(told, items, self.world.chance("other", campaign.code, number))

        send_all(campaign, told.answered, sheet)

    def _sheet(self, told: AskedContent, items: list[Item], chance: Random) -> AnswerSheet:
        mood = chance.gauss(told.quality, 0.5)
        values: dict[str, Value] = {}
        written: dict[str, str] = {}
        for number, item in enumerate(items):
            if item.kind == Item.Kind.TEXT:
                if chance.random() < 0.45:
                    written[item.code] = chance.choice(self.told.comments[item.code])
            elif (choices := self.told.choices.get(item.code)) is not None:
                chosen = chance.choice(choices)
                values[item.code] = [chosen] if item.kind == Item.Kind.MULTIPLE else chosen
            else:
                importance = 0.6 if item.importance_of else 0.0
                values[item.code] = rating_of(item, mood + importance, number, False, chance)
        return AnswerSheet(values, written).only(asked(items, values))

    def _editions(self, told: AskedContent) -> tuple[Edition, ...]:
        """All of the centre's in the last finished year, or the one that most people passed."""
        year = _last_year()
        found = Edition.objects.filter(
            Q(state=Edition.State.FINISHED) | Q(state=Edition.State.CLOSED),
            year=year,
            microcredential__centre__code=told.centre,
        ).order_by("code")
        if not told.single:
            return tuple(found)
        passed = {one: one.enrolments.filter(state=Enrolment.State.PASSED).count() for one in found}
        return (max(passed, key=lambda one: (passed[one], one.code)),) if passed else ()

    def _day(self, age: int) -> dt.date:
        return self.world.today - dt.timedelta(days=age)


def _last_year() -> AcademicYear:
    """The last academic year that is over."""
    return AcademicYear.objects.filter(ends__lt=clock.today()).latest("starts")


def _newest(code: str) -> QuestionnaireVersion:
    return QuestionnaireVersion.objects.filter(questionnaire__code=code).latest("number")
