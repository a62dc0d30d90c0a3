"""A person's own data: handed over whole, erased for good, and the counts as they were."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from iqas.core.audit import history, verify
from iqas.core.models import AuditDetail
from iqas.core.refusals import AccessDenied, RuleViolation, StaleVersion
from microcredentials import erased
from microcredentials.models import (
    Edition,
    Enrolment,
    EnrolmentCount,
    Learner,
    LearnerStatistics,
)
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

    def test_what_was_written_about_their_enrolments_is_theirs_too(self, ana: Learner) -> None:
        """The events on enrolments and every reason in free text were erased with the person, and never handed over."""
        officer = make_staff("quality_officer")
        learners.change_learner(
            actor=officer, learner=ana, seen=1, identity=make_identity(**ANA | {"family_name": "Ruiz"})
        )
        told = learners.export_learner(actor=officer, learner=ana)
        [enrolment] = told["enrolments"]
        assert [event["action"] for event in enrolment["history"]] == ["enrolment.changed", "enrolment.made"]
        assert enrolment["history"][0]["reason"] == "Anacanary aprobó"
        assert enrolment["history"][0]["after"]["state"] == "passed"
        [changed] = told["history"]
        assert (changed["before"], changed["reason"]) == ({"family_name": "Ruizcanary"}, "")

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
        for canary in ("canary", "12345678Z", "CANARY", "Elche"):
            assert canary not in stored, canary
        assert not re.search(r"(?<![0-9a-f.-])1984(?![0-9a-f])", stored)  # in a random id it is no year
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


class TestComingBack:
    """An erased person could never enrol again with their own e-mail or DNI, and nobody could lift it."""

    @pytest.fixture
    def edition(self, ana: Learner) -> Edition:
        edition = ana.enrolments.get().edition
        learners.erase_learner(actor=make_staff("quality_officer"), learner=ana, reason="Lo pide")
        return edition

    def enrol(self, edition: Edition, **options: Any) -> Enrolment:
        return enrolments.enrol(
            actor=make_staff("coordinator"), edition=edition, identity=make_identity(**ANA), **options
        )

    def test_who_asks_for_it_themselves_is_enrolled_as_a_new_person(self, edition: Edition) -> None:
        with refused("was-erased"):
            self.enrol(edition)
        back = self.enrol(edition, at_own_request=True).learner
        assert (str(back), back.enrolments.count()) == ("Anacanary Ruizcanary", 1)
        assert history(back)[0].action == "learner.readmitted"
        assert Learner.objects.filter(erased_at__isnull=False).count() == 1

    def test_from_then_on_lists_know_them_again(self, edition: Edition) -> None:
        self.enrol(edition, at_own_request=True)
        written = Register(actor=None).take([Entry(2, edition, make_identity(**ANA), state="passed")])
        assert (written.passed_over, written.updated, written.learners_created) == ([], 1, 0)

    def test_nobody_comes_back_by_a_list(self, edition: Edition) -> None:
        register = Register(actor=None)
        written = register.take([Entry(7, edition, make_identity(**ANA))])
        assert (written.passed_over, register.new) == ([7], [])


class TestTheKeyOfTheErased:
    """The hashes depended on SECRET_KEY: whoever changed it had erased people back with the next list."""

    @pytest.fixture(autouse=True)
    def folder(self, settings: Any, tmp_path: Path) -> Path:
        settings.KEYS_DIR = tmp_path / "keys"
        return tmp_path / "keys"

    @pytest.fixture
    def edition(self, ana: Learner) -> Edition:
        edition = ana.enrolments.get().edition
        learners.erase_learner(actor=make_staff("quality_officer"), learner=ana, reason="Lo pide")
        return edition

    def passed_over(self, edition: Edition) -> list[int]:
        return Register(actor=None).take([Entry(2, edition, make_identity(**ANA))]).passed_over

    def told(self) -> list[str]:
        return list(erased.key_problems())

    def test_another_secret_key_brings_nobody_back(
        self, settings: Any, edition: Edition, folder: Path
    ) -> None:
        settings.SECRET_KEY = "quite another secret of the installation, as long as the first one"
        assert self.passed_over(edition) == [2]
        key = folder / "register" / "erased.key"
        assert (key.stat().st_mode & 0o777, key.parent.stat().st_mode & 0o777) == (0o600, 0o700)
        assert (len(key.read_bytes()), self.told()) == (32, [])

    def test_without_the_key_nobody_is_enrolled_and_doctor_says_why(
        self, edition: Edition, folder: Path
    ) -> None:
        key = folder / "register" / "erased.key"
        kept = key.read_bytes()
        key.unlink()
        erased._key_in.cache_clear()
        with refused("keys-missing"):
            self.passed_over(edition)
        [problem] = self.told()
        assert "restore the key folder" in problem
        key.write_bytes(kept[::-1])
        key.chmod(0o600)
        [problem] = self.told()
        assert "is not the one" in problem
        key.write_bytes(kept)
        assert self.told() == []
        key.chmod(0o640)
        assert "0600" in self.told()[0]

    def test_until_somebody_is_erased_there_is_no_key_to_lose(self, ana: Learner, folder: Path) -> None:
        assert not folder.exists()
        assert self.told() == []
