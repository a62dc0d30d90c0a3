"""Spreadsheets of results: the figures of the pages, nothing that the pages hide, no formula, and few statements."""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Callable, Iterator
from typing import Any

import openpyxl
import pytest
from django.urls import reverse

from feedback import exporters
from feedback.models import Campaign
from feedback.services import result_files
from iqas.accounts.models import User
from iqas.jobs.models import Artefact, Job
from iqas.jobs.runner import perform_here
from tests.factories.feedback import make_plain_edition
from tests.factories.feedback_results import make_results, publish_comments, rate_all
from tests.factories.organisation import make_centre
from tests.support.pages import assert_shows

pytestmark = pytest.mark.django_db
FORMULA = '=HYPERLINK("http://evil.example")'


@pytest.fixture
def officer(staff: Callable[..., Any]) -> Any:
    return staff("quality_officer", language="en")


def sheets(response: Any) -> dict[str, list[tuple[Any, ...]]]:
    assert response.status_code == 200
    content = b"".join(response.streaming_content) if response.streaming else response.content
    book = openpyxl.load_workbook(io.BytesIO(content))
    return {page.title: [tuple(cell.value for cell in row) for row in page.iter_rows()] for page in book}


def as_dicts(rows: list[tuple[Any, ...]]) -> Iterator[dict[str, Any]]:
    header, *body = rows
    return (dict(zip(header, row, strict=True)) for row in body)


def get(client: Any, name: str, *args: str, **query: str) -> Any:
    client.cookies["iqas_language"] = "en"
    return client.get(reverse(f"feedback:{name}", args=args), query)


def test_no_page_led_to_the_tables_as_csv_nor_from_a_campaign_to_what_it_is_compared_with(
    officer: Any, client_for: Any
) -> None:
    edition = make_plain_edition()
    make_results("C-1", [rate_all(5)] * 6, edition=edition, groups={"a": "A"})
    make_results("C-2", [rate_all(4)] * 7, scope=edition.microcredential.scope, year=edition.year)
    client = client_for(officer)
    pages = [get(client, "campaign-results", code) for code in ("C-1", "C-2")]
    for page in pages:
        compared = client.get(page.context["compare_url"])
        assert compared.context["results"].chosen.year == edition.year.code
        assert page.context["compare_url"] in page.content.decode().replace("&amp;", "&")
        pages = [*pages, compared] if compared not in pages else pages
    for page in pages:
        assert len(page.context["csv"]) >= 4
        for link in page.context["csv"]:
            answer = client.get(link.url)
            assert answer["Content-Type"].startswith("text/csv"), link
            header, *rows = csv.reader(
                io.StringIO(answer.content.decode("utf-8-sig"), newline=""), delimiter=";"
            )
            assert header
            assert rows or link.label in {"Comments", "Years", "Beside the others", "Share of each answer"}


def test_the_workbook_says_what_the_page_says(officer: Any, client_for: Any) -> None:
    answers = [rate_all(5)] * 6 + [rate_all(2) | {"L05": None}] * 4
    campaign = make_results("C-1", answers, edition=make_plain_edition(), comments=[("L16", "Muy bien")])
    publish_comments(campaign)
    client = client_for(officer)
    page = client.get(reverse("feedback:campaign-results", args=["C-1"])).context["results"]
    found = sheets(get(client, "campaign-results-export", "C-1"))
    assert list(found) == [
        "Results",
        "Distributions",
        "Share of each answer",
        "Campaigns",
        "Comments",
        "How it is computed",
    ]
    rows = {row["Code"]: row for row in as_dicts(found["Results"])}
    for item in page.items:
        row = rows[item.code]
        assert (row["n"], row["Mean"]) == (item.figures.n, pytest.approx(float(item.figures.mean)))
        assert row["Favourable"] == pytest.approx(float(item.figures.favourable))
    spread = {row["Code"]: row for row in as_dicts(found["Distributions"])}
    assert [spread["L05"][str(point)] for point in range(1, 6)] == [0, 0, 0, 0, 6]
    assert (spread["L05"]["n"], spread["L05"]["No answer"]) == (6, 4)
    assert found["Comments"][1:] == [("C-1", "L16", "Muy bien")]


