"""Improvement actions: a plan, proof, a second person."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from iqas.core.access import allowed, can
from iqas.core.audit import history
from iqas.core.refusals import AccessDenied, RuleViolation, StaleVersion
from iqas.improvement import selectors, services
from iqas.improvement.models import Action
from tests.factories.accounts import make_staff, make_user
from tests.factories.evidence import EvidenceFactory, EvidenceVersionFactory
from tests.factories.improvement import ActionFactory
from tests.factories.organisation import make_centre, the_university

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer() -> Any:
    return make_staff("centre_quality", make_centre().scope, name="Ana Ruiz")


@pytest.fixture
def second_person() -> Any:
    return make_staff("quality_officer", name="Berta Gil")


@pytest.fixture
def plan(officer: Any) -> dict[str, Any]:
    return {
        "scope": make_centre().scope,
        "title": "Publicar la guía docente",
        "cause": "No estaba publicada antes de la matrícula.",
        "responsible": officer,
        "due": date(2026, 12, 1),
        "follow_up": "Revisión de la página pública el 1 de diciembre.",
    }


@pytest.fixture
def action(officer: Any, plan: dict[str, Any]) -> Action:
    return services.add_action(actor=officer, **plan)


def proof(**fields: Any) -> Any:
    return EvidenceVersionFactory(evidence=EvidenceFactory(scope=make_centre().scope), **fields)


def test_an_action_goes_from_plan_to_verified(officer: Any, second_person: Any, action: Action) -> None:
    services.start_action(actor=officer, action=action)
    services.finish_action(actor=officer, action=action, proof=proof(approved=True))
    with pytest.raises(RuleViolation) as refusal:
        services.verify_action(actor=second_person, action=action)
    assert refusal.value.code == "effect-missing"
    closed = services.verify_action(actor=second_person, action=action, effect="De 3,1 a 4,2 sobre 5")
    assert (closed.state, closed.verified_by, closed.effect) == (
        "verified",
        second_person,
        "De 3,1 a 4,2 sobre 5",
    )
    assert [event.action for event in history(closed)] == [
        "improvement.verified", "improvement.done", "improvement.started", "improvement.added",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"title": ""}, "title"), ({"cause": " "}, "cause"), ({"follow_up": ""}, "follow_up")],
)
def test_the_minimum_content_is_demanded(
    officer: Any, plan: dict[str, Any], changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(RuleViolation) as refusal:
        services.add_action(actor=officer, **(plan | changes))
    assert refusal.value.field == field
    assert not Action.objects.exists()


def test_the_responsible_person_must_reach_the_action(officer: Any, plan: dict[str, Any]) -> None:
    stranger = make_staff("coordinator", make_centre("FAC-B", "Facultad B").scope)
    with pytest.raises(RuleViolation) as refusal:
        services.add_action(actor=officer, **(plan | {"responsible": stranger}))
    assert refusal.value.code == "responsible-outside"


def test_done_needs_its_proof(officer: Any, action: Action) -> None:
    with pytest.raises(RuleViolation) as refusal:
        services.finish_action(actor=officer, action=action, proof=None)
    assert refusal.value.code == "proof-missing"
    with pytest.raises(IntegrityError), transaction.atomic():
        Action.objects.filter(pk=action.pk).update(state="done")


def test_the_proof_is_one_that_the_person_sees(officer: Any, action: Action) -> None:
    foreign = EvidenceVersionFactory(evidence=EvidenceFactory(scope=make_centre("FAC-B", "Facultad B").scope))
    with pytest.raises(AccessDenied):
        services.finish_action(actor=officer, action=action, proof=foreign)
    with pytest.raises(RuleViolation) as refusal:
        services.finish_action(
            actor=officer, action=action, proof=proof(state="withdrawn", withdrawal_reason="Error")
        )
    assert refusal.value.code == "proof-withdrawn"


def test_nobody_verifies_their_own_work(officer: Any, action: Action) -> None:
    colleague = make_staff("centre_quality", make_centre().scope)
    services.finish_action(actor=colleague, action=action, proof=proof(approved=True), effect="Mejoró")
    for person in (officer, colleague):
        with pytest.raises(AccessDenied) as refusal:
            services.verify_action(actor=person, action=action)
        assert refusal.value.code == "own-work"
    with pytest.raises(IntegrityError), transaction.atomic():
        Action.objects.filter(pk=action.pk).update(state="verified", verified_by=colleague)


def test_a_proof_that_nobody_approved_closes_nothing(
    officer: Any, second_person: Any, action: Action
) -> None:
    services.finish_action(actor=officer, action=action, proof=proof(), effect="Mejoró")
    with pytest.raises(RuleViolation) as refusal:
        services.verify_action(actor=second_person, action=action)
    assert refusal.value.code == "proof-not-approved"
    with pytest.raises(RuleViolation) as refusal:
        services.send_back_action(actor=second_person, action=action, reason="")
    assert refusal.value.field == "reason"
    back = services.send_back_action(actor=second_person, action=action, reason="Falta la firma")
    assert (back.state, back.done_by, back.proof is not None) == ("in_progress", None, True)


def test_cancelling_says_why_and_ends_it(officer: Any, action: Action) -> None:
    with pytest.raises(RuleViolation):
        services.cancel_action(actor=officer, action=action, reason=" ")
    services.cancel_action(actor=officer, action=action, reason="La microcredencial se extingue")
    with pytest.raises(AccessDenied) as refusal:
        services.start_action(actor=officer, action=action)
    assert refusal.value.code == "not-open"


def test_two_people_change_the_plan_and_neither_is_lost(
    officer: Any, second_person: Any, action: Action
) -> None:
    services.change_action(actor=officer, action=action, seen_version=1, due=date(2027, 1, 10))
    with pytest.raises(StaleVersion) as refusal:
        services.change_action(actor=second_person, action=action, seen_version=1, due=date(2027, 3, 1))
    assert refusal.value.current.due == date(2027, 1, 10)


def test_overdue_is_open_and_late() -> None:
    late = ActionFactory(due=date(2026, 6, 19))
    ActionFactory(due=date(2026, 6, 20))
    ActionFactory(due=date(2026, 6, 1), state="cancelled", cancel_reason="No procede")
    today = date(2026, 6, 20)
    assert list(selectors.overdue(today)) == [late]
    assert [item.pk for item in selectors.with_overdue(Action.objects.all(), today) if item.overdue] == [
        late.pk
    ]


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    role=st.sampled_from(
        ("quality_officer", "centre_quality", "coordinator", "reviewer", "approver", "reader", "auditor")
    ),
    place=st.sampled_from(("university", "A", "B")),
    objects=st.lists(
        st.tuples(
            st.sampled_from(("university", "A", "B")),
            st.sampled_from(("open", "in_progress", "done", "cancelled")),
            st.sampled_from(("responsible", "done_by", "nobody")),
        ),
        max_size=4,
    ),
)
def test_each_predicate_agrees_with_its_twin(
    role: str, place: str, objects: list[tuple[str, str, str]]
) -> None:
    with transaction.atomic():
        scopes = {
            "university": the_university().scope,
            "A": make_centre().scope,
            "B": make_centre("FAC-B", "Facultad B").scope,
        }
        user = make_staff(role, scopes[place])
        for where, state, part in objects:
            fields: dict[str, Any] = {"responsible": user} if part == "responsible" else {}
            if state == "done":
                fields |= {"proof": proof(), "done_by": user if part == "done_by" else make_user()}
            if state == "cancelled":
                fields |= {"cancel_reason": "No procede"}
            ActionFactory(scope=scopes[where], state=state, **fields)
        for action in ("view", "change", "work", "cancel", "verify"):
            name = f"improvement.{action}"
            assert {obj.pk for obj in Action.objects.select_related("scope") if can(user, name, obj)} == set(
                allowed(user, name).values_list("pk", flat=True)
            ), name
        transaction.set_rollback(True)
