"""A university of the size that the product promises to serve, written in bulk: a service per row would take an hour.

Every row is one that the services would have written; `tests/integration/test_large_university.py` compares the two.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from itertools import product
from random import Random
from typing import Any
from uuid import UUID

from django.db import transaction

from iqas.core.clock import now
from iqas.core.models import Sequence
from iqas.core.tabular import folded
from iqas.core.text import sort_key
from iqas.organisation.models import Centre, Scope
from iqas.organisation.scopes import STEP
from microcredentials import completeness
from microcredentials.models import (
    Assessment,
    AwardingBody,
    Edition,
    EnrolmentCount,
    LearningOutcome,
    MicroCredential,
    MicroCredentialVersion,
)
from tests.factories.accounts import make_staff
from tests.factories.organisation import make_centre, make_year, the_university

CHUNK = 500
CENTRES = (
    "Informática",
    "Economía",
    "Educación",
    "Enfermería",
    "Derecho",
    "Ingeniería",
    "Filología",
    "Bellas Artes",
)
HEADS = (
    "Introducción a", "Análisis de", "Gestión de", "Diseño de", "Fundamentos de", "Taller de", "Evaluación de",
    "Prácticas de", "Ética de", "Comunicación de",
)  # fmt: skip
SUBJECTS = (
    "los datos abiertos", "la contratación pública", "el álgebra aplicada", "la ciberseguridad", "los cuidados paliativos",
    "la economía circular", "el aprendizaje automático", "la lectura fácil", "el patrimonio digital",
    "las energías renovables", "la logística urbana", "la atención temprana", "los sistemas empotrados",
    "la enología", "la traducción técnica", "el diseño universal", "la prevención de riesgos", "los museos",
    "la agricultura de precisión", "la bioinformática",
)  # fmt: skip
ENGLISH = "Course number %s for professionals"
YEARS = (2022, 2023, 2024, 2025)
PAST = (Edition.State.CLOSED, Edition.State.RESULTS_SIGNED, Edition.State.FINISHED, Edition.State.CANCELLED)


@dataclass(frozen=True)
class Large:
    """Who to look with, and how much there is."""

    officer: Any
    coordinator: Any
    microcredentials: int
    editions: int


@transaction.atomic
def build_large(*, microcredentials: int = 2_000, editions_each: int = 3) -> Large:
    """The university, eight centres, and so many micro-credentials with their outcomes, assessments and editions."""
    chance = Random("large")
    university = the_university()
    centres = [make_centre(f"C{n:02}", f"Facultad de {name}") for n, name in enumerate(CENTRES, 1)]
    years = [make_year(start) for start in YEARS]
    officer, approver = make_staff("quality_officer"), make_staff("approver")
    coordinator = make_staff("coordinator", scope=centres[0].scope)
    made = _microcredentials(microcredentials, centres, chance)
    versions = _versions(made, approver, chance)
    _parts(versions, university.name)
    MicroCredentialVersion.objects.exclude(microcredential__state=MicroCredential.State.DRAFT).update(
        stage="approved", approved_at=now(), approved_by=approver
    )
    MicroCredential.objects.bulk_update(made, ["current"], batch_size=CHUNK)
    editions = _editions(versions, years, editions_each, chance)
    return Large(officer, coordinator, len(made), len(editions))


def _microcredentials(count: int, centres: list[Centre], chance: Random) -> list[MicroCredential]:
    names = list(product(SUBJECTS, HEADS))
    taken = Sequence.objects.get(prefix="scope")
    scopes, made = [], []
    for number in range(1, count + 1):
        centre = centres[number % len(centres)]
        subject, head = names[number % len(names)]
        title = f"{head} {subject} {number // len(names) + 1}"
        code = f"MC-{number:03d}"
        path = f"{centre.scope.path}{taken.last + number:0{STEP}x}/"
        scopes.append(
            Scope(kind=Scope.Kind.MICROCREDENTIAL, parent=centre.scope, path=path, code=code, label=title)
        )
        state = chance.choices(["published", "approved", "draft", "suspended"], [75, 10, 10, 5])[0]
        made.append(
            MicroCredential(
                code=code, centre=centre, scope=scopes[-1], state=state,
                sort_title=sort_key(title), title_key=folded(title),
                search_key=sort_key(f"{code} {title} {ENGLISH % number} Informática Ana Ruiz Peña"),
            )
        )  # fmt: skip
    Scope.objects.bulk_create(scopes, batch_size=CHUNK)
    MicroCredential.objects.bulk_create(made, batch_size=CHUNK)
    taken.last += count
    taken.save()
    Sequence.objects.update_or_create(prefix="MC", defaults={"last": count})
    return made


def _versions(
    microcredentials: list[MicroCredential], approver: Any, chance: Random
) -> list[MicroCredentialVersion]:
    versions = []
    for number, microcredential in enumerate(microcredentials, 1):
        ects = Decimal(chance.choice([1, 2, 3, 4, 6, 9, 12]))
        versions.append(
            MicroCredentialVersion(
                microcredential=microcredential, number=1, title_es=microcredential.scope.label,
                title_en=ENGLISH % number, summary_es="Para quien empieza a trabajar en ello. " * 4, ects=ects,
                hours=int(ects * 25), hours_per_ects=25, eqf_level=6,
                mode=chance.choice(MicroCredentialVersion.Mode.values), requires_degree=number % 3 == 0,
                quality_assurance_es="Sistema interno de garantía de la calidad del centro.",
                responsible_name="Ana Ruiz Peña", responsible_email="ana.ruiz@example.org",
                field_of_study="Informática", elements_done=completeness.TOTAL,
            )
        )  # fmt: skip
    MicroCredentialVersion.objects.bulk_create(versions, batch_size=CHUNK)
    for version in versions:
        version.microcredential.current = version
    return versions


def _parts(versions: list[MicroCredentialVersion], university: str) -> None:
    """One awarding body, four outcomes and two assessments each."""
    outcomes, assessments, links = [], [], []
    link = Assessment.outcomes.through
    for version in versions:
        own = [
            LearningOutcome(
                version=version, code=f"RA{n}", kind="skill", text_es=f"Resuelve el caso {n}.", order=n
            )
            for n in range(1, 5)
        ]
        for n, pair in enumerate((own[:2], own[2:]), 1):
            assessment = Assessment(
                version=version,
                code=f"E{n}",
                name_es="Proyecto",
                criteria_es="Resuelve el caso.",
                weight=50,
                order=n,
            )
            assessments.append(assessment)
            links += [link(assessment_id=assessment.pk, learningoutcome_id=outcome.pk) for outcome in pair]
        outcomes += own
    AwardingBody.objects.bulk_create(
        [AwardingBody(version=version, name=university, is_coordinating=True) for version in versions],
        batch_size=CHUNK,
    )
    LearningOutcome.objects.bulk_create(outcomes, batch_size=CHUNK)
    Assessment.objects.bulk_create(assessments, batch_size=CHUNK)
    link.objects.bulk_create(links, batch_size=CHUNK)


def _editions(
    versions: list[MicroCredentialVersion], years: list[Any], each: int, chance: Random
) -> list[Edition]:
    """The same number for every micro-credential, one a year; drafts have planned ones only."""
    editions, counts, taken = [], [], dict[tuple[UUID, Any], int]()
    for version in versions:
        microcredential = version.microcredential
        for place in range(each):
            year = years[place % len(years)]
            number = taken[microcredential.pk, year] = taken.get((microcredential.pk, year), 0) + 1
            starts = dt.date(year.starts.year, 10, 1) + dt.timedelta(days=chance.randrange(200))
            draft = microcredential.state == MicroCredential.State.DRAFT
            state = Edition.State.PLANNED if draft else chance.choice(PAST)
            edition = Edition(
                code=f"{microcredential.code}-{year.starts.year}-{number}", microcredential=microcredential,
                version=version, year=year, number=number, starts=starts, ends=starts + dt.timedelta(days=40),
                places=25, venue="Aula 3", state=state,
                cancel_reason="Sin matrícula." if state == Edition.State.CANCELLED else "",
            )  # fmt: skip
            editions.append(edition)
            if state not in (Edition.State.PLANNED, Edition.State.CANCELLED):
                counts.append(
                    EnrolmentCount(
                        edition=edition, enrolled=20, withdrawn_before_start=1, withdrawn=1, completed=18,
                        presented=18, passed=17, failed=1, source="Acta", extracted_on=edition.ends,
                    )
                )  # fmt: skip
    Edition.objects.bulk_create(editions, batch_size=CHUNK)
    EnrolmentCount.objects.bulk_create(counts, batch_size=CHUNK)
    return editions
