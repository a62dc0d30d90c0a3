"""Micro-credentials and their versions through the API: the same rules as the forms, refused with the same words."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import override_settings

from microcredentials.models import MicroCredential
from tests.factories.evidence import EvidenceFactory
from tests.factories.microcredentials import make_microcredential
from tests.factories.organisation import make_centre

pytestmark = pytest.mark.django_db
ESCO = "http://data.europa.eu/esco/skill/3c8ce4f0-e7a3-4d4c-9a4c-6f2f5d3f6a11"
WHOLE = {
    "summary_es": "Para quien empieza.",
    "ects": "3",
    "hours": 75,
    "eqf_level": 6,
    "mode": "hybrid",
    "requires_degree": False,
    "quality_assurance_es": "Sistema interno.",
    "responsible_name": "Ana Ruiz Peña",
    "languages": ["es", "en"],
    "sdgs": [4],
    "need": "Lo pide el sector.\nMucho.",
    "supporters": [{"name": "Clúster TIC", "interest": "Lo necesitamos.", "expressed_on": "2026-01-02"}],
    "teachers": [{"name": "Luis Gil", "is_external": True, "institution": "Acme", "hours": "10.5"}],
    "outcomes": [
        {"text_es": "Explica.", "kind": "knowledge", "esco_uri": ESCO},
        {"text_es": "Resuelve.", "text_en": "Solves.", "kind": "skill"},
    ],
    "assessments": [
        {"name_es": "Proyecto", "criteria_es": "Bien.", "weight": 100, "outcomes": ["RA1", "RA2"]}
    ],
}


@pytest.fixture
def officer(staff: Callable[..., Any]) -> Any:
    return staff("quality_officer")


@pytest.fixture
def draft(officer: Any) -> MicroCredential:
    return make_microcredential("Datos abiertos", complete=False, actor=officer)


def at_version(draft: MicroCredential, number: int = 1) -> str:
    return f"microcredentials/{draft.code}/versions/{number}/"


def test_a_proposal_is_created_written_and_read_whole(api: Any, officer: Any) -> None:
    make_centre("FI")
    call = api(officer)
    status, made = call.post("microcredentials/", {"centre": "FI", "title_es": "Análisis de datos"})
    assert (status, made["state"], made["centre"], made["elements_done"]) == (201, "draft", "FI", 3)
    path = f"microcredentials/{made['code']}/versions/1/"
    status, saved = call.patch(path, WHOLE | {"revision": 1})
    assert (status, saved["revision"], saved["elements_done"]) == (200, 2, 9)
    assert call.headers["ETag"] == '"2"'
    status, read = call.get(path)
    assert read == saved
    assert (read["ects"], read["languages"], read["responsible"]) == ("3.00", ["es", "en"], "Ana Ruiz Peña")
    assert [outcome["code"] for outcome in read["outcomes"]] == ["RA1", "RA2"]
    assert read["assessments"][0]["outcomes"] == ["RA1", "RA2"]
    assert read["supporters"][0]["expressed_on"] == "2026-01-02"
    assert read["awarding_bodies"][0]["is_coordinating"] is True
    status, found = call.get(f"{path}completeness/")
    assert (found["done"], found["total"], found["gaps"]) == (9, 9, [])
    assert [element["code"] for element in found["elements"]] == [f"M{n}" for n in range(1, 12)]


def test_a_whole_proposal_is_created_in_one_request(api: Any, officer: Any) -> None:
    make_centre("FI")
    call = api(officer)
    status, made = call.post("microcredentials/", {"centre": "FI", "title_es": "Datos", **WHOLE})
    assert (status, made["elements_done"]) == (201, 9)


def test_what_is_read_can_be_sent_back_and_changes_nothing(api: Any, officer: Any) -> None:
    """The lists and fields of an answer are those of a request."""
    draft = make_microcredential(actor=officer)
    call = api(officer)
    _status, read = call.get(at_version(draft))
    own = (
        "microcredential", "number", "stage", "elements_done", "title", "responsible", "approved_at",
        "approved_by", "approval_note",
    )  # fmt: skip
    body = {name: value for name, value in read.items() if name not in own}
    status, again = call.patch(at_version(draft), body)
    assert status == 200, again
    assert {**again, "revision": 0} == {**read, "revision": 0}


def test_a_row_keeps_its_identity_and_what_is_not_sent_of_it(api: Any, officer: Any) -> None:
    draft = make_microcredential(actor=officer)
    call = api(officer)
    _status, read = call.get(at_version(draft))
    first, second = read["outcomes"]
    rows = [{"id": second["id"], "text_es": "Cambia."}, {"id": first["id"], "kind": "skill"}]
    status, saved = call.patch(at_version(draft), {"revision": read["revision"], "outcomes": rows})
    assert status == 200
    assert [(row["id"], row["code"], row["text_es"]) for row in saved["outcomes"]] == [
        (second["id"], "RA1", "Cambia."),
        (first["id"], "RA2", first["text_es"]),
    ]
    assert saved["outcomes"][0]["text_en"] == second["text_en"]


class TestRefused:
    @pytest.mark.parametrize(
        ("body", "code", "article", "field"),
        [
            ({"ects": "15"}, "ects-range", "RD 822/2021 art. 37.8", "ects"),
            ({"ects": "0"}, "ects-range", "RD 822/2021 art. 37.8", "ects"),
            ({"ects": "1e999"}, "ects-range", "RD 822/2021 art. 37.8", "ects"),
            ({"title_es": "Máster en datos"}, "official-name", "RD 822/2021 art. 36", "title_es"),
            ({"hours_per_ects": 31}, "hours-per-ects", "RD 1125/2003 art. 4.5", None),
            ({"outcomes": [{"text_es": "X", "esco_uri": "http://x.example/"}]}, "not-esco", None, "esco_uri"),
            (
                {"assessments": [{"name_es": "X", "outcomes": ["RA9"]}]},
                "unknown-outcome",
                None,
                "assessments",
            ),
            ({"awarding_bodies": [{"name": "U"}, {"name": "U"}]}, "twice", None, "awarding_bodies"),
        ],
    )
    def test_by_the_service(
        self, api: Any, officer: Any, draft: Any, body: Any, code: str, article: Any, field: Any
    ) -> None:
        status, problem = api(officer).patch(at_version(draft), body | {"revision": 1})
        assert (status, problem["code"]) == (409, code)
        assert (problem.get("article"), problem.get("field")) == (article, field)
        draft.current.refresh_from_db()
        assert (draft.current.version, draft.current.ects) == (1, None)

    @pytest.mark.parametrize(
        ("body", "names"),
        [
            ({"etcs": "3"}, ["etcs"]),
            ({"ects": "tres"}, ["ects"]),
            ({"ects": []}, ["ects"]),
            ({"ects": "NaN"}, ["ects"]),
            ({"hours": "9" * 3000}, ["hours"]),
            ({"hours": -1}, ["hours"]),
            ({"title_es": "a\x00b"}, ["title_es"]),
            ({"title_es": "x" * 301}, ["title_es"]),
            ({"need": "x" * 20_001}, ["need"]),
            ({"need": {"a": 1}}, ["need"]),
            ({"languages": ["xx"]}, ["languages"]),
            ({"sdgs": [18]}, ["sdgs"]),
            ({"outcomes": {"text_es": "X"}}, ["outcomes"]),
            ({"outcomes": [{"text_es": "X", "txt": "Y"}]}, ["outcomes"]),
            ({"outcomes": [{"text_es": "X"}] * 41}, ["outcomes"]),
            ({"outcomes": [{"id": "0c8a6f8e-7e1c-4c8e-9a58-000000000000", "text_es": "X"}]}, ["outcomes"]),
            ({"awarding_bodies": [{"name": "U", "agreement": "E-9999"}]}, ["awarding_bodies"]),
            ({"supporters": [{"name": "X", "partner": "P-999"}]}, ["supporters"]),
            ({"stage": "approved"}, ["stage"]),
            ({"writers": []}, ["writers"]),
            ({"a": 1, "b": 2}, ["a", "b"]),
            ([1], ["non_field_errors"]),
            ("texto", ["non_field_errors"]),
        ],
    )
    def test_by_its_shape_naming_the_field(
        self, api: Any, officer: Any, draft: Any, body: Any, names: list[str]
    ) -> None:
        sent = body | {"revision": 1} if isinstance(body, dict) else body
        status, problem = api(officer).patch(at_version(draft), json.dumps(sent).encode())
        assert (status, problem["code"], sorted(problem["errors"])) == (400, "invalid", names)
        draft.current.refresh_from_db()
        assert draft.current.version == 1

    @pytest.mark.parametrize(
        "body",
        [
            b"{",
            b"\xff\xfe",
            b'{"ects": NaN}',
            b'{"need": "a", "need": "b"}',
            b"[" * 50_000,
            b'{"title_es": "\\ud800"}',
            b'{"\\uDFFF": 1}',
            b'{"hours": 1' + b"0" * 5000 + b"}",
        ],
    )
    def test_what_is_no_json(self, api: Any, officer: Any, draft: Any, body: bytes) -> None:
        status, problem = api(officer).patch(at_version(draft), body)
        assert (status, problem["code"]) == (400, "parse-error")

    def test_a_huge_body_is_not_read(self, api: Any, officer: Any, draft: Any) -> None:
        with override_settings(DATA_UPLOAD_MAX_MEMORY_SIZE=1000):
            status, problem = api(officer).patch(at_version(draft), {"need": "x" * 2000})
        assert (status, problem["code"]) == (413, "body-too-large")

    def test_another_media_type(self, client_for: Any, officer: Any, draft: Any) -> None:
        answer = client_for(officer).patch(
            f"/api/v1/{at_version(draft)}", b"<a/>", content_type="application/xml"
        )
        assert (answer.status_code, answer.json()["code"]) == (415, "unsupported-media-type")

    def test_hostile_text_is_kept_as_text(self, api: Any, officer: Any, draft: Any, client_for: Any) -> None:
        evil = "<script>alert(1)</script>'; DROP TABLE x; --{{7*7}}"
        status, saved = api(officer).patch(at_version(draft), {"need": evil, "revision": 1})
        assert (status, saved["need"]) == (200, evil)
        page = client_for(officer).get(f"/microcredentials/{draft.code}/proposal/need/")
        assert b"<script>alert(1)" not in page.content


class TestNoLostUpdate:
    def test_without_a_revision(self, api: Any, officer: Any, draft: Any) -> None:
        status, problem = api(officer).patch(at_version(draft), {"need": "A"})
        assert (status, problem["code"]) == (428, "revision-needed")

    def test_with_an_older_one_nothing_is_written(self, api: Any, officer: Any, draft: Any) -> None:
        call = api(officer)
        assert call.patch(at_version(draft), {"need": "A", "revision": 1})[0] == 200
        status, problem = call.patch(at_version(draft), {"need": "B", "revision": 1})
        assert (status, problem["code"], problem["revision"]) == (409, "stale-version", 2)
        assert call.get(at_version(draft))[1]["need"] == "A"

    def test_with_if_match(self, api: Any, officer: Any, draft: Any) -> None:
        call = api(officer)
        assert call.patch(at_version(draft), {"need": "A"}, **{"If-Match": '"1"'})[0] == 200
        assert call.patch(at_version(draft), {"need": "B"}, **{"If-Match": '"1"'})[0] == 409
        for tag in ("*", "2", '"x"'):
            assert call.patch(at_version(draft), {"need": "B"}, **{"If-Match": tag})[0] == 428
        assert call.patch(at_version(draft), {"need": "B", "revision": 1}, **{"If-Match": '"2"'})[0] == 428
        assert call.patch(at_version(draft), {"need": "B"}, **{"If-Match": '"2"'})[0] == 200


class TestScope:
    def test_another_centres_does_not_exist(self, api: Any, staff: Any) -> None:
        here, there = make_centre("AQUI"), make_centre("ALLA")
        mine = make_microcredential("Mía", centre=here)
        other = make_microcredential("Ajena", centre=there)
        call = api(staff("coordinator", scope=here.scope))
        assert [row["code"] for row in call.get("microcredentials/")[1]["results"]] == [mine.code]
        for path in ("", "versions/", "versions/1/", "versions/1/completeness/", "versions/1/comparison/"):
            assert call.get(f"microcredentials/{other.code}/{path}")[0] == 404
        assert call.patch(at_version(other), {"need": "A", "revision": 1})[0] == 404
        assert call.post(f"microcredentials/{other.code}/versions/")[0] == 404
        body = {"centre": "ALLA", "title_es": "Intrusa"}
        status, problem = call.post("microcredentials/", body)
        assert (status, list(problem["errors"])) == (400, ["centre"])

    def test_who_reads_does_not_write(self, api: Any, staff: Any, draft: Any) -> None:
        call = api(staff("reader"))
        assert call.get(at_version(draft))[0] == 200
        assert call.patch(at_version(draft), {"need": "A", "revision": 1})[0] == 403
        assert call.post("microcredentials/", b"not even JSON")[0] == 403

    def test_nobody_reads_nothing(self, api: Any, draft: Any) -> None:
        status, problem = api(None).get("microcredentials/")
        assert (status, problem["code"]) == (403, "not-authenticated")

    def test_evidence_that_one_may_not_see_proves_nothing(self, api: Any, staff: Any) -> None:
        here, there = make_centre("AQUI"), make_centre("ALLA")
        person = staff("coordinator", scope=here.scope)
        draft = make_microcredential(centre=here, actor=person)
        secret = EvidenceFactory(scope=there.scope)
        body = {
            "awarding_bodies": [{"name": "U", "agreement": secret.code}],
            "revision": draft.current.version,
        }
        assert api(person).patch(at_version(draft), body)[0] == 400


class TestVersions:
    def test_the_next_version_and_what_it_changes(self, api: Any, officer: Any) -> None:
        approved = make_microcredential("Datos", approved=True, actor=officer)
        call = api(officer)
        status, begun = call.post(f"microcredentials/{approved.code}/versions/")
        assert (status, begun["number"], begun["stage"]) == (201, 2, "draft")
        assert call.post(f"microcredentials/{approved.code}/versions/")[1]["code"] == "draft-exists"
        call.patch(at_version(approved, 2), {"ects": "5", "revision": begun["revision"]})
        status, told = call.get(f"{at_version(approved, 2)}comparison/")
        (changed,) = [change for section in told["sections"] for change in section["fields_changed"]]
        assert (told["before"], told["after"], changed["name"]) == (1, 2, "ects")
        assert call.get(f"{at_version(approved)}comparison/")[0] == 404
        assert call.get(f"{at_version(approved, 2)}comparison/?since=99999999999999")[0] == 404
        assert call.get(f"{at_version(approved, 2)}comparison/?from=1")[0] == 400
        numbers = [row["number"] for row in call.get(f"microcredentials/{approved.code}/versions/")[1]]
        assert numbers == [2, 1]

    def test_no_such_version(self, api: Any, officer: Any, draft: Any) -> None:
        for number in ("2", "99999999999999999999999999"):
            assert api(officer).get(f"microcredentials/{draft.code}/versions/{number}/")[0] == 404

    def test_publishing_suspending_and_extinguishing(self, api: Any, officer: Any, at: Any) -> None:
        at("2026-03-01 10:00")
        approved = make_microcredential(approved=True, actor=officer)
        call, path = api(officer), f"microcredentials/{approved.code}/standing/"
        assert call.post(path, {"step": "publish", "on": "2026-03-02"})[1]["code"] == "future-act"
        status, published = call.post(path, {"step": "publish", "on": "2026-03-01"})
        assert (status, published["state"], published["state_on"]) == (200, "published", "2026-03-01")
        assert call.post(path, {"step": "suspend", "on": "2026-03-01"})[1]["code"] == "no-reason"
        why = {"on": "2026-03-01", "reason": "Sin aula", "body": "Junta de Centro"}
        told = call.post(path, why | {"step": "suspend", "conditions": "Hasta junio"})[1]
        act = told["standing"][0]
        assert (act["step"], act["on"], act["body"]) == ("suspend", "2026-03-01", "Junta de Centro")
        assert (act["conditions"], act["document"]) == ("Hasta junio", None)
        assert call.post(path, why | {"step": "extinguish"})[1]["code"] == "no-document"
        assert call.post(path, {"step": "erase", "on": "2026-03-01"})[0] == 400


class TestList:
    def test_filters(self, api: Any, officer: Any) -> None:
        first = make_microcredential("Álgebra lineal", centre=make_centre("A"), complete=False)
        second = make_microcredential("Datos", centre=make_centre("B"), approved=True)
        call = api(officer)

        def codes(query: str) -> list[str]:
            return [row["code"] for row in call.get(f"microcredentials/?{query}")[1]["results"]]

        assert codes("") == [first.code, second.code]
        assert codes("q=algebra") == [first.code]
        assert codes("centre=B") == codes("state=approved") == codes("complete=yes") == [second.code]
        assert codes("complete=no") == [first.code]
        assert call.get("microcredentials/?year=1999-00")[0] == 400
        assert call.get("microcredentials/?state=gone")[0] == 400
        status, problem = call.get("microcredentials/?stat=draft")
        assert (status, list(problem["errors"])) == (400, ["stat"])

    def test_pages_are_bounded_and_few_statements(self, api: Any, officer: Any, max_queries: Any) -> None:
        for number in range(7):
            make_microcredential(f"Datos {number}", complete=False, ects=Decimal(2))
        call = api(officer)
        with max_queries(8):
            _status, page = call.get("microcredentials/?page_size=3&page=2")
        assert (page["count"], len(page["results"])) == (7, 3)
        with max_queries(8):
            assert len(call.get("microcredentials/?page_size=100000")[1]["results"]) == 7
        assert call.get("microcredentials/?page=9999999999999999999999")[0] == 404

    def test_reading_one_takes_few_statements(self, api: Any, officer: Any, max_queries: Any) -> None:
        draft = make_microcredential()
        call = api(officer)
        with max_queries(16):
            call.get(at_version(draft))
        with max_queries(16):
            call.get(f"{at_version(draft)}completeness/")
