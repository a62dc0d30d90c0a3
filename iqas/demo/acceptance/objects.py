"""At least one object of every model in each centre, with a canary in every text that people write."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.core.files.base import ContentFile

from audits.models import SelfAssessment
from audits.services import assessments, dossiers, freezing
from feedback.anonymity.installed import installed_ring
from feedback.anonymity.mixer import mix
from feedback.anonymity.tokens import token
from feedback.answer_sheet import AnswerSheet
from feedback.importers.recipients import Recipient
from feedback.models import Campaign, Item, QuestionnaireVersion
from feedback.selectors.survey import Visit
from feedback.services import reports
from feedback.services.campaigns import close_campaign, create_campaign, open_campaign
from feedback.services.invitations import invite_people, print_links
from feedback.services.submission import submit
from iqas.core import clock
from iqas.demo.acceptance.approval import hand_in
from iqas.demo.acceptance.catalogue import (
    LEARNERS,
    approved_microcredential,
    draft_version,
    edition_of,
    participating_partner,
    pathway_of,
    waiting_import,
)
from iqas.demo.acceptance.further import build_further
from iqas.demo.acceptance.hands import Hands
from iqas.demo.acceptance.listening import build_listening
from iqas.evidence.models import Evidence, EvidenceVersion
from iqas.evidence.services import add_evidence, add_version, approve_version
from iqas.frameworks.models import Criterion, Framework, RatingScale
from iqas.improvement.models import Action
from iqas.improvement.services import add_action
from iqas.organisation.models import AcademicYear, Centre
from microcredentials.models import (
    Document,
    Edition,
    MicroCredential,
)
from microcredentials.services import documents
from microcredentials.services.proposals import (
    begin_version,
)

FRAMEWORK = "FOUR-DIMENSIONS"
SCALE = "ACREDITA-A-D"
INVITED = 40
ANSWERED = 8


@dataclass
class Objects:
    """What one centre holds."""

    mark: str
    centre: Centre
    microcredential: MicroCredential
    finished: Edition
    running: Edition
    evidence: Evidence
    evidence_version: EvidenceVersion
    action: Action
    campaign: Campaign
    mixed: Campaign
    draft: SelfAssessment
    frozen: SelfAssessment
    dossier: Any = None
    more: dict[str, Any] = field(default_factory=dict)


def build_objects(mark: str, centre: Centre, hands: Hands) -> Objects:
    """Everything of centre `mark`."""
    today = clock.today()

    def canary(model: str, name: str) -> str:
        return f"CANARY-{mark}-{model}-{name}"

    credential = approved_microcredential(centre, hands, canary)
    finished = edition_of(credential, hands, today - dt.timedelta(days=80), canary, finish=True)
    running = edition_of(credential, hands, today - dt.timedelta(days=10), canary, finish=False)
    begin_version(actor=hands.writer, microcredential=MicroCredential.objects.get(pk=credential.pk))
    evidence, version = _evidence(centre, hands, canary)
    action = add_action(
        actor=hands.quality,
        scope=centre.scope,
        title=canary("action", "title"),
        cause=canary("action", "cause"),
        responsible=hands.writer,
        due=today + dt.timedelta(days=30),
        follow_up=canary("action", "follow_up"),
    )
    mixed = _mixed_campaign(finished, hands, canary)
    campaign = _open_campaign(running, hands, canary, mark)
    frozen = _self_assessment(centre, hands, canary, version, frozen=True)
    dossier = dossiers.request(actor=hands.approver, assessment=frozen, language="es")
    draft = _self_assessment(centre, hands, canary, version, frozen=False)
    partner = participating_partner(credential, hands, canary)
    build_further((finished, running), version, partner, hands, canary)
    return Objects(
        mark,
        centre,
        credential,
        finished,
        running,
        evidence,
        version,
        action,
        campaign,
        mixed,
        draft,
        frozen,
        dossier,
        {
            "partner": partner,
            "remark": hand_in(
                draft_version(centre, hands, canary, title_es=canary("submitted", "title_es")),
                writer=hands.writer,
                quality=hands.quality,
                canary=canary,
            ),
            "pathway": pathway_of(centre, credential, hands, canary),
            "document": documents.request(
                actor=hands.writer,
                version=credential.versions.get(number=1),
                kind=Document.Kind.APPLICATION,
                language="es",
            ),
            "import": waiting_import(centre, hands, canary),
            "report": reports.request_campaign(actor=hands.quality, campaign=mixed, language="es"),
            **build_listening(centre, finished, running, hands, canary),
        },
    )


def _evidence(centre: Centre, hands: Hands, canary: Any) -> tuple[Evidence, EvidenceVersion]:
    today = clock.today()
    criteria = Criterion.objects.filter(framework__code=FRAMEWORK, code__in=("A.1", "C.3"))
    evidence = add_evidence(
        actor=hands.writer,
        scope=centre.scope,
        title=canary("evidence", "title"),
        kind="minutes",
        criteria=criteria,
        description=canary("evidence", "description"),
    )
    for number in (1, 2):
        version = add_version(
            actor=hands.writer,
            evidence=evidence,
            date_of_fact=today - dt.timedelta(days=10),
            valid_until=today + dt.timedelta(days=300),
            upload=ContentFile(
                f"{canary('evidence', 'file')} {number}".encode(), name=f"{canary('evidence', 'name')}.txt"
            ),
            note=canary("evidence", "note"),
        )
        if number == 1:
            approved = approve_version(actor=hands.approver, version=version)
    return evidence, approved


def _questionnaire() -> QuestionnaireVersion:
    return QuestionnaireVersion.objects.filter(questionnaire__code="LEARNER-END").latest("number")


def _mixed_campaign(edition: Edition, hands: Hands, canary: Any) -> Campaign:
    today = clock.today()
    campaign = create_campaign(
        actor=hands.quality,
        edition=edition,
        questionnaire_version=_questionnaire(),
        opens=today,
        closes=today + dt.timedelta(days=5),
        titles={"es": canary("campaign", "title_es"), "en": canary("campaign", "title_en")},
    )
    print_links(actor=hands.quality, campaign=campaign, count=LEARNERS, group=canary("group", "label"))
    campaign = open_campaign(actor=hands.quality, campaign=campaign)
    items = list(Item.objects.filter(version_id=campaign.questionnaire_version_id))
    ring = installed_ring()
    for invitation in campaign.invitations.order_by("pk")[:ANSWERED]:
        values = {item.code: item.scale_max for item in items if item.kind != Item.Kind.TEXT}
        written = {item.code: canary("comment", "text") for item in items if item.kind == Item.Kind.TEXT}
        link = token(ring, invitation.pk, bytes(campaign.salt))
        submit(visit=Visit(link, invitation, campaign), sheet=AnswerSheet(values, written))
    close_campaign(actor=hands.quality, campaign=campaign)
    mix(campaign.pk)
    return campaign


def _open_campaign(edition: Edition, hands: Hands, canary: Any, mark: str) -> Campaign:
    today = clock.today()
    campaign = create_campaign(
        actor=hands.quality,
        edition=edition,
        questionnaire_version=_questionnaire(),
        opens=today,
        closes=today + dt.timedelta(days=60),
        titles={"es": canary("campaign", "title_es"), "en": canary("campaign", "title_en")},
    )
    people = [
        Recipient(row=number, address=f"learner{number}.{mark.lower()}@acceptance.example")
        for number in range(1, INVITED)
    ]
    invite_people(actor=hands.quality, campaign=campaign, people=people)
    print_links(actor=hands.quality, campaign=campaign, count=1)
    return open_campaign(actor=hands.quality, campaign=campaign)


def _self_assessment(
    centre: Centre, hands: Hands, canary: Any, proof: EvidenceVersion, *, frozen: bool
) -> SelfAssessment:
    today = clock.today()
    report = assessments.start(
        actor=hands.quality,
        scope=centre.scope,
        framework=Framework.objects.filter(code=FRAMEWORK if frozen else "ESG-2015-P1").latest("version"),
        scale=RatingScale.objects.filter(code=SCALE).latest("version"),
        year=AcademicYear.objects.get(starts__lte=today, ends__gte=today),
        title=canary("self_assessment", "title"),
    )
    report = assessments.save_introduction(
        actor=hands.quality,
        assessment=report,
        seen_version=report.version,
        title=canary("self_assessment", "title"),
        introduction=canary("self_assessment", "introduction"),
    )
    for row in report.criteria.select_related("criterion"):
        assessments.save_criterion(
            actor=hands.quality,
            assessment=row,
            seen_version=row.version,
            narrative=canary("criterion", "narrative"),
            rating="B",
            strengths=canary("criterion", "strengths"),
            weaknesses=canary("criterion", "weaknesses"),
        )
        if frozen:
            assessments.cite(actor=hands.quality, assessment=row, version=proof)
    if frozen:
        assessments.submit(actor=hands.quality, assessment=report)
        freezing.freeze(actor=hands.approver, assessment=report)
    return report
