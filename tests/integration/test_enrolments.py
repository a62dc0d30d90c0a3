"""The register: who is recognised, which states follow from which, and counts that follow in the same transaction."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from iqas.core import events
from iqas.core.audit import history
from iqas.core.refusals import AccessDenied, RuleViolation, StaleVersion
from microcredentials.models import Edition, Enrolment, EnrolmentCount, Learner
from microcredentials.services import editions, enrolments
from microcredentials.services.enrolment_counts import numbers_of
from microcredentials.services.register import Entry, Register
from tests.factories.accounts import make_staff
from tests.factories.microcredentials import (
    make_counts,
    make_edition,
    make_enrolments,
    make_identity,
    make_microcredential,
)
from tests.factories.organisation import make_centre

pytestmark = pytest.mark.django_db


def refused(code: str) -> Any:
    return pytest.raises(RuleViolation, check=lambda refusal: refusal.code == code)


def enrol(edition: Edition, **identity: Any) -> Enrolment:
    return enrolments.enrol(
        actor=make_staff("quality_officer"), edition=edition, identity=make_identity(**identity)
    )


def counts_of(edition: Edition) -> EnrolmentCount:
    return EnrolmentCount.objects.get(edition=edition)


class TestWhoIsRecognised:
    def test_a_person_is_made_once_whatever_key_comes_first(self) -> None:
        first, second, third = (make_edition(state="open") for _edition in range(3))
        ana = {"given_name": "Ana", "family_name": "Ruiz"}
        enrol(first, **ana, email="ana@example.org", document_kind="dni", document_number="12345678Z")
        enrol(second, **ana, email="", document_kind="dni", document_number="12345678Z", student_number="N-7")
        enrol(third, **ana, email="other@example.org", student_number="n-7")
        learner = Learner.objects.get()
        assert learner.enrolments.count() == 3
        assert (learner.email, learner.student_number) == ("other@example.org", "n-7")

    def test_an_adult_needs_no_student_number(self) -> None:
        enrolment = enrol(
            make_edition(state="open"), email="", document_kind="passport", document_number="AB1"
        )
        assert enrolment.learner.student_key is None

    def test_somebody_without_any_key_is_refused_here_and_by_the_database(self) -> None:
        with refused("no-identity"):
            enrol(make_edition(state="open"), email="")
        with pytest.raises(IntegrityError), transaction.atomic():
            Learner.objects.create(given_name="Nadie", family_name="Nadie")

    def test_two_people_who_share_an_address_are_not_mixed_up(self) -> None:
        edition = make_edition(state="open")
        enrol(edition, given_name="Ana", family_name="Ruiz", email="empresa@example.org")
        with refused("other-name"):
            enrol(edition, given_name="Luis", family_name="Gil", email="empresa@example.org")

    def test_keys_of_two_people_in_one_form_are_refused(self) -> None:
        edition, other = make_edition(state="open"), make_edition(state="open")
        enrol(edition, email="ana@example.org", student_number="1")
        enrol(edition, email="luis@example.org", student_number="2")
        with refused("two-people"):
            enrol(other, email="ana@example.org", student_number="2")

    def test_another_document_is_another_person(self) -> None:
        edition, other = make_edition(state="open"), make_edition(state="open")
        enrol(edition, email="ana@example.org", document_kind="dni", document_number="12345678Z")
        with refused("other-person"):
            enrol(other, email="ana@example.org", document_kind="dni", document_number="00000000T")

    def test_a_name_without_its_accents_does_not_lose_them(self) -> None:
        first, second = make_edition(state="open"), make_edition(state="open")
        enrol(first, given_name="José", family_name="Pérez", email="jp@example.org")
        enrol(second, given_name="JOSE", family_name="PEREZ", email="JP@example.org")
        learner = Learner.objects.get()
        assert (str(learner), learner.email, learner.sort_name) == (
            "José Pérez",
            "jp@example.org",
            "perez jose",
        )


class TestEnrolling:
    def test_only_while_the_registration_is_open(self) -> None:
        for state, code in [("planned", "not-open"), ("results_signed", "signed"), ("closed", "closed")]:
            with refused(code):
                enrol(make_edition(state=state))

    def test_twice_is_refused(self) -> None:
        edition = make_edition(state="open")
        enrol(edition, given_name="Ana", family_name="Ruiz", email="ana@example.org")
        with refused("enrolled-already"):
            enrol(edition, given_name="Ana", family_name="Ruiz", email="ana@example.org")
        assert edition.enrolments.count() == 1

    def test_a_full_edition_takes_nobody_and_who_withdrew_leaves_a_place(self) -> None:
        edition = make_edition(state="open", places=2)
        first, _second = make_enrolments(edition, "enrolled", "enrolled")
        with refused("full"):
            enrol(edition)
        enrolments.change_states(
            actor=make_staff("quality_officer"),
            edition=edition,
            enrolments=[first.pk],
            target="withdrawn_before_start",
        )
        enrol(edition)

    def test_only_who_coordinates_it(self) -> None:
        here, there = make_centre("FAC-A"), make_centre("FAC-B")
        edition = make_edition(make_microcredential(centre=here, approved=True), state="open")
        for role, scope in [
            ("coordinator", there.scope),
            ("reader", None),
            ("reviewer", None),
            ("approver", None),
            ("administrator", None),
        ]:
            with pytest.raises(AccessDenied):
                enrolments.enrol(
                    actor=make_staff(role, scope=scope), edition=edition, identity=make_identity()
                )
        enrolments.enrol(
            actor=make_staff("coordinator", scope=here.scope), edition=edition, identity=make_identity()
        )


class TestStates:
    def test_what_follows_from_what(self) -> None:
        edition = make_edition(state="finished")
        officer = make_staff("quality_officer")
        (row,) = make_enrolments(edition, "failed")
        with refused("wrong-state"):
            enrolments.edit_enrolment(actor=officer, enrolment=row, seen=1, target="recognised")
        enrolments.edit_enrolment(actor=officer, enrolment=row, seen=1, target="passed", grade=Decimal("6.5"))
        with refused("no-reason"):
            enrolments.edit_enrolment(actor=officer, enrolment=row, seen=2, target="enrolled")
        changed = enrolments.edit_enrolment(
            actor=officer, enrolment=row, seen=2, target="enrolled", reason="Error"
        )
        assert (changed.state, changed.grade) == ("enrolled", None)
        assert [event.action for event in history(row)] == ["enrolment.changed"] * 2

    def test_a_grade_is_of_who_was_assessed(self) -> None:
        edition = make_edition(state="finished")
        officer = make_staff("quality_officer")
        (row,) = make_enrolments(edition, "enrolled")
        for target in ("recognised", "withdrawn", "completed"):
            with refused("grade-without-result"):
                enrolments.edit_enrolment(
                    actor=officer, enrolment=row, seen=1, target=target, grade=Decimal(7)
                )
        with pytest.raises(IntegrityError), transaction.atomic():
            Enrolment.objects.filter(pk=row.pk).update(grade=7)
        with pytest.raises(IntegrityError), transaction.atomic():
            Enrolment.objects.filter(pk=row.pk).update(state="nonsense")

    def test_a_withdrawal_after_the_first_day_is_not_one_before_the_start(self) -> None:
        edition = make_edition(state="running")
        (row,) = make_enrolments(edition, "enrolled")
        with refused("not-before-start"):
            enrolments.change_states(
                actor=make_staff("quality_officer"),
                edition=edition,
                enrolments=[row.pk],
                target="withdrawn_before_start",
                on=date(2025, 10, 6),
            )

    def test_many_at_once_or_nobody(self) -> None:
        edition = make_edition(state="finished")
        officer = make_staff("quality_officer")
        rows = make_enrolments(edition, "enrolled", "enrolled", "recognised")
        keys = [row.pk for row in rows]
        with refused("wrong-state"):
            enrolments.change_states(actor=officer, edition=edition, enrolments=keys, target="passed")
        assert edition.enrolments.filter(state="passed").count() == 0
        assert (
            enrolments.change_states(actor=officer, edition=edition, enrolments=keys[:2], target="passed")
            == 2
        )
        with refused("nobody"):
            enrolments.change_states(actor=officer, edition=edition, enrolments=[], target="passed")

    def test_enrolments_of_another_edition_are_not_touched(self) -> None:
        edition, other = make_edition(state="running"), make_edition(state="running")
        (row,) = make_enrolments(other, "enrolled")
        changed = enrolments.change_states(
            actor=make_staff("quality_officer"), edition=edition, enrolments=[row.pk], target="withdrawn"
        )
        row.refresh_from_db()
        assert (changed, row.state) == (0, "enrolled")


class TestNoLostUpdate:
    def test_a_grade_that_somebody_else_gave_meanwhile_is_not_overwritten(self) -> None:
        edition = make_edition(state="finished")
        first, second = make_staff("quality_officer"), make_staff("quality_officer")
        (row,) = make_enrolments(edition, "enrolled")
        enrolments.edit_enrolment(actor=first, enrolment=row, seen=1, target="passed", grade=Decimal(9))
        with pytest.raises(StaleVersion) as stale:
            enrolments.edit_enrolment(actor=second, enrolment=row, seen=1, target="passed", grade=Decimal(4))
        assert (stale.value.current.grade, stale.value.current.version) == (Decimal(9), 2)
        row.refresh_from_db()
        assert row.grade == Decimal(9)

    def test_an_import_moves_the_version_on_too(self) -> None:
        edition = make_edition(state="finished")
        officer = make_staff("quality_officer")
        (row,) = make_enrolments(edition, "enrolled")
        keys = {"given_name": row.learner.given_name, "email": row.learner.email}
        register = Register(actor=officer)
        identity = make_identity(**keys, family_name=row.learner.family_name)
        register.take([Entry(2, edition, identity, state="passed", grade=Decimal(8))])
        with pytest.raises(StaleVersion):
            enrolments.edit_enrolment(actor=officer, enrolment=row, seen=1, grade=None)

    def test_many_at_once_name_who_was_changed_since_the_list_was_read(self) -> None:
        edition = make_edition(state="finished")
        officer = make_staff("quality_officer")
        rows = make_enrolments(edition, "enrolled", "enrolled")
        seen = {row.pk: row.version for row in rows}
        enrolments.edit_enrolment(actor=officer, enrolment=rows[0], seen=1, target="failed", grade=Decimal(3))
        with refused("stale-version") as refusal:
            enrolments.change_states(
                actor=officer, edition=edition, enrolments=seen, target="passed", seen=seen
            )
        assert str(rows[0].learner) in str(refusal.value.message)
        assert str(rows[1].learner) not in str(refusal.value.message)
        assert sorted(edition.enrolments.values_list("state", flat=True)) == ["enrolled", "failed"]


class TestCounts:
    def test_the_counts_follow_in_the_same_transaction(self, monkeypatch: pytest.MonkeyPatch) -> None:
        from collections import defaultdict

        monkeypatch.setattr(events, "_handlers", defaultdict(list))
        heard: list[str] = []
        events.on("edition.counted")(lambda edition: heard.append(edition.code))
        edition = make_edition(state="finished")
        states = [
            *["passed"] * 3,
            "failed",
            "completed",
            "withdrawn",
            "withdrawn_before_start",
            "recognised",
        ]
        make_enrolments(edition, *states)
        counts = counts_of(edition)
        assert {name: getattr(counts, name) for name in EnrolmentCount.NUMBERS} == {
            "enrolled": 8,
            "withdrawn_before_start": 1,
            "withdrawn": 1,
            "completed": 5,
            "presented": 4,
            "passed": 3,
            "failed": 1,
            "recognised": 1,
        }
        assert counts.source == "register"
        assert heard == [edition.code]

    def test_while_somebody_waits_there_is_no_data_yet(self) -> None:
        edition = make_edition(state="running")
        make_enrolments(edition, "enrolled", "passed")
        counts = counts_of(edition)
        assert (counts.enrolled, counts.completed, counts.passed) == (2, None, None)

    def test_counts_typed_before_give_way_to_the_register(self) -> None:
        edition = make_edition(state="running")
        make_counts(edition, enrolled=20)
        make_enrolments(edition, "enrolled")
        assert counts_of(edition).enrolled == 1
        with refused("register"):
            editions.record_counts(actor=make_staff("quality_officer"), edition=edition, seen=2, enrolled=20)

    def test_everybody_left_is_zero_and_not_unknown(self) -> None:
        assert numbers_of({"withdrawn": 2})["completed"] == 0
