"""Before a comment that names somebody is sent, its writer is told what was found, and decides."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection

from feedback.models import Campaign, Draft, Invitation
from microcredentials.models import Edition, MicroCredentialVersion, Teacher
from tests.factories.feedback import (
    Respondent,
    links_of,
    make_campaign,
    make_plain_edition,
    make_questionnaire,
)
from tests.support.pages import assert_hides, assert_shows, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.both]


@pytest.fixture
def campaign() -> Campaign:
    edition = make_plain_edition()
    Edition.objects.filter(pk=edition.pk).update(teachers="Ana Quiñones Prado\nJosé de la Vega")
    MicroCredentialVersion.objects.filter(pk=edition.version_id).update(responsible_name="Berta Ibáñez")
    Teacher.objects.create(version=edition.version, name="Casimiro Otxoa")
    return make_campaign(
        edition=edition, links=8, version=make_questionnaire(("text",), ("likert", "text", "text"))
    )


@pytest.fixture
def person(campaign: Campaign) -> Respondent:
    return Respondent(links_of(campaign)[0]).open()


def as_is(page: Any) -> str:
    found = re.search(r'name="as_is" value="([0-9a-f.]+)"', text_of(page))
    assert found
    return found[1]


@pytest.mark.parametrize(
    ("comment", "sentence"),
    [
        ("Escriban a ana@uni.es", "“ana@uni.es” looks like an e-mail address."),
        ("Llame al 612 345 678 por favor", "“612 345 678” looks like a telephone number."),
        ("Mi DNI es 12345678Z", "“12345678Z” looks like an identity number."),
        ("X1234567L", "looks like an identity number."),
        ("quinones no explica", "“quinones” looks like somebody’s name."),
        ("La profesora IBÁÑEZ llega tarde", "“IBÁÑEZ” looks like somebody’s name."),
        ("Otxoa, genial", "“Otxoa” looks like somebody’s name."),
    ],
)
def test_it_comes_back_with_what_was_found(person: Respondent, comment: str, sentence: str) -> None:
    page = person.post(1, A1=comment)
    assert page.status_code == 422
    body = text_of(page)
    for words in ("Your comment seems to name somebody", sentence, comment, "Leave it as it is and go on"):
        assert words in body
    assert not Draft.objects.exists()


@pytest.mark.parametrize(
    "comment",
    [
        "Muy buen curso",
        "El de la tarde, mejor",
        "Hicimos 12345678 cosas",
        "De 10 a 12 de 2026",
        "Vegano y casi",
    ],
)
def test_what_names_nobody_goes_on(person: Respondent, comment: str) -> None:
    assert person.post(1, A1=comment).status_code == 302


def test_it_is_sent_as_it_is_where_its_writer_says_so(person: Respondent) -> None:
    person.post(1, A1="Bien")
    sheet = {"B1": "4", "B2": "Quiñones, la mejor", "B3": "Otxoa también"}
    page = person.post(2, **sheet)
    assert "Send it as it is" in text_of(page)
    assert 'value="4" checked' in text_of(page)
    left = {f"q-{code}": value for code, value in sheet.items()} | {"as_is": as_is(page)}
    changed = person.client.post(f"{person.begin}2/", left | {"q-B3": "Otxoa, y x9@uni.es"})
    assert changed.status_code == 422, "what was written after the choice is not covered by it"
    assert_says(changed, "“x9@uni.es”")
    assert_hides(changed, "“Quiñones”")
    again = left | {"q-B3": "Otxoa, y x9@uni.es", "as_is": as_is(changed)}
    assert_shows(person.client.post(f"{person.begin}2/", again), "Your receipt")
    assert Invitation.objects.filter(used=True).count() == 1


def test_what_was_changed_is_sent_without_another_word(person: Respondent) -> None:
    person.post(1, A1="Quiñones, la mejor")
    assert person.post(1, A1="La docencia, lo mejor", go="on").status_code == 302


def test_going_back_and_switching_language_ask_nothing(person: Respondent) -> None:
    assert person.post(1, A1="ana@uni.es", back="1").status_code == 302
    assert person.post(1, A1="ana@uni.es", language="es").status_code == 302
    assert_says(person.page(1), "ana@uni.es")


def test_teachers_of_other_courses_are_words_like_any_other(person: Respondent) -> None:
    other = make_plain_edition()
    Edition.objects.filter(pk=other.pk).update(teachers="Rita Maravilla")
    assert person.post(1, A1="Una maravilla").status_code == 302


def test_it_costs_one_statement_and_no_forged_choice_breaks_it(person: Respondent, max_queries: Any) -> None:
    person.post(1, A1="Bien")
    with max_queries(
        8 + (connection.vendor == "postgresql")
    ):  # there the lock against closing is a statement
        assert_shows(person.post(2, B1="4", B2="Bien", B3="Mal"), "Your receipt")
    other = Respondent(links_of(Campaign.objects.get())[0]).open()
    for forged in ("", ".", "\x00", "x" * 5000, "0" * 16):
        page = other.client.post(f"{other.begin}1/", {"q-A1": "ana@uni.es", "as_is": forged})
        assert page.status_code == 422


def assert_says(page: Any, *texts: str) -> None:
    body = text_of(page)
    assert [text for text in texts if text not in body] == []
