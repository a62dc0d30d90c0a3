"""Minutes of meetings with stakeholders and other providers, their points, and who sees them."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.management import call_command
from django.urls import reverse

from feedback.models import Consultation, ConsultationPoint
from feedback.selectors.consultations import raised_about
from feedback.services import complaints, consultations
from iqas.core.models import AuditDetail
from iqas.core.refusals import AccessDenied, RuleViolation, StaleVersion
from iqas.organisation.models import Scope
from tests.factories.accounts import make_staff
from tests.factories.feedback import make_plain_edition
from tests.factories.improvement import ActionFactory
from tests.factories.organisation import make_centre, make_year
from tests.factories.partners import make_partner
from tests.support.pages import assert_hides, assert_shows

pytestmark = pytest.mark.django_db
EN = {"accept-language": "en"}
DAY = dt.date(2026, 3, 2)


@pytest.fixture(autouse=True)
def _packs(db: None, at: Any) -> None:
    call_command("load_packs", verbosity=0)
    at("2026-03-10 10:00")


def refused(code: str, act: Any, **given: Any) -> None:
    with pytest.raises(RuleViolation) as refusal:
        act(**given)
    assert refusal.value.code == code


def meet(actor: Any, scope: Scope, **more: Any) -> Consultation:
    given = {"title": "Consejo asesor", "kind": "meeting", "held_on": DAY, "participants": "CANARY Ana Ruiz"}
    return consultations.create_consultation(actor=actor, scope=scope, **{**given, **more})


def test_minutes_with_points_on_pages(staff: Any, client_for: Any, max_queries: Any) -> None:
    centre = make_centre("FAC-A")
    edition = make_plain_edition(centre)
    scope = edition.microcredential.scope
    partner = make_partner()
    client = client_for(staff("coordinator", scope=scope))
    add = reverse("feedback:consultation-add")
    data = {
        "seen_version": "0",
        "title": "Consejo asesor de empresas",
        "kind": "meeting",
        "held_on": "2026-03-02",
        "scope": scope.code,
        "partners": [partner.code],
        "participants": "CANARY Ana Ruiz\nLuis Gil",
        "summary": "Se habló de prácticas",
    }
    with max_queries(20):
        assert client.get(add).status_code == 200
    assert client.post(add, data | {"held_on": "2026-03-11"}).status_code == 422
    assert client.post(add, data | {"scope": "FAC-A"}).status_code == 422
    assert client.post(add, data).status_code == 302
    consultation = Consultation.objects.get()
    assert consultation.code == "M-0001"
    point = {"seen_version": consultation.version, "text": "Falta inglés", "criterion_code": "D.1"}
    add_point = reverse("feedback:point-add", args=["M-0001"])
    with max_queries(20):
        assert client.get(add_point).status_code == 200
    assert client.post(add_point, point).status_code == 302
    assert client.post(add_point, point).status_code == 409
    with max_queries(20):
        page = client.get(consultation.get_absolute_url(), headers=EN)
    assert_shows(page, "Falta inglés", "D.1", partner.name, "Luis Gil")
    action = ActionFactory(scope=scope)
    row = ConsultationPoint.objects.get()
    consultation.refresh_from_db()
    edit = reverse("feedback:point-edit", args=["M-0001", row.pk])
    change = point | {"seen_version": consultation.version, "answer": "Módulo nuevo", "action": action.code}
    assert client.post(edit, change).status_code == 302
    assert [one.answer for one in raised_about(centre.scope.path, "D", DAY)] == ["Módulo nuevo"]
    assert not raised_about(centre.scope.path, "A").exists()
    listed = reverse("feedback:consultation-list")
    with max_queries(12):
        assert_shows(client.get(listed), "M-0001", "Consejo asesor")
    assert_shows(client.get(f"{listed}?partner={partner.code}&criterion=d.1"), "M-0001")
    assert_hides(client.get(f"{listed}?criterion=A.1"), "M-0001")
    consultation.refresh_from_db()
    remove = reverse("feedback:point-remove", args=["M-0001", row.pk])
    assert client.post(remove, {"seen_version": consultation.version - 1}).status_code == 409
    assert client.post(remove, {"seen_version": consultation.version}).status_code == 302
    consultation.refresh_from_db()
    edit = reverse("feedback:consultation-edit", args=["M-0001"])
    assert client.post(edit, data | {"seen_version": "1", "title": "Otro"}).status_code == 409
    seen = {"seen_version": consultation.version}
    assert client.post(edit, data | seen | {"title": "Otro", "partners": []}).status_code == 302
    assert not Consultation.objects.get().partners.exists()
    told = AuditDetail.objects.filter(event__action__startswith="consultation.")
    assert not any("CANARY" in f"{row.label}{row.before}{row.after}" for row in told)


def test_refusals_and_centres(staff: Any, client_for: Any) -> None:
    here, there = make_centre("FAC-A"), make_centre("FAC-B", "Facultad B")
    mine = staff("centre_quality", scope=here.scope)
    foreign = make_plain_edition(there)
    refused("consultation-title", meet, actor=mine, scope=here.scope, title="  ")
    refused("consultation-day", meet, actor=mine, scope=here.scope, held_on=dt.date(2026, 3, 11))
    refused("consultation-edition", meet, actor=mine, scope=here.scope, edition=foreign)
    refused("consultation-values", meet, actor=mine, scope=here.scope, kind="dance")
    with pytest.raises(AccessDenied):
        meet(mine, there.scope)
    with pytest.raises(AccessDenied):
        meet(make_staff("reader", scope=here.scope), here.scope)
    consultation = meet(mine, here.scope)
    point = {"actor": mine, "consultation": consultation, "seen": 1}
    refused("point-text", consultations.save_point, text=" ", **point)
    refused("point-criterion", consultations.save_point, text="x", criterion_code="Z.9", **point)
    far = ActionFactory(scope=there.scope)
    refused("point-action", consultations.save_point, text="x", action=far, **point)
    refused("point-gone", consultations.save_point, text="x", point=far.pk, **point)
    with pytest.raises(StaleVersion):
        consultations.save_point(**{**point, "seen": 9}, text="x")
    other = client_for(staff("centre_quality", scope=there.scope))
    assert_hides(other.get(reverse("feedback:consultation-list")), "M-0001")
    for name in ("consultation-detail", "consultation-edit", "point-add"):
        assert other.get(reverse(f"feedback:{name}", args=["M-0001"])).status_code == 404
    assert other.get(reverse("api:feedback:consultation-detail", args=["M-0001"])).status_code == 404
    reader = client_for(staff("reader", scope=here.scope))
    assert reader.get(consultation.get_absolute_url()).status_code == 200
    assert reader.get(reverse("feedback:consultation-edit", args=["M-0001"])).status_code == 403


def test_programs_read_them(staff: Any, client_for: Any, max_queries: Any) -> None:
    centre = make_centre("FAC-A")
    officer = staff("quality_officer")
    consultation = meet(officer, centre.scope, partners=[make_partner()])
    consultations.save_point(
        actor=officer, consultation=consultation, seen=1, text="Falta inglés", criterion_code="D.2"
    )
    client = client_for(officer)
    with max_queries(12):
        rows = client.get(reverse("api:feedback:consultation-list")).json()["results"]
    assert [(row["code"], row["points_count"], row["open_count"]) for row in rows] == [("M-0001", 1, 1)]
    read = client.get(reverse("api:feedback:consultation-detail", args=["M-0001"]))
    assert read.json()["points"][0]["criterion"] == "D.2"
    assert read["ETag"] == '"2"'
    for name in ("complaint-list", "consultation-list"):
        assert client.get(reverse(f"api:feedback:{name}"), {"nothing": "1"}).status_code == 400


def test_what_was_raised_about_no_criterion_stood_in_no_dimension(staff: Any, client_for: Any) -> None:
    officer = staff("quality_officer")
    consultation = meet(officer, make_centre("FAC-A").scope)
    consultations.save_point(actor=officer, consultation=consultation, seen=1, text="Falta inglés")
    client = client_for(officer)
    nowhere = {"centre": "", "year": ""}
    assert_shows(client.get(reverse("dimensions:peers-detail"), nowhere, headers=EN), "Falta inglés")
    assert_hides(client.get(reverse("dimensions:learners-detail"), nowhere, headers=EN), "Falta inglés")


def test_a_dimension_tells_what_was_said_without_a_survey(
    staff: Any, client_for: Any, max_queries: Any, at: Any
) -> None:
    here, there = make_centre("FAC-A"), make_centre("FAC-B", "Facultad B")
    officer = staff("quality_officer")
    page = reverse("dimensions:peers-detail")
    client = client_for(officer)
    assert_hides(client.get(page, {"centre": "", "year": ""}, headers=EN), "Said without a survey")
    for scope, text in ((here.scope, "Falta inglés"), (there.scope, "CANARY sobran horas")):
        consultation = meet(officer, scope)
        consultations.save_point(
            actor=officer, consultation=consultation, seen=1, text=text, criterion_code="D.2"
        )
        complaints.receive(
            actor=officer,
            scope=scope,
            kind="complaint",
            channel="office",
            received_on=DAY,
            text="Nadie contesta",
            criterion_code="D.3",
        )
    with max_queries(20):
        whole = client.get(page, {"centre": "", "year": ""}, headers=EN)
    assert_shows(whole, "Said without a survey", "Falta inglés", "CANARY sobran horas", "Received: 2.")
    centre = client.get(page, {"centre": here.code, "year": ""}, headers=EN)
    assert_shows(centre, "Falta inglés", "Nothing yet", "Received: 1.")
    assert_hides(centre, "CANARY")
    mine = client_for(staff("centre_quality", scope=here.scope))
    assert_hides(mine.get(page, {"centre": "", "year": ""}, headers=EN), "CANARY")
    other = reverse("dimensions:learners-detail")
    assert_hides(client.get(other, {"centre": "", "year": ""}, headers=EN), "Falta inglés")
    last_year = make_year(2023)
    assert_hides(client.get(page, {"centre": "", "year": last_year.code}, headers=EN), "Falta inglés")
