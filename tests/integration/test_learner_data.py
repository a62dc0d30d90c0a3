"""A person's own data: handed over whole, erased for good, and the counts as they were."""

from __future__ import annotations

import json
from typing import Any

import pytest

from iqas.core.audit import history, verify
from iqas.core.models import AuditDetail
from iqas.core.refusals import AccessDenied, RuleViolation, StaleVersion
from microcredentials.models import Enrolment, EnrolmentCount, Learner, LearnerStatistics
from microcredentials.services import enrolments, learners
from microcredentials.services.register import Entry, Register
from tests.factories.accounts import make_staff
from tests.factories.microcredentials import make_edition, make_identity, make_microcredential
from tests.factories.organisation import make_centre

pytestmark = pytest.mark.django_db
ANA: dict[str, Any] = {
    "given_name": "Anacanary",
    "family_name": "Ruizcanary",
    "email": "anacanary@example.org",
    "document_kind": "dni",
    "document_number": "12345678Z",
    "student_number": "N-CANARY",
}
STATISTICS = {
    "sex": "female",
    "birth_year": 1984,
    "nationality": "PT",
    "residence": "Elche",
    "access": "degree",
}


def refused(code: str) -> Any:
    return pytest.raises(RuleViolation, check=lambda refusal: refusal.code == code)


@pytest.fixture
def ana() -> Learner:
    edition = make_edition(state="finished")
    officer = make_staff("quality_officer")
    made = enrolments.enrol(
        actor=officer, edition=edition, identity=make_identity(**ANA), statistics=STATISTICS
    )
    enrolments.edit_enrolment(
        actor=officer, enrolment=made, seen=1, target="passed", reason="Anacanary aprobó"
    )
    return made.learner


def everything_stored() -> str:
    """Every text of the tables that could name a person."""
    rows = [
        *Learner.objects.values(),
        *LearnerStatistics.objects.values(),
        *Enrolment.objects.values(),
        *AuditDetail.objects.values(),
    ]
    return json.dumps(rows, default=str)


class TestCorrecting:
    def test_a_correction_is_kept_in_the_history(self, ana: Learner) -> None:
        officer = make_staff("quality_officer")
        identity = make_identity(**ANA | {"family_name": "Ruiz"})
        learners.change_learner(
            actor=officer, learner=ana, seen=1, identity=identity, statistics={"residence": "Alicante"}
        )
        ana.refresh_from_db()
        assert (ana.family_name, ana.sort_name, ana.statistics.residence, ana.statistics.sex) == (
            "Ruiz",
            "ruiz anacanary",
            "Alicante",
            "female",
        )
        with pytest.raises(StaleVersion):
            learners.change_learner(actor=officer, learner=ana, seen=1, identity=identity)
        detail = history(ana)[0].detail
        assert (detail.before, detail.after["family_name"]) == ({"family_name": "Ruizcanary"}, "Ruiz")

    def test_what_another_person_has_is_refused(self, ana: Learner) -> None:
        other = enrolments.enrol(
            actor=make_staff("quality_officer"),
            edition=make_edition(state="open"),
            identity=make_identity(student_number="7"),
        )
        with refused("taken"):
            learners.change_learner(
                actor=make_staff("quality_officer"),
                learner=ana,
                seen=1,
                identity=make_identity(**ANA | {"student_number": other.learner.student_number}),
            )


class TestHandingOver:
    def test_everything_held_is_in_the_file_and_taking_it_is_an_event(self, ana: Learner) -> None:
        told = learners.export_learner(actor=make_staff("quality_officer"), learner=ana)
        assert {name: told["person"][name] for name in Learner.IDENTITY} == ANA
        assert told["statistics"] == STATISTICS
        assert [row["state"] for row in told["enrolments"]] == ["passed"]
        json.dumps(told)
        assert history(ana)[0].action == "learner.exported"

    def test_only_who_reaches_every_enrolment_of_the_person(self, ana: Learner) -> None:
        here, there = make_centre("FAC-A"), make_centre("FAC-B")
        quality = make_staff("centre_quality", scope=here.scope)
        learners.export_learner(actor=quality, learner=ana)
        elsewhere = make_edition(make_microcredential(centre=there, approved=True), state="open")
        enrolments.enrol(
            actor=make_staff("quality_officer"), edition=elsewhere, identity=make_identity(**ANA)
        )
        for act in (
            lambda: learners.export_learner(actor=quality, learner=ana),
            lambda: learners.erase_learner(actor=quality, learner=ana, reason="Lo pide"),
        ):
            with pytest.raises(AccessDenied) as denied:
                act()
            assert denied.value.code == "enrolled-elsewhere"
        for role in ("coordinator", "reader", "reviewer", "administrator", "approver"):
            with pytest.raises(AccessDenied):
                learners.export_learner(actor=make_staff(role), learner=ana)


class TestErasing:
    def test_nothing_that_names_the_person_stays_and_no_count_changes(self, ana: Learner) -> None:
        officer = make_staff("quality_officer")
        learners.change_learner(
            actor=officer, learner=ana, seen=1, identity=make_identity(**ANA | {"given_name": "Anacanary B"})
        )
        before = list(EnrolmentCount.objects.values(*EnrolmentCount.NUMBERS))
        learners.erase_learner(actor=officer, learner=ana, reason="Lo pidió por escrito")
        stored = everything_stored()
        for canary in ("canary", "12345678Z", "CANARY", "Elche", "1984"):
            assert canary not in stored, canary
        assert list(EnrolmentCount.objects.values(*EnrolmentCount.NUMBERS)) == before
        statistics = LearnerStatistics.objects.get()
        assert (statistics.sex, statistics.nationality, statistics.birth_year) == ("female", "PT", 1980)
        assert list(verify()) == []
        assert next(event.action for event in history(ana)) == "learner.erased"

    def test_it_says_why_and_happens_once(self, ana: Learner) -> None:
        officer = make_staff("quality_officer")
        with refused("no-reason"):
            learners.erase_learner(actor=officer, learner=ana, reason=" ")
        learners.erase_learner(actor=officer, learner=ana, reason="Lo pide")
        with refused("erased"):
            learners.erase_learner(actor=officer, learner=ana, reason="Lo pide")
        with refused("erased"):
            learners.export_learner(actor=officer, learner=ana)

    def test_the_next_import_does_not_bring_the_person_back(self, ana: Learner) -> None:
        edition = ana.enrolments.get().edition
        learners.erase_learner(actor=make_staff("quality_officer"), learner=ana, reason="Lo pide")
        register = Register(actor=None)
        written = register.take([Entry(2, edition, make_identity(**ANA), state="passed")])
        assert (written.passed_over, written.created, register.problems) == ([2], 0, [])
        assert Learner.objects.filter(erased_at__isnull=True).count() == 0
        with refused("was-erased"):
            enrolments.enrol(
                actor=make_staff("quality_officer"), edition=edition, identity=make_identity(**ANA)
            )
