"""The scope switch of the top bar (look.md §5): centre and academic year, kept in the session, as removable filters."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import get_resolver, reverse
from django_filters import ModelChoiceFilter

from iqas.indicators.packs import load
from iqas.ui import lists
from tests.factories.accounts import make_user
from tests.factories.evidence import EvidenceVersionFactory
from tests.factories.microcredentials import make_edition, make_microcredential
from tests.factories.organisation import make_centre, make_year
from tests.support.pages import assert_hides, assert_shows, text_of

pytestmark = pytest.mark.django_db
ENGLISH = {"accept-language": "en"}
SWITCH = "/settings/scope/"
LIST = "/microcredentials/"


@pytest.fixture(autouse=True)
def two_centres(at: Any) -> None:
    at("2025-12-01 10:00")
    for code, name in (("FAC-A", "Faculty A"), ("FAC-B", "Faculty B")):
        credential = make_microcredential(f"Course of {code}", approved=True, centre=make_centre(code, name))
        if code == "FAC-A":
            make_edition(credential, starts=date(2025, 10, 1), ends=date(2025, 11, 1))
    make_year(2024)


@pytest.fixture
def officer(staff: Any, client_for: Any) -> Client:
    return client_for(staff("quality_officer"))


def bar_of(response: Any) -> str:
    return text_of(response).split('<header class="bar">')[1].split("</header>")[0]


def test_the_scope_of_the_top_bar_was_a_plain_label(officer: Client) -> None:
    before = officer.get(LIST, headers=ENGLISH)
    assert_shows(before, "Course of FAC-A", "Course of FAC-B")
    assert "Whole university" in bar_of(before)
    assert re.findall(r'<option value="([^"]*)"', bar_of(before)) == [
        "",
        "FAC-A",
        "FAC-B",
        "",
        "2025-26",
        "2024-25",
    ]

    sent = officer.post(SWITCH, {"centre": "FAC-A", "year": "2025-26", "next": f"{LIST}?q=course&page=3"})
    assert (sent.status_code, sent["Location"]) == (302, f"{LIST}?q=course")
    after = officer.get(LIST, headers=ENGLISH, follow=True)
    assert {"centre", "year"} <= set(after.request["QUERY_STRING"].replace("&", "=").split("="))
    assert_shows(after, "Course of FAC-A", "Faculty A", 'value="FAC-A" selected', 'value="2025-26" selected')
    assert_hides(after, "Course of FAC-B")


def test_what_the_list_begins_with_is_a_filter_that_can_be_removed(officer: Client) -> None:
    officer.post(SWITCH, {"centre": "FAC-A", "year": "2024-25"})
    empty = officer.get(LIST, headers=ENGLISH, follow=True)
    assert_shows(empty, "Nothing matches these filters")
    assert [chip.value for chip in empty.context["chips"]] == ["Faculty A", "2024-25"]
    without_year = next(chip.url for chip in empty.context["chips"] if chip.value == "2024-25")
    one = officer.get(LIST + without_year)
    assert_shows(one, "Course of FAC-A")
    assert_hides(one, "Course of FAC-B")
    assert_shows(officer.get(LIST + empty.context["clear_url"]), "Course of FAC-A", "Course of FAC-B")
    assert_shows(officer.get(f"{LIST}?centre=&year=&q="), "Course of FAC-B")


def test_an_address_that_names_the_filter_wins(officer: Client) -> None:
    other = make_centre("FAC-B")
    officer.post(SWITCH, {"centre": "FAC-A"})
    assert_shows(officer.get(LIST, {"centre": str(other.pk)}), "Course of FAC-B")


def test_the_export_is_of_the_same_rows(officer: Client) -> None:
    officer.post(SWITCH, {"centre": "FAC-A"})
    exported = text_of(officer.get(LIST, {"export": "csv"}, follow=True))
    assert "Course of FAC-A" in exported
    assert "Course of FAC-B" not in exported


def test_dimensions_and_indicators_begin_with_it(officer: Client) -> None:
    load()
    officer.post(SWITCH, {"centre": "FAC-A", "year": "2025-26"})
    for name in ("matrix", "course-detail"):
        page = officer.get(reverse(f"dimensions:{name}"), headers=ENGLISH, follow=True)
        assert page.redirect_chain[-1][0].endswith("?centre=FAC-A&year=2025-26")
        chips = page.context["chips"]
        assert [str(chip.value) for chip in chips] == ["Faculty A", "2025-26"]
        assert_shows(officer.get(page.request["PATH_INFO"] + chips[0].url), "2025-26")
    numbers = officer.get("/quality/indicators/", headers=ENGLISH, follow=True)
    assert numbers.redirect_chain == [("/quality/indicators/?scope=FAC-A", 302)]
    [chip] = numbers.context["chips"]
    assert "Faculty A" in chip.value
    assert_shows(
        officer.get("/quality/indicators/" + chip.url, headers=ENGLISH), "Indicators: Universidad de"
    )


def test_evidence_begins_with_the_centre_where_it_has_some(officer: Client) -> None:
    """A list in which the chosen centre has nothing does not offer it, and is not narrowed by it."""
    for code in ("FAC-A", "FAC-B"):
        EvidenceVersionFactory(evidence__scope=make_centre(code).scope, evidence__title=f"Acta {code}")
    officer.post(SWITCH, {"centre": "FAC-A"})
    page = officer.get("/quality/evidence/", follow=True)
    assert_shows(page, "Acta FAC-A")
    assert_hides(page, "Acta FAC-B")
    assert_shows(officer.get("/quality/evidence/" + page.context["chips"][0].url), "Acta FAC-B")
    make_centre("FAC-C", "Faculty C")
    officer.post(SWITCH, {"centre": "FAC-C"})
    assert_shows(officer.get("/quality/evidence/"), "Acta FAC-A", "Acta FAC-B")


@pytest.mark.parametrize(
    "sent", [{"centre": "FAC-B"}, {"centre": "NONE"}, {"year": "1999-00"}, {"centre": "\x00"}]
)
def test_a_centre_that_the_person_may_not_see_does_not_exist(staff: Any, client_for: Any, sent: Any) -> None:
    person = client_for(staff("centre_quality", scope=make_centre("FAC-A").scope))
    assert person.post(SWITCH, sent).status_code == 404
    assert_hides(person.get(LIST), "FAC-B", "Faculty B")


def test_a_centre_lost_since_is_switched_to_no_longer(staff: Any, client_for: Any) -> None:
    person = staff("reader", scope=make_centre("FAC-A").scope)
    other = person.assignments.create(
        role="reader", scope=make_centre("FAC-B").scope, valid_from=date(2020, 1, 1)
    )
    client = client_for(person)
    client.post(SWITCH, {"centre": "FAC-B"})
    assert_shows(client.get(LIST, follow=True), "Course of FAC-B")
    other.delete()
    page = client.get(LIST, follow=True)
    assert_shows(page, "Course of FAC-A")
    assert_hides(page, "FAC-B")


def test_who_sees_one_centre_switches_the_year_only(staff: Any, client_for: Any) -> None:
    page = client_for(staff("centre_quality", scope=make_centre("FAC-A").scope)).get(LIST)
    assert "switch-centre" not in bar_of(page)
    assert "switch-year" in bar_of(page)


def test_who_has_no_role_is_offered_no_centre(client_for: Any) -> None:
    client = client_for(make_user())
    assert_hides(client.get("/"), SWITCH, "FAC-A", "Faculty A")
    assert client.post(SWITCH, {}).status_code == 403


def test_an_external_auditor_has_no_switch(staff: Any, client_for: Any) -> None:
    auditor = client_for(staff("auditor"))
    page = auditor.get("/review/")
    assert page.status_code == 200
    assert SWITCH not in bar_of(page)
    assert auditor.post(SWITCH, {"year": "2025-26"}).status_code == 403


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "javascript:alert(1)", ""])
def test_the_switch_leads_nowhere_else(officer: Client, elsewhere: str) -> None:
    assert officer.post(SWITCH, {"next": elsewhere})["Location"] == "/"


def test_the_bar_costs_one_statement(officer: Client, max_queries: Any) -> None:
    officer.post(SWITCH, {"centre": "FAC-A", "year": "2025-26"})
    address = officer.get(LIST)["Location"]
    with max_queries(12):
        officer.get(address)


def test_every_list_names_centre_and_year_by_code() -> None:
    """A list that named them by key began with nothing, without a word."""
    assert get_resolver().url_patterns  # every page is imported
    by_key = [
        f"{one.__module__}.{one.__name__}.{name}"
        for one in subclasses(lists.FilterSet)
        for name in one.base_filters.keys() & {"centre", "scope", "year"}
        if isinstance(one.base_filters[name], ModelChoiceFilter)
        and one.base_filters[name].extra.get("to_field_name") != "code"
    ]
    assert by_key == []


def subclasses(of: type) -> list[Any]:
    return [found for one in of.__subclasses__() for found in (one, *subclasses(one))]
