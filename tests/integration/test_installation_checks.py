"""What `doctor` asks about the university, its people and the packs; and the way back in."""

from __future__ import annotations

from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from iqas.accounts.checks import somebody_administers
from iqas.accounts.models import RoleAssignment
from iqas.core.access import can
from iqas.demo import content
from iqas.demo.accounts import PASSWORDS
from iqas.demo.checks import demo_accounts_are_gone
from iqas.frameworks.checks import packs_are_loaded
from iqas.frameworks.models import Framework
from iqas.organisation.checks import contacts_are_named, university_has_begun
from tests.factories.accounts import make_user
from tests.factories.organisation import make_centre, the_university

pytestmark = pytest.mark.django_db


def test_packs_that_are_not_loaded_are_told_and_not_loaded_by_the_asking() -> None:
    assert "load_packs" in next(iter(packs_are_loaded()))
    assert not Framework.objects.exists()
    call_command("load_packs", verbosity=0)
    assert list(packs_are_loaded()) == []


def test_an_installation_without_a_university_is_told_how_to_begin_one() -> None:
    assert "start_university" in next(iter(university_has_begun()))
    the_university()
    assert list(university_has_begun()) == []


def test_contacts_that_are_missing_are_told() -> None:
    the_university()
    assert len(list(contacts_are_named())) == 2
    the_university(dpo_email="dpd@example.edu", complaints_email="quejas@example.edu")
    assert list(contacts_are_named()) == []


class TestAdministrator:
    def test_nobody_is_told_with_the_way_back_in(self) -> None:
        the_university()
        assert "assign_role EMAIL administrator" in next(iter(somebody_administers()))

    def test_one_with_a_password_is_enough(self, staff) -> None:
        staff("administrator")
        assert list(somebody_administers()) == []

    def test_one_who_never_came_in_is_told(self, staff) -> None:
        person = staff("administrator")
        person.set_unusable_password()
        person.save()
        assert "changepassword" in next(iter(somebody_administers()))

    def test_one_whose_role_ended_or_whose_account_is_closed_does_not_count(self, staff) -> None:
        staff("administrator", valid_until=date(2021, 1, 1))
        staff("administrator", is_active=False)
        assert "Nobody" in next(iter(somebody_administers()))


class TestAssignRole:
    def test_it_gives_the_role_from_today(self) -> None:
        the_university()
        person = make_user(email="ana@example.edu")
        out = StringIO()
        call_command("assign_role", " Ana@Example.edu", "administrator", stdout=out)
        assert can(person, "people.invite")
        assert "ana@example.edu is administrator of UNI" in out.getvalue()

    def test_a_role_of_a_centre_is_given_there(self) -> None:
        person, centre = make_user(), make_centre()
        call_command("assign_role", person.email, "centre_quality", "--scope", centre.code, stdout=StringIO())
        assert RoleAssignment.objects.get().scope == centre.scope

    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            (["nobody@example.edu", "administrator"], "Nobody has an account"),
            (["ana@example.edu", "administrator", "--scope", "FAC-Z"], "no scope FAC-Z"),
            (["ana@example.edu", "centre_quality"], "cannot be held there"),
        ],
    )
    def test_what_cannot_be_is_refused_in_words(self, arguments, said) -> None:
        from django.utils import translation

        the_university()
        make_user(email="ana@example.edu")
        with translation.override("en"), pytest.raises(CommandError, match=said):
            call_command("assign_role", *arguments)
        assert not RoleAssignment.objects.exists()


def test_a_demonstration_that_was_moved_to_production_is_told(settings) -> None:
    person = content.organisation().people[0]
    user = make_user(email=person.email)
    user.set_password(PASSWORDS[person.role])
    user.save()
    assert list(demo_accounts_are_gone()) == []
    settings.PRODUCTION = True
    assert person.email in next(iter(demo_accounts_are_gone()))
    user.set_password("nobody knows this one")
    user.save()
    assert list(demo_accounts_are_gone()) == []
