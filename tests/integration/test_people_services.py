"""Inviting people, giving and ending roles."""

from __future__ import annotations

import datetime as dt

import pytest

from iqas.accounts import services
from iqas.accounts.models import RoleAssignment, User
from iqas.core import access
from iqas.core.models import AuditEvent
from iqas.core.refusals import AccessDenied, RuleViolation, StaleVersion
from iqas.organisation.models import University
from iqas.organisation.services import add_centre, change_university
from tests.factories.accounts import make_user
from tests.factories.organisation import make_centre, the_university

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator(staff):
    return staff("administrator")


def refused(code):
    return pytest.raises(RuleViolation, check=lambda error: error.code == code)


def test_a_person_is_invited_once_whatever_the_case_of_the_address(administrator):
    person = services.invite_person(actor=administrator, email="Ana.Ruiz@Uni.es", name="Ana Ruiz")
    assert person.email == "ana.ruiz@uni.es"
    assert not person.has_usable_password()
    with refused("email-taken"):
        services.invite_person(actor=administrator, email="ana.ruiz@UNI.ES", name="Otra")


def test_only_administrators_invite(staff):
    with pytest.raises(AccessDenied):
        services.invite_person(actor=staff("quality_officer"), email="x@uni.es", name="X")
    assert not User.objects.filter(email="x@uni.es").exists()


def test_a_role_holds_on_its_scope_and_below_and_only_in_its_time(administrator, at):
    at("2026-03-01")
    person = make_user()
    centre, other = make_centre("A"), make_centre("B")
    services.assign_role(
        actor=administrator,
        user=person,
        role="centre_quality",
        scope=centre.scope,
        valid_until=dt.date(2026, 3, 31),
    )
    assert access.holds(person, "centre.view", centre.scope)
    assert not access.holds(person, "centre.view", other.scope)
    assert not access.holds(person, "centre.view", the_university().scope)
    at("2026-04-01")
    access.forget_grants(person)
    assert not access.holds(person, "centre.view", centre.scope)


def test_a_role_ended_no_longer_holds_today(administrator):
    person = make_user()
    given = services.assign_role(
        actor=administrator, user=person, role="reader", scope=the_university().scope
    )
    services.end_role(actor=administrator, assignment=given, reason="cambio de puesto")
    person = User.objects.get(pk=person.pk)
    assert access.grants(person) == ()
    assert AuditEvent.objects.filter(action="role.ended", object_id=str(person.pk)).count() == 1


@pytest.mark.parametrize(
    ("role", "kind", "code"),
    [("administrator", "centre", "role-scope"), ("auditor", "university", "role-scope")],
)
def test_a_role_exists_only_on_its_kind_of_scope(administrator, role, kind, code):
    scope = make_centre().scope if kind == "centre" else the_university().scope
    with refused(code):
        services.assign_role(actor=administrator, user=make_user(), role=role, scope=scope)


def test_an_auditor_holds_no_other_role(administrator):
    person = make_user()
    RoleAssignment.objects.create(
        user=person, role="auditor", scope=the_university().scope, valid_from=dt.date(2020, 1, 1)
    )
    with refused("role-mixed"):
        services.assign_role(actor=administrator, user=person, role="reader", scope=the_university().scope)


def test_nobody_gives_a_role_to_themselves(administrator):
    with refused("own-role"):
        services.assign_role(
            actor=administrator, user=administrator, role="reader", scope=the_university().scope
        )


def test_the_last_administrator_stays(administrator):
    given = RoleAssignment.objects.get(user=administrator)
    with refused("last-administrator"):
        services.end_role(actor=administrator, assignment=given)


def test_an_ended_account_holds_nothing(administrator, staff):
    officer = staff("quality_officer")
    services.change_person(actor=administrator, user=officer, is_active=False)
    assert access.grants(User.objects.get(pk=officer.pk)) == ()


def test_two_people_change_the_settings_and_nothing_is_lost(staff):
    officer = staff("quality_officer")
    university = the_university(threshold=5)
    change_university(actor=officer, seen_version=university.version, threshold=8)
    with pytest.raises(StaleVersion) as refusal:
        change_university(actor=officer, seen_version=university.version, threshold=4)
    assert refusal.value.current.threshold == 8
    assert University.objects.get().threshold == 8


def test_a_centre_needs_a_free_code(staff):
    officer = staff("quality_officer")
    add_centre(actor=officer, code="FDE", kind="faculty", name_es="Facultad de Derecho")
    with refused("code-taken"):
        add_centre(actor=officer, code="FDE", kind="school", name_es="Otra")


def test_centre_staff_do_not_add_centres(staff):
    with pytest.raises(AccessDenied):
        add_centre(
            actor=staff("centre_quality", make_centre().scope), code="X", kind="school", name_es="Otra"
        )