def test_what_the_page_hides_is_in_no_sheet(officer: Any, client_for: Any) -> None:
    small = make_results("C-1", [rate_all(1)] * 4, comments=[("L16", "CANARY")], invited=8)
    publish_comments(small)
    answers = [("a", rate_all(5))] * 12 + [("b", rate_all(2))] * 30 + [("c", rate_all(1))] * 3
    make_results("C-2", answers, groups={"a": "Mañana", "b": "Tarde", "c": "Noche"}, invited=60)
    silent = [rate_all(4)] * 4 + [rate_all(4) | {"L07": None}] * 6
    make_results("C-3", silent, comments=[("L16", "UNREAD")])
    found = sheets(get(client_for(officer), "result-export"))
    figures = list(as_dicts(found["Results"]))
    assert {row["Campaign"] for row in figures} == {"C-2", "C-3"}
    assert {row["Group"] for row in figures} == {None, "Tarde"}
    assert "L07" not in {row["Code"] for row in figures if row["Campaign"] == "C-3"}
    assert found["Comments"][1:] == []
    listed = {row["Code"]: row for row in as_dicts(found["Campaigns"])}
    assert (listed["C-1"]["Answers"], listed["C-1"]["Shown"]) == (4, False)


def test_no_cell_is_a_formula(officer: Any, client_for: Any) -> None:
    campaign = make_results(
        "C-1", [("g", rate_all(4))] * 10, groups={"g": FORMULA}, comments=[("L16", FORMULA)], title_en=FORMULA
    )
    publish_comments(campaign)
    client = client_for(officer)
    response = get(client, "campaign-results-export", "C-1")
    content = b"".join(response.streaming_content) if response.streaming else response.content
    book = openpyxl.load_workbook(io.BytesIO(content))
    cells = [cell for page in book for row in page.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]
    assert "'" + FORMULA in {cell.value for cell in cells}
    for table in exporters.TABLES:
        text = get(client, "campaign-results-export", "C-1", format="csv", table=table).content.decode()
        for row in csv.reader(io.StringIO(text.lstrip("\ufeff")), delimiter=";"):
            assert not any(cell.startswith(("=", "+", "@")) for cell in row)


def test_comments_go_only_to_those_who_were_named(staff: Any, client_for: Any) -> None:
    centre = make_centre("FAC-A")
    campaign = make_results("C-1", [rate_all(4)] * 6, scope=centre.scope, comments=[("L16", "CANARY")])
    publish_comments(campaign)
    for role, seen in (("coordinator", 1), ("centre_quality", 1), ("reader", 0)):
        client = client_for(staff(role, scope=centre.scope))
        found = sheets(get(client, "campaign-results-export", "C-1"))
        assert len(found["Comments"]) - 1 == seen, role


def test_a_place_is_exported_as_its_page_shows_it(officer: Any, client_for: Any) -> None:
    edition = make_plain_edition()
    make_results("C-1", [rate_all(4)] * 10, edition=edition)
    make_results("C-2", [rate_all(1)] * 4, edition=edition)
    client = client_for(officer)
    for response in (
        get(client, "results-place-export", edition.microcredential.scope.code),
        get(client, "results-edition-export", edition.code),
    ):
        found = sheets(response)
        assert {row["n"] for row in as_dicts(found["Results"])} == {10}
        assert {row["Code"]: row["Shown"] for row in as_dicts(found["Campaigns"])} == {
            "C-1": True,
            "C-2": False,
        }


def test_the_list_is_exported_as_it_is_filtered(officer: Any, client_for: Any) -> None:
    make_results("C-1", [rate_all(4)] * 10, edition=make_plain_edition())
    make_results("C-2", [{"T01": 4}] * 10, questionnaire="TEACHER")
    found = sheets(get(client_for(officer), "result-export", questionnaire="LEARNER-END"))
    assert [row[0] for row in found["Campaigns"][1:]] == ["C-1"]


