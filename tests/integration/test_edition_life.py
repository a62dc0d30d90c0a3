"""Editions to their end: too few learners, cancelling, signing, reporting, repeating, and what is due when."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import call_command

from iqas.core import clock
from iqas.core.audit import history
from iqas.core.refusals import RuleViolation, StaleVersion
from iqas.core.worklist import work_of
from microcredentials.deadlines import report_due, results_due
from microcredentials.models import Edition
from microcredentials.selectors.editions import reedition_changes
from microcredentials.services import approval, edition_reports, editions, enrolments, proposals, publication
from tests.factories.accounts import make_staff
from tests.factories.approval import paper
from tests.factories.microcredentials import (
    make_counts,
    make_edition,
    make_enrolments,
    make_microcredential,
    make_report,
)
from tests.factories.organisation import the_university

pytestmark = pytest.mark.django_db


def refused(code: str) -> Any:
    return pytest.raises(RuleViolation, check=lambda refusal: refusal.code == code)


def advance(edition: Edition, step: str, **how: Any) -> Edition:
    return editions.advance_edition(actor=make_staff("quality_officer"), edition=edition, step=step, **how)


class TestTooFewLearners:
    def test_beginning_below_the_minimum_needs_a_decision_with_its_reason(self) -> None:
        the_university(min_enrolment=8)
        edition = make_edition(state="open")
        make_enrolments(edition, *["enrolled"] * 7, "withdrawn_before_start")
        with refused("below-minimum"):
            advance(edition, "run")
        with refused("no-reason"):
            advance(edition, "run", despite_minimum=True)
        begun = advance(edition, "run", despite_minimum=True, reason="Convenio con el ayuntamiento")
        assert begun.state == "running"
        assert history(begun)[0].detail.reason == "Convenio con el ayuntamiento"

    def test_enough_learners_and_unknown_numbers_begin_without_a_word(self) -> None:
        the_university(min_enrolment=3)
        edition = make_edition(state="open")
        make_enrolments(edition, *["enrolled"] * 3)
        assert advance(edition, "run").state == "running"
        assert advance(make_edition(state="open"), "run").state == "running"

    def test_the_fewest_learners_of_the_design_count_before_those_of_the_university(self) -> None:
        the_university(min_enrolment=8)
        small = make_edition(make_microcredential(approved=True, places_min=3), state="open")
        make_enrolments(small, *["enrolled"] * 3)
        assert advance(small, "run").state == "running"
        large = make_edition(make_microcredential(approved=True, places_min=12), state="open")
        make_enrolments(large, *["enrolled"] * 10)
        with refused("below-minimum") as refusal:
            advance(large, "run")
        assert "10" in str(refusal.value.message)
        assert "12" in str(refusal.value.message)

    def test_who_got_it_by_recognition_does_not_begin(self) -> None:
        the_university(min_enrolment=8)
        edition = make_edition(state="open")
        make_enrolments(edition, *["enrolled"] * 7, *["recognised"] * 4)
        with refused("below-minimum"):
            advance(edition, "run")

    def test_cancelling_says_why_and_ends_everything(self) -> None:
        edition = make_edition(state="open")
        make_enrolments(edition, "enrolled")
        with refused("no-reason"):
            advance(edition, "cancel", reason="  ")
        cancelled = advance(edition, "cancel", reason="Solo una matrícula")
        assert (cancelled.state, cancelled.cancel_reason) == ("cancelled", "Solo una matrícula")
        officer = make_staff("quality_officer")
        with refused("cancelled"):
            editions.edit_edition(actor=officer, edition=cancelled, seen=cancelled.revision, places=3)
        with refused("cancelled"):
            enrolments.change_states(
                actor=officer,
                edition=cancelled,
                enrolments=[row.pk for row in cancelled.enrolments.all()],
                target="passed",
            )
        with refused("wrong-state"):
            advance(cancelled, "run")

    def test_a_finished_edition_is_not_cancelled(self) -> None:
        with refused("wrong-state"):
            advance(make_edition(state="finished"), "cancel", reason="Tarde")


class TestSigning:
    def test_nobody_waits_for_a_result_when_the_results_are_signed(self) -> None:
        edition = make_edition(state="finished")
        waiting, _passed = make_enrolments(edition, "enrolled", "passed")
        with refused("no-results"):
            advance(edition, "sign")
        officer = make_staff("quality_officer")
        enrolments.change_states(actor=officer, edition=edition, enrolments=[waiting.pk], target="withdrawn")
        signed = advance(edition, "sign")
        assert signed.state == "results_signed"
        assert signed.signed_at is not None

    def test_signed_results_no_longer_change_until_the_signature_is_taken_back(self) -> None:
        edition = make_edition(state="finished")
        (passed,) = make_enrolments(edition, "passed")
        advance(edition, "sign")
        officer = make_staff("quality_officer")
        with refused("signed"):
            enrolments.edit_enrolment(
                actor=officer, enrolment=passed, seen=1, target="enrolled", reason="Error en el acta"
            )
        with refused("no-reason"):
            advance(edition, "rectify")
        reopened = advance(edition, "rectify", reason="Error en el acta")
        assert (reopened.state, reopened.signed_at) == ("finished", None)
        enrolments.edit_enrolment(
            actor=officer, enrolment=passed, seen=1, target="enrolled", reason="Error en el acta"
        )
        enrolments.edit_enrolment(actor=officer, enrolment=passed, seen=2, target="failed")
        assert Edition.objects.get(pk=edition.pk).counts.failed == 1

    def test_signed_counts_typed_by_hand_no_longer_change(self) -> None:
        edition = make_edition(state="results_signed")
        with refused("signed"):
            editions.record_counts(
                actor=make_staff("quality_officer"),
                edition=edition,
                seen=1,
                enrolled=20,
                completed=1,
                passed=1,
            )


class TestTheFinalReport:
    def test_no_edition_closes_without_it_and_filed_it_never_changes(self) -> None:
        edition = make_edition(state="results_signed")
        officer = make_staff("quality_officer")
        with refused("no-report"):
            advance(edition, "close")
        with refused("report-empty"):
            edition_reports.write_report(
                actor=officer, edition=edition, seen=0, went_well="Todo", file_it=True
            )
        draft = edition_reports.write_report(actor=officer, edition=edition, seen=0, went_well="Todo")
        with pytest.raises(StaleVersion):
            edition_reports.write_report(actor=officer, edition=edition, seen=0, went_well="Otro")
        edition_reports.write_report(
            actor=officer, edition=edition, seen=draft.version, proposals="Más casos", file_it=True
        )
        with refused("filed"):
            edition_reports.write_report(actor=officer, edition=edition, seen=2, went_well="Nada")
        assert advance(edition, "close").state == "closed"

    def test_it_waits_for_the_end_of_the_teaching(self) -> None:
        with refused("too-early"):
            edition_reports.write_report(
                actor=make_staff("quality_officer"), edition=make_edition(state="running"), seen=0
            )

    def test_incidents_are_dated_and_say_what_was_done(self) -> None:
        edition = make_edition(state="running")
        officer = make_staff("quality_officer")
        with refused("in-future"):
            edition_reports.add_incident(
                actor=officer, edition=edition, happened_on=date(2999, 1, 1), text="Nada"
            )
        incident = edition_reports.add_incident(
            actor=officer, edition=edition, happened_on=date(2025, 10, 7), text="Se cayó la plataforma"
        )
        edition_reports.answer_incident(
            actor=officer, incident=incident, seen=1, response="Se amplió el plazo"
        )
        with pytest.raises(StaleVersion):
            edition_reports.answer_incident(actor=officer, incident=incident, seen=1, response="Nada")
        incident.refresh_from_db()
        assert incident.response == "Se amplió el plazo"
        assert [event.action for event in history(edition)][:2] == [
            "edition.incident-answered",
            "edition.incident",
        ]


class TestRepeating:
    def test_the_changes_since_the_last_edition_are_listed(self) -> None:
        microcredential = make_microcredential(approved=True, price=Decimal(90))
        officer = make_staff("quality_officer")
        first = editions.plan_edition(
            actor=officer,
            microcredential=microcredential,
            starts=date(2025, 10, 6),
            ends=date(2025, 10, 10),
            places=20,
            venue="Aula 1",
            price=Decimal("90.00"),
            teachers="Ana Ruiz\nLuis Gil",
        )
        draft = proposals.begin_version(actor=officer, microcredential=microcredential)
        approval.approve_version(actor=make_staff("approver"), version=draft)
        microcredential.refresh_from_db()
        again = editions.plan_edition(
            actor=officer,
            microcredential=microcredential,
            starts=date(2026, 10, 5),
            ends=date(2026, 10, 9),
            places=25,
            venue="Aula 1",
            price=Decimal("90.00"),
            teachers="Ana Ruiz",
            repeats=first,
        )
        assert [(change.before, change.after) for change in reedition_changes(again)] == [
            (1, 2),
            (20, 25),
            ("Ana Ruiz, Luis Gil", "Ana Ruiz"),
        ]
        assert reedition_changes(first) == ()

    def test_only_an_edition_of_the_same_micro_credential(self) -> None:
        with refused("other-microcredential"):
            editions.plan_edition(
                actor=make_staff("quality_officer"),
                microcredential=make_microcredential(approved=True),
                starts=date(2026, 10, 5),
                ends=date(2026, 10, 9),
                repeats=make_edition(),
            )


class TestTheApprovedPrice:
    """RD 822/2021 art. 37.2: in public universities the Consejo Social approves the prices."""

    def plan(self, microcredential: Any, **terms: Any) -> Edition:
        return editions.plan_edition(
            actor=make_staff("quality_officer"),
            microcredential=microcredential,
            starts=date(2025, 10, 6),
            ends=date(2025, 10, 10),
            **terms,
        )

    def test_price_and_places_are_those_of_the_design(self) -> None:
        planned = self.plan(make_microcredential(approved=True, price=Decimal("120.50"), places=18))
        assert (planned.price, planned.places) == (Decimal("120.50"), 18)
        assert self.plan(make_microcredential(approved=True), places=9).price is None

    @pytest.mark.parametrize("price", ["120", "0", "121.00"])
    def test_another_price_is_refused_with_its_article(self, price: str) -> None:
        microcredential = make_microcredential(approved=True, price=Decimal("120.50"))
        with refused("price-not-approved") as refusal:
            self.plan(microcredential, price=Decimal(price))
        assert (refusal.value.article, refusal.value.field) == ("RD 822/2021 art. 37.2", "price")
        assert "120,50" in str(refusal.value.message)
        planned = self.plan(microcredential, price=Decimal("120.5"))
        officer = make_staff("quality_officer")
        with refused("price-not-approved"):
            editions.edit_edition(actor=officer, edition=planned, seen=1, price=Decimal(price))
        editions.edit_edition(actor=officer, edition=planned, seen=1, venue="Aula 2")

    def test_without_an_approved_price_it_costs_nothing(self) -> None:
        microcredential = make_microcredential(approved=True)
        with refused("price-not-approved"):
            self.plan(microcredential, price=Decimal(90))
        assert self.plan(microcredential, price=Decimal(0)).price == 0

    def test_a_private_university_decides_itself(self) -> None:
        the_university(is_public=False)
        assert (
            self.plan(make_microcredential(approved=True, price=Decimal(90)), price=Decimal(60)).price == 60
        )

    def test_planned_before_the_approval_it_opens_at_the_price_that_was_approved(self) -> None:
        officer = make_staff("quality_officer")
        microcredential = make_microcredential(actor=officer, price=Decimal(90))
        planned = self.plan(microcredential, places=20)
        version = microcredential.current
        assert version is not None
        version.refresh_from_db()
        version = proposals.edit_version(
            actor=officer, version=version, seen=version.version, price=Decimal(110)
        )
        approval.approve_version(actor=make_staff("approver"), version=version)
        with refused("price-not-approved") as refusal:
            advance(planned, "open")
        assert refusal.value.article == "RD 822/2021 art. 37.2"
        editions.edit_edition(actor=officer, edition=planned, seen=1, price=Decimal(110))
        assert advance(planned, "open").state == "open"

    def test_an_edition_of_the_version_before_keeps_its_price(self) -> None:
        officer = make_staff("quality_officer")
        microcredential = make_microcredential(actor=officer, approved=True, price=Decimal(90))
        planned = self.plan(microcredential, places=20)
        draft = proposals.begin_version(actor=officer, microcredential=microcredential)
        draft = proposals.edit_version(actor=officer, version=draft, seen=draft.version, price=Decimal(110))
        approval.approve_version(actor=make_staff("approver"), version=draft)
        assert advance(planned, "open").price == 90


class TestWhatIsNotOffered:
    def change(self, microcredential: Any, *steps: str) -> None:
        for step in steps:
            publication.change_standing(
                actor=make_staff("quality_officer"),
                microcredential=microcredential,
                step=step,
                on=clock.today(),
                reason="Sin profesorado",
                upload=paper() if step == "extinguish" else None,
            )

    def test_a_suspended_one_plans_and_opens_no_edition_until_it_is_resumed(self) -> None:
        microcredential = make_microcredential(approved=True)
        planned, running = make_edition(microcredential), make_edition(microcredential, state="running")
        self.change(microcredential, "publish", "suspend")
        with refused("suspended"):
            make_edition(microcredential)
        with refused("suspended"):
            advance(planned, "open")
        assert advance(running, "finish").state == "finished"
        self.change(microcredential, "resume")
        assert advance(planned, "open").state == "open"

    def test_an_extinguished_one_opens_none(self) -> None:
        planned = make_edition()
        call_command("load_packs", verbosity=0)
        self.change(planned.microcredential, "extinguish")
        with refused("extinguished"):
            advance(planned, "open")


class TestDeadlines:
    def test_the_deadlines_are_those_of_the_university(self) -> None:
        university = the_university(results_deadline_days=7, report_deadline_months=2)
        assert results_due(date(2026, 3, 17), university) == date(2026, 3, 24)
        assert report_due(date(2026, 3, 17), university) == date(2026, 5, 17)
        assert report_due(date(2025, 12, 31), university) == date(2026, 2, 28)

    def test_my_work_shows_what_is_due_next(self, at: Any) -> None:
        at("2026-02-10 10:00")
        the_university(min_enrolment=8)
        unsigned = make_edition(state="finished")
        signed = make_edition(state="results_signed")
        reported = make_edition(state="results_signed")
        make_report(reported)
        small = make_edition(state="open", starts=date(2026, 2, 14), ends=date(2026, 2, 20))
        make_counts(small, enrolled=2)
        tasks = {item.url: (item.due, str(item.verb)) for item in work_of(make_staff("quality_officer"))}
        from django.utils import translation

        with translation.override("en"):
            tasks = {item.url: (item.due, str(item.verb)) for item in work_of(make_staff("quality_officer"))}
        assert tasks[unsigned.get_absolute_url()] == (date(2025, 12, 5), "Sign the results")
        assert tasks[f"{signed.get_absolute_url()}report/"] == (date(2026, 1, 28), "File the final report")
        assert tasks[reported.get_absolute_url()][1] == "Close the edition"
        assert tasks[small.get_absolute_url()] == (
            date(2026, 2, 14),
            "Cancel it, or begin with too few learners",
        )
