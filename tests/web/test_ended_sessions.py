"""A session that ended while somebody was working: nothing is lost silently, and the way back is the page they were on."""

from __future__ import annotations

import pytest

from tests.support.pages import assert_shows, text_of

pytestmark = pytest.mark.django_db


def test_a_form_sent_after_the_session_had_ended_leads_back_to_its_own_page(client_for):
    page = "http://testserver/quality/actions/A-0001/?tab=2"
    answer = client_for(None).post("/quality/actions/A-0001/start/", HTTP_REFERER=page)
    assert answer.url == "/accounts/login/?next=/quality/actions/A-0001/%3Ftab%3D2"


@pytest.mark.parametrize("referer", ["", "https://elsewhere.example/quality/"])
def test_a_form_sent_from_elsewhere_without_a_session_leads_to_the_first_page(client_for, referer):
    answer = client_for(None).post("/quality/actions/A-0001/start/", HTTP_REFERER=referer)
    assert answer.url == "/accounts/login/?next=/"


def test_the_sign_in_says_that_nothing_was_saved(client_for):
    answer = client_for(None).post("/quality/actions/A-0001/start/", follow=True)
    assert_shows(answer, "no se ha guardado nada")


def test_an_ended_session_never_puts_the_sign_in_into_a_part_of_a_page(client_for):
    for ask in (client_for(None).get, client_for(None).post):
        answer = ask("/jobs/bell/", HTTP_HX_REQUEST="true")
        assert (answer.status_code, answer.content) == (401, b"")


def test_the_address_of_a_step_opened_like_a_page_says_so_instead_of_staying_blank(staff, client_for):
    answer = client_for(staff("quality_officer")).get("/quality/actions/A-0001/start/")
    assert answer.status_code == 405
    assert answer["Allow"] == "POST"
    assert "No se ha hecho nada" in text_of(answer)
