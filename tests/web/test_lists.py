"""The list pattern: everything stands in the address, and what is exported is what is shown."""

from __future__ import annotations

import io
import re
from types import SimpleNamespace
from typing import Any

import openpyxl
import pytest
from django.test import Client

from iqas.ui.list_rows import value_of
from tests.factories.accounts import make_staff, make_user
from tests.support.pages import assert_hides, assert_shows, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.both, pytest.mark.urls("tests.e2e.gallery")]
LIST = "/gallery/people/"


@pytest.fixture
def reader(settings: Any) -> Client:
    settings.LANGUAGE_CODE = "en"
    client = Client(headers={"accept-language": "en"})
    client.force_login(make_staff("administrator", name="Aaron"))
    return client


def names(response: Any) -> list[str]:
    return re.findall(r'href="/x/[0-9a-f-]{36}"[^>]*>([^<]+)</a>', text_of(response))


def test_words_are_found_in_any_field_whatever_their_order(reader: Client) -> None:
    make_user(name="Ángela Pérez", email="angela@example.org")
    make_user(name="Luis Pérez", email="luis@example.org")
    assert names(reader.get(LIST, {"q": "pérez luis"})) == ["Luis Pérez"]
    assert names(reader.get(LIST, {"q": "example.org pérez"})) == ["Luis Pérez", "Ángela Pérez"]
    assert_shows(
        reader.get(LIST, {"q": "nobody at all"}), "Nothing matches these filters", 'href="/gallery/people/"'
    )


def test_active_filters_are_chips_that_remove_themselves_only(reader: Client) -> None:
    make_user(name="Beatriz", language="en")
    response = reader.get(LIST, {"q": "bea", "language": "en", "sort": "-name", "page": "1"})
    chips = re.findall(r'class="chip" href="([^"]+)"', text_of(response))
    assert chips == ["?language=en&amp;sort=-name", "?q=bea&amp;sort=-name"]
    assert_shows(
        response,
        "Search: <strong>bea</strong>",
        "Language: <strong>Español</strong>".replace("Español", "English"),
    )
    assert_shows(response, 'name="sort" value="-name"', "1 result<")


def test_columns_sort_both_ways_and_say_so(reader: Client) -> None:
    make_user(name="Zoe")
    up, down = reader.get(LIST, {"sort": "name"}), reader.get(LIST, {"sort": "-name"})
    assert names(up) == ["Aaron", "Zoe"]
    assert names(down) == ["Zoe", "Aaron"]
    assert_shows(up, 'aria-sort="ascending"', 'href="?sort=-name"')
    assert_shows(down, 'aria-sort="descending"')
    assert names(reader.get(LIST, {"sort": "no_such_column"})) == ["Aaron", "Zoe"]


def test_long_lists_have_pages_that_keep_the_filters(reader: Client) -> None:
    for number in range(45):
        make_user(name=f"Persona {number:02}")
    first = reader.get(LIST, {"q": "persona"})
    assert len(names(first)) == 20
    assert_shows(first, "46 results", "?q=persona&amp;page=2", "Export these 46 rows")
    assert len(names(reader.get(LIST, {"q": "persona", "page": "3"}))) == 6
    assert len(names(reader.get(LIST, {"q": "persona", "page": "99"}))) == 6
    assert len(names(reader.get(LIST, {"q": "persona", "page": "x"}))) == 20


def test_the_export_is_the_filtered_list_without_formulas(reader: Client) -> None:
    make_user(name="=1+1", email="formula@example.org")
    for number in range(25):
        make_user(name=f"Persona {number:02}")
    response = reader.get(LIST, {"q": "example.org", "export": "xlsx", "page": "2"})
    assert response["Content-Disposition"] == 'attachment; filename="personas.xlsx"'
    sheet = openpyxl.load_workbook(io.BytesIO(response.content)).active
    assert sheet is not None
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0][:2] == ("Name", "E-mail")
    assert len(rows) == 1 + reader.get(LIST, {"q": "example.org"}).context["count"] == 28
    assert "'=1+1" in {row[0] for row in rows}


def test_what_people_write_stays_text(reader: Client) -> None:
    make_user(name="<img src=x onerror=alert(1)>")
    response = reader.get(LIST, {"q": "<img", "language": '"><script>'})
    assert_hides(response, "<img src=x", '"><script>')
    assert_shows(response, "&lt;img src=x")


def test_cards_on_a_phone_know_their_labels(reader: Client) -> None:
    body = text_of(reader.get(LIST))
    assert 'class="data data--cards data--brief"' in body
    assert re.search(r'<th scope="row"[^>]*data-label="Name"', body)
    assert re.search(r'<td role="cell"\s+data-label="E-mail"', body)
    assert 'tabindex="0" role="group"' in body


def test_a_list_costs_few_queries(reader: Client, max_queries: Any) -> None:
    for number in range(30):
        make_user(name=f"Persona {number:02}")
    with max_queries(12):  # design §3
        reader.get(LIST)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("name",), "Ana"),
        (("told",), "told"),
        (("place", "1"), "b"),
        (("place", "7"), None),
        (("known", "key"), 3),
        (("known", "other"), None),
        (("nothing", "name"), None),
        (("unknown",), None),
    ],
)
def test_a_cell_is_found_where_its_accessor_leads(path: tuple[str, ...], value: Any) -> None:
    record = SimpleNamespace(
        name="Ana", told=lambda: "told", place=("a", "b"), known={"key": 3}, nothing=None
    )
    assert value_of(record, path) == value
