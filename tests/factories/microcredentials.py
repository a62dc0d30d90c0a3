"""Micro-credentials of the tests, made by the services, so that nothing is here that the product would refuse."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import count
from typing import TYPE_CHECKING

from django.db import transaction

from microcredentials.identity import Identity
from microcredentials.services import approval, edition_reports, editions, proposals
from microcredentials.services.register import Entry, Register
from microcredentials.services.writing import Evaluation, Outcome
from tests.factories.accounts import make_staff
from tests.factories.organisation import make_centre, make_year

if TYPE_CHECKING:
    from typing import Any

    from iqas.organisation.models import Centre
    from microcredentials.models import Edition, Enrolment, MicroCredential

_numbers = count(1)

WHOLE: dict[str, Any] = {
    "summary_es": "Para profesionales que empiezan a trabajar con datos.",
    "ects": Decimal(6),
    "hours": 150,
    "eqf_level": 6,
    "mode": "hybrid",
    "requires_degree": False,
    "quality_assurance_es": "Sistema interno de garantía de la calidad del centro.",
    "responsible_name": "Ana Ruiz Peña",
    "responsible_email": "ana.ruiz@example.org",
    "field_of_study": "Informática",
}


def make_microcredential(
    title: str = "",
    *,
    centre: Centre | None = None,
    complete: bool = True,
    approved: bool = False,
    actor: Any = None,
    **design: Any,
) -> MicroCredential:
    """A draft with 9/9 elements; `complete=False`: the title alone; `approved=True`: frozen by a second person.

    `design` are fields of the version (`ects=Decimal("3")`). `actor` writes it (an officer where none is given).
    """
    centre = centre or make_centre()
    author = actor or make_staff("quality_officer")
    given = (WHOLE if complete or approved else {}) | design
    microcredential = proposals.create_microcredential(
        actor=author,
        centre=centre,
        title_es=title or f"Microcredencial de prueba {next(_numbers)}",
        **given,
    )
    if complete or approved:
        version = microcredential.current
        assert version is not None
        version = proposals.replace_outcomes(
            actor=author,
            version=version,
            seen=version.version,
            outcomes=[
                Outcome(
                    {"text_es": "Explica los conceptos básicos.", "text_en": "Explains the basics."},
                    kind="knowledge",
                ),
                Outcome({"text_es": "Resuelve casos reales.", "text_en": "Solves real cases."}, kind="skill"),
            ],
        )
        proposals.replace_assessments(
            actor=author,
            version=version,
            seen=version.version,
            assessments=[
                Evaluation(
                    {
                        "name_es": "Proyecto",
                        "name_en": "Project",
                        "criteria_es": "Resuelve el caso y lo explica.",
                    },
                    outcomes=("RA1", "RA2"),
                    weight=100,
                )
            ],
        )
    if approved:
        approval.approve_version(actor=make_staff("approver"), version=version)
    microcredential.refresh_from_db()
    return microcredential


def make_edition(
    microcredential: MicroCredential | None = None,
    *,
    state: str = "planned",
    starts: date = date(2025, 10, 6),
    ends: date = date(2025, 11, 28),
    places: int = 25,
    counts: dict[str, int | None] | None = None,
) -> Edition:
    """An edition of an approved micro-credential, taken through its states up to `state`. Dates lie in the past.

    One with signed results has counts (20 enrolled, 18 completed, 17 passed) unless `counts` gives others; a closed one
    has its final report.
    """
    officer = make_staff("quality_officer")
    microcredential = microcredential or make_microcredential(approved=True)
    make_year(starts.year if starts.month >= 9 else starts.year - 1)
    edition = editions.plan_edition(
        actor=officer, microcredential=microcredential, starts=starts, ends=ends, places=places
    )
    path = ["planned", "open", "running", "finished", "results_signed", "closed"]
    for target, step in zip(path[1:], ["open", "run", "finish", "sign", "close"], strict=True):
        if path.index(state) < path.index(target):
            break
        if step == "close":
            make_report(edition)
        if step == "sign" and counts is None:
            counts = {
                "enrolled": 20,
                "withdrawn": 1,
                "completed": 18,
                "presented": 18,
                "passed": 17,
                "failed": 1,
            }
        if step == "sign" and counts:
            make_counts(edition, **counts)
        editions.advance_edition(actor=officer, edition=edition, step=step)
    if state not in ("results_signed", "closed") and counts:
        make_counts(edition, **counts)
    edition.refresh_from_db()
    return edition


def make_report(edition: Edition) -> None:
    edition_reports.write_report(
        actor=make_staff("quality_officer"),
        edition=edition,
        seen=0,
        went_well="Las prácticas.",
        proposals="Más horas de laboratorio.",
        file_it=True,
    )


def make_counts(edition: Edition, **numbers: int | None) -> None:
    editions.record_counts(
        actor=make_staff("quality_officer"),
        edition=edition,
        seen=0,
        source="Acta",
        extracted_on=date(2025, 12, 5),
        **numbers,
    )


def make_enrolments(edition: Edition, *states: str, **statistics: Any) -> list[Enrolment]:
    """One new person enrolled in the edition for each state, through the register. `statistics` are of all of them."""
    register = Register(actor=make_staff("quality_officer"))
    entries = [
        Entry(
            row=row,
            edition=edition,
            identity=make_identity(),
            statistics=statistics,
            state=state,
            enrolled_on=edition.starts,
        )
        for row, state in enumerate(states, 1)
    ]
    with transaction.atomic():
        register.take(entries)
    assert register.problems == []
    return register.new


def make_identity(**known: str) -> Identity:
    """Somebody nobody knows yet."""
    number = next(_numbers)
    values = {"given_name": "Ana", "family_name": f"Prueba {number}", "email": f"ana{number}@example.org"}
    return Identity(**values | known)
