"""What every page has: one title, a language switch, errors with a way on, statements that the law asks for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client

from iqas.core import worklist
from iqas.core.worklist import WorkItem
from iqas.dashboard.navigation import MENU
from tests.factories.accounts import make_staff
from tests.factories.organisation import make_centre, make_year, the_university
from tests.support.pages import assert_hides, assert_shows, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def visitor() -> Client:
    return Client(headers={"accept-language": "en"})


@pytest.fixture
def as_role() -> Callable[..., Client]:
    def signed_in(role: str, **kwargs: Any) -> Client:
        client = Client(headers={"accept-language": "en"})
        client.force_login(make_staff(role, **kwargs))
        return client

    return signed_in


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> list[WorkItem]:
    items: list[WorkItem] = []
    monkeypatch.setattr(worklist, "_sources", [lambda user: items])
    return items


def test_the_front_door_leads_to_sign_in_verification_and_statements(visitor: Client) -> None:
    assert_shows(visitor.get("/"), "/accounts/login/", "/verify/", "/accessibility/", "/privacy/", "/s/")
    assert_hides(visitor.get("/"), "Main menu", "/quality/")


def test_my_work_is_sorted_into_piles_by_date(as_role: Any, work: list[WorkItem], at: Any) -> None:
    at("2026-03-10 09:00")
    work += [
        WorkItem(date(2026, 3, 30), "LATER-ONE", "/x/4", "Write", "Facultad A"),
        WorkItem(None, "UNDATED-ONE", "/x/5", "Read"),
        WorkItem(date(2026, 3, 9), "LATE-ONE", "/x/1", "Close"),
        WorkItem(date(2026, 3, 10), "TODAY-ONE", "/x/2", "Open"),
        WorkItem(date(2026, 3, 17), "WEEK-ONE", "/x/3", "Approve"),
    ]
    body = text_of(as_role("quality_officer").get("/"))
    places = [body.index(word) for word in ("Overdue", "1 day late", "LATE-ONE", "This week", "TODAY-ONE", "WEEK-ONE", "Later", "LATER-ONE", "Without a date", "UNDATED-ONE")]  # fmt: skip
    assert places == sorted(places)
    assert "in 7 days" in body
    assert "Facultad A" in body


def test_without_work_the_page_says_what_it_is_for(as_role: Any, work: list[WorkItem]) -> None:
    assert_shows(as_role("reader").get("/"), "Nothing waits for you", "/quality/")


def test_every_line_of_the_menu_leads_somewhere_and_is_shown_to_the_right_people(as_role: Any) -> None:
    administrator, auditor = as_role("administrator"), as_role("auditor", scope=make_centre().scope)
    assert_shows(administrator.get("/"), "/people/", "/quality/evidence/", "/quality/frameworks/")
    assert_hides(auditor.get("/"), 'href="/people/"', 'href="/quality/evidence/"')
    for _title, places in MENU:
        for place in places:
            assert place.icon or place.mark


def test_the_bar_says_where_one_works_and_in_which_year(as_role: Any, at: Any) -> None:
    at("2026-03-10 09:00")
    make_year(2025)
    assert_shows(as_role("quality_officer").get("/"), "Whole university", "2025-26")
    assert_shows(
        as_role("centre_quality", scope=make_centre("FAC-Z", "Facultad Z").scope).get("/"), "Facultad Z"
    )


@pytest.mark.parametrize("path", ["/accessibility/", "/privacy/"])
def test_statements_are_public_in_both_languages_and_name_the_contacts(visitor: Client, path: str) -> None:
    the_university(complaints_email="quejas@example.org", dpo_email="dpd@example.org")
    english = visitor.get(path)
    spanish = visitor.get(path, headers={"accept-language": "es"})
    assert_shows(english, "quejas@example.org", "dpd@example.org", 'lang="en"')
    assert_shows(spanish, "quejas@example.org", 'lang="es"')
    law = "1112/2018" if path == "/accessibility/" else "2016/679"
    assert_shows(english, law)
    assert_shows(spanish, law)


def test_the_language_is_switched_by_a_form_and_stays(visitor: Client) -> None:
    answer = visitor.post("/i18n/setlang/", {"language": "es", "next": "/privacy/?a=1"})
    assert (answer.status_code, answer["Location"]) == (302, "/privacy/?a=1")
    assert_shows(visitor.get("/privacy/"), "Aviso de privacidad")


def test_missing_and_foreign_addresses_are_pages_with_a_code_and_a_way_on(
    visitor: Client, as_role: Any
) -> None:
    for client in (visitor, as_role("reader")):
        answer = client.get("/nothing/here/")
        assert answer.status_code == 404
        assert "not-found" in text_of(answer)
        assert 'href="/"' in text_of(answer)


def test_a_refusal_says_why(as_role: Any) -> None:
    answer = as_role("reader").get("/people/")
    assert answer.status_code == 403
    assert "not-permitted" in text_of(answer)
    assert "Your role does not include this." in text_of(answer)


def test_a_failure_needs_neither_database_nor_session(settings: Any, django_assert_num_queries: Any) -> None:
    from django.test import RequestFactory

    from iqas.core.error_views import server_error

    request = RequestFactory().get("/x/")
    with django_assert_num_queries(0):
        answer = server_error(request)
    assert answer.status_code == 500
    assert "server-error" in text_of(answer)


def test_the_density_of_tables_is_a_matter_of_this_browser(as_role: Any) -> None:
    client = as_role("reader")
    answer = client.post("/display/density/", {"density": "compact", "next": "https://evil.example/"})
    assert answer["Location"] == "/"
    assert_shows(client.get("/"), 'data-density="compact"')
    client.post("/display/density/", {"density": '"><script>', "next": "/"})
    assert_shows(client.get("/"), 'data-density="compact"')


@pytest.mark.urls("tests.e2e.gallery")
def test_a_refused_form_keeps_every_field_and_links_its_problems(visitor: Client) -> None:
    answer = visitor.post("/gallery/form/", {"title": "Acta <b>", "ects": "99", "notes": "Se queda"})
    body = text_of(answer)
    assert answer.status_code == 422
    assert "<title>Error: Editar" in body
    assert 'href="#id_ects"' in body
    assert 'id="id_ects"' in body
    assert 'value="Acta &lt;b&gt;"' in body
    assert "Se queda" in body


@pytest.mark.urls("tests.e2e.gallery")
def test_the_title_is_written_once_and_printed_twice(visitor: Client) -> None:
    body = text_of(visitor.get("/gallery/form/"))
    assert "<title>Editar – IQAS</title>" in body
    assert body.count("<h1>Editar</h1>") == 1
