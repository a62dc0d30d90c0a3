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
from iqas.accounts.models import User
from iqas.core import clock
from iqas.demo.acceptance.approval import hand_in
from iqas.demo.acceptance.further import build_further
from iqas.demo.acceptance.listening import build_listening
from iqas.evidence.models import Evidence, EvidenceVersion
from iqas.evidence.services import add_evidence, add_version, approve_version
from iqas.frameworks.models import Criterion, Framework, RatingScale
from iqas.improvement.models import Action
from iqas.improvement.services import add_action
from iqas.jobs.models import Job
from iqas.organisation.models import AcademicYear, Centre
from microcredentials.identity import Identity
from microcredentials.models import (
    Document,
    Edition,
    EditionReport,
    MicroCredential,
    MicroCredentialVersion,
    Partner,
    Pathway,
)
from microcredentials.services import documents, intake
from microcredentials.services.approval import approve_version as approve_design
from microcredentials.services.edition_reports import add_incident, write_report
from microcredentials.services.editions import advance_edition, plan_edition, record_counts
from microcredentials.services.intake import Wish
from microcredentials.services.partners import add_participation, add_partner, save_agreement, save_contact
from microcredentials.services.pathways import create_pathway, replace_steps
from microcredentials.services.proposals import (
    begin_version,
    create_microcredential,
    replace_assessments,
    replace_outcomes,
)
from microcredentials.services.publication import change_standing
from microcredentials.services.register import Entry, Register
from microcredentials.services.writing import TRANSLATED, Evaluation, Outcome, Support, Teaching

FRAMEWORK = "FOUR-DIMENSIONS"
SCALE = "ACREDITA-A-D"
PARTNER = "Acceptance Partner"
LEARNERS = 12
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


@dataclass(frozen=True)
class Hands:
    """Who writes and who approves, so that nobody approves their own work."""

    writer: User
    approver: User
    quality: User


def build_objects(mark: str, centre: Centre, hands: Hands) -> Objects:
    """Everything of centre `mark`."""
    today = clock.today()

    def canary(model: str, name: str) -> str:
        return f"CANARY-{mark}-{model}-{name}"

    credential = _microcredential(centre, hands, canary)
    finished = _edition(credential, hands, today - dt.timedelta(days=80), canary, finish=True)
    running = _edition(credential, hands, today - dt.timedelta(days=10), canary, finish=False)
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
    partner = _partner(credential, hands, canary)
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
                _draft(centre, hands, canary, title_es=canary("submitted", "title_es")),
                writer=hands.writer,
                quality=hands.quality,
                canary=canary,
            ),
            "pathway": _pathway(centre, credential, hands, canary),
            "document": documents.request(
                actor=hands.writer,
                version=credential.versions.get(number=1),
                kind=Document.Kind.APPLICATION,
                language="es",
            ),
            "import": _import(centre, hands, canary),
            "report": reports.request_campaign(actor=hands.quality, campaign=mixed, language="es"),
            **build_listening(centre, finished, running, hands, canary),
        },
    )


def _import(centre: Centre, hands: Hands, canary: Any) -> Job:
    """The dry run of a list that waits for its yes."""
    rows = f"titulo;ects\n{canary('import', 'title')};3\n"
    return intake.try_list(
        actor=hands.quality,
        upload=ContentFile(rows.encode(), name=f"{canary('import', 'file')}.csv"),
        wish=Wish(intake.CATALOGUE, centre=centre, drafts=True),
    )


def _microcredential(centre: Centre, hands: Hands, canary: Any) -> MicroCredential:
    version = _draft(centre, hands, canary)
    credential = approve_design(actor=hands.approver, version=version, note=canary("version", "note"))
    for step in ("suspend", "resume"):
        change_standing(
            actor=hands.approver,
            microcredential=credential,
            step=step,
            on=clock.today(),
            body=canary("standing", "body"),
            reason=canary("standing", "reason"),
            conditions=canary("standing", "conditions"),
        )
    return MicroCredential.objects.get(pk=credential.pk)


