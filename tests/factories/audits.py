"""Self-assessments in every state, made by the services as people would make them."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from django.core.files.uploadedfile import SimpleUploadedFile

from audits.models import CriterionAssessment, Dossier, SelfAssessment
from audits.services import assessments, dossiers, freezing
from iqas.evidence.services import add_evidence, add_version, approve_version
from iqas.frameworks.models import Framework, RatingScale
from iqas.frameworks.services import PACKS, load_packs
from iqas.jobs.runner import perform_here
from tests.factories.accounts import make_staff
from tests.factories.organisation import make_centre, make_year

if TYPE_CHECKING:
    from iqas.accounts.models import User
    from iqas.evidence.models import EvidenceVersion
    from iqas.organisation.models import Centre

NARRATIVE = "La comisión revisó los resultados del curso.\n\n- Acuerdo: **ampliar** la tutoría."


@dataclass
class Cast:
    """The people around one centre's report."""

    centre: Centre
    author: User = field(init=False)
    coordinator: User = field(init=False)
    approver: User = field(init=False)

    def __post_init__(self) -> None:
        self.author = make_staff("centre_quality", self.centre.scope, name=f"Elena Ríos {self.centre.code}")
        self.coordinator = make_staff("coordinator", self.centre.scope, name=f"Jorge Peña {self.centre.code}")
        self.approver = make_staff("approver", self.centre.scope, name=f"Marta Soler {self.centre.code}")


def make_cast(code: str = "FAC-A", name: str = "Facultad A") -> Cast:
    return Cast(make_centre(code, name))


def need_pack(framework: str) -> None:
    """Loads one framework with all scales and kinds of evidence: all packs would take a second a test."""
    if Framework.objects.filter(code=framework).exists():
        return
    wanted = [file for file in PACKS.glob("*.yaml") if file.name.startswith(("scale-", "evidence-kinds"))]
    wanted += [
        file for file in PACKS.glob("*.yaml") if f"\ncode: {framework}\n" in file.read_text(encoding="utf-8")
    ]
    with TemporaryDirectory() as folder:
        for file in wanted:
            shutil.copy(file, folder)
        load_packs(Path(folder))


def make_assessment(cast: Cast, *, framework: str = "BOE-2022-SIGC", **fields: Any) -> SelfAssessment:
    """A report just opened, with every assessable criterion empty."""
    need_pack(framework)
    for start in (2023, 2024, 2025):
        make_year(start)
    pack = Framework.objects.filter(code=framework).latest("loaded_at")
    values: dict[str, Any] = {
        "actor": cast.author,
        "scope": cast.centre.scope,
        "framework": pack,
        "scale": RatingScale.objects.get(code="ACREDITA-A-D"),
        "year": make_year(2025),
        "title": "Informe de autoevaluación 2025-26",
    }
    return assessments.start(**(values | fields))


def make_version(
    cast: Cast, *, title: str = "Acta de la comisión", body: bytes = b"", **fields: Any
) -> EvidenceVersion:
    """An approved version of a new evidence of the centre."""
    evidence = add_evidence(actor=cast.author, scope=cast.centre.scope, title=title, kind="minutes")
    version = add_version(
        actor=cast.author,
        evidence=evidence,
        upload=SimpleUploadedFile("acta.txt", body or title.encode()),
        date_of_fact=fields.pop("date_of_fact", date(2026, 3, 1)),
        **fields,
    )
    return approve_version(actor=cast.approver, version=version)


def write_criterion(cast: Cast, row: CriterionAssessment, **texts: Any) -> CriterionAssessment:
    row.refresh_from_db()
    values = {"narrative": NARRATIVE, "rating": "B", "strengths": "- Participación", "weaknesses": "- Plazos"}
    return assessments.save_criterion(
        actor=cast.author, assessment=row, seen_version=row.version, **(values | texts)
    )


def make_written(cast: Cast, **fields: Any) -> SelfAssessment:
    """A report with every criterion written and evidence cited."""
    assessment = make_assessment(cast, **fields)
    version = make_version(cast)
    for row in assessment.criteria.select_related("criterion", "self_assessment"):
        write_criterion(cast, row)
        assessments.cite(actor=cast.author, assessment=row, version=version)
    assessment.refresh_from_db()
    return assessment


def make_frozen(cast: Cast, **fields: Any) -> SelfAssessment:
    assessment = make_written(cast, **fields)
    assessments.submit(actor=cast.author, assessment=assessment)
    freezing.freeze(actor=cast.approver, assessment=assessment)
    return SelfAssessment.objects.get(pk=assessment.pk)


def make_dossier(cast: Cast, *, language: str = "es", printed: bool = True, **fields: Any) -> Dossier:
    """A dossier of a frozen report, printed and registered unless told otherwise."""
    assessment = make_frozen(cast, **fields)
    dossier = dossiers.request(actor=cast.author, assessment=assessment, language=language)
    if printed:
        perform_here(dossier.job_id)
        dossier.refresh_from_db()
    return dossier
