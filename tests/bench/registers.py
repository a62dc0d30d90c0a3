"""What stands around the catalogue of the large university, in bulk: partners, pathways, submissions, a crowded edition."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.db import transaction

from iqas.accounts.models import RoleAssignment
from iqas.core import clock
from iqas.core.text import sort_key
from iqas.organisation.models import AcademicYear, Centre
from microcredentials.models import (
    Agreement,
    Edition,
    Enrolment,
    Learner,
    MicroCredential,
    Participation,
    Partner,
    PartnerContact,
    Pathway,
    PathwayStep,
)
from microcredentials.services.approval import submit_version
from microcredentials.services.programmes import prepare_programme

PARTNERS, PATHWAYS, SUBMISSIONS, CROWD, CHUNK = 2_000, 400, 100, 10_000, 500


@transaction.atomic
def fill() -> None:
    """Two roles, an agreement and a contact each; paths of five steps; one edition in which every learner is."""
    if Partner.objects.exists():
        return
    courses = list(MicroCredential.objects.order_by("code"))
    _partners(courses)
    _pathways(courses)
    _submissions()
    _crowd()


def _partners(courses: list[MicroCredential]) -> None:
    today, kinds, roles = clock.today(), Partner.Kind.values, Participation.Role.values
    partners = [
        Partner(
            code=f"P-{number:04}",
            name=f"Empresa número {number}",
            kind=kinds[number % len(kinds)],
            sort_name=sort_key(f"Empresa número {number}"),
            search_key=sort_key(f"P-{number:04} Empresa número {number}"),
        )
        for number in range(1, min(PARTNERS, len(courses)) + 1)
    ]
    Partner.objects.bulk_create(partners, batch_size=CHUNK)
    Participation.objects.bulk_create(
        [
            Participation(
                partner=partners[number % (len(partners) // 2)],
                microcredential=course,
                role=role,
                since=today,
            )
            for number, course in enumerate(courses)
            for role in (roles[number % len(roles)], roles[(number + 1) % len(roles)])
        ],
        batch_size=CHUNK,
    )
    Agreement.objects.bulk_create(
        [
            Agreement(
                partner=partner,
                title=f"Convenio marco con {partner.name}",
                starts=today - dt.timedelta(days=200),
                ends=today + dt.timedelta(days=number % 900 - 100),
            )
            for number, partner in enumerate(partners)
        ],
        batch_size=CHUNK,
    )
    PartnerContact.objects.bulk_create(
        [
            PartnerContact(
                partner=partner, name="Ana Ruiz", email="ana@example.org", basis="contract", basis_on=today
            )
            for partner in partners
        ],
        batch_size=CHUNK,
    )


def _pathways(courses: list[MicroCredential]) -> None:
    centres = list(Centre.objects.order_by("code"))
    pathways = [
        Pathway(
            code=f"ITI-{number:03}",
            centre=centres[number % len(centres)],
            name_es=f"Itinerario número {number}",
            target=("degree", "credential")[number % 2],
            target_name="Grado en Informática",
            target_ects=Decimal(240),
            sort_name=sort_key(f"Itinerario número {number}"),
            search_key=sort_key(f"ITI-{number:03} Itinerario número {number} Grado en Informática"),
        )
        for number in range(1, min(PATHWAYS, len(courses)) + 1)
    ]
    Pathway.objects.bulk_create(pathways, batch_size=CHUNK)
    PathwayStep.objects.bulk_create(
        [
            PathwayStep(
                pathway=pathway, number=step, microcredential=courses[(number * 5 + step) % len(courses)]
            )
            for number, pathway in enumerate(pathways)
            for step in range(1, 6)
        ],
        batch_size=CHUNK,
    )


def _submissions() -> None:
    officer = RoleAssignment.objects.filter(role="quality_officer")[0].user
    for course in MicroCredential.objects.filter(state="draft").order_by("code")[:SUBMISSIONS]:
        submit_version(actor=officer, version=course.versions.get(approved_at=None))
    prepare_programme(actor=officer, year=AcademicYear.objects.latest("starts"))


def _crowd() -> None:
    """As many as the longest list of the bench, in one edition."""
    edition = Edition.objects.filter(enrolments__isnull=False).order_by("code")[0]
    inside = edition.enrolments.values("learner")
    states = (Enrolment.State.PASSED, Enrolment.State.FAILED, Enrolment.State.WITHDRAWN)
    Enrolment.objects.bulk_create(
        [
            Enrolment(edition=edition, learner=learner, state=states[number % 3], enrolled_on=edition.starts)
            for number, learner in enumerate(Learner.objects.exclude(pk__in=inside).order_by("pk")[:CROWD])
        ],
        batch_size=CHUNK,
    )
