"""What follows from answers, and what people said otherwise: meetings, complaints, reviewed comments, promises."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from feedback.models import Campaign, Comment, Complaint, Questionnaire, Theme
from feedback.selectors.comments import reviewable, seen_of
from feedback.services import comments, complaints, consultations, outcomes, themes
from iqas.accounts.models import User
from iqas.core import clock
from iqas.demo.building.world import World
from iqas.demo.content import ComplaintContent, ConsultationContent, DialogueContent, ThemeContent
from iqas.improvement.models import Action
from microcredentials.models import Partner

UNIVERSITY = "UNI"
LEFT_TO_REVIEW = 3
ANSWERED = 4
PROMISED = 3


def plan_dialogue(world: World, told: DialogueContent) -> None:
    """Meetings and complaints on their days."""
    for meeting in told.consultations:
        world.at(world.today - dt.timedelta(days=meeting.age), _meet(world, meeting))
    for complaint in told.complaints:
        world.at(world.today - dt.timedelta(days=complaint.age), _complain(world, complaint), hour=11)


def answer_what_was_said(world: World, told: DialogueContent) -> None:
    """Once all is mixed: the comments of the earlier campaigns are reviewed and published, some results are answered and published."""
    if Theme.objects.exists():  # a run that was killed afterwards
        return
    finished = list(
        reviewable(Campaign.objects.select_related("scope", "questionnaire_version__questionnaire")).order_by(
            "closes", "code"
        )
    )
    of_learners = [one for one in finished if _asks_learners(one)]
    officer = _officer(world)
    with clock.at(world.moment(days=-4, hour=9)):
        made = [
            (theme, themes.add_theme(actor=officer, scope=world.scopes[UNIVERSITY], name=theme.name))
            for theme in told.themes
        ]
        for campaign in finished:
            if campaign not in of_learners[-LEFT_TO_REVIEW:]:
                _review(officer, campaign, made)
    with clock.at(world.moment(days=-3, hour=9)):
        for place, campaign in enumerate(of_learners[-LEFT_TO_REVIEW - ANSWERED : -LEFT_TO_REVIEW]):
            promised = _action_about(campaign)
            for one in told.outcomes:
                outcomes.add_outcome(
                    actor=officer, campaign=campaign, texts=one.model_dump(), actions=promised
                )
                promised = []
            if place < PROMISED:
                outcomes.publish_outcomes(actor=officer, campaign=campaign)


def _asks_learners(campaign: Campaign) -> bool:
    asked = campaign.questionnaire_version.questionnaire.audience
    return asked == Questionnaire.Audience.LEARNER


def _action_about(campaign: Campaign) -> list[Action]:
    """An improvement that was decided for the campaign's micro-credential or what stands above it, if there is one."""
    above = [action for action in Action.objects.select_related("scope").order_by("-due", "code")
             if campaign.scope.path.startswith(action.scope.path)]  # fmt: skip
    return above[:1]


def _review(officer: User, campaign: Campaign, made: list[tuple[ThemeContent, Theme]]) -> None:
    for comment in campaign.comments.order_by("item__order", "text", "pk"):
        comment.campaign = campaign
        about = [
            theme for content, theme in made if any(word in comment.text.lower() for word in content.words)
        ]
        if about:
            themes.give_themes(actor=officer, comment=comment, had=[], themes=about)
        comments.decide(actor=officer, comment=comment, decision=comments.SHOW, seen=seen_of(comment))
    if Comment.objects.filter(campaign=campaign).exists():
        comments.publish_comments(actor=officer, campaign=campaign)


def _meet(world: World, told: ConsultationContent) -> Callable[[], None]:
    def meet() -> None:
        actor = world.quality_of(told.scope)
        consultation = consultations.create_consultation(
            actor=actor,
            kind=told.kind,
            title=told.title,
            held_on=clock.today(),
            scope=world.scopes[told.scope],
            participants="\n".join(told.participants),
            summary=told.summary,
            partners=list(Partner.objects.filter(name__in=told.partners, merged_into=None)),
        )
        for number, point in enumerate(told.points, start=1):
            consultations.save_point(
                actor=actor,
                consultation=consultation,
                seen=number,
                text=point.text,
                criterion_code=point.criterion,
                answer=point.answer,
            )

    return meet


def _complain(world: World, told: ComplaintContent) -> Callable[[], None]:
    def complain() -> None:
        actor = _officer(world) if told.scope == UNIVERSITY else world.quality_of(told.scope)
        complaint = complaints.receive(
            actor=actor,
            kind=told.kind,
            channel=told.channel,
            received_on=clock.today(),
            scope=world.scopes[told.scope],
            criterion_code=told.criterion,
            text=told.text,
        )
        if told.answer:
            answered = clock.today() + dt.timedelta(days=told.taken)
            world.at(answered, lambda: _answer(actor, complaint, told.answer))

    return complain


def _answer(actor: User, complaint: Complaint, answer: str) -> None:
    complaints.take_up(actor=actor, complaint=complaint, seen=1)
    complaints.answer_complaint(actor=actor, complaint=complaint, seen=2, answer=answer)


def _officer(world: World) -> User:
    return world.people["officer"]
