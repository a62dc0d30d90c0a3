"""Documents on pages: the panel, asking, taking the file; nothing of another centre, few statements."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from microcredentials.models import Document
from tests.factories.approval import make_submission
from tests.factories.documents import approved_version, make_document, make_report, printed
from tests.factories.microcredentials import make_edition, make_microcredential
from tests.factories.organisation import make_centre
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
