"""The way to approval: what each step demands and refuses, returns, publication, the annual programme."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction

from iqas.core.access import AccessDenied
from iqas.core.audit import history, verify
from iqas.core.packs import read_pack
from iqas.core.refusals import RuleViolation
from iqas.evidence.services import withdraw_version
from iqas.jobs.registry import periodics
from microcredentials import packs
from microcredentials.models import ApprovalAct, ApprovalRoute, ApprovalStep, MicroCredential, Submission
from microcredentials.packs.schema import RoutePack
from microcredentials.services import approval, programmes, proposals, publication, remarks, routes
from microcredentials.services.writing import Evaluation
from tests.factories.accounts import make_staff
from tests.factories.approval import decide, make_submission, paper, take_to
from tests.factories.microcredentials import make_microcredential
from tests.factories.organisation import make_centre, make_year, the_university

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 2)


@pytest.fixture(autouse=True)
def today(at: Any) -> None:
    at("2026-03-02 10:00")


@contextmanager
def refused(code: str, kind: type[RuleViolation] = RuleViolation) -> Iterator[pytest.ExceptionInfo[Any]]:
    with pytest.raises(kind) as caught:
        yield caught
    assert caught.value.code == code


def shipped() -> RoutePack:
    return read_pack(packs.FOLDER / "university.yaml", RoutePack)[0]


class TestTheRoute:
    def test_is_loaded_once_and_is_in_force(self, django_assert_num_queries: Any) -> None:
        call_command("load_packs", verbosity=0)
        first = routes.route_in_force()
        call_command("load_packs", verbosity=0)
        assert routes.route_in_force() == first
        assert (ApprovalRoute.objects.count(), ApprovalStep.objects.count()) == (1, 4)
        assert list(first.steps.values_list("code", flat=True)) == [
            "quality-report",
            "centre",
            "governing-body",
            "price",
        ]

    def test_a_used_one_never_changes_under_its_number(self) -> None:
        changed = shipped().model_copy(update={"substantial": ["title"]})
        assert routes.store_route(pack=shipped()) != routes.store_route(pack=changed)
        make_submission()
        with refused("route-frozen"):
            routes.store_route(pack=shipped())

    def test_the_next_number_comes_into_force_and_what_was_submitted_goes_on_as_it_began(self) -> None:
        submission = make_submission()
        pack = shipped()
        shorter = pack.model_copy(update={"version": 2, "steps": pack.steps[:1]})
        route = routes.store_route(pack=shorter)
        assert routes.route_in_force() == route
        routes.store_route(pack=pack)
        assert routes.route_in_force() == route
        assert submission.steps.count() == 4
        assert make_submission().steps.count() == 1

    @pytest.mark.parametrize(
        "wrong",
        [
            {"steps": []},
            {"substantial": ["colour"]},
            {"steps": [{**shipped().steps[0].model_dump(), "permission": "everything"}]},
            {"steps": [{**shipped().steps[0].model_dump(), "needed_for": ["new"]}]},
            {"steps": [shipped().steps[0].model_dump()] * 2},
        ],
    )
    def test_a_pack_that_makes_no_sense_is_refused(self, wrong: dict[str, Any]) -> None:
        with pytest.raises(ValueError, match=r"validation error"):
            RoutePack.model_validate(shipped().model_dump(mode="json") | wrong)


class TestSubmission:
    def test_locks_the_version_and_asks_the_first_body(self) -> None:
        author = make_staff("coordinator")
        submission = make_submission(author=author)
        version = submission.version
        assert (version.stage, submission.change, submission.state) == ("submitted", "new", "waiting")
        assert submission.waiting_for is not None
        assert (submission.waiting_for.code, submission.due) == ("quality-report", TODAY + timedelta(days=15))
        with refused("submitted"):
            proposals.edit_version(actor=author, version=version, seen=version.version, hours=160)
        with refused("submitted"):
            approval.submit_version(actor=author, version=version)

    def test_asks_the_social_council_only_in_a_public_university(self) -> None:
        the_university(is_public=False)
        assert [step.code for step in make_submission().steps.all()] == [
            "quality-report",
            "centre",
            "governing-body",
        ]

    @pytest.mark.parametrize(
        ("missing", "code", "article"),
        [
            ({"responsible_name": ""}, "no-responsible", "37.4"),
            ({"ects": None}, "no-ects", "37.8"),
            ({"mode": ""}, "no-mode", "37.3"),
        ],
    )
    def test_refuses_what_the_law_misses(self, missing: dict[str, Any], code: str, article: str) -> None:
        draft = make_microcredential(**missing).current
        assert draft is not None
        with refused(code) as refusal:
            approval.submit_version(actor=make_staff("coordinator"), version=draft)
        assert article in str(refusal.value.message)

    def test_refuses_no_outcome_and_an_outcome_without_assessment(self) -> None:
        author = make_staff("coordinator")
        draft = make_microcredential(actor=author).current
        assert draft is not None
        draft = proposals.replace_assessments(
            actor=author,
            version=draft,
            seen=draft.version,
            assessments=[Evaluation({"name_es": "Examen", "criteria_es": "Aprueba"}, outcomes=("RA1",))],
        )
        with refused("outcome-not-assessed"):
            approval.submit_version(actor=author, version=draft)
        proposals.replace_outcomes(actor=author, version=draft, seen=draft.version, outcomes=[])
        with refused("no-outcomes"):
            approval.submit_version(actor=author, version=draft)

    def test_is_for_who_may_edit(self) -> None:
        draft = make_microcredential().current
        assert draft is not None
        for role in ("reviewer", "approver", "reader", "administrator"):
            with pytest.raises(AccessDenied):
                approval.submit_version(actor=make_staff(role), version=draft)


class TestActs:
    def test_the_whole_way_of_a_new_one(self, at: Any) -> None:
        submission = make_submission()
        for code in ("quality-report", "centre", "governing-body", "price"):
            submission.refresh_from_db()
            assert submission.waiting_for is not None
            assert submission.waiting_for.code == code
            decide(submission)
        submission.refresh_from_db()
        assert (submission.state, submission.waiting_for, submission.due) == ("approved", None, None)
        version = submission.version
        version.refresh_from_db()
        assert (version.stage, version.is_frozen) == ("approved", True)
        credential = MicroCredential.objects.get()
        assert (credential.state, credential.current) == ("approved", version)
        assert [event.action for event in history(credential)][:2] == [
            "version.approved",
            "approval.recorded",
        ]
        assert list(verify()) == []

    def test_the_deadline_counts_from_the_act_before(self) -> None:
        submission = make_submission()
        decide(submission, held_on=TODAY - timedelta(days=3))
        submission.refresh_from_db()
        assert submission.due == TODAY - timedelta(days=3) + timedelta(days=20)

    def test_nobody_decides_on_what_they_wrote(self) -> None:
        author = make_staff("quality_officer")
        submission = make_submission(author=author)
        with refused("own-work", AccessDenied):
            decide(submission, actor=author)

    def test_each_step_belongs_to_its_body(self) -> None:
        submission = make_submission()
        with pytest.raises(AccessDenied):
            decide(submission, actor=make_staff("approver"))
        decide(submission, actor=make_staff("reviewer"))
        with pytest.raises(AccessDenied):
            decide(submission, actor=make_staff("reviewer"))
        decide(
            submission, actor=make_staff("centre_quality", submission.version.microcredential.centre.scope)
        )
        with pytest.raises(AccessDenied):
            decide(submission, actor=make_staff("centre_quality"))

    def test_another_centre_decides_nothing(self) -> None:
        submission = make_submission(make_microcredential(centre=make_centre("FAC-B", "B")))
        with refused("other-scope", AccessDenied):
            decide(submission, actor=make_staff("centre_quality", make_centre().scope))

    def test_dates_documents_and_reasons(self) -> None:
        submission = make_submission()
        with refused("future-act"):
            decide(submission, held_on=TODAY + timedelta(days=1))
        with refused("no-document"):
            decide(submission, upload=None)
        with refused("no-conditions"):
            decide(submission, "conditions", conditions=" ")
        with refused("no-reasons"):
            decide(submission, "returned", reasons={"outcomes": " "})
        decide(submission)
        with refused("act-order"):
            decide(submission, held_on=TODAY - timedelta(days=1))
        assert ApprovalAct.objects.count() == 1

    def test_a_withdrawn_document_proves_nothing(self) -> None:
        submission = make_submission()
        act = decide(submission)
        assert act.document is not None
        officer = make_staff("quality_officer")
        with refused("two-documents"):
            decide(submission, document=act.document)
        withdraw_version(actor=officer, version=act.document, reason="Era otra")
        act.document.refresh_from_db()
        with refused("withdrawn-document"):
            decide(submission, document=act.document, upload=None)

    def test_a_step_is_recorded_once(self) -> None:
        submission = make_submission()
        step = submission.waiting_for
        decide(submission)
        with refused("not-waiting"):
            approval.record_act(
                actor=make_staff("quality_officer"),
                submission=submission,
                step=step,
                outcome="favourable",
                held_on=TODAY,
                upload=paper(),
            )

    def test_an_approved_version_never_changes_its_stage(self) -> None:
        version = make_microcredential(approved=True).current
        assert version is not None
        with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
            type(version).objects.filter(pk=version.pk).update(stage="draft")


class TestReturns:
    def test_gives_the_version_back_with_reasons_that_must_be_resolved(self) -> None:
        author = make_staff("coordinator")
        submission = make_submission(author=author)
        act = decide(submission, "returned")
        version = submission.version
        version.refresh_from_db()
        assert version.stage == "draft"
        reason = version.remarks.get()
        assert (reason.section, reason.act) == ("outcomes", act)
        version = proposals.edit_version(actor=author, version=version, seen=version.version, hours=170)
        with refused("open-reasons"):
            approval.submit_version(actor=author, version=version)
        remarks.add_remark(
            actor=author, version=version, section="outcomes", text="Cambiados.", parent=reason
        )
        remarks.resolve_remark(actor=author, remark=reason)
        again = approval.submit_version(actor=author, version=version)
        assert again.number == 2
        assert again.waiting_for is not None
        assert again.waiting_for.code == "quality-report"
        assert list(Submission.objects.values_list("state", flat=True).order_by("number")) == [
            "returned",
            "waiting",
        ]

    def test_a_rejected_one_is_a_draft_again(self) -> None:
        submission = make_submission()
        decide(submission, "rejected")
        submission.refresh_from_db()
        submission.version.refresh_from_db()
        assert (submission.state, submission.version.stage) == ("rejected", "draft")

    def test_threads(self) -> None:
        author, reviewer = make_staff("coordinator"), make_staff("reviewer")
        version = make_microcredential(actor=author).current
        assert version is not None
        thread = remarks.add_remark(actor=reviewer, version=version, section="need", text="¿Quién lo pide?")
        reply = remarks.add_remark(
            actor=author, version=version, section="need", text="Tres empresas.", parent=thread
        )
        deeper = remarks.add_remark(
            actor=reviewer, version=version, section="need", text="Bien.", parent=reply
        )
        assert deeper.parent == thread
        with refused("not-a-thread"):
            remarks.resolve_remark(actor=author, remark=reply)
        with refused("unknown-section"):
            remarks.add_remark(actor=author, version=version, section="colour", text="x")
        with refused("unknown-section"):
            remarks.add_remark(actor=author, version=version, section="staff", text="x", parent=thread)
        with refused("no-text"):
            remarks.add_remark(actor=author, version=version, section="staff", text=" ")
        with pytest.raises(AccessDenied):
            remarks.add_remark(actor=make_staff("reader"), version=version, section="need", text="x")
        remarks.resolve_remark(actor=author, remark=thread)
        events = history(version.microcredential).count()
        remarks.resolve_remark(actor=author, remark=thread)
        assert history(version.microcredential).count() == events


class TestChanges:
    def test_a_minor_change_needs_the_report_alone(self) -> None:
        author = make_staff("coordinator")
        credential = make_microcredential(actor=author, approved=True)
        draft = proposals.begin_version(actor=author, microcredential=credential)
        draft = proposals.edit_version(
            actor=author, version=draft, seen=draft.version, summary_es="Otro texto"
        )
        submission = approval.submit_version(actor=author, version=draft)
        assert submission.change == "minor"
        decide(submission)
        credential.refresh_from_db()
        assert (credential.current, credential.state) == (draft, "approved")

    def second_version_with_conditions(self, **changed: Any) -> tuple[MicroCredential, Any, ApprovalAct]:
        """A published micro-credential, its second version approved with open conditions, and the act that holds them."""
        author, officer = make_staff("coordinator"), make_staff("quality_officer")
        credential = make_microcredential("La primera", actor=author, approved=True)
        publication.change_standing(actor=officer, microcredential=credential, step="publish", on=TODAY)
        draft = proposals.begin_version(actor=author, microcredential=credential)
        draft = proposals.edit_version(
            actor=author, version=draft, seen=draft.version, **({"title_es": "La segunda"} | changed)
        )
        submission = approval.submit_version(actor=author, version=draft)
        act = decide(submission, "conditions")
        while Submission.objects.get(pk=submission.pk).waiting_for is not None:
            decide(submission)
        credential.refresh_from_db()
        return credential, draft, act

    def test_a_second_version_is_not_in_force_while_its_conditions_are_open(self) -> None:
        credential, draft, act = self.second_version_with_conditions()
        draft.refresh_from_db()
        assert draft.is_frozen
        assert (credential.current.number, credential.state) == (1, "published")
        assert (credential.sort_title, credential.scope.label) == ("la primera", "La primera")
        approval.fulfil_conditions(actor=make_staff("quality_officer"), act=act, on=TODAY)
        credential = MicroCredential.objects.select_related("scope").get()
        assert (credential.current, credential.state) == (draft, "published")
        assert (credential.sort_title, credential.scope.label) == ("la segunda", "La segunda")
        assert history(credential)[0].action == "version.in-force"

    def test_one_condition_of_two_is_not_enough(self) -> None:
        author = make_staff("coordinator")
        credential = make_microcredential(actor=author, approved=True)
        draft = proposals.begin_version(actor=author, microcredential=credential)
        draft = proposals.edit_version(actor=author, version=draft, seen=draft.version, ects=3)
        submission = approval.submit_version(actor=author, version=draft)
        acts = [decide(submission, "conditions") for _step in range(2)]
        for _step in range(2):
            decide(submission)
        officer = make_staff("quality_officer")
        approval.fulfil_conditions(actor=officer, act=acts[0], on=TODAY)
        assert MicroCredential.objects.get().current != draft
        approval.fulfil_conditions(actor=officer, act=acts[1], on=TODAY)
        assert MicroCredential.objects.get().current == draft

    def test_an_older_version_never_comes_back_when_its_conditions_are_fulfilled_late(self) -> None:
        credential, second, act = self.second_version_with_conditions(title_es="La primera", hours=160)
        author, officer = make_staff("coordinator"), make_staff("quality_officer")
        third = proposals.begin_version(actor=author, microcredential=credential)
        third = proposals.edit_version(actor=author, version=third, seen=third.version, hours=165)
        decide(approval.submit_version(actor=author, version=third))
        assert MicroCredential.objects.get().current == third
        approval.fulfil_conditions(actor=officer, act=act, on=TODAY)
        assert MicroCredential.objects.get().current == third != second

    def test_a_substantial_one_needs_every_body_and_a_published_one_stays_published(self) -> None:
        author = make_staff("coordinator")
        credential = make_microcredential(actor=author, approved=True)
        officer = make_staff("quality_officer")
        publication.change_standing(actor=officer, microcredential=credential, step="publish", on=TODAY)
        draft = proposals.begin_version(actor=author, microcredential=credential)
        draft = proposals.edit_version(actor=author, version=draft, seen=draft.version, ects=3)
        submission = approval.submit_version(actor=author, version=draft)
        assert (submission.change, submission.steps.count()) == ("substantial", 4)
        for _step in range(4):
            decide(submission)
        credential.refresh_from_db()
        assert (credential.current, credential.state) == (draft, "published")


class TestPublication:
    def test_not_before_the_acts_exist(self) -> None:
        officer = make_staff("quality_officer")
        submission = make_submission()
        credential = submission.version.microcredential
        with refused("acts-missing") as refusal:
            publication.change_standing(actor=officer, microcredential=credential, step="publish", on=TODAY)
        assert "37.10" in str(refusal.value.message)
        for _step in range(4):
            decide(submission)
        publication.change_standing(actor=officer, microcredential=credential, step="publish", on=TODAY)
        credential.refresh_from_db()
        assert (credential.state, credential.state_on) == ("published", TODAY)

    def test_not_while_conditions_are_open(self) -> None:
        officer = make_staff("quality_officer")
        submission = make_submission()
        act = decide(submission, "conditions")
        for _step in range(3):
            decide(submission)
        credential = submission.version.microcredential
        with refused("open-conditions"):
            publication.change_standing(actor=officer, microcredential=credential, step="publish", on=TODAY)
        with refused("act-order"):
            approval.fulfil_conditions(actor=officer, act=act, on=TODAY - timedelta(days=1))
        approval.fulfil_conditions(actor=officer, act=act, on=TODAY)
        with refused("no-conditions"):
            approval.fulfil_conditions(actor=officer, act=act, on=TODAY)
        publication.change_standing(actor=officer, microcredential=credential, step="publish", on=TODAY)

    def test_suspended_and_extinguished_with_reason_and_date(self) -> None:
        officer = make_staff("quality_officer")
        credential = make_microcredential(approved=True)

        def step(name: str, on: date = TODAY, reason: str = "Falta profesorado", **act: Any) -> None:
            publication.change_standing(
                actor=officer, microcredential=credential, step=name, on=on, reason=reason, **act
            )

        step("publish")
        with refused("no-reason"):
            step("suspend", reason=" ")
        with refused("future-act"):
            step("suspend", on=TODAY + timedelta(days=1))
        with refused("act-order"):
            step("suspend", on=TODAY - timedelta(days=1))
        step("suspend")
        credential.refresh_from_db()
        assert (credential.state, credential.state_on, credential.state_reason) == (
            "suspended",
            TODAY,
            "Falta profesorado",
        )
        step("resume", body="Consejo Social", conditions="Con dos docentes más")
        with refused("no-document"):
            step("extinguish")
        call_command("load_packs", verbosity=0)
        step("extinguish", upload=paper())
        acts = list(credential.standing_acts.all())
        assert [act.step for act in acts] == ["publish", "suspend", "resume", "extinguish"]
        assert (acts[1].body, acts[1].held_on, acts[1].recorded_by) == ("Consejo de Gobierno", TODAY, officer)
        assert (acts[2].body, acts[2].conditions) == ("Consejo Social", "Con dos docentes más")
        assert acts[3].document is not None
        assert acts[3].document.evidence.scope == credential.scope
        last = history(credential)[0].detail
        assert (last.after["body"], last.after["document"]) == (
            "Consejo de Gobierno",
            acts[3].document.label,
        )
        with pytest.raises(IntegrityError), transaction.atomic():
            type(acts[3]).objects.filter(pk=acts[3].pk).update(document=None)
        with pytest.raises(IntegrityError), transaction.atomic():
            type(acts[1]).objects.filter(pk=acts[1].pk).update(body="")
        with refused("wrong-state"):
            step("publish")
        with refused("unchangeable"):
            proposals.begin_version(actor=officer, microcredential=credential)


class TestProgramme:
    def test_one_act_approves_all_and_each_gets_its_own(self) -> None:
        ready = [take_to(make_submission(), "governing-body") for _one in range(3)]
        early = make_submission()
        officer = make_staff("quality_officer")
        programme = programmes.prepare_programme(actor=officer, year=make_year(2025))
        assert programme.code == "PA-2025-26"
        with refused("in-preparation"):
            programmes.prepare_programme(actor=officer, year=make_year(2025))
        with refused("not-waiting"):
            programmes.approve_programme(
                actor=officer, programme=programme, submissions=[*ready, early], held_on=TODAY, upload=paper()
            )
        assert ApprovalAct.objects.filter(programme=programme).count() == 0
        programmes.approve_programme(
            actor=officer, programme=programme, submissions=ready, held_on=TODAY, upload=paper()
        )
        acts = ApprovalAct.objects.filter(programme=programme)
        assert {(act.submission_id, act.document_id) for act in acts} == {
            (one.pk, programme.acts.first().document_id)  # type: ignore[union-attr]
            for one in ready
        }
        for one in ready:
            one.refresh_from_db()
            assert one.waiting_for is not None
            assert one.waiting_for.code == "price"
        with refused("approved"):
            programmes.approve_programme(
                actor=officer, programme=programme, submissions=ready, held_on=TODAY, upload=paper()
            )
        assert programmes.prepare_programme(actor=officer, year=make_year(2025)).code == "PA-2025-26-2"

    def test_who_wrote_one_of_them_is_told_which(self) -> None:
        author = make_staff("quality_officer")
        mine = take_to(make_submission(author=author), "governing-body")
        other = take_to(make_submission(), "governing-body")
        programme = programmes.prepare_programme(actor=author, year=make_year(2025))
        with refused("own-work") as refusal:
            programmes.approve_programme(
                actor=author, programme=programme, submissions=[mine, other], held_on=TODAY, upload=paper()
            )
        assert mine.version.microcredential.code in str(refusal.value.message)
        assert other.version.microcredential.code not in str(refusal.value.message)
        programmes.approve_programme(
            actor=author, programme=programme, submissions=[other], held_on=TODAY, upload=paper()
        )

    def test_needs_something_a_document_and_the_university(self) -> None:
        ready = take_to(make_submission(), "governing-body")
        officer = make_staff("quality_officer")
        programme = programmes.prepare_programme(actor=officer, year=make_year(2025))
        with refused("nothing-chosen"):
            programmes.approve_programme(
                actor=officer, programme=programme, submissions=[], held_on=TODAY, upload=paper()
            )
        with refused("no-document"):
            programmes.approve_programme(
                actor=officer, programme=programme, submissions=[ready], held_on=TODAY
            )
        centre_approver = make_staff("approver", ready.version.microcredential.centre.scope)
        with pytest.raises(AccessDenied):
            programmes.approve_programme(
                actor=centre_approver, programme=programme, submissions=[ready], held_on=TODAY, upload=paper()
            )
        with pytest.raises(AccessDenied):
            programmes.prepare_programme(actor=centre_approver, year=make_year(2026))


def test_reminders_stand_on_the_schedule() -> None:
    assert "microcredentials.remind" in {one.kind for one in periodics()}
