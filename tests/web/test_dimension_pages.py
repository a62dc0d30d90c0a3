"""The four dimensions: the declarations, the matrix, what is missing; and the pages of frameworks."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.core.management import call_command

from iqas.dimensions import selectors
from iqas.dimensions.catalogue import DIMENSIONS
from iqas.frameworks.models import Crosswalk, Framework
from iqas.frameworks.services import load_packs
from iqas.indicators.models import Definition
from iqas.indicators.services.measuring import measure_all
from tests.factories.accounts import make_staff
from tests.factories.evidence import EvidenceFactory, EvidenceVersionFactory
from tests.factories.frameworks import shipped_criterion
from tests.factories.microcredentials import make_edition, make_microcredential
from tests.factories.organisation import make_centre, make_year
from tests.support.pages import assert_hides, assert_shows, text_of

pytestmark = pytest.mark.django_db

TODAY = "2026-06-20 10:00"


@pytest.fixture
def officer() -> Any:
    return make_staff("quality_officer")


def prove(microcredential: Any, *codes: str, fact: date = date(2026, 1, 1)) -> Any:
    evidence = EvidenceFactory(
        scope=microcredential.scope, criteria=[shipped_criterion(code) for code in codes]
    )
    return EvidenceVersionFactory(evidence=evidence, approved=True, date_of_fact=fact)


def test_each_dimension_declares_the_criteria_of_its_heading() -> None:
    for dimension in DIMENSIONS:
        heading = shipped_criterion(dimension.code)
        assert tuple(heading.children.order_by("order").values_list("code", flat=True)) == dimension.criteria


def test_the_matrix_counts_what_is_valid_and_how_old_it_is(
    client_for: Callable[..., Any], at: Callable[[str], Any], officer: Any
) -> None:
    at(TODAY)
    shipped_criterion("A.1")
    first, second = make_microcredential("Álgebra aplicada"), make_microcredential("Bases de datos")
    prove(first, "A.1", "A.2", "A.3", "A.4", fact=date(2025, 4, 20))
    prove(first, *(f"D.{number}" for number in range(1, 6)))
    client = client_for(officer)
    rows = selectors.matrix([first, second], date(2026, 6, 20))
    assert [[(cell.share, cell.state) for cell in row.cells] for row in rows] == [
        [("4/6", "partly"), ("0/6", "unmet"), ("0/6", "unmet"), ("5/5", "met")],
        [("0/6", "unmet"), ("0/6", "unmet"), ("0/6", "unmet"), ("0/5", "unmet")],
    ]
    page = client.get("/quality/", headers={"accept-language": "en"})
    assert_shows(page, "4/6", "oldest 14 months", "5/5", f"/quality/credential/{first.code}/")
    missing = client.get(f"/quality/credential/{first.code}/", headers={"accept-language": "en"})
    assert_shows(missing, "No valid evidence", f"scope={first.code}&amp;criterion=FOUR-DIMENSIONS/A.5")
    assert f"scope={first.code}&amp;criterion=FOUR-DIMENSIONS/A.1" not in text_of(missing)


def test_complete_but_ageing_is_not_met(at: Callable[[str], Any]) -> None:
    at(TODAY)
    microcredential = make_microcredential()
    prove(microcredential, *(f"D.{number}" for number in range(1, 6)), fact=date(2023, 1, 1))
    cell = selectors.matrix([microcredential], date(2026, 6, 20))[0].cells[3]
    assert (cell.share, cell.state, cell.validity.stale) == ("5/5", "partly", 5)


def test_a_year_looks_at_its_own_editions_and_its_last_day(
    client_for: Callable[..., Any], at: Callable[[str], Any], officer: Any
) -> None:
    at(TODAY)
    past = make_year(2024)
    had_one = make_microcredential("Con edición", approved=True)
    make_microcredential("Sin edición")
    make_edition(had_one, starts=date(2025, 3, 1), ends=date(2025, 4, 30))
    prove(had_one, "A.1", fact=date(2025, 6, 1))
    prove(had_one, "A.2", fact=date(2025, 10, 1))
    assert selectors.judged_on(past) == date(2025, 8, 31)
    found = list(selectors.microcredentials(officer, year=past))
    assert found == [had_one]
    assert selectors.matrix(found, selectors.judged_on(past))[0].cells[0].validity.valid == 1
    assert_hides(client_for(officer).get(f"/quality/?year={past.code}"), "Sin edición")


def test_the_matrix_is_filtered_sorted_and_exported(
    client_for: Callable[..., Any], at: Callable[[str], Any], officer: Any
) -> None:
    at(TODAY)
    shipped_criterion("A.1")
    whole, half = make_microcredential("Álgebra aplicada"), make_microcredential("Bases de datos")
    for letter, last in (("A", 6), ("B", 6), ("C", 6), ("D", 5)):
        prove(whole, *(f"{letter}.{number}" for number in range(1, last + 1)))
    prove(half, "A.1", fact=date(2025, 4, 20))
    client = client_for(officer)

    def codes(**query: str) -> list[str]:
        page = client.get("/quality/", query)
        return [row.microcredential.code for row in page.context["table"].page.object_list.data]

    assert codes(lacking="any") == codes(lacking="A") == codes(q="DATOS bases") == [half.code]
    assert codes(sort="credential") == [half.code, whole.code]
    assert codes(sort="-credential") == [whole.code, half.code]
    page = client.get("/quality/", {"lacking": "A"}, headers={"accept-language": "en"})
    assert_shows(page, "Missing evidence: <strong>Credential</strong>", 'href="/quality/"', "Export this row")
    exported = client.get("/quality/", {"export": "csv", "lacking": "A"}, headers={"accept-language": "en"})
    header, row = csv.reader(io.StringIO(exported.content.decode("utf-8-sig")), delimiter=";")
    told = dict(zip(header, row, strict=True))
    assert (told["Code"], told["Centre"]) == (half.code, half.centre.name)
    assert (told["A criteria with valid evidence"], told["A criteria"]) == ("1", "6")
    assert told["A age of the oldest in months"] == "14"
    assert told["B age of the oldest in months"] == ""


def test_another_centre_is_not_in_the_matrix(client_for: Callable[..., Any]) -> None:
    shipped_criterion("A.1")
    foreign = make_microcredential("CANARY-B", centre=make_centre("FAC-B", "Facultad CANARY-B"))
    client = client_for(make_staff("centre_quality", make_centre().scope))
    for url in (
        "/quality/",
        "/quality/?centre=FAC-B",
        "/quality/course/",
        f"/quality/course/{foreign.code}/",
    ):
        answer = client.get(url)
        assert answer.status_code == (404 if foreign.code in url else 200)
        assert_hides(answer, "CANARY-B")


def test_nothing_yet_and_nothing_matching_are_said(client_for: Callable[..., Any], officer: Any) -> None:
    shipped_criterion("A.1")
    make_centre()
    client = client_for(officer)
    assert_shows(client.get("/quality/", headers={"accept-language": "en"}), "No micro-credential yet")
    assert_shows(
        client.get("/quality/?centre=FAC-A", headers={"accept-language": "en"}),
        "Nothing matches these filters",
    )
    assert client.get("/quality/peers/").status_code == 200
    assert client.get("/quality/?centre=%FF&year=x&page=nine").status_code == 200


@pytest.mark.parametrize("count", [1, 30])
def test_the_matrix_takes_the_same_queries_for_one_and_for_many(
    client_for: Callable[..., Any], max_queries: Callable[..., Any], officer: Any, count: int
) -> None:
    for _number in range(count):
        prove(make_microcredential(complete=False), "A.1", "B.1")
    client = client_for(officer)
    client.get("/quality/")
    pages = (
        ("/quality/", 12),
        ("/quality/?centre=FAC-A", 12),
        ("/quality/peers/", 20),
        ("/quality/course/", 20),
    )
    for url, most in pages:
        with max_queries(most):
            assert client.get(url).status_code == 200


@pytest.mark.parametrize("language", ["es", "en"])
def test_every_framework_and_crosswalk_has_its_page(
    client_for: Callable[..., Any], max_queries: Callable[..., Any], officer: Any, language: str
) -> None:
    load_packs()
    client = client_for(officer)
    headers = {"accept-language": language}
    with max_queries(12):
        index = client.get("/quality/frameworks/", headers=headers)
    for framework in Framework.objects.all():
        assert_shows(index, framework.code)
        with max_queries(20):
            page = client.get(framework.get_absolute_url(), headers=headers)
        criteria = list(framework.criteria.all())
        assert_shows(page, *(f'id="{criterion.code}"' for criterion in criteria))
        unsourced = sum(criterion.assessable and not criterion.is_sourced for criterion in criteria)
        if language == "en":
            assert text_of(page).count("⚠</span> Check with your agency") == unsourced
    for crosswalk in Crosswalk.objects.all():
        url = f"/quality/frameworks/crosswalks/{crosswalk.code}/{crosswalk.version}/"
        assert_shows(client.get(url, headers=headers), *(link.target.code for link in crosswalk.links.all()))


def test_frameworks_are_not_for_auditors_and_unknown_ones_are_404(
    client_for: Callable[..., Any], officer: Any
) -> None:
    assert client_for(make_staff("auditor")).get("/quality/frameworks/").status_code == 403
    assert client_for(officer).get("/quality/frameworks/NO-SUCH/1/").status_code == 404
    assert client_for(officer).get("/quality/frameworks/crosswalks/NO-SUCH/1/").status_code == 404
    assert client_for(officer).get("/quality/frameworks/").status_code == 200


def test_a_dimension_names_only_indicators_that_exist() -> None:
    call_command("load_packs")
    known = set(Definition.objects.values_list("code", flat=True))
    assert {code for dimension in DIMENSIONS for code in dimension.indicators} <= known


def test_a_dimension_shows_its_indicators_with_their_counts(
    client_for: Callable[..., Any], at: Callable[[str], Any], officer: Any, max_queries: Callable[..., Any]
) -> None:
    at("2026-01-20 10:00")
    call_command("load_packs")
    edition = make_edition(
        state="closed", counts={"enrolled": 20, "completed": 14, "presented": 14, "passed": 8}
    )
    measure_all()
    client = client_for(officer)
    code = edition.microcredential.code
    headers = {"accept-language": "en"}
    for url in ("/quality/course/", "/quality/course/?centre=FAC-A", f"/quality/course/{code}/"):
        with max_queries(20):
            page = client.get(url, headers=headers)
        assert_shows(page, "Completion rate", "14 / 20")
    assert "Completion rate" not in text_of(client.get("/quality/peers/", headers=headers))
    stranger = client_for(make_staff("coordinator", make_centre("FAC-B", "Facultad B").scope))
    assert "14 / 20" not in text_of(stranger.get("/quality/course/", headers=headers))
