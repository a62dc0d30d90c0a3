"""A whole proposal: every field and row is kept, copied, frozen, and two people lose no word."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from iqas.core.refusals import RuleViolation
from microcredentials.models import MicroCredentialVersion
from microcredentials.sections import SECTIONS, section_of
from microcredentials.services import approval, proposals, writing
from microcredentials.services.seen import BothChanged, Seen, content_of, plain
from microcredentials.services.writing import Body, Evaluation, Outcome, Support, Teaching
from tests.factories.accounts import make_staff
from tests.factories.evidence import EvidenceFactory
from tests.factories.microcredentials import make_microcredential

pytestmark = pytest.mark.django_db
ESCO = "http://data.europa.eu/esco/skill/0005c151-5b5a-4a66-8aac-60e734beb1ab"
METHODS = "Aprendizaje por proyectos."
WORDS: dict[str, Any] = {
    "hours_per_ects": 25,
    "need": "140 puestos sin cubrir.",
    "target_groups_es": "Personal de mantenimiento.",
    "contents_es": "Módulos\nInversores",
    "contents_en": "Modules",
    "methods_es": METHODS,
    "languages": ["es", "en"],
    "calendar": "Ocho semanas, martes y jueves.",
    "resources": "Cubierta de prácticas.",
    "selection_es": "Por orden de experiencia.",
    "places_min": 10,
    "places": 25,
    "price": Decimal("180.00"),
    "cost": Decimal("3200.00"),
    "budget": "Docencia y material.",
    "stacks_into": "Itinerario de energías renovables.",
    "sustainability": "Menos emisiones.",
    "sdgs": [7, 13],
}


def make_whole(**design: Any) -> tuple[MicroCredentialVersion, Any]:
    author = make_staff("quality_officer")
    version = make_microcredential("Energía solar", actor=author).current
    assert version is not None
    agreement, letter = EvidenceFactory(), EvidenceFactory()
    version = proposals.edit_version(
        actor=author,
        version=version,
        seen=version.version,
        rows={
            "awarding_bodies": [Body("U. de Prueba", True, agreement.pk), Body("U. de Cádiz")],
            "supporters": [Support("Gremio", "Contratará.", dt.date(2026, 3, 2), letter.pk)],
            "outcomes": [Outcome({"text_es": "Dimensiona."}, kind="skill", esco_uri=ESCO)],
            "assessments": [
                Evaluation({"name_es": "Proyecto", "criteria_es": "Rúbrica"}, ("RA1",), weight=100)
            ],
            "teachers": [Teaching("Luz Vera", "co_director", True, "Solaria", Decimal("12.5"))],
        },
        **WORDS,
        **design,
    )
    return version, author


def told(version: MicroCredentialVersion) -> dict[str, Any]:
    """All that a version says, without the keys of its rows."""
    version = MicroCredentialVersion.objects.get(pk=version.pk)
    return {
        name: plain(value)
        for section in SECTIONS
        for name, value in content_of(version, section.code).items()
    }


def test_every_field_and_row_of_a_design_stands_in_exactly_one_section() -> None:
    named = [name for section in SECTIONS for name in (*section.fields, *section.rows)]
    assert len(named) == len(set(named))
    assert {section_of(name).code for name in (*writing.DESIGN_FIELDS, *writing.REPLACE)} == {
        section.code for section in SECTIONS
    }
    known = {
        *(name.rpartition("_")[0] for name in writing.DESIGN_FIELDS),
        *writing.DESIGN_FIELDS,
        *writing.REPLACE,
    }
    assert set(named) <= known


def test_the_next_version_says_all_that_the_approved_one_says() -> None:
    version, author = make_whole()
    content = told(version)
    assert content["need"] == WORDS["need"]
    assert content["sdgs"] == [7, 13]
    assert content["teachers"][0]["hours"] == "12.5"
    approval.approve_version(actor=make_staff("approver"), version=version)
    draft = proposals.begin_version(actor=author, microcredential=version.microcredential)
    copied = told(draft)
    own = [row.pop("outcomes") for row in (*content["assessments"], *copied["assessments"])]
    assert copied == content
    linked = [
        [(row.code, row.text_es) for row in one.assessments.get().outcomes.all()] for one in (version, draft)
    ]
    assert linked[0] == linked[1] != []
    assert own[0] != own[1], "the copies of the outcomes, not those of the approved version"
    assert draft.supporters.get().pk != version.supporters.get().pk


def test_the_database_freezes_every_part_of_an_approved_version() -> None:
    version, _author = make_whole()
    approval.approve_version(actor=make_staff("approver"), version=version)
    for attempt in (
        lambda: MicroCredentialVersion.objects.filter(pk=version.pk).update(need="otra"),
        lambda: version.teachers.update(name="x"),
        lambda: version.teachers.create(name="x"),
        lambda: version.supporters.update(name="x"),
        lambda: version.supporters.create(name="x"),
    ):
        with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
            attempt()


@pytest.mark.parametrize(
    ("design", "code"),
    [
        ({"hours_per_ects": 24}, "hours-per-ects"),
        ({"places_min": 30, "places": 20}, "places-order"),
        ({"languages": ["xx"]}, "unknown-choice"),
        ({"sdgs": [18]}, "unknown-choice"),
        ({"sdgs": [3, 3]}, "twice"),
        ({"title_es": "Máster en energía solar"}, "official-name"),
        ({"title_en": "Master in solar energy"}, "official-name"),
    ],
)
def test_what_a_design_may_not_say(design: dict[str, Any], code: str) -> None:
    version, author = make_whole()
    with pytest.raises(RuleViolation) as refusal:
        proposals.edit_version(actor=author, version=version, seen=version.version, **design)
    assert refusal.value.code == code


def test_two_people_in_two_places_do_not_stand_in_each_others_way() -> None:
    version, author = make_whole()
    second = make_staff("quality_officer")
    seen = Seen.now(version, "teaching")
    proposals.edit_version(
        actor=author, version=version, seen=seen, calendar="Dos semanas", methods_es=METHODS
    )
    saved = proposals.edit_version(
        actor=second, version=version, seen=seen, calendar=WORDS["calendar"], methods_es="La segunda persona"
    )
    assert (saved.calendar, saved.methods_es) == ("Dos semanas", "La segunda persona")  # type: ignore[attr-defined]


def test_two_people_who_change_the_same_words_lose_none() -> None:
    version, author = make_whole()
    seen = Seen.now(version, "need")
    proposals.edit_version(actor=author, version=version, seen=seen, need="La primera persona")
    with pytest.raises(BothChanged) as both:
        proposals.edit_version(
            actor=make_staff("quality_officer"), version=version, seen=seen, need="La segunda persona"
        )
    assert both.value.current.need == "La primera persona"
    assert both.value.names == ["need"]
    version.refresh_from_db()
    assert version.need == "La primera persona"


def test_two_people_who_write_the_same_agree() -> None:
    version, author = make_whole()
    seen = Seen.now(version, "need")
    proposals.edit_version(actor=author, version=version, seen=seen, need="Uno\nDos")
    proposals.edit_version(actor=author, version=version, seen=seen, need="Uno\r\nDos")


def test_a_row_added_by_somebody_else_is_not_taken_away() -> None:
    version, author = make_whole()
    seen = Seen.now(version, "staff")
    rows = writing.rows_of(version, names=["teachers"])["teachers"]
    proposals.edit_version(
        actor=author, version=version, seen=seen, rows={"teachers": [*rows, Teaching("Ana")]}
    )
    proposals.edit_version(
        actor=author, version=version, seen=seen, rows={"teachers": rows}, resources="Aula"
    )
    assert [row.name for row in version.teachers.all()] == ["Luz Vera", "Ana"]
    with pytest.raises(BothChanged):
        proposals.edit_version(actor=author, version=version, seen=seen, rows={"teachers": []})


def test_a_save_that_changes_nothing_makes_nobody_a_writer() -> None:
    version, _author = make_whole()
    reader = make_staff("quality_officer")
    proposals.edit_version(
        actor=reader,
        version=version,
        seen=Seen.now(version, "economy"),
        price=Decimal(180),
        cost=Decimal(3200),
    )
    assert not version.writers.filter(pk=reader.pk).exists()
