"""What waits for me: nothing that somebody must do is missing, and nothing is cut without a word."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.urls import reverse
from django.utils import translation

from iqas.core.worklist import WorkItem, work_of
from microcredentials import work
from microcredentials.services import approval, editions, proposals, publication, remarks
from tests.factories.accounts import make_staff
from tests.factories.approval import decide, make_submission, take_to
from tests.factories.microcredentials import make_counts, make_edition, make_microcredential
from tests.factories.organisation import make_centre, make_year, the_university

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 2)


@pytest.fixture(autouse=True)
def english(at: Any) -> Any:
    at("2026-03-02 10:00")
    with translation.override("en"):
        yield


def waiting(person: Any, of: Any = None) -> list[str]:
    """The verbs of what waits for the person, of one micro-credential or edition."""
    return [str(item.verb) for item in work_of(person) if of is None or of.code in str(item.title)]


def item(person: Any, verb: str) -> WorkItem:
    (found,) = [one for one in work_of(person) if str(one.verb) == verb]
    return found


class TestEditions:
    def test_a_planned_edition_past_its_first_day(self) -> None:
        coordinator = make_staff("coordinator")
        past = make_edition(starts=date(2026, 3, 2), ends=date(2026, 3, 20))
        ahead = make_edition(starts=date(2026, 3, 3), ends=date(2026, 3, 20))
        verb = "Open the registration, or change its dates"
        assert item(coordinator, verb).due == TODAY
        assert (waiting(coordinator, past), waiting(coordinator, ahead)) == ([verb], [])

    def test_too_few_by_the_design_are_told_a_week_before(self) -> None:
        the_university(min_enrolment=2)
        coordinator = make_staff("coordinator")
        credential = make_microcredential(approved=True, places_min=10)
        few = make_edition(credential, state="open", starts=date(2026, 3, 9), ends=date(2026, 3, 20))
        make_counts(few, enrolled=10, recognised=1)
        enough = make_edition(state="open", starts=date(2026, 3, 9), ends=date(2026, 3, 20))
        make_counts(enough, enrolled=3)
        assert waiting(coordinator, few) == ["Cancel it, or begin with too few learners"]
        assert waiting(coordinator, enough) == []


class TestApproval:
    def test_an_approved_one_waits_to_be_published_by_who_may(self) -> None:
        credential = make_microcredential(approved=True)
        officer = make_staff("quality_officer")
        assert waiting(officer, credential) == ["Publish"]
        assert waiting(make_staff("coordinator"), credential) == []
        elsewhere = make_staff("centre_quality", scope=make_centre("FAC-B", "B").scope)
        assert waiting(elsewhere, credential) == []
        publication.change_standing(actor=officer, microcredential=credential, step="publish", on=TODAY)
        assert waiting(officer, credential) == []

    def test_open_conditions_wait_for_who_wrote_it_and_for_who_asked(self) -> None:
        author, reviewer = make_staff("coordinator"), make_staff("reviewer")
        submission = make_submission(author=author)
        credential = submission.version.microcredential
        act = decide(submission, "conditions", actor=reviewer)
        step = act.step.name
        assert waiting(author, credential) == [f"Fulfil the conditions: {step}"]
        assert waiting(reviewer, credential) == [f"Say that the conditions are fulfilled: {step}"]
        found = item(reviewer, f"Say that the conditions are fulfilled: {step}")
        assert found.url == reverse(
            "microcredentials:conditions-fulfil", args=[credential.code, "quality-report"]
        )
        take_to(submission, "none")
        officer = make_staff("quality_officer")
        assert "Publish" not in waiting(officer, credential)
        approval.fulfil_conditions(actor=officer, act=act, on=TODAY)
        assert (waiting(author, credential), waiting(reviewer, credential)) == ([], [])
        assert "Publish" in waiting(officer, credential)

    def test_conditions_of_a_returned_submission_no_longer_count(self) -> None:
        author = make_staff("coordinator")
        submission = make_submission(author=author)
        decide(submission, "conditions")
        decide(submission, "returned")
        assert waiting(author) == ["Answer why it was returned"]


class TestComments:
    def test_a_comment_on_my_proposal_waits_until_i_answer_and_the_answer_for_who_asked(
        self, at: Any
    ) -> None:
        author, reviewer = make_staff("coordinator"), make_staff("reviewer")
        credential = make_microcredential(actor=author, complete=False)
        version = credential.current
        assert version is not None
        assert waiting(author) == waiting(reviewer) == []
        question = remarks.add_remark(actor=reviewer, version=version, section="need", text="¿Quién lo pide?")
        remarks.add_remark(actor=reviewer, version=version, section="staff", text="¿Quién enseña?")
        found = item(author, "Answer 2 comments")
        assert found.url == reverse("microcredentials:approval-detail", args=[credential.code]) + "#comments"
        assert waiting(reviewer) == []
        at("2026-03-02 12:00")
        remarks.add_remark(actor=author, version=version, section="need", text="El gremio.", parent=question)
        assert waiting(author) == ["Answer 1 comment"]
        assert waiting(reviewer) == ["Answer 1 comment"]
        assert waiting(make_staff("reviewer")) == []
        remarks.resolve_remark(actor=author, remark=question)
        assert waiting(reviewer) == []


class TestTheCut:
    def test_more_than_fit_are_counted_and_their_list_is_linked(self, monkeypatch: Any) -> None:
        monkeypatch.setattr(work, "SHOWN", 2)
        make_year(2025)
        officer, credential = make_staff("quality_officer"), make_microcredential(approved=True)
        publication.change_standing(actor=officer, microcredential=credential, step="publish", on=TODAY)
        for day in range(3, 8):
            edition = editions.plan_edition(
                actor=officer,
                microcredential=credential,
                starts=date(2026, 2, day),
                ends=date(2026, 2, 20),
                places=20,
            )
            for step in ("open", "run", "finish"):
                editions.advance_edition(actor=officer, edition=edition, step=step)
        coordinator = make_staff("coordinator")
        assert waiting(coordinator) == ["Sign the results", "Sign the results", "See the list"]
        more = item(coordinator, "See the list")
        assert (str(more.title), more.due) == ("3 more: Sign the results", None)
        assert more.url == reverse("microcredentials:edition-list") + "?state=finished"

    def test_the_programme_counts_all_that_are_ready(self, monkeypatch: Any) -> None:
        monkeypatch.setattr(work, "SHOWN", 1)
        for _one in range(3):
            take_to(make_submission(), "governing-body")
        found = item(make_staff("quality_officer"), "See the programme")
        assert str(found.title).startswith("3 ")

    def test_acts_to_record_lead_to_those_that_wait_for_me(self, monkeypatch: Any) -> None:
        monkeypatch.setattr(work, "SHOWN", 1)
        for _one in range(3):
            make_submission()
        more = item(make_staff("reviewer"), "See the list")
        assert str(more.title) == "2 more: Record the act"
        assert more.url == reverse("microcredentials:approval-list") + "?whose=mine"


def test_my_work_asks_the_database_little(max_queries: Any) -> None:
    author = make_staff("coordinator")
    for _one in range(3):
        submission = make_submission(author=author)
        decide(submission, "conditions")
        version = proposals.begin_version(
            actor=author, microcredential=make_microcredential(actor=author, approved=True)
        )
        remarks.add_remark(actor=make_staff("reviewer"), version=version, section="need", text="¿Por qué?")
        make_edition(state="finished")
    officer = make_staff("quality_officer")
    for person in (author, officer):
        with max_queries(24):
            sources = (
                work.acts_to_record,
                work.drafts_to_hand_in,
                work.comments_to_answer,
                work.conditions_to_fulfil,
                work.microcredentials_to_publish,
                work.editions_to_move_on,
                work.agreements_to_renew,
            )
            assert [one for source in sources for one in source(person)]
