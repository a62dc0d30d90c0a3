"""The pages of evidence: what people see, what they are refused, what they never lose."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile

from iqas.core.files import location_of, store
from iqas.evidence import services
from iqas.evidence.models import Evidence
from tests.factories.accounts import make_staff
from tests.factories.evidence import EvidenceFactory, EvidenceVersionFactory, text_upload
from tests.factories.frameworks import shipped_criterion
from tests.factories.organisation import make_centre, the_university
from tests.support.pages import assert_hides, assert_shows, text_of

pytestmark = pytest.mark.django_db

LIST = "/quality/evidence/"


@pytest.fixture(autouse=True)
def _packs() -> None:
    shipped_criterion("A.1")


@pytest.fixture
def officer() -> Any:
    return make_staff("centre_quality", make_centre().scope, name="Ana Ruiz")


@pytest.fixture
def filed(officer: Any) -> Evidence:
    """An evidence of Facultad A whose first version waits for approval."""
    evidence = EvidenceFactory(
        title="CANARY-A acta de la comisión", criteria=[shipped_criterion("C.3")], owner=officer
    )
    services.add_version(
        actor=officer,
        evidence=evidence,
        date_of_fact=date(2026, 1, 15),
        upload=text_upload("CANARY-A contenido"),
    )
    return evidence


def new(**values: Any) -> dict[str, Any]:
    return {
        "title": "Acta 4/2026",
        "scope": str(make_centre().scope.pk),
        "kind": str(shipped_kind("minutes")),
        "date_of_fact": "2026-02-01",
        "dimensions": [str(shipped_criterion("A.1").pk), str(shipped_criterion("C.3").pk)],
    } | values


def shipped_kind(code: str) -> Any:
    from iqas.frameworks.models import EvidenceKind

    return EvidenceKind.objects.get(code=code).pk


def test_an_evidence_is_filed_with_its_file_on_one_page(client_for: Callable[..., Any], officer: Any) -> None:
    client = client_for(officer)
    answer = client.post(f"{LIST}add/", new(upload=text_upload("El acta.")))
    evidence = Evidence.objects.get()
    assert answer.status_code == 302, text_of(answer)[:3000]
    assert answer["Location"] == evidence.get_absolute_url()
    assert {criterion.code for criterion in evidence.criteria.all()} == {"A.1", "C.3"}
    page = client.get(answer["Location"])
    assert_shows(page, evidence.code, "Acta 4/2026", evidence.versions.get().sha256[:16], "Ana Ruiz")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"upload": "svg"}, "The content is not of a kind that is taken here"),
        ({}, "Give a file or an address, one of the two."),
        ({"url": "javascript:alert(1)"}, "Give a complete address"),
        (
            {"url": "https://example.org", "date_of_fact": "2999-01-01"},
            "The date of fact lies in the future.",
        ),
        (
            {"url": "https://example.org", "valid_until": "2025-01-01"},
            "It cannot cease to be valid before the date of fact.",
        ),
        ({"url": "https://example.org", "title": " "}, "This field is required."),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_half_written(
    client_for: Callable[..., Any], officer: Any, changes: dict[str, Any], sentence: str
) -> None:
    if changes.get("upload"):
        changes = changes | {
            "upload": SimpleUploadedFile("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>")
        }
    answer = client_for(officer).post(f"{LIST}add/", new(**changes), headers={"accept-language": "en"})
    assert answer.status_code == 422
    assert text_of(answer).count(sentence) == 2, "once in the summary, once at the field"
    assert not Evidence.objects.exists()


def test_every_field_survives_a_refusal(client_for: Callable[..., Any], officer: Any) -> None:
    answer = client_for(officer).post(
        f"{LIST}add/", new(description="Reunión <b>ordinaria</b>", note="Firmada")
    )
    body = text_of(answer)
    assert "Reunión &lt;b&gt;ordinaria&lt;/b&gt;" in body
    assert "Firmada" in body
    assert f'value="{shipped_criterion("C.3").pk}"' in body
    assert body.count("checked") >= 2


def test_filing_is_offered_where_something_is_missing(client_for: Callable[..., Any], officer: Any) -> None:
    page = client_for(officer).get(f"{LIST}add/?scope=FAC-A&criterion=FOUR-DIMENSIONS/A.1")
    body = text_of(page)
    assert page.status_code == 200
    chosen = shipped_criterion("A.1").pk
    assert any(str(chosen) in tag and "checked" in tag for tag in body.split("<"))


# --- approving ---------------------------------------------------------------------------------------


def test_the_uploader_is_told_why_somebody_else_approves(
    client_for: Callable[..., Any], officer: Any, filed: Evidence
) -> None:
    client = client_for(officer)
    page = client.get(filed.get_absolute_url(), headers={"accept-language": "en"})
    assert_shows(page, "You uploaded this version; somebody else approves it.")
    assert "/approve/" not in text_of(page)
    assert client.post(f"{filed.get_absolute_url()}versions/1/approve/", {"reason": ""}).status_code == 403
    assert filed.versions.get().state == "draft"


def test_a_colleague_approves_and_withdraws_with_a_reason(
    client_for: Callable[..., Any], filed: Evidence
) -> None:
    client = client_for(make_staff("quality_officer"))
    url = f"{filed.get_absolute_url()}versions/1/"
    assert f'href="{filed.get_absolute_url()}">{filed}' in text_of(client.get(f"{url}approve/"))
    assert client.post(f"{url}approve/", {"reason": ""}).status_code == 302
    assert filed.versions.get().state == "approved"
    assert client.post(f"{url}withdraw/", {"reason": ""}).status_code == 422
    assert client.post(f"{url}withdraw/", {"reason": "Error en la fecha"}).status_code == 302
    assert_shows(client.get(filed.get_absolute_url()), "Error en la fecha")


# --- downloading -------------------------------------------------------------------------------------


def test_a_file_leaves_as_an_attachment(
    client_for: Callable[..., Any], officer: Any, filed: Evidence
) -> None:
    answer = client_for(officer).get(f"{filed.get_absolute_url()}versions/1/download/")
    assert text_of(answer) == "CANARY-A contenido"
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert "no-store" in answer["Cache-Control"]


def test_an_altered_file_is_not_handed_out(
    client_for: Callable[..., Any], officer: Any, filed: Evidence
) -> None:
    stored = store(text_upload("CANARY-A se va a alterar"))
    version = EvidenceVersionFactory(evidence=filed, sha256=stored.sha256)
    location = location_of(stored.sha256)
    default_storage.delete(location)
    default_storage.save(location, ContentFile(b"CANARY-A se ha alterado!"))
    answer = client_for(officer).get(f"{filed.get_absolute_url()}versions/{version.number}/download/")
    assert answer.status_code == 409
    assert_hides(answer, "se ha alterado")


def test_an_address_has_no_download(client_for: Callable[..., Any], officer: Any, filed: Evidence) -> None:
    EvidenceVersionFactory(evidence=filed, sha256="", url="https://example.org/acta")
    assert client_for(officer).get(f"{filed.get_absolute_url()}versions/2/download/").status_code == 404
    assert client_for(officer).get(f"{filed.get_absolute_url()}versions/9/download/").status_code == 404


# --- other people ------------------------------------------------------------------------------------

PAGES = ("", "edit/", "versions/add/", "versions/1/approve/", "versions/1/withdraw/", "versions/1/download/")


@pytest.mark.parametrize("page", PAGES)
def test_another_centre_does_not_learn_that_it_exists(
    client_for: Callable[..., Any], filed: Evidence, page: str
) -> None:
    stranger = make_staff("centre_quality", make_centre("FAC-B", "Facultad B").scope)
    for method in ("get", "post"):
        answer = getattr(client_for(stranger), method)(f"{filed.get_absolute_url()}{page}")
        assert answer.status_code in (
            {404} if method == "get" or page not in ("", "versions/1/download/") else {405}
        )
        assert_hides(answer, "CANARY-A")


@pytest.mark.parametrize(
    "query", ["", "?q=canary", "?criterion=FOUR-DIMENSIONS/C.3", "?scope=FAC-A", "?export=xlsx"]
)
def test_lists_of_another_centre_stay_empty(
    client_for: Callable[..., Any], filed: Evidence, query: str
) -> None:
    stranger = make_staff("centre_quality", make_centre("FAC-B", "Facultad B").scope)
    assert_hides(client_for(stranger).get(f"{LIST}{query}"), "CANARY-A", filed.code)


def test_a_foreign_scope_cannot_be_written(client_for: Callable[..., Any], officer: Any) -> None:
    foreign = make_centre("FAC-B", "Facultad B")
    answer = client_for(officer).post(f"{LIST}add/", new(scope=str(foreign.scope.pk), upload=text_upload()))
    assert answer.status_code == 422
    assert not Evidence.objects.exists()


@pytest.mark.parametrize(
    ("role", "status"), [("reader", 403), ("reviewer", 403), ("auditor", 404), ("approver", 403)]
)
def test_who_may_only_read_does_not_edit(
    client_for: Callable[..., Any], filed: Evidence, role: str, status: int
) -> None:
    client = client_for(make_staff(role))
    answer = client.get(f"{filed.get_absolute_url()}edit/")
    assert answer.status_code in {status, 403}
    if role == "auditor":
        assert client.get(LIST).status_code == 403
        assert client.get(filed.get_absolute_url()).status_code == 403


def test_anybody_must_sign_in(client_for: Callable[..., Any], filed: Evidence) -> None:
    answer = client_for(None).get(filed.get_absolute_url())
    assert answer.status_code == 302
    assert_hides(answer, "CANARY-A")


# --- two people --------------------------------------------------------------------------------------


def test_two_people_see_both_texts(client_for: Callable[..., Any], officer: Any, filed: Evidence) -> None:
    values = {"title": "Mi título", "kind": str(filed.kind_id), "seen_version": "1", "description": ""}
    services.change_evidence(
        actor=make_staff("quality_officer"),
        evidence=filed,
        seen_version=1,
        title="El título de la otra persona",
    )
    url = f"{filed.get_absolute_url()}edit/"
    answer = client_for(officer).post(url, values)
    assert answer.status_code == 409
    body = text_of(answer)
    assert "Mi título" in body
    assert "El título de la otra persona" in body
    assert 'name="seen_version" value="2"' in body
    filed.refresh_from_db()
    assert filed.title == "El título de la otra persona"
    assert client_for(officer).post(url, values | {"seen_version": "2"}).status_code == 302
    filed.refresh_from_db()
    assert filed.title == "Mi título"


# --- lists and counts --------------------------------------------------------------------------------


def test_filters_find_without_accents(client_for: Callable[..., Any], officer: Any, filed: Evidence) -> None:
    EvidenceFactory(title="Rúbrica de marzo", criteria=[shipped_criterion("B.1")])
    client = client_for(officer)
    for query, found in (
        ("?q=comision", filed.code),
        ("?status=draft", filed.code),
        ("?criterion=FOUR-DIMENSIONS/C.3", filed.code),
        ("?scope=FAC-A&q=ACTA", filed.code),
    ):
        page = client.get(f"{LIST}{query}")
        assert_shows(page, found)
        assert "Rúbrica de marzo" not in text_of(page), query
    assert_shows(client.get(f"{LIST}?status=missing"), "Rúbrica de marzo")


def test_hostile_text_is_only_text(client_for: Callable[..., Any], officer: Any) -> None:
    evidence = EvidenceFactory(
        title="<script>alert(1)</script>", description="[x](javascript:alert(1)) <img src=x onerror=1>"
    )
    for url in (evidence.get_absolute_url(), LIST):
        body = text_of(client_for(officer).get(url))
        assert "<script>alert" not in body
        assert "onerror=1>" not in body
        assert 'href="javascript' not in body


@pytest.mark.parametrize("count", [1, 40])
def test_pages_take_few_queries(
    client_for: Callable[..., Any], max_queries: Callable[..., Any], officer: Any, filed: Evidence, count: int
) -> None:
    client = client_for(officer)
    for _number in range(count):
        EvidenceVersionFactory(evidence=EvidenceFactory(criteria=[shipped_criterion("A.1")]), approved=True)
        version = EvidenceVersionFactory(evidence=filed, approved=True)
        services.cite(
            actor=officer,
            version=version,
            criterion=shipped_criterion("C.3"),
            scope=make_centre().scope,
            citing_code="S-2026-001",
        )
    client.get(LIST)
    with max_queries(12):
        assert client.get(LIST).status_code == 200
    with max_queries(20):
        assert client.get(filed.get_absolute_url()).status_code == 200
    with max_queries(20):
        assert client.get(f"{LIST}add/").status_code == 200


def test_evidence_of_the_university_is_read_from_below(client_for: Callable[..., Any], officer: Any) -> None:
    policy = EvidenceFactory(scope=the_university().scope, title="Política de calidad")
    client = client_for(officer)
    assert_shows(client.get(policy.get_absolute_url()), "Política de calidad")
    assert client.get(f"{policy.get_absolute_url()}edit/").status_code == 403
