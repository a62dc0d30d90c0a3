"""Documents on pages: the panel, asking, taking the file; nothing of another centre, few statements."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from django.core.management import call_command
from django.urls import reverse

from iqas.evidence.models import Evidence
from microcredentials.models import Document
from tests.factories.approval import make_submission
from tests.factories.documents import approved_version, make_document, make_report, printed
from tests.factories.microcredentials import make_edition, make_microcredential
from tests.factories.organisation import make_centre
from tests.factories.programmes import make_programme, make_programme_document
from tests.support.pages import assert_hides, assert_shows, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.pdf]


def url(name: str, *args: Any) -> str:
    return reverse(f"microcredentials:{name}", args=args)


def ask(client: Any, version: Any, kind: str = "application", language: str = "es") -> Any:
    address = url("document-request", version.microcredential.code, version.number)
    return client.post(address, {"kind": kind, "language": language})


def taken(client: Any, document: Document) -> tuple[str, bytes]:
    """The name and the content of the file."""
    answer = client.get(url("document-download", document.code))
    body = b"".join(answer.streaming_content)
    return answer["Content-Disposition"], body


class TestTheMicroCredential:
    def test_from_the_panel_to_the_file(self, staff: Any, client_for: Any) -> None:
        version = approved_version()
        client = client_for(staff("coordinator", scope=version.microcredential.centre.scope))
        documents = url("document-list", version.microcredential.code)
        assert_shows(client.get(version.microcredential.get_absolute_url()), "Documentos")
        assert (
            f'hx-get="{documents}"' in client.get(version.microcredential.get_absolute_url()).content.decode()
        )
        page = client.get(documents)
        assert b'id="documents-now"' in page.content
        assert_shows(page, "Documentos", "Solicitud", "Ficha pública", "Elaborar")
        answer = ask(client, version)
        document = Document.objects.get()
        assert answer.status_code == 302
        assert answer["Location"] == document.job.get_absolute_url()
        assert_shows(client.get(documents), "En elaboración", "Ver el avance")
        document = printed(document)
        assert_shows(client.get(documents), document.code, "Elaborar de nuevo")
        name, body = taken(client, document)
        assert f"{version.microcredential.code}-v1-solicitud-es.pdf" in name
        assert body.startswith(b"%PDF-")
        assert_shows(client.get(url("document-list", version.microcredential.code)), document.sha256)
        answer = ask(client, version)
        assert answer["Location"] == url("document-list", version.microcredential.code)
        assert_shows(client.get(answer["Location"]), f"Nada ha cambiado desde que se elaboró {document.code}")
        assert Document.objects.count() == 1

    def test_a_draft_says_why_not_yet(self, staff: Any, client_for: Any) -> None:
        microcredential = make_microcredential()
        client = client_for(staff("quality_officer"))
        address = url("document-list", microcredential.code)
        assert_shows(client.get(address), "aún se está escribiendo")
        answer = ask(client, microcredential.versions.get())
        assert answer.status_code in (400, 409, 422)
        assert "aún se está escribiendo" in text_of(answer)

    def test_a_submitted_version_says_that_the_sheet_waits(self, staff: Any, client_for: Any) -> None:
        version = make_submission().version
        address = url("document-list", version.microcredential.code)
        page = client_for(staff("quality_officer")).get(address)
        assert_shows(page, "La ficha pública se elabora con una versión aprobada")

    def test_a_reader_reads_and_asks_for_nothing(self, staff: Any, client_for: Any) -> None:
        version = approved_version()
        document = printed(make_document(version))
        reader = client_for(staff("reader", scope=version.microcredential.centre.scope))
        page = reader.get(url("document-list", version.microcredential.code))
        assert_shows(page, document.code)
        assert_hides(page, "Elaborar de nuevo", "Elaborar:")
        assert taken(reader, document)[1].startswith(b"%PDF-")
        assert ask(reader, version).status_code == 403

    def test_a_coordinator_is_not_offered_the_report_of_the_quality_system(
        self, staff: Any, client_for: Any
    ) -> None:
        version = approved_version()
        client = client_for(staff("coordinator", scope=version.microcredential.centre.scope))
        assert ask(client, version, "quality_report").status_code == 403

    def test_another_centre_sees_nothing(self, staff: Any, client_for: Any) -> None:
        version = approved_version()
        document = printed(make_document(version))
        stranger = client_for(staff("centre_quality", scope=make_centre("FAC-Z").scope))
        assert stranger.get(url("document-list", version.microcredential.code)).status_code == 404
        assert stranger.get(url("document-download", document.code)).status_code == 404
        assert ask(stranger, version).status_code == 404

    def test_what_is_not_printed_yet_is_not_taken(self, staff: Any, client_for: Any) -> None:
        document = make_document()
        answer = client_for(staff("quality_officer")).get(url("document-download", document.code))
        assert answer.status_code in (400, 409, 422)

    def test_statements(self, staff: Any, client_for: Any, max_queries: Any) -> None:
        version = approved_version()
        for kind in ("application", "sheet"):
            make_document(version, kind)
        client = client_for(staff("quality_officer"))
        client.get(url("document-list", version.microcredential.code))
        with max_queries(12):
            client.get(url("document-list", version.microcredential.code))


class TestTheEdition:
    def test_the_final_report(self, staff: Any, client_for: Any) -> None:
        edition = make_edition(state="closed")
        client = client_for(staff("quality_officer"))
        assert_shows(client.get(edition.get_absolute_url()), "Memoria final de la edición")
        answer = client.post(url("edition-document-request", edition.code), {"language": "es"})
        document = Document.objects.get()
        assert answer["Location"] == document.job.get_absolute_url()
        document = printed(document)
        assert_shows(client.get(edition.get_absolute_url()), document.code)
        assert f"{edition.code}-memoria-final-es.pdf" in taken(client, document)[0]

    def test_before_it_is_filed_the_page_says_so(self, staff: Any, client_for: Any) -> None:
        edition = make_edition(state="finished")
        client = client_for(staff("quality_officer"))
        assert_shows(client.get(edition.get_absolute_url()), "aún no se ha presentado")
        answer = client.post(url("edition-document-request", edition.code), {"language": "es"})
        assert answer.status_code in (400, 409, 422)

    def test_another_centre_is_not_told(self, staff: Any, client_for: Any) -> None:
        edition = make_edition(state="closed")
        make_report(edition)
        stranger = client_for(staff("centre_quality", scope=make_centre("FAC-Z").scope))
        address = url("edition-document-request", edition.code)
        assert stranger.post(address, {"language": "es"}).status_code == 404


class TestTheProgramme:
    def test_from_its_page_to_the_file(self, staff: Any, client_for: Any, max_queries: Any) -> None:
        programme = make_programme()
        officer = client_for(staff("quality_officer"))
        page = url("programme-detail", programme.code)
        assert_shows(officer.get(page), "Programación anual", "Elaborar")
        asked = officer.post(url("programme-document-request", programme.code), {"language": "en"})
        document = printed(Document.objects.get())
        assert asked["Location"] == document.job.get_absolute_url()
        assert_shows(officer.get(page), document.code, "Archivar como evidencia")
        assert taken(officer, document)[1].startswith(b"%PDF-")
        with max_queries(20):
            officer.get(page)
        reader = client_for(staff("reader"))
        assert_hides(reader.get(page), "Elaborar", "Archivar como evidencia")
        assert taken(reader, document)[1].startswith(b"%PDF-")

    def test_a_centre_does_not_see_what_is_the_universitys(self, staff: Any, client_for: Any) -> None:
        document = printed(make_programme_document())
        client = client_for(staff("centre_quality", scope=make_centre("FAC-Z").scope))
        assert client.get(url("document-download", document.code)).status_code == 404
        address = url("programme-document-request", document.programme.code)
        assert client.post(address, {"language": "es"}).status_code in (403, 404)

    def test_a_language_that_is_not_printed_is_refused(self, staff: Any, client_for: Any) -> None:
        programme = make_programme()
        answer = client_for(staff("quality_officer")).post(
            url("programme-document-request", programme.code), {"language": "xx"}
        )
        assert answer.status_code == 409


class TestFiling:
    @pytest.fixture(autouse=True)
    def kinds(self) -> None:
        call_command("load_packs", verbosity=0)

    def test_from_the_document_to_the_evidence(self, staff: Any, client_for: Any) -> None:
        document = printed(make_document(kind="self_assessment"))
        client = client_for(staff("quality_officer"))
        address = url("document-file", document.code)
        page = client.get(address)
        assert_shows(page, document.sha256, "Autoinforme de la propuesta")
        kind = page.context["form"]["kind"].initial
        assert kind.code == "review-report"
        sent = {"title": "Autoinforme", "kind": kind.pk, "date_of_fact": "2026-03-01"}
        assert client.post(address, {**sent, "date_of_fact": "2999-01-01"}).status_code == 422
        answer = client.post(address, sent)
        evidence = Evidence.objects.get()
        assert (answer.status_code, answer["Location"]) == (302, evidence.get_absolute_url())
        assert_shows(client.get(evidence.get_absolute_url()), "Autoinforme", document.code)
        listed = client.get(url("document-list", document.of_version.microcredential.code))
        assert_shows(listed, f"archivado como {evidence.code} v1")
        assert_hides(listed, address)
        again = client.post(address, sent)
        assert again.status_code == 422
        assert "ya está archivado" in text_of(again)

    def test_who_may_not_add_evidence_is_not_offered_it(self, staff: Any, client_for: Any) -> None:
        document = printed(make_document())
        reader = client_for(staff("reader"))
        assert_hides(
            reader.get(url("document-list", document.of_version.microcredential.code)),
            "Archivar como evidencia",
        )
        assert reader.get(url("document-file", document.code)).status_code == 403
        stranger = client_for(staff("centre_quality", scope=make_centre("FAC-Z").scope))
        assert stranger.get(url("document-file", document.code)).status_code == 404

    def test_the_form_of_the_act_offers_what_was_made_here(self, staff: Any, client_for: Any) -> None:
        submission = make_submission()
        code = submission.version.microcredential.code
        client = client_for(staff("reviewer"))
        address = url("act-record", code, "quality-report")
        assert_hides(client.get(address), "O uno elaborado aquí")
        document = printed(make_document(submission.version, "quality_report"))
        assert_shows(client.get(address), "O uno elaborado aquí", document.code)
        assert_shows(client.get(url("act-return", code, "quality-report")), document.code)
        sent = {"outcome": "favourable", "held_on": "2026-03-01", "made": str(document.pk)}
        assert client.post(address, sent).status_code == 302
        act = submission.acts.select_related("document").get()
        assert act.document is not None
        assert act.document.sha256 == document.sha256

    def test_a_document_of_another_proposal_is_not_a_choice(self, staff: Any, client_for: Any) -> None:
        submission = make_submission()
        printed(make_document(submission.version))
        other = printed(make_document())
        answer = client_for(staff("reviewer")).post(
            url("act-record", submission.version.microcredential.code, "quality-report"),
            {"outcome": "favourable", "held_on": "2026-03-01", "made": str(other.pk)},
        )
        assert answer.status_code == 422
        assert not submission.acts.exists()


class TestTheRegister:
    def test_it_leaves_as_a_spreadsheet(self, staff: Any, client_for: Any) -> None:
        version = approved_version()
        document = printed(make_document(version))
        make_document(version, "sheet")
        client = client_for(staff("reader"))
        address = url("document-list", version.microcredential.code)
        assert_shows(client.get(address), "?export=xlsx", "?export=csv")
        answer = client.get(address, {"export": "csv"})
        rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
        assert len(rows) == 2
        assert rows[1][0] == document.code
        assert document.sha256 in rows[1]
        assert client.get(address, {"export": "xlsx"}).content.startswith(b"PK")
