"""A list is narrowed by the same parameters, with the same words, on its page and in the API."""

from __future__ import annotations

import re
from typing import Any

import pytest

from iqas.core.rest import ListView
from microcredentials import filters
from microcredentials.api import urls
from tests.factories.accounts import make_staff
from tests.factories.approval import make_submission
from tests.factories.microcredentials import make_edition, make_enrolments, make_microcredential
from tests.factories.organisation import make_centre
from tests.factories.partners import make_partner, make_pathway
from tests.factories.programmes import make_programme
from tests.support.pages import text_of

pytestmark = pytest.mark.django_db
EIGHT = "uno dos tres cuatro cinco seis siete ocho"


@pytest.fixture
def university(at: Any) -> dict[str, Any]:
    at("2026-03-02 10:00")
    other = make_centre("FAC-B", "Bellas Artes")
    datos = make_microcredential(f"Álgebra {EIGHT}", approved=True)
    make_microcredential("Taller de grabado", centre=other, complete=False)
    edition = make_edition(datos, state="running")
    make_edition(make_microcredential("Grabado", approved=True, centre=other))
    make_enrolments(edition, "enrolled", "withdrawn")
    make_submission()
    make_partner("Ánfora", country="PT")
    make_partner("Botica", kind="employment_service")
    make_pathway(datos)
    make_programme()
    return {"edition": edition, "microcredential": datos}


CASES = [
    ("microcredentials/", "microcredentials/", "MC-[0-9]+", query)
    for query in ("q=algebra", f"q=algebra {EIGHT} nueve", "centre=FAC-B", "state=approved", "year=2025-26", "complete=no")
] + [
    ("microcredentials/editions/", "editions/", r"MC-[0-9]+-\d{4}-\d", query)
    for query in ("q={edition.code}", "q=algebra 2025", "microcredential={microcredential.code}", "centre=FAC-B", "state=running", "year=2025-26")
] + [
    ("microcredentials/partners/", "partners/", "P-[0-9]+", query)
    for query in ("q=anfora", "kind=employment_service", "country=pt", "agreement=no", "agreement=renew", "is_active=true")
] + [
    ("microcredentials/pathways/", "pathways/", "ITI-[0-9]+", query) for query in ("q=grado", "centre=FAC-B")
] + [
    ("microcredentials/approvals/", "approvals/", "MC-[0-9]+", query)
    for query in ("state=waiting", "whose=mine", "whose=late", "centre=FAC-B")
] + [
    ("microcredentials/programmes/", "programmes/", r"PA-[\d-]+", query) for query in ("year=2025-26",)
]  # fmt: skip


@pytest.mark.parametrize(("page", "path", "pattern", "query"), CASES)
def test_page_and_api_find_the_same(
    university: Any, client_for: Any, api: Any, page: str, path: str, pattern: str, query: str
) -> None:
    officer = make_staff("quality_officer")
    asked = query.format(**university)
    shown = text_of(client_for(officer).get(f"/{page}?{asked}&sort=code"))
    body = shown.partition("<tbody")[2].partition("</tbody>")[0]
    on_page = set(re.findall(rf"<th[^>]*>.*?/({pattern})/", body))
    status, found = api(officer).get(f"{path}?{asked}")
    assert status == 200, found
    assert {
        row.get("microcredential") if path == "approvals/" else row["code"] for row in found["results"]
    } == on_page


def test_a_word_of_the_editions_own_code_was_not_found_by_programs(university: Any, api: Any) -> None:
    code = university["edition"].code
    _status, found = api(make_staff("quality_officer")).get(f"editions/?q={code}")
    assert [row["code"] for row in found["results"]] == [code]


def test_a_value_that_does_not_exist_is_refused_by_name(university: Any, api: Any) -> None:
    call = api(make_staff("quality_officer"))
    for path, name in (("microcredentials", "centre"), ("editions", "year"), ("partners", "agreement")):
        status, problem = call.get(f"{path}/?{name}=nothing")
        assert (status, list(problem["errors"])) == (400, [name])


def test_every_list_of_the_api_has_the_filters_of_its_page() -> None:
    lists = {
        pattern.name: getattr(pattern.callback.cls, "filterset_class", None)
        for pattern in urls.urlpatterns
        if issubclass(pattern.callback.cls, ListView)
    }
    assert len(lists) > 6
    strange = {
        name for name, found in lists.items() if found is not None and found.__module__ != filters.__name__
    }
    assert strange == set()
