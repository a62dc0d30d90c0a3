"""Settings of the university, centres and years."""

from __future__ import annotations

import base64
import hashlib
import io
from contextlib import closing
from datetime import date
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from iqas.core.audit import history
from iqas.core.files import PICTURES, store
from iqas.core.panels import _builders
from iqas.organisation.models import AcademicYear, Centre, University
from iqas.settings.logs import speaks_of_a_survey
from tests.factories.organisation import make_centre, make_year, the_university
from tests.support.pages import assert_hides, assert_shows, text_of

pytestmark = pytest.mark.django_db
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def url(name: str, *args: Any) -> str:
    return reverse(f"organisation:{name}", args=args)


def settings_form(**changes: Any) -> dict[str, Any]:
    university = the_university()
    return {
        "seen_version": university.version,
        "name": university.name,
        "short_name": "UP",
        "is_public": "on",
        "threshold": 5,
        "min_enrolment": 8,
        "retention_days": 90,
        "year_start_month": 9,
        "year_start_day": 1,
        "results_deadline_days": 7,
        "report_deadline_months": 2,
    } | changes


def test_settings_are_changed_audited_and_versioned(staff: Any, client_for: Any) -> None:
    client = client_for(staff("administrator"))
    form = settings_form(threshold=7, dpo_email="dpo@example.org")
    assert client.post(url("university-edit"), form).status_code == 302
    university = University.current()
    assert (university.threshold, university.dpo_email) == (7, "dpo@example.org")
    detail = history(university)[0].detail
    assert (detail.before["threshold"], detail.after["threshold"]) == (5, 7)
    answer = client.post(url("university-edit"), form | {"threshold": 9})
    assert answer.status_code == 409
    assert University.current().threshold == 7
    assert_shows(client.get(url("university-show")), "dpo@example.org")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("threshold", "2"),
        ("threshold", "x"),
        ("year_start_month", "13"),
        ("dpo_email", "nobody"),
        ("retention_days", "0"),
    ],
)
def test_settings_out_of_bounds_are_refused_beside_their_field(
    staff: Any, client_for: Any, field: str, value: str
) -> None:
    answer = client_for(staff("administrator")).post(url("university-edit"), settings_form(**{field: value}))
    assert answer.status_code == 422
    assert f"#id_{field}" in text_of(answer)


def picture(kind: str, size: tuple[int, int] = (900, 300), **saved: Any) -> bytes:
    drawn = io.BytesIO()
    Image.new("RGB", size, "#10606d").save(drawn, kind, **saved)
    return drawn.getvalue()


