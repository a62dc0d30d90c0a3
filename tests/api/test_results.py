"""Questionnaires and printed reports for programs: what the pages say, behind the same permissions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from feedback.models import Report
from iqas.jobs.runner import perform_here
from tests.factories.feedback import make_plain_edition
from tests.factories.feedback_results import make_results, rate_all, the_questionnaire
from tests.factories.organisation import make_centre

pytestmark = pytest.mark.django_db
API = "/api/v1/feedback"


def json_of(response: Any, status: int = 200) -> Any:
    assert response.status_code == status, response.content
    return response.json()


@pytest.fixture
def officer(staff: Callable[..., Any], client_for: Callable[..., Any]) -> Any:
    return client_for(staff("quality_officer"))


class TestQuestionnaires:
    def test_a_version_is_told_to_the_last_word(self, officer: Any) -> None:
        version = the_questionnaire()
        listed = json_of(officer.get(f"{API}/questionnaires/"))["results"]
        assert [row["code"] for row in listed] == ["LEARNER-END"]
        found = json_of(officer.get(f"{API}/questionnaires/LEARNER-END/"))
        assert [(row["number"], row["state"]) for row in found["versions"]] == [
            (3, "published"),
            (2, "published"),
            (1, "published"),
        ]
        told = json_of(officer.get(f"{API}/questionnaires/LEARNER-END/1/"))
        items = list(version.items.select_related("section"))
        assert [item["code"] for item in told["items"]] == [item.code for item in items]
        assert [item["section"] for item in told["items"]] == [item.section.order for item in items]
        assert {item["code"]: (item["text_es"], item["text_en"]) for item in told["items"]} == {
            item.code: (item.text_es, item.text_en) for item in items
        }
        assert [len(item["scale"]) for item in told["items"]] == [
            0 if item.kind == "text" else 2 for item in items
        ]
        assert told["sha256"] == version.sha256

    def test_what_is_not_there_and_who_is_nobody(self, officer: Any, client_for: Any) -> None:
        the_questionnaire()
        assert officer.get(f"{API}/questionnaires/NONE/").status_code == 404
        assert officer.get(f"{API}/questionnaires/LEARNER-END/9/").status_code == 404
        assert client_for(None).get(f"{API}/questionnaires/LEARNER-END/1/").status_code in (401, 403)

    def test_any_number_of_questions_costs_the_same(self, officer: Any, max_queries: Any) -> None:
        the_questionnaire()
        with max_queries(9):
            officer.get(f"{API}/questionnaires/LEARNER-END/1/")


class TestReports:
    def ask(self, client: Any, where: str, **body: str) -> Any:
        return client.post(f"{API}/{where}/reports/", body, content_type="application/json")

    def test_from_asking_to_the_file(self, officer: Any) -> None:
        make_results("C-1", [rate_all(4)] * 8, edition=make_plain_edition())
        asked = json_of(self.ask(officer, "campaigns/C-1", language="es"), 202)
        assert (asked["state"], asked["file"], asked["campaign"]) == ("being-made", None, "C-1")
        address = f"{API}/reports/{asked['code']}/"
        assert officer.get(f"{address}file/").json()["code"] == "not-printed"
        perform_here(Report.objects.get().job_id)
        made = json_of(officer.get(address))
        file = officer.get(made["file"])
        body = b"".join(file.streaming_content) if file.streaming else file.content
        assert (body[:5], len(body)) == (b"%PDF-", made["size"])
        assert json_of(self.ask(officer, "campaigns/C-1", language="es"))["code"] == asked["code"]
        assert [row["code"] for row in json_of(officer.get(f"{API}/reports/"))["results"]] == [asked["code"]]

    def test_an_edition_and_a_year_of_a_centre(self, officer: Any) -> None:
        edition = make_plain_edition()
        make_results("C-1", [rate_all(4)] * 8, edition=edition)
        told = json_of(self.ask(officer, f"results/editions/{edition.code}", language="en"), 202)
        assert (told["kind"], told["edition"], told["language"]) == ("edition", edition.code, "en")
        centre = edition.microcredential.centre.scope.code
        told = json_of(
            self.ask(officer, f"results/places/{centre}", language="es", year=edition.year.code), 202
        )
        assert (told["kind"], told["scope"], told["year"]) == ("centre", centre, edition.year.code)

    def test_what_cannot_be_printed_is_said_by_field(self, officer: Any) -> None:
        make_results("C-1", [rate_all(4)] * 8)
        assert "language" in json_of(self.ask(officer, "campaigns/C-1", language="fr"), 400)["errors"]
        centre = make_centre().scope.code
        wrong = self.ask(officer, f"results/places/{centre}", language="es", year="1999")
        assert "year" in json_of(wrong, 400)["errors"]
        assert Report.objects.count() == 0

    def test_another_centre_neither_asks_nor_reads(self, staff: Any, client_for: Any, officer: Any) -> None:
        make_results("C-1", [rate_all(4)] * 8, edition=make_plain_edition())
        code = json_of(self.ask(officer, "campaigns/C-1", language="es"), 202)["code"]
        other = client_for(staff("coordinator", scope=make_centre("FAC-Z", "Facultad Z").scope))
        assert self.ask(other, "campaigns/C-1", language="es").status_code == 404
        assert other.get(f"{API}/reports/{code}/").status_code == 404
        reader = client_for(staff("reader"))
        assert reader.get(f"{API}/reports/{code}/").status_code == 200
        assert self.ask(reader, "campaigns/C-1", language="es").status_code == 403


class TestCampaigns:
    def test_the_list_of_campaigns_was_not_there(self, officer: Any) -> None:
        edition = make_plain_edition()
        make_results("C-1", [rate_all(4)] * 8, edition=edition, invited=10)
        make_results("C-2", [rate_all(4)] * 4, threshold=5, closes=dt.date(2026, 2, 1))
        listed = json_of(officer.get(f"{API}/campaigns/"))
        assert [row["code"] for row in listed["results"]] == ["C-2", "C-1"]
        small, told = listed["results"]
        assert (small["suppressed"], small["edition"], small["year"], small["responses"]) == (
            True,
            None,
            None,
            4,
        )
        assert told == told | {
            "title_en": "Survey C-1",
            "questionnaire": "LEARNER-END",
            "questionnaire_version": 1,
            "scope": edition.microcredential.scope.code,
            "about": "edition",
            "edition": edition.code,
            "year": "2025-26",
            "moment": "end",
            "mode": "anonymous",
            "state": "mixed",
            "opens": "2026-01-10",
            "closes": "2026-01-30",
            "threshold": 5,
            "invited": 10,
            "responses": 8,
            "response_rate": 0.8,
            "suppressed": False,
        }

    def test_it_is_sifted_as_the_pages_are(self, officer: Any) -> None:
        edition = make_plain_edition()
        make_results("C-1", [rate_all(4)] * 8, edition=edition)
        make_results("C-2", state="open", questionnaire="PARTNER")
        for query, codes in (
            ({"q": "C-1"}, ["C-1"]),
            ({"questionnaire": "PARTNER"}, ["C-2"]),
            ({"state": "open"}, ["C-2"]),
            ({"year": "2025-26"}, ["C-1"]),
            ({"edition": edition.code}, ["C-1"]),
            ({"centre": edition.microcredential.centre.scope.code}, ["C-1"]),
            ({"page_size": "1"}, ["C-2"]),
        ):
            listed = json_of(officer.get(f"{API}/campaigns/", query))["results"]
            assert [row["code"] for row in listed] == codes, query
        assert officer.get(f"{API}/campaigns/", {"sate": "open"}).status_code == 400

    def test_another_centre_is_not_there(self, staff: Any, client_for: Any) -> None:
        here = make_plain_edition(make_centre("FAC-A"))
        make_results("C-1", [rate_all(4)] * 8, edition=here)
        make_results("C-2", edition=make_plain_edition(make_centre("FAC-B", "Facultad B")))
        client = client_for(staff("centre_quality", scope=here.microcredential.centre.scope))
        assert [row["code"] for row in json_of(client.get(f"{API}/campaigns/"))["results"]] == ["C-1"]
        assert client_for(None).get(f"{API}/campaigns/").status_code in (401, 403)

    def test_any_number_of_campaigns_costs_the_same(self, officer: Any, max_queries: Any) -> None:
        edition = make_plain_edition()
        for number in range(6):
            make_results(f"C-{number}", [rate_all(4)] * 5, edition=edition)
        with max_queries(7):
            officer.get(f"{API}/campaigns/")
