"""Campaigns that are not the usual one, a round and a rule, with a canary in every text."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from feedback.anonymity.installed import installed_ring
from feedback.anonymity.tokens import token
from feedback.answer_scales import Scale, Written
from feedback.answer_sheet import AnswerSheet
from feedback.models import Campaign, Item, Questionnaire, QuestionnaireVersion
from feedback.selectors.survey import Visit
from feedback.services.campaigns import create_campaign, open_campaign
from feedback.services.drafting import Heading, create_questionnaire
from feedback.services.invitations import print_links
from feedback.services.item_editing import ItemTerms, add_item, add_section
from feedback.services.opening_rules import RuleTerms, create_rule
from feedback.services.rounds import RoundTerms, create_round, exclude_edition
from feedback.services.submission import submit
from iqas.core import clock
from iqas.organisation.models import Centre
from microcredentials.models import Edition

if TYPE_CHECKING:
    from iqas.demo.acceptance.hands import Hands

LINKS = 6


def build_listening(
    centre: Centre, finished: Edition, running: Edition, hands: Hands, canary: Any
) -> dict[str, Any]:
    """A confidential campaign with an answer, one with an open link, a round that leaves an edition out, a rule, and

    a questionnaire that is being written.
    """
    today = clock.today()
    version = QuestionnaireVersion.objects.filter(questionnaire__code="LEARNER-MIDDLE").latest("number")
    order = create_round(
        actor=hands.quality,
        terms=RoundTerms(
            title=canary("round", "title"),
            scope=centre.scope,
            year=running.year,
            questionnaire_version=version,
            opens=today,
            closes=today + dt.timedelta(days=20),
            moment="start",
            enrolment_states=["enrolled"],
        ),
    )
    exclude_edition(actor=hands.quality, order=order, edition=finished, reason=canary("exclusion", "reason"))
    rule = create_rule(
        actor=hands.quality,
        terms=RuleTerms(
            title=canary("rule", "title"),
            scope=centre.scope,
            questionnaire=Questionnaire.objects.get(code="GRADUATE-6M"),
            since=today,
            anchor="signed",
            offset_days=180,
            moment="after",
            enrolment_states=["passed"],
        ),
    )
    return {
        "round": order,
        "rule": rule,
        "questionnaire": _questionnaire(centre, hands),
        "signed": _confidential(running, version, hands, canary),
        "open": _with_open_link(running, version, hands, canary),
    }


def _questionnaire(centre: Centre, hands: Hands) -> QuestionnaireVersion:
    """A draft. Questionnaires belong to the whole university, so no word of it is a canary."""
    draft = create_questionnaire(
        actor=hands.quality,
        code=f"OWN-{centre.code}".upper(),
        audience=Questionnaire.Audience.LEARNER,
        heading=Heading({"es": "Encuesta propia", "en": "Own survey"}),
    )
    section = add_section(actor=hands.quality, version=draft, title={"es": "El aula", "en": "The room"})
    for number in (1, 2):
        text = {"es": f"El aula {number} es adecuada.", "en": f"Room {number} is right."}
        terms = ItemTerms(f"R0{number}", Item.Kind.LIKERT, text, {}, Scale.AGREEMENT, Written({}))
        add_item(actor=hands.quality, version=draft, section=section, terms=terms)
    return draft


def _confidential(edition: Edition, version: QuestionnaireVersion, hands: Hands, canary: Any) -> Campaign:
    campaign = _campaign(edition, version, hands, canary, moment="middle", mode="confidential")
    print_links(actor=hands.quality, campaign=campaign, count=LINKS)
    campaign = open_campaign(actor=hands.quality, campaign=campaign)
    texts = Item.objects.filter(version_id=version.pk, kind=Item.Kind.TEXT)
    invitation = campaign.invitations.first()
    assert invitation is not None
    link = token(installed_ring(), invitation.pk, bytes(campaign.salt))
    sheet = AnswerSheet({}, {item.code: canary("signed", "comment") for item in texts})
    submit(visit=Visit(link, invitation, campaign), sheet=sheet)
    return campaign


def _with_open_link(edition: Edition, version: QuestionnaireVersion, hands: Hands, canary: Any) -> Campaign:
    campaign = _campaign(edition, version, hands, canary, moment="other", open_link=True)
    return open_campaign(actor=hands.quality, campaign=campaign)


def _campaign(
    edition: Edition, version: QuestionnaireVersion, hands: Hands, canary: Any, **terms: Any
) -> Campaign:
    today = clock.today()
    return create_campaign(
        actor=hands.quality,
        edition=edition,
        questionnaire_version=version,
        opens=today,
        closes=today + dt.timedelta(days=40),
        titles={"es": canary("campaign", "title_es"), "en": canary("campaign", "title_en")},
        **terms,
    )