def _draft(centre: Centre, hands: Hands, canary: Any, **other: Any) -> MicroCredentialVersion:
    texts = {
        f"{name}_{language}": canary("microcredential", f"{name}_{language}")
        for name in TRANSLATED
        for language in ("es", "en")
    } | {
        name: canary("microcredential", name)
        for name in (
            "field_of_study",
            "need",
            "calendar",
            "resources",
            "budget",
            "stacks_into",
            "sustainability",
            "responsible_name",
            "region",
        )
    }
    credential = create_microcredential(
        actor=hands.writer,
        centre=centre,
        country="ES",
        ects=3,
        hours=75,
        eqf_level=5,
        mode="virtual",
        requires_degree=False,
        responsible_email=f"{canary('microcredential', 'email')}@acceptance.example",
        rows={
            "teachers": [Teaching(canary("teacher", "name"), institution=canary("teacher", "institution"))],
            "supporters": [Support(canary("supporter", "name"), interest=canary("supporter", "interest"))],
        },
        **(texts | other),
    )
    version = credential.versions.get()
    outcome = Outcome({"text_es": canary("outcome", "es"), "text_en": canary("outcome", "en")}, code="R1")
    version = replace_outcomes(actor=hands.writer, version=version, seen=version.version, outcomes=[outcome])
    assessment = {
        f"{name}_{language}": canary("assessment", f"{name}_{language}")
        for name in ("name", "criteria")
        for language in ("es", "en")
    }
    evaluation = Evaluation(assessment, outcomes=("R1",), code="E1")
    return replace_assessments(
        actor=hands.writer, version=version, seen=version.version, assessments=[evaluation]
    )


def _partner(credential: MicroCredential, hands: Hands, canary: Any) -> Partner:
    """The register is the university's: both centres work with the same partner."""
    partner = Partner.objects.filter(name=PARTNER).first()
    if partner is None:
        today = clock.today()
        partner = add_partner(actor=hands.writer, name=PARTNER, kind="employer", tax_id="A00000000")
        save_agreement(actor=hands.writer, partner=partner, title="Acceptance agreement", starts=today)
        save_contact(
            actor=hands.writer, partner=partner, name="Acceptance Person", basis="consent", basis_on=today
        )
    add_participation(
        actor=hands.writer,
        microcredential=credential,
        partner=partner,
        role="need",
        since=clock.today(),
        note=canary("participation", "note"),
    )
    return partner


def _pathway(centre: Centre, credential: MicroCredential, hands: Hands, canary: Any) -> Pathway:
    pathway = create_pathway(
        actor=hands.writer,
        centre=centre,
        name_es=canary("pathway", "name_es"),
        name_en=canary("pathway", "name_en"),
        target_name=canary("pathway", "target"),
        target_ects=240,
        note=canary("pathway", "note"),
    )
    return replace_steps(actor=hands.writer, pathway=pathway, seen=pathway.version, steps=[(1, credential)])


def _edition(
    credential: MicroCredential, hands: Hands, starts: dt.date, canary: Any, *, finish: bool
) -> Edition:
    edition = plan_edition(
        actor=hands.writer,
        microcredential=credential,
        starts=starts,
        ends=starts + dt.timedelta(days=40),
        places=LEARNERS + 3,
        venue=canary("edition", "venue"),
        teachers=canary("edition", "teachers"),
    )
    for step in ("open", "run", *(("finish",) if finish else ())):
        edition = advance_edition(actor=hands.writer, edition=edition, step=step)
    if not finish:
        _enrol(edition, hands, canary)
        add_incident(
            actor=hands.writer,
            edition=edition,
            happened_on=starts,
            text=canary("incident", "text"),
            response=canary("incident", "response"),
        )
        return Edition.objects.get(pk=edition.pk)
    write_report(
        actor=hands.writer,
        edition=edition,
        seen=0,
        **{name: canary("report", name) for name in EditionReport.TEXTS},
    )
    final = {
        "withdrawn": 1,
        "completed": LEARNERS - 1,
        "presented": LEARNERS - 1,
        "passed": LEARNERS - 2,
        "failed": 1,
    }
    record_counts(
        actor=hands.writer,
        edition=edition,
        seen=0,
        source=canary("counts", "source"),
        enrolled=LEARNERS,
        withdrawn_before_start=0,
        **final,
    )
    return Edition.objects.get(pk=edition.pk)


def _enrol(edition: Edition, hands: Hands, canary: Any) -> None:
    """Learners who exist in this centre alone, each with a canary in every text."""
    register = Register(actor=hands.writer)
    register.take(
        [
            Entry(
                row=number,
                edition=edition,
                identity=Identity(
                    given_name=canary("learner", "given_name"),
                    family_name=canary("learner", "family_name"),
                    email=f"{canary('learner', 'email')}-{number}@acceptance.example",
                    document_kind="passport",
                    document_number=f"{canary('learner', 'document')}-{number}",
                    student_number=f"{canary('learner', 'student')}-{number}",
                ),
                statistics={
                    "sex": "female",
                    "birth_year": 1980,
                    "nationality": "ES",
                    "residence": canary("learner", "residence"),
                },
                enrolled_on=edition.starts,
            )
            for number in range(1, LEARNERS + 1)
        ]
    )
    assert not register.problems, register.problems


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
