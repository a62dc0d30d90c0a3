"""The way to approval through the API: from the submission to the last act, returns, conditions, comments, programme."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command

from microcredentials.models import AnnualProgramme, ApprovalAct
from tests.factories.accounts import make_staff
from tests.factories.approval import decide, make_submission, take_to
from tests.factories.microcredentials import make_microcredential
from tests.factories.organisation import make_centre, make_year

pytestmark = pytest.mark.django_db
TODAY = "2026-03-02"


@pytest.fixture(autouse=True)
def today(at: Any) -> None:
    at(f"{TODAY} 10:00")
    call_command("load_packs", verbosity=0)


@pytest.fixture
def author() -> Any:
    return make_staff("coordinator")


@pytest.fixture
def officer() -> Any:
    return make_staff("quality_officer")


def at_version(draft: Any) -> str:
    return f"microcredentials/{draft.code}/versions/1/"


def with_file(client: Any, path: str, **fields: Any) -> Any:
    upload = SimpleUploadedFile("acta.txt", f"Acta {fields}".encode())
    return client.post(f"/api/v1/{path}", {**fields, "upload": upload})


def test_from_the_draft_to_published(api: Any, client_for: Any, author: Any, officer: Any) -> None:
    draft = make_microcredential("Datos", actor=author)
    path = at_version(draft)
    status, made = api(author).post(f"{path}submit/", {"note": "Lista."})
    assert (status, made["state"], made["change"], made["waiting_for"]) == (
        201,
        "waiting",
        "new",
        "quality-report",
    )
    assert api(author).post(f"{path}submit/", {})[1]["code"] == "submitted"
    judge = client_for(officer)
    while (process := api(officer).get(f"{path}approval/")[1])["stage"] == "submitted":
        step = process["submissions"][0]["waiting_for"]
        assert [row["step"] for row in api(officer).get("submissions/")[1]["results"]] == [step]
        answer = with_file(judge, f"{path}acts/", step=step, outcome="favourable", held_on=TODAY)
        assert answer.status_code == 201, answer.json()
        assert answer.json()["document"].startswith("E-")
    assert [act["step"] for act in process["submissions"][0]["acts"]] == [
        step["code"] for step in process["steps"]
    ]
    status, told = api(officer).post(
        f"microcredentials/{draft.code}/standing/", {"step": "publish", "on": TODAY}
    )
    assert (status, told["state"]) == (200, "published")


def test_a_return_with_reasons_and_its_comments(api: Any, client_for: Any, author: Any, officer: Any) -> None:
    draft = make_microcredential("Datos", actor=author)
    make_submission(draft, author=author)
    path, call = at_version(draft), api(officer)
    act = {"step": "quality-report", "outcome": "returned", "held_on": TODAY}
    assert call.post(f"{path}acts/", act)[1]["code"] == "no-reasons"
    wrong = act | {"reasons": {"nothing": "x"}}
    assert list(call.post(f"{path}acts/", wrong)[1]["errors"]) == ["reasons"]
    evidence = decide_document(client_for(officer), path, **act, **{"reasons.outcomes": "No se observan."})
    assert evidence["outcome"] == "returned"
    process = call.get(f"{path}approval/")[1]
    (reason,) = process["open_reasons"]
    assert (process["stage"], reason["section"], reason["is_reason"]) == ("draft", "outcomes", True)
    writer = api(author)
    assert writer.post(f"{path}submit/", {})[1]["code"] == "open-reasons"
    answer = {"section": "outcomes", "text": "Cambiado.", "parent": reason["id"]}
    assert writer.post(f"{path}remarks/", answer)[0] == 201
    assert writer.post(f"{path}remarks/", answer | {"parent": str(draft.pk)})[1]["code"] == "unknown-remark"
    assert writer.post(f"{path}remarks/", {"section": "x", "text": "A"})[0] == 400
    assert [row["text"] for row in writer.get(f"{path}remarks/?section=outcomes")[1]] == [
        "No se observan.",
        "Cambiado.",
    ]
    assert writer.get(f"{path}remarks/?section=need")[1] == []
    assert writer.post(f"{path}remarks/{reason['id']}/resolve/")[0] == 200
    assert writer.post(f"{path}submit/", {})[0] == 201


def decide_document(client: Any, path: str, **fields: Any) -> dict[str, Any]:
    answer = with_file(client, f"{path}acts/", **fields)
    assert answer.status_code == 201, answer.json()
    told: dict[str, Any] = answer.json()
    return told


def test_conditions_are_fulfilled(api: Any, author: Any, officer: Any) -> None:
    draft = make_microcredential("Datos", actor=author)
    submission = take_to(make_submission(draft, author=author), "price")
    decide(submission, "conditions", actor=officer)
    call, path = api(officer), at_version(draft)
    publish = {"step": "publish", "on": TODAY}
    assert call.post(f"microcredentials/{draft.code}/standing/", publish)[1]["code"] == "open-conditions"
    assert call.post(f"{path}acts/price/fulfilled/", {"on": "2026-03-03"})[1]["code"] == "future-act"
    assert call.post(f"{path}acts/nothing/fulfilled/", {"on": TODAY})[0] == 404
    assert api(author).post(f"{path}acts/price/fulfilled/", {"on": TODAY})[0] == 403
    status, act = call.post(f"{path}acts/price/fulfilled/", {"on": TODAY})
    assert (status, act["fulfilled_on"]) == (200, TODAY)
    assert call.post(f"microcredentials/{draft.code}/standing/", publish)[0] == 200


class TestRefused:
    def test_another_step_another_version_and_twice(self, api: Any, author: Any, officer: Any) -> None:
        draft = make_microcredential("Datos", actor=author)
        path, call = at_version(draft), api(officer)
        act = {"step": "quality-report", "outcome": "rejected", "conditions": "No.", "held_on": TODAY}
        assert call.post(f"{path}acts/", act)[1]["code"] == "not-waiting"
        submission = make_submission(draft, author=author)
        assert call.post(f"{path}acts/", act | {"step": "price"})[1]["code"] == "not-waiting"
        assert call.post(f"{path}acts/", act | {"conditions": ""})[1]["code"] == "no-conditions"
        assert call.post(f"{path}acts/", act | {"held_on": "2026-03-03"})[1]["code"] == "future-act"
        assert call.post(f"{path}acts/", act | {"document": "E-9999/1"})[0] == 400
        assert call.post(f"{path}acts/", act | {"document": "E-1/99999999"})[0] == 400
        assert api(author).post(f"{path}acts/", b"{")[0] == 403, "the role is asked before the body is read"
        decide(submission, "rejected", actor=officer)
        assert call.post(f"{path}acts/", act)[1]["code"] == "not-waiting"
        assert ApprovalAct.objects.count() == 1

    def test_a_file_of_another_kind(self, client_for: Any, author: Any, officer: Any) -> None:
        draft = make_microcredential("Datos", actor=author)
        make_submission(draft, author=author)
        fields = {"step": "quality-report", "outcome": "favourable", "held_on": TODAY}
        upload = SimpleUploadedFile("virus.pdf", b"MZ\x90\x00")
        path = f"/api/v1/{at_version(draft)}acts/"
        answer = client_for(officer).post(path, {**fields, "upload": upload})
        assert (answer.status_code, answer.json()["code"]) == (409, "file-kind")
        assert not ApprovalAct.objects.exists()

    def test_another_centres(self, api: Any, author: Any) -> None:
        draft = make_microcredential("Datos", actor=author, centre=make_centre("ALLA"))
        make_submission(draft, author=author)
        call = api(make_staff("centre_quality", scope=make_centre("AQUI").scope))
        for path in ("approval/", "remarks/"):
            assert call.get(at_version(draft) + path)[0] == 404
        for path in ("submit/", "acts/", "acts/price/fulfilled/", "remarks/"):
            assert call.post(at_version(draft) + path, {})[0] == 404
        assert call.get("submissions/")[1]["results"] == []


class TestProgrammes:
    def test_prepared_and_approved_at_once(
        self, api: Any, client_for: Any, author: Any, officer: Any
    ) -> None:
        make_year(2025)
        drafts = [make_microcredential(f"Datos {number}", actor=author) for number in range(2)]
        for draft in drafts:
            take_to(make_submission(draft, author=author), "governing-body")
        call = api(officer)
        status, made = call.post("programmes/", {"year": "2025-26"})
        assert (status, made["code"]) == (201, "PA-2025-26")
        assert [row["microcredential"] for row in made["ready"]] == [draft.code for draft in drafts]
        assert call.post("programmes/", {"year": "2025-26"})[1]["code"] == "in-preparation"
        path = "programmes/PA-2025-26/"
        act = {"microcredentials": [drafts[0].code, "MC-999"], "held_on": TODAY}
        assert list(call.post(f"{path}approve/", act)[1]["errors"]) == ["microcredentials"]
        act["microcredentials"] = [draft.code for draft in drafts]
        assert call.post(f"{path}approve/", act)[1]["code"] == "no-document"
        answer = with_file(client_for(officer), f"{path}approve/", **act)
        assert answer.status_code == 200, answer.json()
        assert len(answer.json()["approved"]) == 2
        assert AnnualProgramme.objects.get().is_approved
        (row,) = call.get("programmes/?year=2025-26")[1]["results"]
        assert (row["size"], row["is_approved"]) == (2, True)

    def test_who_wrote_one_of_them(self, api: Any, officer: Any) -> None:
        make_year(2025)
        draft = make_microcredential("Datos", actor=officer)
        submission = make_submission(draft, author=officer)
        while submission.waiting_for.code != "governing-body":
            decide(submission, actor=make_staff("quality_officer"))
            submission.refresh_from_db()
        call = api(officer)
        call.post("programmes/", {"year": "2025-26"})
        act = {"microcredentials": [draft.code], "held_on": TODAY}
        status, problem = call.post("programmes/PA-2025-26/approve/", act)
        assert (status, problem["code"], problem["article"]) == (409, "own-work", "Ley 40/2015 art. 23")

    def test_a_reader_prepares_none(self, api: Any) -> None:
        make_year(2025)
        call = api(make_staff("reader"))
        assert call.post("programmes/", {"year": "2025-26"})[0] == 403
        assert call.get("programmes/")[0] == 200


def test_what_waits_for_me_is_cheap(api: Any, officer: Any, author: Any, max_queries: Any) -> None:
    for number in range(4):
        make_submission(make_microcredential(f"Datos {number}", actor=author), author=author)
    call, path = api(officer), f"{at_version(make_microcredential(actor=author))}approval/"
    with max_queries(12):
        assert call.get("submissions/")[1]["count"] == 4
    with max_queries(20):
        assert call.get(path)[0] == 200
