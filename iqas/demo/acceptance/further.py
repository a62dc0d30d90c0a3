"""What a centre has besides the usual: ends of lives, targets, campaigns over several editions and over partners."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from feedback.models import Campaign, QuestionnaireVersion
from feedback.services.campaigns import create_campaign
from feedback.services.readers import add_reader
from feedback.services.terms import Aim
from feedback.services.thresholds import set_threshold
from iqas.accounts.models import Role, User
from iqas.core import clock
from iqas.evidence.models import Evidence, EvidenceVersion
from iqas.evidence.services import file_evidence, withdraw_version
from iqas.improvement.services import add_action, cancel_action, finish_action, start_action
from iqas.indicators.models import Definition
from iqas.indicators.services.targets import set_target
from iqas.organisation.models import Centre
from microcredentials.models import Edition, MicroCredential, Partner
from microcredentials.services.editions import advance_edition, plan_edition

if TYPE_CHECKING:
    from iqas.demo.acceptance.hands import Hands

OFFICER = "quality_officer@acceptance.example"
TARGETED = "usefulness"
PARTNERS_ANSWER = 12


def build_further(
    editions: tuple[Edition, ...],
    proof: EvidenceVersion,
    partner: Partner,
    hands: Hands,
    canary: Any,
) -> None:
    """`editions`: those of one micro-credential that a campaign asks about together."""
    centre = editions[0].microcredential.centre
    _withdrawn_evidence(centre, hands, canary)
    _actions(centre, proof, hands, canary)
    _cancelled_edition(editions[0].microcredential, hands, canary)
    set_target(
        actor=hands.quality,
        definition=Definition.objects.filter(code=TARGETED).latest("version"),
        scope=centre.scope,
        year=editions[0].year,
        kind="at_least",
        value=Decimal("0.8"),
    )
    pooled = _campaign("PROVIDER", Aim(editions=editions), hands, canary)
    add_reader(actor=hands.quality, campaign=pooled, role=Role.REVIEWER)
    _campaign("PARTNER", Aim(partners=(partner,), scope=centre.scope, year=editions[0].year), hands, canary)


def decide_thresholds() -> None:
    """One audience of the whole university answers in larger groups; campaigns that exist keep theirs."""
    set_threshold(actor=User.objects.get(email=OFFICER), subject="partner", least=PARTNERS_ANSWER)


def _withdrawn_evidence(centre: Centre, hands: Hands, canary: Any) -> Evidence:
    evidence = file_evidence(
        actor=hands.writer,
        scope=centre.scope,
        header={
            "title": canary("withdrawn", "title"),
            "kind": "minutes",
            "personal_data": True,
            "redaction_note": canary("withdrawn", "redaction_note"),
        },
        version={
            "date_of_fact": clock.today(),
            "url": f"https://example.org/{canary('withdrawn', 'url')}",
            "note": canary("withdrawn", "note"),
        },
    )
    withdraw_version(
        actor=hands.quality, version=evidence.versions.get(), reason=canary("withdrawn", "reason")
    )
    return evidence


def _actions(centre: Centre, proof: EvidenceVersion, hands: Hands, canary: Any) -> None:
    """One carried out, with its proof, and one given up."""
    carried_out, given_up = (
        add_action(
            actor=hands.quality,
            scope=centre.scope,
            title=canary(name, "title"),
            cause=canary(name, "cause"),
            responsible=hands.writer,
            due=clock.today() + dt.timedelta(days=30),
            follow_up=canary(name, "follow_up"),
        )
        for name in ("carried_out", "given_up")
    )
    start_action(actor=hands.writer, action=carried_out)
    finish_action(actor=hands.writer, action=carried_out, proof=proof, effect=canary("carried_out", "effect"))
    cancel_action(actor=hands.quality, action=given_up, reason=canary("given_up", "reason"))


def _cancelled_edition(microcredential: MicroCredential, hands: Hands, canary: Any) -> None:
    starts = clock.today() + dt.timedelta(days=20)
    edition = plan_edition(
        actor=hands.writer,
        microcredential=microcredential,
        starts=starts,
        ends=starts + dt.timedelta(days=20),
        places=15,
        venue=canary("cancelled", "venue"),
    )
    advance_edition(actor=hands.writer, edition=edition, step="cancel", reason=canary("cancelled", "reason"))


def _campaign(code: str, aim: Aim, hands: Hands, canary: Any) -> Campaign:
    """In preparation."""
    today = clock.today()
    return create_campaign(
        actor=hands.quality,
        questionnaire_version=QuestionnaireVersion.objects.filter(questionnaire__code=code).latest("number"),
        aim=aim,
        opens=today,
        closes=today + dt.timedelta(days=40),
        titles={"es": canary("campaign", "title_es"), "en": canary("campaign", "title_en")},
    )
