"""What learners answered: every answer travels sealed through the inbox and the mixer, like a real one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from random import Random

from feedback.anonymity.installed import installed_ring
from feedback.anonymity.mixer import mix
from feedback.anonymity.tokens import token
from feedback.answer_sheet import AnswerSheet, Value
from feedback.importers.recipients import Recipient
from feedback.models import Campaign, Item, QuestionnaireVersion
from feedback.selectors.survey import Visit
from feedback.services.campaigns import close_campaign, create_campaign, open_campaign
from feedback.services.invitations import invite_people, print_links
from feedback.services.submission import submit
from iqas.accounts.models import User
from iqas.demo.building.catalogue import Run
from iqas.demo.building.world import World
from microcredentials.models import Edition

QUESTIONNAIRE = "LEARNER-END"
ANSWERED_OF_THE_OPEN_ONE = 14


class Surveys:
    """Plans a survey for every edition that begins."""

    def __init__(self, world: World, comments: Mapping[str, list[str]]) -> None:
        self.world = world
        self.comments = comments

    def follow(self, run: Run, edition: Edition) -> None:
        """Plans the survey of an edition: it opens before the end and closes two weeks after it."""
        if run.learners is None:
            return
        if run.state == "running" and run.learners < 40:
            return
        opens = run.ends - dt.timedelta(days=4)
        if run.state == "running":
            opens = self.world.today - dt.timedelta(days=3)
        self.world.at(opens, self._open(run, edition, opens), hour=12)

    def _open(self, run: Run, edition: Edition, opens: dt.date) -> Callable[[], None]:
        def begin() -> None:
            quality = self.world.quality_of(run.content.centre)
            closes = opens + dt.timedelta(days=18)
            campaign = create_campaign(
                actor=quality,
                edition=edition,
                questionnaire_version=QuestionnaireVersion.objects.filter(
                    questionnaire__code=QUESTIONNAIRE
                ).latest("number"),
                opens=opens,
                closes=closes,
            )
            if run.state == "running":
                people = [
                    Recipient(row=number, address=f"aprendiz{number:03}@alumni.example")
                    for number in range(1, (run.learners or 0) + 1)
                ]
                invite_people(actor=quality, campaign=campaign, people=people)
                open_campaign(actor=quality, campaign=campaign)
            else:
                open_with_links(campaign, quality, {"": run.learners or 0})
            self.world.at(opens, lambda: self._answer(run, campaign), hour=18)
            if run.state != "running":
                self.world.at(closes + dt.timedelta(days=1), lambda: self._close(run, campaign), hour=3)

        return begin

    def _answer(self, run: Run, campaign: Campaign) -> None:
        chance = self.world.chance("answers", campaign.code)
        if run.state == "running":
            count = ANSWERED_OF_THE_OPEN_ONE
        else:
            rate = chance.uniform(0.42, 0.78)
            count = sum(chance.random() < rate for _invited in range(run.learners or 0))

        def sheet(items: list[Item], number: int) -> AnswerSheet:
            return self._sheet(run, items, self.world.chance("person", campaign.code, number))

        send_all(campaign, {"": count}, sheet)

    def _sheet(self, run: Run, items: list[Item], chance: Random) -> AnswerSheet:
        mood = chance.gauss(run.quality, 0.55)
        straight = chance.random() < 0.05
        values: dict[str, Value] = {}
        written: dict[str, str] = {}
        for number, item in enumerate(items):
            if item.kind == Item.Kind.TEXT:
                if chance.random() < 0.32:
                    written[item.code] = chance.choice(self.comments[item.code])
            elif item.no_answer_allowed and not straight and chance.random() < 0.03:
                values[item.code] = None
            else:
                values[item.code] = rating_of(item, mood, number, straight, chance)
        return AnswerSheet(values, written)

    def _close(self, run: Run, campaign: Campaign) -> None:
        settle_on(campaign, self.world.quality_of(run.content.centre))


def open_with_links(campaign: Campaign, actor: User, people: Mapping[str, int]) -> None:
    """Printed links for so many people of each group, and the campaign is open."""
    for group, count in people.items():
        print_links(actor=actor, campaign=campaign, count=count, group=group)
    open_campaign(actor=actor, campaign=campaign)


def send_all(
    campaign: Campaign, people: Mapping[str, int], sheet: Callable[[list[Item], int], AnswerSheet]
) -> None:
    """So many people of each group answer; `sheet` fills in that of the n-th person."""
    campaign.refresh_from_db()
    items = list(Item.objects.filter(version_id=campaign.questionnaire_version_id).order_by("order"))
    codes = {group.label: group.code for group in campaign.groups.all()}
    ring, number = installed_ring(), 0
    for group, count in people.items():
        invited = campaign.invitations.filter(group_code=codes.get(group, "")).order_by("pk")
        for invitation in invited[:count]:
            link = token(ring, invitation.pk, bytes(campaign.salt))
            visit = Visit(token=link, invitation=invitation, campaign=campaign)
            submit(visit=visit, sheet=sheet(items, number))
            number += 1


def settle_on(campaign: Campaign, actor: User) -> None:
    """Closed and mixed."""
    close_campaign(actor=actor, campaign=campaign)
    mix(campaign.pk)


def rating_of(item: Item, mood: float, number: int, straight: bool, chance: Random) -> int:
    low, high = item.scale_min or 0, item.scale_max or 0
    if straight:
        share = (mood - 1) / 4
    else:
        tilt = (-0.15, 0.1, -0.3, 0.2, 0.15, -0.1, -0.2, 0.05)[number % 8]
        share = (chance.gauss(mood + tilt, 0.6) - 1) / 4
    value = low + round(max(0.0, min(1.0, share)) * (high - low))
    return high + low - value if item.reverse else value
