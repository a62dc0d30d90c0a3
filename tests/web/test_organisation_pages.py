"""Settings of the university, centres and years."""

from __future__ import annotations

import base64
from datetime import date
from typing import Any

import pytest
from django.urls import reverse

from iqas.core.audit import history
from iqas.core.panels import _builders
from iqas.organisation.models import AcademicYear, Centre, University
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
        "seen": university.version,
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


def test_the_logo_is_a_picture_by_content(staff: Any, client_for: Any) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    client = client_for(staff("administrator"))
    bad = SimpleUploadedFile("logo.png", b"<svg onload=alert(1)>")
    assert client.post(url("university-edit"), settings_form(logo=bad)).status_code == 422
    assert client.get(url("university-logo")).status_code == 404
    good = SimpleUploadedFile("logo.png", PNG)
    assert client.post(url("university-edit"), settings_form(logo=good)).status_code == 302
    answer = client.get(url("university-logo"))
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/png")
    assert b"".join(answer.streaming_content) == PNG


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
    edit = {"seen": centre.version, "name_es": "Escuela Politécnica", "name_en": "", "kind": "school"}
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
    assert_shows(client.get(url("year-list")), "2025-26")
