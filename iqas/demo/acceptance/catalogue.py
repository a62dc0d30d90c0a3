"""Micro-credentials of one centre with what hangs on them: editions, learners, partners, pathways, a list that waits."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.files.base import ContentFile

from iqas.core import clock
from iqas.demo.acceptance.hands import Hands
from iqas.jobs.models import Job
from iqas.organisation.models import Centre
from microcredentials.identity import Identity
from microcredentials.models import (
    Edition,
    EditionReport,
    MicroCredential,
    MicroCredentialVersion,
    Partner,
    Pathway,
)
from microcredentials.services import intake
from microcredentials.services.approval import approve_version as approve_design
from microcredentials.services.edition_reports import add_incident, write_report
from microcredentials.services.editions import advance_edition, plan_edition, record_counts
from microcredentials.services.intake import Wish
from microcredentials.services.partners import add_participation, add_partner, save_agreement, save_contact
from microcredentials.services.pathways import create_pathway, replace_steps
from microcredentials.services.proposals import (
    create_microcredential,
    replace_assessments,
    replace_outcomes,
)
from microcredentials.services.publication import change_standing
from microcredentials.services.register import Entry, Register
from microcredentials.services.writing import TRANSLATED, Evaluation, Outcome, Support, Teaching

PARTNER = "Acceptance Partner"
LEARNERS = 12


def waiting_import(centre: Centre, hands: Hands, canary: Any) -> Job:
    """The dry run of a list that waits for its yes."""
    rows = f"titulo;ects\n{canary('import', 'title')};3\n"
    return intake.try_list(
        actor=hands.quality,
        upload=ContentFile(rows.encode(), name=f"{canary('import', 'file')}.csv"),
        wish=Wish(intake.CATALOGUE, centre=centre, drafts=True),
    )


def approved_microcredential(centre: Centre, hands: Hands, canary: Any) -> MicroCredential:
    version = draft_version(centre, hands, canary)
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


def draft_version(centre: Centre, hands: Hands, canary: Any, **other: Any) -> MicroCredentialVersion:
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


def participating_partner(credential: MicroCredential, hands: Hands, canary: Any) -> Partner:
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


def pathway_of(centre: Centre, credential: MicroCredential, hands: Hands, canary: Any) -> Pathway:
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


def edition_of(
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