def logo_url() -> str:
    return reverse("university:university-logo", args=[University.current().logo_sha256 or "0" * 64])


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("logo.png", b"<svg onload=alert(1)>", "kind"),
        ("logo.svg", b"<svg onload=alert(1)>", "kind"),
        ("logo.png", picture("JPEG"), "kind"),
        ("logo.png", PNG[:12], "damaged"),
        ("logo.png", picture("PNG", (6000, 5000)), "25 million pixels"),
    ],
)
def test_what_is_no_fit_picture_is_refused_as_a_logo(
    staff: Any, client_for: Any, name: str, content: bytes, said: str
) -> None:
    client = client_for(staff("administrator"))
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    answer = client.post(url("university-edit"), settings_form(logo=SimpleUploadedFile(name, content)))
    assert answer.status_code == 422
    assert said in text_of(answer)
    assert 'href="#id_logo"' in answer.content.decode()
    assert University.current().logo_sha256 == ""
    assert Client().get(logo_url()).status_code == 404


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_the_logo_is_drawn_anew_and_everybody_may_see_it(staff: Any, client_for: Any, kind: str) -> None:
    where = Image.Exif()
    where[0x010E] = "CANARY-where-it-was-taken"
    upload = SimpleUploadedFile(f"logo.{kind.lower()}", picture(kind, exif=where))
    client_for(staff("administrator")).post(url("university-edit"), settings_form(logo=upload))
    answer = Client().get(logo_url())
    assert (answer.status_code, answer["Content-Type"]) == (200, f"image/{kind.lower()}")
    assert answer["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    kept = b"".join(answer.streaming_content)
    assert hashlib.sha256(kept).hexdigest() == University.current().logo_sha256
    assert Image.open(io.BytesIO(kept)).size == (480, 160)
    assert b"CANARY" not in kept


def test_the_address_of_the_logo_opens_no_other_file_and_no_older_logo(staff: Any, client_for: Any) -> None:
    client = client_for(staff("administrator"))
    client.post(url("university-edit"), settings_form(logo=SimpleUploadedFile("a.png", PNG)))
    first = logo_url()
    other = store(SimpleUploadedFile("secret.png", picture("PNG")), allow=PICTURES)
    assert client.get(reverse("university:university-logo", args=[other.sha256])).status_code == 404
    client.post(url("university-edit"), settings_form(logo=SimpleUploadedFile("b.png", picture("PNG"))))
    assert client.get(first).status_code == 404
    with closing(client.get(logo_url())) as answer:
        assert answer.status_code == 200


def test_nothing_is_noted_of_who_asks_for_the_logo() -> None:
    """A phone fetches it with a survey page: the line of a log would tell when somebody answered."""
    assert speaks_of_a_survey(reverse("university:university-logo", args=["0" * 64]))


def test_public_pages_show_whose_they_are(staff: Any, client_for: Any) -> None:
    the_university()
    pages = ("/", "/verify/", "/accounts/login/", "/privacy/", "/s/")
    for address in pages:
        assert_hides(Client().get(address), "<img")
    client_for(staff("administrator")).post(
        url("university-edit"), settings_form(logo=SimpleUploadedFile("a.png", PNG))
    )
    for address in pages:
        assert f'<img class="logo" src="{logo_url()}"' in Client().get(address).content.decode(), address
    assert_hides(Client().get("/nowhere/at/all/"), "<img")  # an error page asks no database


@pytest.mark.parametrize("role", ["coordinator", "reader", "reviewer", "approver"])
def test_staff_read_and_do_not_change(staff: Any, client_for: Any, role: str) -> None:
    the_university()
    client = client_for(staff(role))
    assert client.get(url("university-show")).status_code == 200
    for name in ("university-edit", "centre-create", "year-create"):
        assert client.get(url(name)).status_code == 403, name


def test_centres(staff: Any, client_for: Any, max_queries: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(_builders, "centre", [])
    make_centre("FAC-B", "Facultad B")
    client = client_for(staff("administrator"))
    form = {"code": "ESC-1", "name_es": "Escuela de Álgebra", "name_en": "School", "kind": "school"}
    assert client.post(url("centre-create"), form).status_code == 302
    assert client.post(url("centre-create"), form).status_code == 422
    assert client.post(url("centre-create"), form | {"code": "<b>"}).status_code == 422
    centre = Centre.objects.get(code="ESC-1")
    edit = {"seen_version": centre.version, "name_es": "Escuela Politécnica", "name_en": "", "kind": "school"}
    assert client.post(url("centre-edit", "ESC-1"), edit).status_code == 302
    assert client.post(url("centre-edit", "ESC-1"), edit | {"name_es": "Otra"}).status_code == 409
    centre.refresh_from_db()
    assert (centre.name_es, centre.scope.label) == ("Escuela Politécnica", "Escuela Politécnica")  # type: ignore[attr-defined]
    with max_queries(12):
        assert_shows(client.get(url("centre-list")), "Escuela Politécnica", "Facultad B")
    stranger = client_for(staff("centre_quality", scope=Centre.objects.get(code="FAC-B").scope))
    assert_hides(stranger.get(url("centre-list")), "Politécnica")
    assert stranger.get(url("centre-detail", "ESC-1")).status_code == 404
    assert stranger.get(url("centre-detail", "FAC-B")).status_code == 200


def test_a_year_made_after_the_first_day_was_moved_did_not_contain_its_date(
    staff: Any, client_for: Any, at: Any
) -> None:
    at("2026-01-15")
    make_year(2025)
    the_university(year_start_month=10)
    client = client_for(staff("quality_officer"))
    assert client.post(url("year-create"), {"date": "2026-09-15"}).status_code == 302
    found = AcademicYear.of(date(2026, 9, 15))
    assert (found.code, found.starts, found.ends) == ("2026-27", date(2026, 9, 1), date(2027, 9, 30))

    AcademicYear.objects.filter(pk=found.pk).update(starts=date(2026, 10, 1))
    refused = client.post(url("year-create"), {"date": "2026-09-15"})
    assert refused.status_code == 422
    assert "2025-26 (31/08/2026)" in text_of(refused)


def test_years(staff: Any, client_for: Any) -> None:
    make_year(2024)
    client = client_for(staff("administrator"))
    assert client.post(url("year-create"), {"date": "2026-02-01"}).status_code == 302
    assert client.post(url("year-create"), {"date": "2026-03-01"}).status_code == 302
    assert client.post(url("year-create"), {"date": "yesterday"}).status_code == 422
    assert set(AcademicYear.objects.values_list("code", flat=True)) >= {"2024-25", "2025-26"}
    assert_shows(client.get(url("year-list")), "2025-26", "sort=", "Exportar")
