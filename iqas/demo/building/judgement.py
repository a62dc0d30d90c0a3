"""The Institute's self-assessment: written, reviewed, frozen, and asked for as a dossier that two auditors may open."""

from __future__ import annotations

import datetime as dt

from audits.models import CriterionAssessment, Dossier, SelfAssessment
from audits.services import assessments, dossiers, freezing
from iqas.accounts.models import Role, User
from iqas.accounts.services import assign_role
from iqas.core import clock
from iqas.demo.building.evidence import FRAMEWORK
from iqas.demo.building.world import World
from iqas.demo.content import SelfAssessmentContent
from iqas.evidence.models import EvidenceVersion
from iqas.frameworks.models import Framework, RatingScale
from iqas.organisation.models import AcademicYear

SCALE = "ACREDITA-A-D"
CITED_AT_MOST = 6
AUDITORS_STAY = dt.timedelta(days=120)


def build_judgement(world: World, content: SelfAssessmentContent) -> Dossier:
    """The frozen self-assessment of the Institute and its dossier, which a job will print."""
    author, reviewer = world.people["ifp"], world.people["approver"]
    with clock.at(world.moment(days=-20)):
        report = _start(world, content, author)
        for assessment in report.criteria.select_related("criterion").order_by("criterion__order"):
            _write(world, content, author, assessment)
    with clock.at(world.moment(days=-8)):
        assessments.submit(actor=author, assessment=report)
    with clock.at(world.moment(days=-5)):
        freezing.freeze(actor=reviewer, assessment=report, reason="Aprobado por la comisión de calidad.")
        dossier = dossiers.request(actor=reviewer, assessment=report, language="es")
        for key, role in (("auditor", Role.AUDITOR), ("student", Role.STUDENT_AUDITOR)):
            assign_role(
                actor=None,
                user=world.people[key],
                role=role,
                scope=dossier.scope,
                valid_until=world.today + AUDITORS_STAY,
            )
    return dossier


def _start(world: World, content: SelfAssessmentContent, author: User) -> SelfAssessment:
    report = assessments.start(
        actor=author,
        scope=world.scopes["IFP"],
        framework=Framework.objects.filter(code=FRAMEWORK).latest("version"),
        scale=RatingScale.objects.filter(code=SCALE).latest("version"),
        year=AcademicYear.objects.filter(ends__lt=world.today).latest("ends"),
        title=content.title,
    )
    return assessments.save_introduction(
        actor=author,
        assessment=report,
        seen_version=report.version,
        title=content.title,
        introduction=content.process,
    )


def _write(
    world: World, content: SelfAssessmentContent, author: User, assessment: CriterionAssessment
) -> None:
    text = content.criteria[assessment.criterion.code]
    assessments.save_criterion(
        actor=author,
        assessment=assessment,
        seen_version=assessment.version,
        narrative=text.narrative,
        rating=text.rating,
        strengths=text.strengths,
        weaknesses=text.weaknesses,
    )
    path = world.scopes["IFP"].path
    proofs = EvidenceVersion.objects.filter(
        evidence__criteria=assessment.criterion,
        evidence__scope__path__startswith=path,
        state=EvidenceVersion.State.APPROVED,
        valid_until__gt=world.today,
    ).order_by("evidence__code")
    for version in proofs[:CITED_AT_MOST]:
        assessments.cite(actor=author, assessment=assessment, version=version)
