"""Whole registers, documents, jobs, evidence, imports and the way to approval for programs: what pages do, by the same rules."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command

from iqas.core.files import open_stored
from iqas.evidence.models import Evidence
from iqas.jobs import services as jobs
from iqas.jobs.runner import perform_here
from microcredentials.models import Agreement, Document, Edition, Enrolment, MicroCredential, Partner
from tests.factories.accounts import make_staff
from tests.factories.approval import make_submission, take_to
from tests.factories.documents import approved_version, make_document, printed
from tests.factories.evidence import text_upload
from tests.factories.microcredentials import make_edition, make_enrolments, make_microcredential
from tests.factories.organisation import make_centre
from tests.factories.partners import make_partner
from tests.factories.programmes import make_programme

pytestmark = pytest.mark.django_db
PROBLEM = "application/problem+json"


@pytest.fixture(autouse=True)
def university(at: Any) -> None:
    at("2026-03-02 10:00")
    make_centre("FI")
    call_command("load_packs", verbosity=0)


@pytest.fixture
def officer() -> Any:
    return make_staff("quality_officer")


def send(client: Any, path: str, **fields: Any) -> tuple[int, Any, str]:
    """A request of several parts."""
    answer = client.post(f"/api/v1/{path}", fields)
    return answer.status_code, json.loads(answer.content), answer.headers["Content-Type"]


def table(*lines: str) -> SimpleUploadedFile:
    return SimpleUploadedFile("lista.csv", "\n".join(lines).encode())


class TestRegisters:
    def test_every_submission_and_what_it_waits_for(self, api: Any, officer: Any, max_queries: Any) -> None:
        first = make_submission()
        second = take_to(make_submission(), "governing-body")
        call = api(officer)
        with max_queries(12):
            status, found = call.get("approvals/?state=waiting")
        assert status == 200
        rows = {row["microcredential"]: row["waiting_for"] for row in found["results"]}
        assert rows == {
            first.version.microcredential.code: "quality-report",
            second.version.microcredential.code: "governing-body",
        }
        assert found["results"][0]["change"] == "new"

    def test_every_agreement(self, api: Any, officer: Any, max_queries: Any) -> None:
        partner = make_partner("Ánfora")
        Agreement.objects.create(
            partner=partner, title="Vencido", starts=date(2024, 1, 1), ends=date(2025, 1, 1)
        )
        Agreement.objects.create(partner=partner, title="Abierto", starts=date(2024, 1, 1))
        call = api(officer)
        with max_queries(12):
            status, found = call.get("agreements/")
        assert status == 200
        assert [(row["title"], row["state"], row["partner"]) for row in found["results"]] == [
            ("Vencido", "expired", partner.code),
            ("Abierto", "in_force", partner.code),
        ]
        assert [row["title"] for row in call.get("agreements/?state=expired")[1]["results"]] == ["Vencido"]

    def test_every_enrolment_within_reach(self, api: Any, officer: Any, max_queries: Any) -> None:
        edition = make_edition(state="running")
        make_enrolments(edition, "enrolled", "withdrawn")
        make_enrolments(make_edition(state="running"), "enrolled")
        call = api(officer)
        with max_queries(12):
            status, found = call.get("enrolments/")
        assert (status, found["count"]) == (200, 3)
        assert call.get(f"enrolments/?q={edition.code}")[1]["count"] == 2
        assert call.get("enrolments/?state=withdrawn")[1]["count"] == 1
        assert api(make_staff("reader")).get("enrolments/")[0] == 403
        stranger = make_staff("centre_quality", scope=make_centre("FAC-Z").scope)
        assert api(stranger).get("enrolments/")[1]["count"] == 0

    def test_the_way_to_approval(self, api: Any, max_queries: Any) -> None:
        make_submission()
        call = api(make_staff("reader"))
        status, found = call.get("approval-routes/?in_force=true")
        assert (status, [(row["code"], row["waiting"]) for row in found["results"]]) == (
            200,
            [("UNIVERSITY", 1)],
        )
        with max_queries(12):
            status, route = call.get("approval-routes/UNIVERSITY/1/")
        assert [step["code"] for step in route["steps"]] == [
            "quality-report",
            "centre",
            "governing-body",
            "price",
        ]
        assert route["steps"][0]["body"]["en"] == "Quality Assurance Committee"
        assert "ects" in route["substantial"]
        assert "budget" in route["minor"]
        assert call.get("approval-routes/UNIVERSITY/7/")[0] == 404

    def test_what_changed_since_the_last_edition(self, api: Any, officer: Any) -> None:
        from microcredentials.services import approval, editions, proposals

        first = make_edition(state="finished")
        author = make_staff("coordinator")
        draft = proposals.begin_version(actor=author, microcredential=first.microcredential)
        draft = proposals.edit_version(actor=author, version=draft, seen=draft.version, ects=4, hours=100)
        approval.approve_version(actor=make_staff("approver"), version=draft)
        again = editions.plan_edition(
            actor=officer,
            microcredential=MicroCredential.objects.get(pk=first.microcredential_id),
            starts=date(2026, 10, 5),
            ends=date(2026, 11, 27),
            places=30,
            repeats=Edition.objects.get(pk=first.pk),
        )
        status, told = api(officer).get(f"editions/{again.code}/changes/")
        assert (status, told["since"]) == (200, first.code)
        assert [change["after"] for change in told["terms"] if change["before"] == "25"] == ["30"]
        assert [one["section"] for one in told["design"]["sections"]] == ["identity"]
        assert any("«4»" in sentence or "“4”" in sentence for sentence in told["sentences"])
        status, told = api(officer).get(f"editions/{first.code}/changes/")
        assert (told["since"], told["design"], told["sentences"]) == (None, None, [])


@pytest.mark.pdf
class TestDocuments:
    def test_asked_for_watched_and_taken(self, api: Any, officer: Any) -> None:
        version = approved_version()
        path = f"microcredentials/{version.microcredential.code}/versions/1/documents/"
        call = api(officer)
        assert call.get(path) == (200, [])
        status, asked = call.post(path, {"kind": "application", "language": "es"})
        assert (status, asked["state"], asked["file"], asked["evidence"]) == (202, "being-made", None, None)
        status, job = call.get(f"jobs/{asked['job']}/")
        assert (status, job["state"], job["about"]) == (200, "queued", asked["code"])
        assert call.get(f"documents/{asked['code']}/file/")[1]["code"] == "not-printed"
        document = printed(Document.objects.get())
        status, made = call.post(path, {"kind": "application", "language": "es"})
        assert (status, made["state"], made["sha256"]) == (200, "made", document.sha256)
        assert call.get(path)[1] == [made]
        answer = call.client.get(made["file"], headers={"accept": "application/pdf"})
        body = b"".join(answer.streaming_content)
        assert body.startswith(b"%PDF-")
        with open_stored(document.sha256) as file:
            assert file.read() == body
        status, job = call.get(f"jobs/{asked['job']}/")
        assert (job["state"], job["percent"], job["file"]["sha256"]) == ("finished", 100, document.sha256)
        assert b"".join(call.client.get(f"/api/v1/jobs/{asked['job']}/file/").streaming_content) == body
        assert [row["code"] for row in call.get("documents/?kind=application&language=es")[1]["results"]] == [
            made["code"]
        ]
        assert call.get("documents/?kind=sheet")[1]["count"] == 0

    def test_the_same_rules_as_on_the_page(self, api: Any, officer: Any) -> None:
        draft = make_microcredential()
        call = api(officer)
        status, problem = call.post(
            f"microcredentials/{draft.code}/versions/1/documents/", {"kind": "sheet", "language": "es"}
        )
        assert (status, problem["code"]) == (409, "still-written")
        edition = make_edition(state="finished")
        status, problem = call.post(f"editions/{edition.code}/documents/", {"language": "es"})
        assert (status, problem["code"]) == (409, "not-filed")
        version = approved_version()
        path = f"microcredentials/{version.microcredential.code}/versions/1/documents/"
        assert call.post(path, {"kind": "programme", "language": "es"})[0] == 400
        assert call.post(path, {"kind": "sheet", "language": "fr"})[0] == 400
        coordinator = api(make_staff("coordinator", scope=version.microcredential.centre.scope))
        assert coordinator.post(path, {"kind": "quality_report", "language": "es"})[0] == 403
        stranger = api(make_staff("centre_quality", scope=make_centre("FAC-Z").scope))
        assert stranger.get(path)[0] == 404
        document = make_document(version)
        assert stranger.get(f"documents/{document.code}/")[0] == 404
        assert stranger.get("documents/")[1]["count"] == 0

    def test_the_final_report_and_the_programme(self, api: Any, officer: Any) -> None:
        edition, programme = make_edition(state="closed"), make_programme()
        goes_on = edition.microcredential.code
        call = api(officer)
        for path in (f"editions/{edition.code}/", f"programmes/{programme.code}/"):
            status, asked = call.post(f"{path}documents/", {"language": "en"})
            assert status == 202, asked
            assert [one["code"] for one in call.get(f"{path}documents/")[1]] == [asked["code"]]
        assert asked["programme"] == programme.code
        assert (asked["microcredential"], asked["version"]) == (None, None)
        assert call.get(f"programmes/{programme.code}/")[1]["continues"] == 1
        found = call.get(f"programmes/{programme.code}/continuing/?q=prueba")[1]["results"]
        assert [row["microcredential"] for row in found] == [goes_on]

    def test_filed_as_evidence_and_proof_of_its_act(self, api: Any, officer: Any) -> None:
        submission = make_submission()
        document = printed(make_document(submission.version, "quality_report"))
        call = api(officer)
        status, filed = call.post(f"documents/{document.code}/evidence/", {"kind": "review-report"})
        assert (status, filed["sha256"]) == (201, document.sha256)
        assert call.get(f"documents/{document.code}/")[1]["evidence"] == filed["evidence"]
        status, problem = call.post(f"documents/{document.code}/evidence/", {"kind": "review-report"})
        assert (status, problem["code"]) == (409, "filed-already")
        path = f"microcredentials/{submission.version.microcredential.code}/versions/1/acts/"
        act = {"step": "quality-report", "outcome": "favourable", "held_on": "2026-03-02"}
        assert call.post(path, act | {"document": "DOC-1999-0001"})[0] == 400
        assert call.post(path, act)[1]["code"] == "no-document"
        status, done = call.post(path, act | {"document": document.code.lower()})
        assert (status, done["document"]) == (201, filed["evidence"])

    def test_a_document_made_here_is_filed_with_the_act(self, api: Any, officer: Any) -> None:
        submission = make_submission()
        document = printed(make_document(submission.version, "quality_report"))
        path = f"microcredentials/{submission.version.microcredential.code}/versions/1/acts/"
        status, done = api(officer).post(
            path,
            {
                "step": "quality-report",
                "outcome": "favourable",
                "held_on": "2026-03-02",
                "document": document.code,
            },
        )
        assert status == 201, done
        assert Evidence.objects.get().versions.get().sha256 == document.sha256
        assert done["document"] == f"{Evidence.objects.get().code}/1"


class TestJobs:
    def test_ended_and_tried_again(self, api: Any, officer: Any) -> None:
        document = make_document(actor=officer)
        call = api(officer)
        path = f"jobs/{document.job_id}/"
        assert call.get("jobs/?state=queued")[1]["count"] == 1
        assert call.post(f"{path}retry/")[0] == 409
        status, ended = call.post(f"{path}cancel/")
        assert (status, ended["state"]) == (200, "cancelled")
        assert call.post(f"{path}retry/")[1]["state"] == "queued"
        assert call.get(f"{path}file/")[0] == 404

    def test_what_others_asked_for_is_not_found(self, api: Any, officer: Any) -> None:
        document = make_document(actor=officer)
        reader = api(make_staff("reader"))
        assert reader.get(f"jobs/{document.job_id}/")[0] == 404
        assert reader.post(f"jobs/{document.job_id}/cancel/")[0] == 404
        assert reader.get("jobs/")[1]["count"] == 0
        assert jobs.Job.objects.get().state == "queued"


class TestEvidence:
    NEW = {"scope": "FI", "title": "Acta", "kind": "minutes", "date_of_fact": "2026-03-01"}

    def test_filed_read_renewed_approved_withdrawn(self, api: Any, officer: Any) -> None:
        call = api(officer)
        status, made, _type = send(
            call.client, "evidence/", **self.NEW, upload=text_upload("Uno"), criteria=["FOUR-DIMENSIONS/A.1"]
        )
        assert status == 201, made
        assert made["criteria"] == ["FOUR-DIMENSIONS/A.1"]
        assert made["versions"][0]["state"] == "draft"
        path = f"evidence/{made['code']}/"
        assert b"".join(call.client.get(f"/api/v1/{path}versions/1/file/").streaming_content) == b"Uno"
        status, problem = call.post(f"{path}versions/1/approve/")
        assert (status, problem["code"]) == (403, "own-upload")
        approver = api(make_staff("approver"))
        assert (
            approver.post(f"{path}versions/1/approve/", {"note": "Leída."})[1]["versions"][0]["state"]
            == "approved"
        )
        status, renewed, _type = send(
            call.client, f"{path}versions/", date_of_fact="2026-03-02", upload=text_upload("Dos")
        )
        assert (status, [one["number"] for one in renewed["versions"]]) == (201, [2, 1])
        assert (
            call.post(f"{path}versions/1/withdraw/", {"reason": "Error."})[1]["versions"][1]["state"]
            == "withdrawn"
        )
        status, changed = call.patch(path, {"revision": made["revision"], "title": "Acta de la Junta"})
        assert (status, changed["title"]) == (200, "Acta de la Junta")
        assert call.patch(path, {"revision": made["revision"], "title": "Otra"})[1]["code"] == "stale-version"
        assert call.get("evidence/?q=junta")[1]["count"] == 1
        assert call.get("evidence/?kind=policy")[1]["count"] == 0

    def test_an_address_as_json(self, api: Any, officer: Any) -> None:
        call = api(officer)
        status, made = call.post("evidence/", self.NEW | {"url": "https://example.org/acta"})
        assert (status, made["versions"][0]["url"]) == (201, "https://example.org/acta")
        assert call.get(f"evidence/{made['code']}/versions/1/file/")[0] == 404

    @pytest.mark.parametrize(
        ("changed", "status", "code"),
        [
            ({}, 409, "file-or-address"),
            ({"url": "ftp://x"}, 409, "address"),
            ({"url": "https://example.org/", "date_of_fact": "2999-01-01"}, 409, "future-fact"),
            ({"url": "https://example.org/", "scope": "NADA"}, 400, "invalid"),
            ({"url": "https://example.org/", "kind": "love-letter"}, 400, "invalid"),
            ({"url": "https://example.org/", "criteria": ["FOUR-DIMENSIONS/A"]}, 400, "invalid"),
            ({"url": "https://example.org/", "personal_data": True}, 409, "redaction-missing"),
            ({"url": "https://example.org/", "titel": "x"}, 400, "invalid"),
        ],
    )
    def test_refused_and_nothing_is_written(
        self, api: Any, officer: Any, changed: Any, status: int, code: str
    ) -> None:
        found, problem = api(officer).post("evidence/", self.NEW | changed)
        assert (found, problem["code"]) == (status, code)
        assert Evidence.objects.count() == 0

    def test_a_file_that_is_none(self, api: Any, officer: Any) -> None:
        bad = SimpleUploadedFile("acta.pdf", b"MZ nothing")
        status, problem, kind = send(api(officer).client, "evidence/", **self.NEW, upload=bad)
        assert (status, problem["code"], problem["field"], kind) == (409, "file-kind", "upload", PROBLEM)

    def test_who_may_not(self, api: Any) -> None:
        assert api(make_staff("reader")).post("evidence/", self.NEW)[0] == 403
        stranger = make_staff("coordinator", scope=make_centre("FAC-Z").scope)
        assert api(stranger).post("evidence/", self.NEW | {"url": "https://example.org/"})[0] == 400


class TestImports:
    GOOD = ("título;ects;modalidad", "Datos abiertos;3;virtual", "Robótica;6;híbrida")

    def test_the_catalogue_first_dry_then_written_then_unchanged(self, api: Any, officer: Any) -> None:
        client = api(officer).client
        sent = {"centre": "FI", "drafts": "true"}
        status, report, _type = send(
            client, "microcredentials/import/", file=table(*self.GOOD), dry_run="true", **sent
        )
        assert (status, report["created"], report["written"]) == (200, 2, False)
        assert MicroCredential.objects.count() == 0
        status, report, _type = send(client, "microcredentials/import/", file=table(*self.GOOD), **sent)
        assert (status, report["created"], report["written"]) == (200, 2, True)
        assert {note["outcome"] for note in report["notes"]} == {"created"}
        assert "responsible_teacher" in {gap["field"] for gap in report["notes"][0]["missing"]}
        status, report, _type = send(client, "microcredentials/import/", file=table(*self.GOOD), **sent)
        assert (report["created"], report["updated"], {note["outcome"] for note in report["notes"]}) == (
            0,
            0,
            {"unchanged"},
        )

    def test_a_bad_row_is_a_problem_with_its_report_and_nothing_is_written(
        self, api: Any, officer: Any
    ) -> None:
        bad = table("título;ects", "Datos;3", "Robótica;15")
        status, problem, kind = send(
            api(officer).client, "microcredentials/import/", file=bad, centre="FI", drafts="true"
        )
        assert (status, problem["code"], kind) == (409, "rows-rejected", PROBLEM)
        (row,) = problem["report"]["rejected"]
        assert (row["row"], row["field"], row["code"], row["article"]) == (
            3,
            "ects",
            "ects-range",
            "RD 822/2021 art. 37.8",
        )
        assert (problem["report"]["created"], MicroCredential.objects.count()) == (0, 0)

    def test_a_large_list_is_answered_with_the_job_that_takes_it_in(
        self, api: Any, officer: Any, settings: Any
    ) -> None:
        settings.IMPORT_REQUEST_ROWS = 0
        call = api(officer)
        sent = {"file": table(*self.GOOD), "centre": "FI", "drafts": "true"}
        status, job, _type = send(call.client, "microcredentials/import/", **sent)
        assert (status, job["state"], MicroCredential.objects.count()) == (202, "queued", 0)
        perform_here(job["id"])
        status, job = call.get(f"jobs/{job['id']}/")
        assert (status, job["state"], MicroCredential.objects.count()) == (200, "finished", 2)
        report = json.loads(b"".join(call.client.get(f"/api/v1/jobs/{job['id']}/file/").streaming_content))
        assert (report["created"], report["written"], report["rejected"]) == (2, True, [])

    def test_partners(self, api: Any, officer: Any) -> None:
        client = api(officer).client
        lines = ("nombre;tipo;NIF", "Acme;empresa;B12345674", "Clúster;asociación profesional;")
        status, report, _type = send(client, "partners/import/", file=table(*lines), dry_run="true")
        assert (status, report["created"], Partner.objects.count()) == (200, 2, 0)
        assert send(client, "partners/import/", file=table(*lines))[1]["created"] == 2
        assert send(client, "partners/import/", file=table(*lines))[1]["updated"] == 0
        status, problem, kind = send(client, "partners/import/", file=table("nombre;tipo", "Otra;nada"))
        assert (status, problem["code"], kind) == (409, "rows-rejected", PROBLEM)
        assert Partner.objects.count() == 2

    def test_enrolments_answer_as_the_command_does(self, api: Any, officer: Any) -> None:
        edition = make_edition(state="running")
        client = api(officer).client
        lines = ("nombre;apellidos;email", "Eva;Gil;eva@example.org")
        status, report, _type = send(client, "enrolments/import/", file=table(*lines), edition=edition.code)
        assert (status, report["created"], report["learners"]) == (200, 1, {"created": 1, "updated": 0})
        assert (report["editions"], report["over_full"]) == (1, [])
        assert Enrolment.objects.count() == 1

    @pytest.mark.parametrize("path", ["microcredentials/import/", "partners/import/", "enrolments/import/"])
    def test_what_is_no_list(self, api: Any, officer: Any, path: str) -> None:
        client = api(officer).client
        assert send(client, path)[0] == 400
        for content in (b"\x00\x01", b"PK\x03\x04rubbish", b'a;"b\n', b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
            file = SimpleUploadedFile("lista.xlsx", content)
            status, problem, kind = (
                send(client, path, file=file, centre="FI")
                if "micro" in path
                else send(client, path, file=file)
            )
            assert (status, problem["code"], kind) == (409, "rows-rejected", PROBLEM)
        assert api(officer).post(path, {"file": "x"})[0] == 415

    @pytest.mark.parametrize("path", ["microcredentials/import/", "partners/import/", "enrolments/import/"])
    def test_who_may_not_import(self, api: Any, path: str) -> None:
        assert send(api(make_staff("reader")).client, path, file=table("a;b"))[0] == 403


def test_all_that_is_held_on_a_person_is_described(api: Any, officer: Any) -> None:
    """`learner_export` was described with an empty answer."""
    from drf_spectacular.generators import SchemaGenerator

    (enrolment,) = make_enrolments(make_edition(state="running"), "enrolled", birth_year=1988)
    status, held = api(officer).post(f"learners/{enrolment.learner_id}/export/")
    assert status == 200
    components: Any = SchemaGenerator().get_schema(request=None, public=True)["components"]["schemas"]
    assert set(held) == set(components["HeldShape"]["properties"])
    assert set(held["enrolments"][0]) == set(components["HeldEnrolmentShape"]["properties"])
    assert set(held["person"]) == set(components["PersonShape"]["properties"])
    assert held["statistics"]["birth_year"] == 1988
