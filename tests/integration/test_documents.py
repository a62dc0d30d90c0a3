"""Documents asked for: made once for one content, by whom it may be, of what is locked; and what each says."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction

from iqas.core.audit import verify
from iqas.core.models import AuditEvent
from iqas.core.refusals import AccessDenied, RuleViolation
from iqas.jobs import services as jobs
from microcredentials.documents.content import Table, Told, from_json, to_json
from microcredentials.models import Document
from microcredentials.selectors.documents import documented, shelf
from microcredentials.services import proposals
from tests.factories.accounts import make_staff
from tests.factories.approval import decide, make_submission
from tests.factories.documents import approved_version, make_document, make_report
from tests.factories.microcredentials import make_counts, make_edition, make_microcredential
from tests.factories.organisation import make_centre

pytestmark = pytest.mark.django_db
KINDS = ("application", "quality_report", "self_assessment", "sheet")


def told(document: Document) -> Told:
    return from_json(document.body)


def words_of(document: Document) -> str:
    """Everything that it says, as one text."""
    return document.body


def table_of(document: Document, anchor: str) -> Table:
    section = next(section for section in told(document).sections if section.anchor == anchor)
    return next(block for block in section.blocks if isinstance(block, Table))


class TestMadeOnce:
    @pytest.mark.parametrize("kind", KINDS)
    def test_asking_again_gives_the_same_document(self, kind: str) -> None:
        version = approved_version()
        first, again = make_document(version, kind), make_document(version, kind)
        other = make_document(version, kind, "en")
        assert (first.pk, first.job_id) == (again.pk, again.job_id)
        assert other.pk != first.pk
        assert Document.objects.count() == 2

    def test_a_version_that_says_something_else_makes_another(self) -> None:
        author = make_staff("coordinator")
        submission = make_submission(make_microcredential(actor=author), author=author)
        version = submission.version
        first = make_document(version)
        decide(submission, "returned")
        version.refresh_from_db()
        for remark in version.remarks.all():
            remark.resolved_at, remark.resolved_by = remark.written_at, author
            remark.save()
        proposals.edit_version(actor=author, version=version, seen=version.version, places=30, places_min=5)
        version.refresh_from_db()
        make_submission(version.microcredential, author=author)
        second = make_document(version)
        assert second.pk != first.pk
        assert "30" in words_of(second)
        kept = shelf(version.microcredential)
        assert kept.of(version, "application", "es") == second
        assert [(one, kept.counts(one)) for one in kept.documents] == [(second, True), (first, False)]

    def test_who_asks_does_not_make_it_another_document(self) -> None:
        version = approved_version()
        first = make_document(version, actor=make_staff("quality_officer"))
        assert make_document(version, actor=make_staff("approver")).pk == first.pk

    def test_what_is_said_again_counts_again(self, at: Any) -> None:
        at("2026-03-01 10:00")
        version = approved_version()
        edition = make_edition(version.microcredential, state="planned")
        before = make_document(version, "sheet")
        at("2026-03-02 10:00")
        type(edition).objects.filter(pk=edition.pk).update(venue="Aulario sur")
        meanwhile = make_document(version, "sheet")
        at("2026-03-03 10:00")
        type(edition).objects.filter(pk=edition.pk).update(venue="")
        assert make_document(version, "sheet").pk == before.pk != meanwhile.pk
        assert shelf(version.microcredential).of(version, "sheet", "es") == before

    def test_a_document_whose_job_was_cancelled_is_printed_anew(self) -> None:
        officer = make_staff("quality_officer")
        document = make_document(actor=officer)
        first = document.job
        assert first is not None
        jobs.cancel(actor=officer, job=first)
        again = make_document(document.version, actor=officer)
        assert again.pk == document.pk
        assert again.job_id != first.pk

    def test_the_database_keeps_one_row_for_one_content(self) -> None:
        document = make_document()
        document.pk, document.code, document._state.adding = None, "DOC-X", True
        with pytest.raises(IntegrityError), transaction.atomic():
            document.save(force_insert=True)

    def test_it_is_told_in_the_audit_chain(self) -> None:
        document = make_document()
        event = AuditEvent.objects.get(action="document.requested")
        assert event.object_id == str(document.pk)
        assert list(verify()) == []


class TestWhoMay:
    def test_a_reader_asks_for_nothing(self) -> None:
        with pytest.raises(AccessDenied):
            make_document(actor=make_staff("reader"))

    def test_a_coordinator_makes_the_application_but_not_the_report_of_the_quality_system(self) -> None:
        version = approved_version()
        coordinator = make_staff("coordinator", scope=version.microcredential.centre.scope)
        make_document(version, "application", actor=coordinator)
        with pytest.raises(AccessDenied):
            make_document(version, "quality_report", actor=coordinator)
        make_document(version, "quality_report", actor=make_staff("reviewer"))

    def test_another_centre_is_refused(self) -> None:
        stranger = make_staff("centre_quality", scope=make_centre("FAC-Z").scope)
        with pytest.raises(AccessDenied) as refused:
            make_document(actor=stranger)
        assert refused.value.code == "other-scope"
        edition = make_edition(state="closed")
        with pytest.raises(AccessDenied):
            make_report(edition, actor=stranger)
        assert Document.objects.count() == 0


class TestTheState:
    @pytest.mark.parametrize("kind", KINDS)
    def test_a_draft_makes_no_document(self, kind: str) -> None:
        draft = make_microcredential().versions.get()
        with pytest.raises(RuleViolation, match="aún se está escribiendo") as refused:
            make_document(draft, kind)
        assert refused.value.code == "still-written"

    def test_the_sheet_waits_for_the_approval(self) -> None:
        version = make_submission().version
        with pytest.raises(RuleViolation) as refused:
            make_document(version, "sheet")
        assert refused.value.code == "not-approved"
        make_document(version, "application")

    def test_the_final_report_waits_until_it_is_filed(self) -> None:
        with pytest.raises(RuleViolation) as refused:
            make_report(make_edition(state="finished"))
        assert refused.value.code == "not-filed"

    @pytest.mark.parametrize(
        ("kind", "language", "code"),
        [
            ("dossier", "es", "unknown-kind"),
            ("edition_report", "es", "unknown-kind"),
            ("sheet", "fr", "unknown-language"),
        ],
    )
    def test_what_does_not_exist(self, kind: str, language: str, code: str) -> None:
        with pytest.raises(RuleViolation) as refused:
            make_document(kind=kind, language=language)
        assert refused.value.code == code

    def test_the_version_asked_about_is_the_one_handed_in_else_the_one_in_force(self) -> None:
        assert documented(make_microcredential()) is None
        version = approved_version()
        assert documented(version.microcredential) == version
        submission = make_submission()
        assert documented(submission.version.microcredential) == submission.version


class TestWhatTheySay:
    def test_the_application_says_every_section(self) -> None:
        document = make_document(
            approved_version(
                need="Faltan técnicas de datos.", price=Decimal("120.50"), budget="Sin ayudas.", sdgs=[4]
            )
        )
        said = words_of(document)
        for expected in (
            "Faltan técnicas de datos.",
            "120,50 €",
            "Sin ayudas.",
            "4 Educación de calidad",
            "Explica los conceptos básicos.",
            "Proyecto",
            "Ana Ruiz Peña",
            "ana.ruiz@example.org",
        ):
            assert expected in said, expected
        assert len(told(document).sections) == 11

    def test_each_language_takes_its_text_and_says_where_there_is_none(self) -> None:
        document = make_document(language="en")
        outcomes = table_of(document, "outcomes")
        assert outcomes.rows[0][1].words == "Explains the basics."
        summary = next(section for section in told(document).sections if section.anchor == "identity")
        written = next(block for block in summary.blocks if getattr(block, "label", "") == "Summary")
        assert (written.words, written.lang) == (
            "Para profesionales que empiezan a trabajar con datos.",
            "es",
        )

    def test_the_report_of_the_quality_system_says_the_acts(self) -> None:
        submission = make_submission()
        waiting = make_document(submission.version, "quality_report")
        assert "aún no consta" in words_of(waiting)
        decide(submission, "conditions")
        decided = make_document(submission.version, "quality_report")
        assert decided.pk != waiting.pk
        assert "Revisar el precio." in words_of(decided)
        acts = table_of(decided, "acts")
        assert [row[2].tone for row in acts.rows][:2] == ["partly", "none"]

    def test_the_self_assessment_follows_from_the_data(self) -> None:
        call_command("load_packs")
        document = make_document(kind="self_assessment")
        elements = table_of(document, "elements")
        assert [row[-1].tone for row in elements.rows].count("met") == 9
        principles = {row[0].words: row[-1] for row in table_of(document, "principles").rows}
        assert len(principles) == 10
        assert principles["1"].tone == "met"
        assert principles["3"].tone == "partly"
        assert "anexo II, principio 3" in principles["3"].below
        assert principles["7"].tone == "none"
        summary = table_of(document, "summary")
        assert [cell.words for cell in summary.rows[0]] == ["Elementos del anexo I", "9", "0", "0", "2"]
        assert {row[0].words for row in table_of(document, "dimensions").rows} == set("ABCD")

    def test_the_public_sheet_tells_nothing_internal(self) -> None:
        document = make_document(
            approved_version(
                need="NECESIDAD-INTERNA",
                budget="PRESUPUESTO-INTERNO",
                cost=Decimal(5000),
                resources="RECURSOS",
            ),
            "sheet",
        )
        said = words_of(document)
        for internal in ("NECESIDAD", "PRESUPUESTO", "5.000", "RECURSOS", "ana.ruiz@example.org"):
            assert internal not in said, internal
        assert "formación permanente" in said

    def test_the_final_report_says_the_edition_and_hides_small_groups(self) -> None:
        edition = make_edition(state="closed")
        said = words_of(make_report(edition))
        for expected in (
            "Las prácticas.",
            "Más horas de laboratorio.",
            edition.code,
            "06/10/2025 – 28/11/2025",
        ):
            assert expected in said, expected
        counts = {row[0].words: row[1].words for row in table_of(make_report(edition), "learners").rows}
        assert counts["Matriculadas"] == "20"
        assert "no se muestra" in counts.values()

    def test_nobody_counts_a_group_of_three(self) -> None:
        """A completion rate of three people would tell who did not complete."""
        counts = {"enrolled": 3, "completed": 2, "presented": 2, "passed": 2, "failed": 0}
        edition = make_edition(state="closed", counts=counts)
        document = make_report(edition)
        shown = {row[1].words for row in table_of(document, "learners").rows}
        assert not shown & {"1", "2", "3"}
        assert "66,7" not in words_of(document)

    def test_what_it_says_comes_back_from_its_json(self) -> None:
        for kind in KINDS:
            document = make_document(kind=kind)
            assert to_json(told(document)).decode() == document.body


def test_counts_that_change_make_another_final_report() -> None:
    edition = make_edition(
        state="finished", counts={"enrolled": 20, "completed": 12}, starts=date(2025, 10, 6)
    )
    from tests.factories.microcredentials import make_report as file_report

    file_report(edition)
    first = make_report(edition)
    edition.refresh_from_db()
    type(edition.counts).objects.filter(edition=edition).delete()
    make_counts(edition, enrolled=30, completed=20)
    assert make_report(edition).pk != first.pk