def test_a_year_of_surveys_is_one_file_by_a_job(
    officer: Any, client_for: Any, staff: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More than 500 campaigns were refused: a year of 1,081 had to be split by hand."""
    monkeypatch.setattr(exporters, "MOST", 2)
    monkeypatch.setattr(exporters, "BATCH", 2)
    edition = make_plain_edition()
    for code in ("C-1", "C-2", "C-3", "C-4", "C-5"):
        answers = [rate_all(int(code[-1]))] * 10
        publish_comments(make_results(code, answers, edition=edition, comments=[("L16", f"De {code}")]))
    client = client_for(officer)
    asked = get(client, "result-export")
    assert_shows(asked, "Figures of 5 campaigns", "Write the file")
    ordered = client.post(reverse("feedback:result-export"))
    again = client.post(reverse("feedback:result-export"))
    assert ordered.status_code == again.status_code == 302
    job = perform_here(Job.objects.get(kind=result_files.JOB_KIND).pk)
    assert job.state == "finished"
    stored = Artefact.objects.get(job=job)
    made = sheets(client.get(reverse("jobs:artefact-download", args=[job.pk])))
    monkeypatch.setattr(exporters, "MOST", 500)
    at_once = sheets(get(client, "result-export"))
    assert made == at_once
    assert stored.size > 5000
    for role in ("administrator", "quality_officer"):
        assert (
            client_for(staff(role)).get(reverse("jobs:artefact-download", args=[job.pk])).status_code == 404
        )


def test_the_file_of_many_is_not_for_who_has_other_roles_since(
    client_for: Any, staff: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporters, "MOST", 1)
    here, there = make_centre("FAC-A"), make_centre("FAC-B", "Facultad B")
    person = staff("centre_quality", scope=here.scope)
    for code in ("C-1", "C-2"):
        make_results(code, [rate_all(4)] * 10, edition=make_plain_edition(centre=here))
    client_for(person).post(reverse("feedback:result-export"))
    job = perform_here(Job.objects.get(kind=result_files.JOB_KIND).pk)
    address = reverse("jobs:artefact-download", args=[job.pk])
    taken = client_for(person).get(address)
    assert taken.status_code == 200
    assert taken.getvalue()
    person.assignments.update(scope=there.scope)
    refused = client_for(User.objects.get(pk=person.pk)).get(address)
    assert refused.status_code == 409
    assert client_for(person).get(reverse("api:jobs:job-file", args=[job.pk])).status_code == 409


def test_a_table_of_very_many_is_csv_by_the_same_job(officer: Any, client_for: Any) -> None:
    for code in ("C-1", "C-2"):
        make_results(code, [rate_all(4)] * 10, edition=make_plain_edition())
    client = client_for(officer)
    client.cookies["iqas_language"] = "en"
    client.post(reverse("feedback:result-export") + "?format=csv&table=campaigns&q=nothing-like-it")
    client.post(reverse("feedback:result-export") + "?format=csv&table=campaigns")
    empty, full = (
        perform_here(job.pk) for job in Job.objects.filter(kind=result_files.JOB_KIND).order_by("created_at")
    )
    texts = [
        b"".join(client.get(reverse("jobs:artefact-download", args=[job.pk])).streaming_content).decode(
            "utf-8-sig"
        )
        for job in (empty, full)
    ]
    assert [len(text.splitlines()) for text in texts] == [1, 3]


def test_other_centres_export_nothing(staff: Any, client_for: Any) -> None:
    here, there = make_centre("FAC-A"), make_centre("FAC-B", "Facultad B")
    make_results("C-1", [rate_all(4)] * 6, scope=here.scope)
    make_results("C-2", [rate_all(4)] * 6, scope=there.scope)
    client = client_for(staff("centre_quality", scope=here.scope))
    assert get(client, "campaign-results-export", "C-2").status_code == 404
    assert get(client, "results-place-export", there.scope.code).status_code == 404
    assert [row[0] for row in sheets(get(client, "result-export"))["Campaigns"][1:]] == ["C-1"]


def test_forty_surveys_cost_few_statements(officer: Any, client_for: Any, max_queries: Any) -> None:
    edition = make_plain_edition()
    for number in range(40):
        make_results(f"C-{number}", [rate_all(1 + n % 5) for n in range(8)], edition=edition)
    assert Campaign.objects.count() == 40
    client = client_for(officer)
    get(client, "result-list")
    begun = time.process_time()
    with max_queries(19):
        response = get(client, "result-export")
    print(f"{(time.process_time() - begun) * 1000:.0f} ms of CPU")
    assert len(sheets(response)["Results"]) == 1 + 40 * 15


def test_the_workbook_of_a_campaign_lacked_groups_and_importance(officer: Any, client_for: Any) -> None:
    rated = {"E01": 1, "S1I": 5, "S1": 3}
    answers = [("a", rated | {"E06": 1})] * 9 + [("b", rated | {"E06": 0})] * 8
    groups = {"a": "Industria", "b": "Servicios", "c": "Otros"}
    make_results("C-1", answers, questionnaire="EMPLOYER", groups=groups, invited=40)
    found = sheets(get(client_for(officer), "campaign-results-export", "C-1"))
    rows = [row for row in as_dicts(found["Groups compared"]) if row["Code"] == "E06"]
    assert [(row["Group"], row["Favourable"], row["n"]) for row in rows] == [
        ("Industria", 1, 9),
        ("Servicios", 0, 8),
    ]
    first, second = rows
    assert (first["Difference"], second["Difference"]) == (1, None)
    assert 0 < first["Interval from"] < first["Interval to"] <= 1
    assert first["What is detectable"].startswith(
        "More favourable in Industria than in Servicios (+100 points"
    )
    [gap] = as_dicts(found["Importance and satisfaction"])
    assert (gap["Code"], gap["Importance"], gap["Satisfaction"], gap["Difference"]) == ("S1", 1, 0, -1)
    assert gap["n · Importance"] == gap["n · Satisfaction"] == 17


def test_the_workbook_of_a_place_lacked_what_it_is_compared_with(officer: Any, client_for: Any) -> None:
    edition = make_plain_edition(make_centre("FAC-A"))
    elsewhere = make_plain_edition(make_centre("FAC-B", "Facultad B"))
    asked: dict[str, Any] = {"questionnaire": "LEARNER-MIDDLE"}
    make_results("C-1", [{f"M{n:02}": 5 for n in (1, 3, 4)}] * 12, edition=edition, **asked)
    make_results("C-2", [{f"M{n:02}": 2 for n in (1, 3, 4)}] * 12, edition=elsewhere, **asked)
    make_results("C-3", [{f"T{n:02}": 2 for n in range(1, 9)}] * 12, edition=edition, questionnaire="TEACHER")
    client = client_for(officer)
    found = sheets(get(client, "results-place-export", "FAC-A", questionnaire="LEARNER-MIDDLE"))
    beside = {row["Code"]: row for row in as_dicts(found["Beside the others"])}["M01"]
    rest = next(name for name in beside if name.startswith("Rest of"))
    assert (beside["FAC-A"], beside[rest], beside["Difference"]) == (1, 0, 1)
    assert beside["What is detectable"].startswith("More favourable in FAC-A than in the rest of")
    audiences = list(as_dicts(found["Other audiences"]))
    assert {row["Who"] for row in audiences} == {"learners", "teaching staff"}
    teachers = next(row for row in audiences if row["Who"] == "teaching staff")
    assert (teachers["Favourable"], teachers["Difference"]) == (0, -1)
    assert teachers["What is detectable"].startswith("Less favourable")
