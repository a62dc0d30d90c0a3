"""A form that is sent twice, as without JavaScript a second click does, makes one thing."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.core.cache import cache
from django.test import Client

from iqas.improvement.models import Action
from tests.factories.organisation import make_centre, the_university

pytestmark = [pytest.mark.django_db, pytest.mark.both]
ADD = "/quality/actions/add/"


@pytest.fixture
def sent(staff, at):
    """Sends the form of a new action as a browser does, with the token that its page was written with."""
    at("2026-11-01 10:00")
    cache.clear()
    the_university()
    centre = make_centre()
    person = staff("centre_quality", scope=centre.scope)
    client = Client(enforce_csrf_checks=True)
    client.force_login(person)

    def token() -> str:
        found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', client.get(ADD).content.decode())
        assert found
        return found[1]

    def send(token: str, **changed: object):
        data = {
            "title": "Revisar la guía",
            "scope": str(centre.scope.pk),
            "cause": "Baja satisfacción",
            "responsible": str(person.pk),
            "due": dt.date(2026, 12, 24).isoformat(),
            "follow_up": "La próxima encuesta",
            "csrfmiddlewaretoken": token,
        }
        return client.post(ADD, data | changed)

    return token, send


def test_a_doubled_form_makes_one_thing_and_leads_to_it_twice(sent):
    token, send = sent
    page = token()
    first, second = send(page), send(page)
    assert Action.objects.count() == 1
    assert first.url == second.url == Action.objects.get().get_absolute_url()


def test_going_back_and_changing_something_makes_a_second_thing(sent):
    token, send = sent
    page = token()
    assert send(page).url != send(page, title="Otra acción").url
    assert Action.objects.count() == 2


def test_the_same_words_on_a_new_page_make_a_second_thing(sent):
    token, send = sent
    assert send(token()).url != send(token()).url


def test_a_refused_form_can_be_sent_again(sent):
    token, send = sent
    page = token()
    assert send(page, due="2020-01-01").status_code == 422
    assert send(page).status_code == 302
    assert Action.objects.count() == 1
