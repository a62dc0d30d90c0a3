"""The way to approval in the settings: in words, the next one with what it changes, in force with a reason."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command

from microcredentials.models import ApprovalRoute
from microcredentials.packs.reading import read_route
from microcredentials.services import routes
from tests.factories.approval import make_submission
from tests.factories.organisation import make_centre
from tests.factories.routes import own_route, own_text
from tests.support.pages import assert_hides, assert_shows, text_of

pytestmark = pytest.mark.django_db
LIST = "/settings/approval/"
SHIPPED_PAGE = f"{LIST}UNIVERSITY/1/"
OWN_PAGE = f"{LIST}OWN/1/"


@pytest.fixture(autouse=True)
def university(at: Any) -> None:
    at("2026-03-02 10:00")
    make_centre("FI")
    call_command("load_packs", verbosity=0)


def file_of(text: str) -> SimpleUploadedFile:
    return SimpleUploadedFile("own.yaml", text.encode(), content_type="application/yaml")


def test_from_the_file_to_the_route_in_force(staff: Any, client_for: Any) -> None:
    make_submission()
    client = client_for(staff("administrator"))
    assert_shows(client.get(LIST), "UNIVERSITY", "Cargar un procedimiento")
    answer = client.post(f"{LIST}new/", {"file": file_of(own_text(days=25))})
    assert (answer.status_code, answer["Location"]) == (302, OWN_PAGE)
    assert routes.route_in_force().code == "UNIVERSITY"
    page = client.get(OWN_PAGE)
    assert_shows(page, "No vigente", "20 días desde el acto anterior", "25 días desde el acto anterior")
    confirm = client.get(f"{OWN_PAGE}in-force/")
    assert_shows(confirm, "25 días desde el acto anterior", "1 expediente en trámite sigue el procedimiento")
    assert client.post(f"{OWN_PAGE}in-force/", {"reason": ""}).status_code == 422
    answer = client.post(f"{OWN_PAGE}in-force/", {"reason": "Reglamento de 2026."})
    assert (answer.status_code, answer["Location"]) == (302, OWN_PAGE)
    assert routes.route_in_force().code == "OWN"
    assert_shows(client.get(OWN_PAGE), "Reglamento de 2026.", "Entrada en vigor")
    assert_shows(client.get(SHIPPED_PAGE), "Qué cambia respecto a OWN 1")


def test_the_page_says_the_route_in_words(staff: Any, client_for: Any, max_queries: Any) -> None:
    client = client_for(staff("reader"))
    page = client.get(SHIPPED_PAGE)
    assert_shows(
        page,
        "Informe del sistema de garantía de la calidad",
        "Junta de Centro",
        "15 días desde el acto anterior",
        "se decide en la programación anual",
        "solo en universidades públicas",
        "Resultados de aprendizaje",
    )
    assert_hides(page, "Ponerlo en vigor", "Qué cambia")
    with max_queries(20):
        client.get(SHIPPED_PAGE)
    with max_queries(12):
        client.get(LIST)


def test_every_mistake_of_the_file_stands_in_the_summary(staff: Any, client_for: Any) -> None:
    client = client_for(staff("administrator"))
    text = own_text(days=0).replace("code: centre", "code: Centro")
    answer = client.post(f"{LIST}new/", {"file": file_of(text)})
    assert answer.status_code == 422
    lines = text.splitlines()
    for part in ("days: 0", "code: Centro"):
        number = next(n for n, line in enumerate(lines, 1) if part in line)
        assert f"Línea {number}, steps › 2" in text_of(answer)
    assert not ApprovalRoute.objects.filter(code="OWN").exists()


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"\x00", b"%PDF-1.7", b"a: [", b"x" * 100_000])
def test_what_is_no_route_is_refused_in_words(staff: Any, client_for: Any, content: bytes) -> None:
    client = client_for(staff("administrator"))
    upload = SimpleUploadedFile("own.yaml", content)
    answer = client.post(f"{LIST}new/", {"file": upload})
    assert answer.status_code == 422
    assert "own.yaml" not in text_of(answer)


def test_the_law_is_said_instead_of_a_button(staff: Any, client_for: Any) -> None:
    routes.add_route(actor=None, pack=own_route(without=("price",)))
    client = client_for(staff("administrator"))
    page = client.get(OWN_PAGE)
    assert_shows(page, "No puede entrar en vigor", "art. 37.2")
    assert_hides(page, "Ponerlo en vigor")
    assert client.post(f"{OWN_PAGE}in-force/", {"reason": "x"}).status_code == 422


def test_only_an_administrator_changes_it(staff: Any, client_for: Any) -> None:
    routes.add_route(actor=None, pack=own_route())
    for role in ("quality_officer", "approver"):
        client = client_for(staff(role))
        assert client.get(OWN_PAGE).status_code == 200
        assert_hides(client.get(LIST), "Cargar un procedimiento")
        assert client.get(f"{LIST}new/").status_code == 403
        assert client.post(f"{OWN_PAGE}in-force/", {"reason": "x"}).status_code == 403


def test_the_file_of_a_route_is_read_again_as_the_same(staff: Any, client_for: Any) -> None:
    answer = client_for(staff("reader")).get(f"{SHIPPED_PAGE}file/")
    assert "university-1.yaml" in answer["Content-Disposition"]
    assert read_route(answer.content).code == "UNIVERSITY"


def test_settings_and_approvals_lead_there(staff: Any, client_for: Any) -> None:
    client = client_for(staff("administrator"))
    assert_shows(client.get("/settings/"), "Procedimiento de aprobación", SHIPPED_PAGE)
    assert_shows(client.get("/microcredentials/approvals/"), LIST)


def test_a_route_that_does_not_exist(staff: Any, client_for: Any) -> None:
    client = client_for(staff("administrator"))
    for address in (f"{LIST}NADA/1/", f"{LIST}UNIVERSITY/99999999999999/", f"{LIST}UNIVERSITY/7/file/"):
        assert client.get(address).status_code == 404
