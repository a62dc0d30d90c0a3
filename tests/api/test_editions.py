"""Editions, their counts, incidents and reports, enrolments and learners through the API."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from microcredentials.models import Edition, Enrolment, Learner
from tests.factories.accounts import make_staff
from tests.factories.microcredentials import make_edition, make_enrolments, make_microcredential
from tests.factories.organisation import make_centre, make_year

pytestmark = pytest.mark.django_db
PERSON = {"given_name": "Ana", "family_name": "Ruiz", "email": "ana.ruiz@example.org"}


@pytest.fixture(autouse=True)
def today(at: Any) -> None:
    at("2026-03-02 10:00")


@pytest.fixture
def call(api: Any) -> Any:
    return api(make_staff("quality_officer"))


class TestEditions:
    def test_planned_changed_opened_and_cancelled(self, call: Any) -> None:
        approved = make_microcredential(approved=True, price=Decimal("90.50"))
        make_year(2025)
        body = {
            "microcredential": approved.code,
            "starts": "2026-04-06",
            "ends": "2026-05-08",
            "places": 20,
            "price": "90.50",
            "teachers": ["Ana  Ruiz", "Luis Gil"],
        }
        status, problem = call.post("editions/", body | {"price": "80"})
        assert (status, problem["code"], problem["article"]) == (
            409,
            "price-not-approved",
            "RD 822/2021 art. 37.2",
        )
        status, made = call.post("editions/", body)
        assert (status, made["state"], made["teachers"]) == (201, "planned", ["Ana Ruiz", "Luis Gil"])
        assert (made["price"], made["results_due"], made["report_due"]) == (
            "90.50",
            "2026-05-15",
            "2026-07-08",
        )
        path = f"editions/{made['code']}/"
        assert call.patch(path, {"venue": "Aula 2"})[0] == 428
        status, saved = call.patch(
            path, {"venue": "Aula 2"}, **{"If-Match": call.get(path) and call.headers["ETag"]}
        )
        assert (status, saved["venue"], saved["places"], saved["revision"]) == (200, "Aula 2", 20, 2)
        status, problem = call.patch(path, {"venue": "Aula 3", "revision": 1})
        assert (status, problem["code"], problem["revision"]) == (409, "stale-version", 2)
        assert call.patch(path, {"ends": "2026-01-01", "revision": 2})[1]["code"] == "dates-order"
        assert call.patch(path, {"price": "1e9", "revision": 2})[0] == 409
        assert call.post(f"{path}steps/", {"step": "run"})[1]["code"] == "wrong-state"
        assert call.post(f"{path}steps/", {"step": "open"})[1]["state"] == "open"
        steps = {one["step"]: one["blocked_by"] for one in call.get(path)[1]["steps"]}
        assert steps == {"run": ["not-started"], "cancel": []}
        assert call.post(f"{path}steps/", {"step": "cancel"})[1]["code"] == "no-reason"
        cancelled = call.post(f"{path}steps/", {"step": "cancel", "reason": "Tres matrículas"})[1]
        assert (cancelled["state"], cancelled["cancel_reason"]) == ("cancelled", "Tres matrículas")
        assert call.patch(path, {"venue": "B", "revision": 2})[1]["code"] == "cancelled"

    def test_repeated_with_what_changed(self, call: Any) -> None:
        last = make_edition(state="closed")
        body = {
            "microcredential": last.microcredential.code,
            "starts": "2026-04-06",
            "ends": "2026-05-29",
            "places": 30,
            "repeats": last.code,
        }
        status, made = call.post("editions/", body)
        assert (status, made["repeats"]) == (201, last.code)
        assert [(one["before"], one["after"]) for one in made["changes"]] == [("25", "30")]

    def test_counts_reports_and_incidents(self, call: Any, api: Any) -> None:
        edition = make_edition(state="finished")
        path = f"editions/{edition.code}/"
        assert call.get(f"{path}counts/")[1]["revision"] == 0
        numbers = {"enrolled": 20, "completed": 18, "passed": 25, "source": "Acta"}
        assert call.put(f"{path}counts/", numbers | {"revision": 0, "presented": 18})[0] == 409
        status, counts = call.put(f"{path}counts/", numbers | {"revision": 0, "passed": 17})
        assert (status, counts["numbers"]["passed"], counts["numbers"]["failed"]) == (200, 17, None)
        assert call.put(f"{path}counts/", numbers | {"revision": 0})[1]["code"] == "stale-version"
        assert call.put(f"{path}counts/", {"enrolled": -1, "revision": 1})[0] == 400
        status, incident = call.post(
            f"{path}incidents/", {"happened_on": "2026-03-01", "text": "<b>Caída</b>"}
        )
        assert (status, incident["text"]) == (201, "<b>Caída</b>")
        one = f"{path}incidents/{incident['id']}/"
        assert call.patch(one, {"response": "Arreglado"})[0] == 428
        answered = call.patch(one, {"response": "Arreglado", "revision": incident["revision"]})[1]
        assert (answered["response"], answered["revision"]) == ("Arreglado", 2)
        assert call.patch(one, {"response": "Nada"}, **{"If-Match": '"1"'})[1]["code"] == "stale-version"
        assert (
            call.post(f"{path}incidents/", {"happened_on": "2026-03-03", "text": "X"})[1]["code"]
            == "in-future"
        )
        assert len(call.get(f"{path}incidents/")[1]) == 1
        assert call.get(f"{path}report/")[0] == 404
        assert call.put(f"{path}report/", {"revision": 0, "file": True})[1]["code"] == "report-empty"
        report = {"revision": 0, "went_well": "Todo", "proposals": "Nada", "file": True}
        assert call.put(f"{path}report/", report)[0] == 200
        assert call.put(f"{path}report/", report | {"revision": 1})[1]["code"] == "filed"

    def test_small_groups_stay_hidden_from_who_only_reads(self, call: Any, api: Any) -> None:
        edition = make_edition(
            state="closed", counts={"enrolled": 20, "completed": 3, "presented": 3, "passed": 3}
        )
        full = call.get(f"editions/{edition.code}/counts/")[1]
        assert (full["numbers"]["completed"], full["hidden"]) == (3, [])
        reader = api(make_staff("reader"))
        for told in (
            reader.get(f"editions/{edition.code}/counts/")[1],
            reader.get(f"editions/{edition.code}/")[1]["counts"],
        ):
            assert (told["numbers"]["enrolled"], told["numbers"]["completed"]) == (20, None)
            assert {"completed", "passed"} <= set(told["hidden"])

    def test_the_list_is_narrowed_and_cheap(self, call: Any, api: Any, max_queries: Any) -> None:
        here, there = make_centre("AQUI"), make_centre("ALLA")
        mine = make_edition(make_microcredential(centre=here, approved=True))
        other = make_edition(make_microcredential(centre=there, approved=True), state="open")
        with max_queries(8):
            assert call.get("editions/")[1]["count"] == 2
        assert [row["code"] for row in call.get("editions/?state=open")[1]["results"]] == [other.code]
        assert call.get("editions/?year=2025-26&centre=AQUI")[1]["count"] == 1
        narrow = api(make_staff("coordinator", scope=here.scope))
        assert [row["code"] for row in narrow.get("editions/")[1]["results"]] == [mine.code]
        for path in ("", "counts/", "incidents/", "report/", "enrolments/"):
            assert narrow.get(f"editions/{other.code}/{path}")[0] == 404
        assert narrow.patch(f"editions/{other.code}/", {"venue": "X", "revision": 1})[0] == 404
        body = {"microcredential": other.microcredential.code, "starts": "2026-04-06", "ends": "2026-05-08"}
        assert list(narrow.post("editions/", body)[1]["errors"]) == ["microcredential"]

    def test_reading_one_is_cheap(self, call: Any, max_queries: Any) -> None:
        edition = make_edition(state="closed")
        with max_queries(20):
            call.get(f"editions/{edition.code}/")


class TestEnrolments:
    def test_enrolled_passed_and_corrected(self, call: Any) -> None:
        edition = make_edition(state="running", starts=date(2026, 2, 2), ends=date(2026, 5, 29))
        path = f"editions/{edition.code}/enrolments/"
        statistics = {"sex": "female", "birth_year": 1988, "nationality": "pt"}
        status, made = call.post(path, {"learner": PERSON, "statistics": statistics})
        assert (status, made["state"], made["learner"]["email"]) == (201, "enrolled", "ana.ruiz@example.org")
        assert "sex" not in json.dumps(made)
        assert call.post(path, {"learner": PERSON})[1]["code"] == "enrolled-already"
        one = f"enrolments/{made['id']}/"
        assert call.patch(one, {"state": "passed", "grade": "8.5"})[0] == 428
        status, passed = call.patch(one, {"state": "passed", "grade": "8.5", "revision": made["revision"]})
        assert (status, passed["grade"], passed["enrolled_on"]) == (200, "8.50", made["enrolled_on"])
        assert call.patch(one, {"grade": "2", "revision": 1})[1]["code"] == "stale-version"
        call.get(one)
        dated = call.patch(one, {"enrolled_on": "2026-02-03"}, **{"If-Match": call.headers["ETag"]})[1]
        assert (dated["grade"], dated["revision"]) == ("8.50", 3)
        assert call.patch(one, {"state": "enrolled", "revision": 3})[1]["code"] == "no-reason"
        back = call.patch(one, {"state": "enrolled", "reason": "Error", "revision": 3})[1]
        assert (back["state"], back["grade"], back["enrolled_on"]) == ("enrolled", None, "2026-02-03")
        assert call.patch(one, {"grade": "5", "revision": 4})[1]["code"] == "grade-without-result"
        assert call.patch(one, {"grade": "10.5", "revision": 4})[0] == 400
        counts = call.get(f"editions/{edition.code}/counts/")[1]
        assert (counts["numbers"]["enrolled"], counts["source"]) == (1, "register")
        assert Learner.objects.get().statistics.nationality == "PT"

    @pytest.mark.parametrize(
        ("learner", "name"),
        [
            ({"document_number": "12345678A"}, "document_number"),
            ({"email": "no es"}, "email"),
            ({"given_name": "<script>"}, "given_name"),
            ({"student_number": "a b;--"}, "student_number"),
            ({"family_name": "x" * 151}, "family_name"),
            ({"nickname": "Ani"}, "nickname"),
        ],
    )
    def test_who_nobody_can_be(self, call: Any, learner: Any, name: str) -> None:
        edition = make_edition(state="open")
        body = {"learner": PERSON | learner}
        status, problem = call.post(f"editions/{edition.code}/enrolments/", body)
        assert (status, list(problem["errors"]["learner"])) == (400, [name])
        assert not Learner.objects.exists()

    def test_many_at_once_all_or_none(self, call: Any) -> None:
        edition = make_edition(state="running", starts=date(2026, 2, 2), ends=date(2026, 5, 29))
        rows = make_enrolments(edition, "enrolled", "enrolled", "withdrawn")
        path = f"editions/{edition.code}/enrolments/states/"
        keys = [str(row.pk) for row in rows]
        status, problem = call.post(path, {"enrolments": keys, "state": "passed"})
        assert (status, problem["code"]) == (409, "wrong-state")
        stale = {"enrolments": keys[:2], "state": "passed", "revisions": {keys[0]: 7}}
        assert call.post(path, stale)[1]["code"] == "stale-version"
        assert not Enrolment.objects.filter(state="passed").exists()
        assert call.post(path, {"enrolments": keys[:2], "state": "passed"}) == (200, {"changed": 2})
        elsewhere = make_enrolments(make_edition(state="open"), "enrolled")
        assert call.post(path, {"enrolments": [str(elsewhere[0].pk)], "state": "passed"})[0] == 404
        assert call.post(path, {"enrolments": keys * 200, "state": "passed"})[0] == 400
        assert call.post(path, {"enrolments": [], "state": "passed"})[0] == 400

    def test_the_list_is_cheap_and_only_for_who_may_see_persons(
        self, call: Any, api: Any, max_queries: Any
    ) -> None:
        edition = make_edition(state="running", starts=date(2026, 2, 2), ends=date(2026, 5, 29))
        make_enrolments(edition, *["enrolled"] * 7, "withdrawn")
        path = f"editions/{edition.code}/enrolments/"
        with max_queries(9):
            assert call.get(path)[1]["count"] == 8
        assert call.get(f"{path}?state=withdrawn")[1]["count"] == 1
        for role in ("reader", "reviewer", "approver"):
            assert api(make_staff(role)).get(path)[0] == 403
            assert api(make_staff(role)).get("learners/")[0] == 403

    def test_imported_from_a_file(self, call: Any) -> None:
        edition = make_edition(state="open")
        head = "edicion;nombre;apellidos;email\n"

        def sent(content: str, **fields: Any) -> Any:
            upload = SimpleUploadedFile("lista.csv", content.encode())
            return call.client.post("/api/v1/enrolments/import/", {"file": upload, **fields})

        good = f"{head}{edition.code};Ana;Ruiz;ana@example.org\n"
        dry = sent(good, dry_run="true")
        assert (dry.status_code, dry.json()["created"], dry.json()["written"]) == (200, 1, False)
        assert not Enrolment.objects.exists()
        assert sent(good).json()["written"] is True
        again = sent(good).json()
        assert (again["created"], again["unchanged"]) == (0, 1)
        bad = sent(f"{good}{edition.code};;;nadie\n")
        assert (bad.status_code, bad.json()["code"], bad.json()["report"]["rejected"][0]["row"]) == (
            409,
            "rows-rejected",
            3,
        )
        assert sent(good, edition="NADA").status_code == 400
        assert sent(good, editon="NADA").json()["errors"].keys() == {"editon"}
        assert call.post("enrolments/import/", {"file": "x"})[0] == 415
        assert Enrolment.objects.count() == 1


class TestLearners:
    def test_the_list_is_cheap(self, call: Any, max_queries: Any) -> None:
        make_enrolments(make_edition(state="open"), *["enrolled"] * 6)
        with max_queries(8):
            assert call.get("learners/?page_size=4")[1]["count"] == 6

    def test_corrected_handed_over_and_erased(self, call: Any, api: Any) -> None:
        edition = make_edition(state="open")
        _status, made = call.post(f"editions/{edition.code}/enrolments/", {"learner": PERSON})
        path = f"learners/{made['learner']['id']}/"
        assert call.get("learners/?q=ruiz")[1]["count"] == 1
        assert call.patch(path, {"family_name": "Ruíz"})[0] == 428
        status, saved = call.patch(path, {"family_name": "Ruíz", "revision": 1})
        assert (status, saved["family_name"], saved["email"], saved["revision"]) == (
            200,
            "Ruíz",
            PERSON["email"],
            2,
        )
        assert call.patch(path, {"email": "", "revision": 2})[1]["code"] == "no-identity"
        assert call.patch(path, {"email": "x@example.org", "revision": 1})[1]["code"] == "stale-version"
        told = call.post(f"{path}export/")[1]
        assert (told["person"]["family_name"], len(told["enrolments"])) == ("Ruíz", 1)
        coordinator = api(make_staff("coordinator", scope=edition.microcredential.scope))
        assert coordinator.get(path)[0] == 200
        assert coordinator.post(f"{path}erase/", {"reason": "x"})[0] == 403
        assert call.post(f"{path}erase/", {})[0] == 400
        assert call.post(f"{path}erase/", {"reason": "Lo pide"}) == (204, None)
        assert call.get("learners/")[1]["count"] == 0
        assert Enrolment.objects.count() == 1

    def test_somebody_of_another_centre_does_not_exist(self, call: Any, api: Any) -> None:
        there = make_edition(make_microcredential(centre=make_centre("ALLA"), approved=True), state="open")
        (row,) = make_enrolments(there, "enrolled")
        narrow = api(make_staff("coordinator", scope=make_centre("AQUI").scope))
        for path in (f"learners/{row.learner_id}/", f"enrolments/{row.pk}/"):
            assert narrow.get(path)[0] == 404
            assert narrow.patch(path, {})[0] == 404
        for path in ("export/", "erase/"):
            assert narrow.post(f"learners/{row.learner_id}/{path}", {"reason": "x"})[0] == 404
        assert narrow.get("learners/")[1]["count"] == 0

    def test_who_was_erased_comes_back_only_at_their_own_request(self, call: Any) -> None:
        edition = make_edition(state="running", starts=date(2026, 2, 2), ends=date(2026, 5, 29))
        body = {"learner": {"given_name": "Ana", "family_name": "Ruiz", "email": "ana@example.org"}}
        made = call.post(f"editions/{edition.code}/enrolments/", body)[1]
        assert call.post(f"learners/{made['learner']['id']}/erase/", {"reason": "Lo pide"})[0] == 204
        status, problem = call.post(f"editions/{edition.code}/enrolments/", body)
        assert (status, problem["code"]) == (409, "was-erased")
        assert call.post(f"editions/{edition.code}/enrolments/", body | {"at_own_request": True})[0] == 201

    def test_an_edition_says_how_many_could_be_awarded_it(self, call: Any, api: Any) -> None:
        edition = make_edition(state="finished")
        make_enrolments(edition, *["passed"] * 3)
        path = f"editions/{edition.code}/"
        assert call.get(path)[1]["award"] == {
            "passed": 3, "whole": 0, "design_done": 9, "has_date_of_issuing": False,
        }  # fmt: skip
        assert api(make_staff("reader")).get(path)[1]["award"]["passed"] is None

    def test_siiu_shows_no_small_group(self, call: Any, api: Any) -> None:
        edition = make_edition(state="running", starts=date(2026, 2, 2), ends=date(2026, 5, 29))
        make_enrolments(edition, *["enrolled"] * 8, sex="female")
        make_enrolments(edition, *["enrolled"] * 2, sex="male")
        status, told = call.get("siiu/2025-26/")
        assert (status, told["threshold"]) == (200, 5)
        text = json.dumps(next(table for table in told["tables"] if table["code"] == "sex"))
        assert '"enrolled": 2' not in text
        assert call.get("siiu/1999-00/")[0] == 404
        assert api(make_staff("coordinator")).get("siiu/2025-26/")[0] == 403


def test_an_erased_edition_code_is_only_text(call: Any) -> None:
    assert Edition.objects.count() == 0
    for code in ("%27%20OR%201=1", "..%2f..", "x" * 300, "%F0%9F%98%80"):
        assert call.get(f"editions/{code}/")[0] == 404
