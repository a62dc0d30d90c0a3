"""Verification for anybody: by code and by file, without an account, nothing kept."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from audits.models import Dossier
from audits.services import dossiers
from iqas.core.files import open_stored
from tests.factories.audits import make_cast, make_dossier
from tests.support.pages import assert_hides, assert_shows, text_of

pytestmark = pytest.mark.django_db
SEARCH = "/verify/"


@pytest.fixture(autouse=True)
def quick_print(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pages of a dossier are the business of tests/pdf; here a file that is its own in one line is enough."""
    monkeypatch.setattr(
        dossiers, "to_pdf", lambda content, enclosures: f"%PDF-1.7 {content.seal.code}".encode()
    )
    monkeypatch.setattr(dossiers, "lint", lambda pdf, attached: [])
    monkeypatch.setattr(dossiers, "count_pages", lambda pdf: 1)


@pytest.fixture
def dossier(at) -> Dossier:
    at("2026-10-01 10:00")
    return make_dossier(make_cast())


def pdf_of(dossier: Dossier) -> bytes:
    with open_stored(dossier.sha256) as file:
        return file.read()


def sent(body: bytes) -> dict[str, SimpleUploadedFile]:
    return {"file": SimpleUploadedFile("dosier.pdf", body, content_type="application/pdf")}


def test_the_page_of_a_code_says_what_is_registered(dossier: Dossier, client) -> None:
    page = client.get(reverse("verify:dossier-detail", args=[dossier.csv_code]))
    assert_shows(page, dossier.code, dossier.sha256, dossier.snapshot.sha256, "Facultad A")
    assert_hides(page, "La comisión revisó", "Elena")


@pytest.mark.parametrize("spelling", ["{0}-{1}-{2}-{3}", " {0} {1} {2} {3} ", "{0}{1}{2}{3}"])
def test_a_code_is_found_however_it_is_typed(dossier: Dossier, client, spelling: str) -> None:
    code = dossier.csv_code
    typed = spelling.format(*(code[start : start + 4] for start in range(0, 16, 4))).lower()
    answer = client.get(SEARCH, {"code": typed})
    assert (answer.status_code, answer.url) == (302, reverse("verify:dossier-detail", args=[code]))


@pytest.mark.parametrize("code", ["", "0" * 16, "x" * 5000, "<script>alert(1)</script>", "\u202e"])
def test_an_unknown_code_gets_a_clear_answer(dossier: Dossier, client, code: str) -> None:
    answer = client.get(SEARCH, {"code": code})
    assert answer.status_code in (200, 422)
    assert "<script>alert" not in text_of(answer)


def test_an_unknown_address_is_a_page_with_404(db: None, client) -> None:
    answer = client.get("/verify/0000000000000000/")
    assert answer.status_code == 404
    assert "0000000000000000" in text_of(answer)


def test_a_file_is_compared_and_not_kept(dossier: Dossier, client) -> None:
    media = Path(settings.MEDIA_ROOT)
    before = sorted(media.rglob("*"))
    genuine = client.post(SEARCH, sent(pdf_of(dossier)))
    assert_shows(genuine, dossier.code, dossier.sha256)
    assert genuine.context["answer"].dossier == dossier
    for body in (pdf_of(dossier) + b"\n", pdf_of(dossier)[:-1], b"", b"x"):
        answer = client.post(SEARCH, sent(body))
        assert answer.status_code == 200
        assert answer.context["answer"].dossier is None
    assert sorted(media.rglob("*")) == before


def test_the_file_of_another_dossier_is_told_apart(dossier: Dossier, client) -> None:
    other = make_dossier(make_cast("FAC-B", "Facultad B"))
    answer = client.post(reverse("verify:dossier-detail", args=[other.csv_code]), sent(pdf_of(dossier)))
    assert answer.status_code == 200
    assert answer.context["answer"].dossier == dossier
    assert dossier.code in text_of(answer)


@pytest.mark.parametrize("address", [SEARCH, "detail"])
def test_a_file_over_the_limit_gets_a_sentence_and_not_a_broken_connection(
    dossier: Dossier, client, settings, address: str
) -> None:
    settings.UPLOAD_MAX_BYTES = 1024 * 1024
    url = reverse("verify:dossier-detail", args=[dossier.csv_code]) if address == "detail" else address
    answer = client.post(url, sent(b"%PDF-1.7 " + b"x" * 3 * 1024 * 1024), headers={"accept-language": "en"})
    assert answer.status_code == 422
    assert answer.wsgi_request.environ["wsgi.input"].read() == b"", "the rest of the request was left unread"
    assert "The file is larger than 1 MiB." in text_of(answer)


def test_many_files_of_one_request_share_the_limit(db: None, client, settings) -> None:
    settings.UPLOAD_MAX_BYTES = 1024 * 1024
    halves = [SimpleUploadedFile(f"{n}.pdf", b"x" * 600 * 1024) for n in range(3)]
    answer = client.post(SEARCH, {"file": halves})
    assert answer.status_code == 422
    sizes = [len(file.read()) for file in answer.wsgi_request.FILES.getlist("file") if not file.closed]
    assert sum(sizes) <= settings.UPLOAD_MAX_BYTES


def test_no_file_at_all_is_an_error_of_the_form(db: None, client) -> None:
    assert client.post(SEARCH).status_code == 422


def test_a_superseded_dossier_says_so(dossier: Dossier, client, at) -> None:
    at("2026-11-10 10:00")
    from tests.factories.audits import Cast

    newer = make_dossier(Cast(dossier.snapshot.self_assessment.scope.centre))
    page = client.get(
        reverse("verify:dossier-detail", args=[dossier.csv_code]), headers={"accept-language": "en"}
    )
    assert_shows(page, "Genuine, but replaced")
    assert newer.code not in text_of(page)


def test_an_altered_register_is_not_believed(dossier: Dossier, client) -> None:
    forged = b"%PDF-1.7 forged"
    import hashlib

    Dossier.objects.update(sha256=hashlib.sha256(forged).hexdigest())
    answer = client.post(SEARCH, sent(forged))
    assert answer.context["answer"].dossier is None
    page = client.get(
        reverse("verify:dossier-detail", args=[dossier.csv_code]), headers={"accept-language": "en"}
    )
    assert_shows(page, "does not vouch")


def test_a_pending_dossier_is_not_verifiable(at, client) -> None:
    at("2026-10-01 10:00")
    pending = make_dossier(make_cast(), printed=False)
    assert client.get(reverse("verify:dossier-detail", args=[pending.csv_code])).status_code == 404
