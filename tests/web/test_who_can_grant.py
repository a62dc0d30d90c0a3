"""A page that is refused names the roles that it is for and who gives them (look.md §4, empty states)."""

from __future__ import annotations

import pytest

from iqas.core.access import can, rules
from tests.factories.accounts import make_user
from tests.factories.organisation import make_centre
from tests.support.pages import assert_hides, assert_shows, text_of

pytestmark = pytest.mark.django_db
ENGLISH = {"accept-language": "en"}


@pytest.fixture(autouse=True)
def administrators(staff):
    staff("administrator", name="Ada Min", email="ada@uni.es")
    staff("administrator", name="Gone Min", email="gone@uni.es", is_active=False)


def test_a_refused_page_did_not_say_who_can_grant_it(staff, client_for):
    page = client_for(staff("reader")).get("/people/", headers=ENGLISH)
    assert page.status_code == 403
    for text in ("It is for these roles: administrator, quality officer.", "mailto:ada@uni.es", "Ada Min"):
        assert text in text_of(page)
    assert_hides(page, "gone@uni.es")


def test_a_refused_step_on_an_object_says_it_too(staff, client_for):
    centre = make_centre()
    page = client_for(staff("centre_quality", scope=centre.scope)).get(
        f"/settings/centres/{centre.code}/edit/", headers=ENGLISH
    )
    assert page.status_code == 403
    assert "It is for these roles: administrator, quality officer." in text_of(page)


def test_what_no_role_would_allow_names_none(staff, client_for):
    auditor = client_for(staff("auditor"))
    page = auditor.post("/people/me/", headers=ENGLISH)
    assert page.status_code == 403
    assert_hides(page, "It is for these roles", "ada@uni.es")


def test_an_external_auditor_learns_the_role_and_no_name(staff, client_for):
    page = client_for(staff("auditor")).get("/people/", headers=ENGLISH)
    assert page.status_code == 403
    assert "The quality office of the university gives roles." in text_of(page)
    assert_hides(page, "ada@uni.es", "Ada Min")


def test_somebody_without_a_role_is_told_whom_to_ask(client_for):
    page = client_for(make_user()).get("/", headers=ENGLISH)
    assert_shows(page, "You hold no role now", "mailto:ada@uni.es")
    assert_hides(page, "Nothing waits for you")


def test_every_rule_is_held_by_a_role_that_can_be_named(staff):
    from iqas.accounts.roles import way_to

    person = make_user()
    assert [action for action in rules() if not way_to(person, action).roles] == []
    assert not can(person, "people.view")
