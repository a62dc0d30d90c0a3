"""The annual programme: what is new, what changes and what continues, as one document that is made and approved once a year."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction

from iqas.core.refusals import AccessDenied, RuleViolation
from microcredentials.documents.content import Heading, Note, Signatures, Table, Told, from_json
from microcredentials.models import Document, MicroCredential
from microcredentials.selectors.programmes import continuing
from microcredentials.services import programmes, proposals, publication
from tests.factories.accounts import make_staff
from tests.factories.approval import decide, make_submission, paper, take_to
from tests.factories.documents import printed
from tests.factories.microcredentials import make_microcredential
from tests.factories.organisation import make_centre
from tests.factories.programmes import make_programme, make_programme_document

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 2)


@pytest.fixture(autouse=True)
def today(at: Any) -> None:
    at("2026-03-02 10:00")
    call_command("load_packs", verbosity=0)


def codes(programme: Any) -> list[str]:
    return [version.microcredential.code for version in continuing(programme)]


def approve(programme: Any, submissions: Any = (), **more: Any) -> Any:
    return programmes.approve_programme(
        actor=make_staff("quality_officer"),
        programme=programme,
        submissions=list(submissions),
        held_on=TODAY,
        **({"upload": paper()} | more),
    )


def change(microcredential: MicroCredential, **design: Any) -> Any:
    """A next version of it that waits for the governing body."""
    author = make_staff("coordinator")
    version = proposals.begin_version(actor=author, microcredential=microcredential)
    proposals.edit_version(actor=author, version=version, seen=version.version, **design)
    return take_to(make_submission(microcredential, author=author), "governing-body")


def section(told: Told, anchor: str) -> Any:
    return next(one for one in told.sections if one.anchor == anchor)


class TestWhatContinues:
    def test_what_is_approved_or_published_and_nothing_else(self) -> None:
        approved = make_microcredential(approved=True)
        published, suspended, gone = (make_microcredential(approved=True) for _one in range(3))
        make_microcredential()
        take_to(make_submission(), "governing-body")
        officer = make_staff("quality_officer")
        for one, steps in (
            (published, ["publish"]),
            (suspended, ["publish", "suspend"]),
            (gone, ["publish", "extinguish"]),
        ):
            for step in steps:
                publication.change_standing(
                    actor=officer,
                    microcredential=MicroCredential.objects.get(pk=one.pk),
                    step=step,
                    on=TODAY,
                    reason="Prueba.",
                    upload=paper() if step == "extinguish" else None,
                )
        assert codes(make_programme()) == sorted([approved.code, published.code])

    def test_a_version_that_waits_for_the_programme_stands_in_its_first_part_alone(self) -> None:
        changed, same = make_microcredential(approved=True), make_microcredential(approved=True)
        change(changed, ects=Decimal(4), hours=100)
        assert codes(make_programme()) == [same.code]

    def test_it_is_kept_as_of_the_approval(self) -> None:
        first, second = make_microcredential(approved=True), make_microcredential(approved=True)
        programme = approve(make_programme())
        assert codes(programme) == [first.code, second.code]
        officer = make_staff("quality_officer")
        publication.change_standing(actor=officer, microcredential=first, step="publish", on=TODAY)
        publication.change_standing(
            actor=officer,
            microcredential=MicroCredential.objects.get(pk=first.pk),
            step="extinguish",
            on=TODAY,
            reason="Ya no se ofrece.",
            upload=paper(),
        )
        make_microcredential(approved=True)
        assert codes(programme) == [first.code, second.code]

    def test_the_second_programme_of_a_year_does_not_approve_again_what_the_first_did(self) -> None:
        before = make_microcredential(approved=True)
        ready = take_to(make_submission(), "governing-body")
        approve(make_programme(), [ready])
        decide(ready, actor=make_staff("approver"))
        assert ready.version.microcredential.code != before.code
        later = make_microcredential(approved=True)
        assert codes(make_programme(2025)) == [later.code]
        assert codes(make_programme(2026)) == sorted(
            [before.code, later.code, ready.version.microcredential.code]
        )

    def test_the_body_is_the_one_of_the_route_where_nothing_is_new(self) -> None:
        make_microcredential(approved=True)
        assert approve(make_programme()).body == "Consejo de Gobierno"
        assert approve(make_programme(2026), body="Comisión Permanente").body == "Comisión Permanente"

    def test_an_empty_programme_is_not_approved(self) -> None:
        with pytest.raises(RuleViolation) as refused:
            approve(make_programme())
        assert refused.value.code == "nothing-chosen"


class TestTheDocument:
    def told(self, document: Document) -> Told:
        return from_json(document.body)

    def test_it_says_the_new_the_changed_and_what_continues(self) -> None:
        other = make_centre("FAC-B", "Facultad de Bellas Artes")
        changed = make_microcredential("Cambia", approved=True)
        same = make_microcredential("Sigue", approved=True, centre=other, ects=Decimal("4.5"), hours=120)
        change(changed, ects=Decimal(4), hours=100)
        author = make_staff("coordinator")
        new = make_microcredential("Nueva", actor=author, price=Decimal(120))
        take_to(make_submission(new, author=author), "governing-body")
        told = self.told(make_programme_document())
        assert [section.anchor for section in told.sections] == ["summary", "new", "continues", "approval"]
        headings = [block for block in section(told, "new").blocks if isinstance(block, Heading)]
        assert [(one.code, one.words) for one in headings] == [(changed.code, "Cambia"), (new.code, "Nueva")]
        facts = [
            {row.label: row.words for row in block.rows}
            for block in section(told, "new").blocks
            if block.block == "facts"
        ]
        assert facts[0]["Qué cambia"] == "Créditos ECTS, Horas de trabajo"
        assert (facts[1]["Precio"], facts[1]["Carga de trabajo"]) == ("120,00 €", "6 ECTS · 150 h")
        assert "Qué cambia" not in facts[1]
        (table,) = [block for block in section(told, "continues").blocks if isinstance(block, Table)]
        assert table.caption == other.name
        assert [(row[0].words, row[1].words, row[2].words) for row in table.rows] == [
            (same.code, "Sigue", "4,5")
        ]
        (summary,) = section(told, "summary").blocks
        assert [[cell.words for cell in row] for row in summary.rows] == [
            [changed.centre.name, "1", "1", "0", "10"],
            [other.name, "0", "0", "1", "4,5"],
            ["Todos los centros", "1", "1", "1", "14,5"],
        ]
        assert any(isinstance(block, Signatures) for block in section(told, "approval").blocks)

    def test_it_says_the_act_once_it_is_approved(self) -> None:
        ready = take_to(make_submission(), "governing-body")
        programme = approve(make_programme(), [ready])
        told = self.told(make_programme_document(programme))
        facts = {row.label: row.words for block in section(told, "approval").blocks for row in block.rows}
        assert facts["Órgano"] == "Consejo de Gobierno"
        assert facts["Documento"] == str(programme.document)
        assert "2 de marzo de 2026" in next(
            fact.words for fact in told.identification if fact.label == "Estado"
        )

    def test_an_empty_one_says_so(self) -> None:
        told = self.told(make_programme_document())
        assert [type(block) for block in section(told, "new").blocks] == [Note]
        assert [type(block) for block in section(told, "continues").blocks] == [Note]

    def test_the_same_content_is_the_same_document(self) -> None:
        programme = make_programme()
        first = make_programme_document(programme)
        assert make_programme_document(programme, actor=make_staff("approver")).pk == first.pk
        assert make_programme_document(programme, "en").pk != first.pk
        make_microcredential(approved=True)
        assert make_programme_document(programme).pk != first.pk

    def test_who_does_not_prepare_programmes_asks_for_none(self) -> None:
        programme = make_programme()
        for person in (make_staff("reader"), make_staff("approver", scope=make_centre("FAC-Z").scope)):
            with pytest.raises(AccessDenied):
                make_programme_document(programme, actor=person)

    def test_a_language_that_is_not_printed(self) -> None:
        with pytest.raises(RuleViolation) as refused:
            make_programme_document(language="fr")
        assert refused.value.code == "unknown-language"

    def test_the_database_keeps_a_document_to_one_owner(self) -> None:
        document = make_programme_document()
        version = make_microcredential(approved=True).current
        for change in ({"version": version}, {"kind": "application"}, {"programme": None}):
            with pytest.raises(IntegrityError), transaction.atomic():
                Document.objects.filter(pk=document.pk).update(**change)

    @pytest.mark.pdf
    @pytest.mark.parametrize("language", ["es", "en"])
    def test_it_is_printed_and_passes_its_checks(self, language: str) -> None:
        make_microcredential(approved=True)
        take_to(make_submission(), "governing-body")
        document = printed(make_programme_document(language=language))
        assert document.is_made
        assert document.artefact is not None
        word = "programacion-anual" if language == "es" else "annual-programme"
        assert document.artefact.filename == f"PA-2025-26-{word}-{language}.pdf"
        assert document.pages >= 3
