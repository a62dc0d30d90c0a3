"""A document made here is filed as evidence without leaving the house: the same bytes, its origin, its act."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.management import call_command

from iqas.core import clock
from iqas.core.audit import verify
from iqas.core.files import open_stored
from iqas.core.models import AuditEvent
from iqas.core.refusals import AccessDenied, RuleViolation
from iqas.evidence.models import Evidence, EvidenceVersion
from iqas.evidence.services import approve_version, withdraw_version
from microcredentials.services import approval, filing, programmes
from tests.factories.accounts import make_staff
from tests.factories.approval import make_submission, paper, take_to
from tests.factories.documents import approved_version, make_document, make_report, printed
from tests.factories.microcredentials import make_edition
from tests.factories.organisation import make_centre, make_year
from tests.factories.programmes import make_programme_document

pytestmark = [pytest.mark.django_db, pytest.mark.pdf]


@pytest.fixture(autouse=True)
def kinds(at: Any) -> None:
    at("2026-03-02 10:00")
    call_command("load_packs", verbosity=0)


def test_the_evidence_has_the_same_file_and_says_where_it_came_from() -> None:
    document = printed(make_document(kind="self_assessment"))
    officer = make_staff("quality_officer")
    version = filing.file_document(actor=officer, document=document, kind="review-report")
    assert (version.sha256, version.size, version.media_type) == (
        document.sha256,
        document.size,
        "application/pdf",
    )
    assert document.code in version.note
    assert version.evidence.scope == document.scope
    assert version.evidence.kind.code == "review-report"
    assert version.state == EvidenceVersion.State.DRAFT
    with open_stored(version.sha256) as file:
        assert file.read(5) == b"%PDF-"
    document.refresh_from_db()
    assert document.filed_as == version
    event = AuditEvent.objects.select_related("detail").get(action="document.filed")
    assert event.detail.after["evidence"] == str(version)
    assert list(verify()) == []


@pytest.mark.parametrize("language", ["es", "en"])
def test_its_title_is_in_its_language(language: str) -> None:
    document = printed(make_document(language=language))
    version = filing.file_document(
        actor=make_staff("quality_officer"), document=document, kind="specification"
    )
    code = document.of_version.microcredential.code
    assert version.evidence.title == f"{'Solicitud' if language == 'es' else 'Application'}: {code} v1"


def test_a_document_is_filed_once_and_again_only_after_a_withdrawal() -> None:
    document = printed(make_document())
    officer = make_staff("quality_officer")
    first = filing.file_document(actor=officer, document=document, kind="specification")
    with pytest.raises(RuleViolation) as refused:
        filing.file_document(actor=officer, document=document, kind="specification")
    assert refused.value.code == "filed-already"
    assert Evidence.objects.count() == 1
    withdraw_version(actor=officer, version=first, reason="Error.")
    again = filing.file_document(actor=officer, document=document, kind="specification")
    assert again.evidence != first.evidence


def test_what_is_not_printed_is_not_filed() -> None:
    with pytest.raises(RuleViolation) as refused:
        filing.file_document(actor=make_staff("quality_officer"), document=make_document(), kind="minutes")
    assert refused.value.code == "not-printed"
    assert Evidence.objects.count() == 0


def test_who_may_not_file_files_nothing() -> None:
    document = printed(make_document())
    for person in (make_staff("reader"), make_staff("coordinator", scope=make_centre("FAC-Z").scope)):
        with pytest.raises(AccessDenied):
            filing.file_document(actor=person, document=document, kind="minutes")
    assert Evidence.objects.count() == 0


def test_an_unknown_kind_and_a_file_that_is_gone() -> None:
    document = printed(make_document())
    officer = make_staff("quality_officer")
    with pytest.raises(RuleViolation) as refused:
        filing.file_document(actor=officer, document=document, kind="love-letter")
    assert refused.value.code == "unknown-kind"
    type(document).objects.filter(pk=document.pk).update(sha256="0" * 64)
    with pytest.raises(RuleViolation) as refused:
        filing.file_document(actor=officer, document=document, kind="minutes")
    assert refused.value.code == "file-missing"


def test_the_final_report_and_the_programme_are_filed_where_they_belong() -> None:
    officer = make_staff("quality_officer")
    edition = make_edition(state="closed")
    report = printed(make_report(edition))
    filed = filing.file_document(actor=officer, document=report, kind="review-report")
    assert filed.evidence.scope == edition.microcredential.scope
    document = printed(make_programme_document())
    filed = filing.file_document(actor=officer, document=document, kind="approval")
    assert filed.evidence.scope.kind == "university"


class TestTheAct:
    def test_the_report_of_the_quality_system_proves_its_act(self) -> None:
        submission = make_submission()
        reviewer = make_staff("reviewer")
        document = printed(make_document(submission.version, "quality_report", actor=reviewer))
        act = approval.record_act(
            actor=reviewer,
            submission=submission,
            step=submission.waiting_for,  # type: ignore[arg-type]
            outcome="favourable",
            held_on=clock.today(),
            document=document,
        )
        assert act.document is not None
        assert act.document.sha256 == document.sha256
        assert act.document.evidence.kind.code == "review-report"
        document.refresh_from_db()
        assert document.filed_as == act.document

    def test_one_filed_before_is_not_filed_again(self) -> None:
        submission = make_submission()
        officer = make_staff("quality_officer")
        document = printed(make_document(submission.version, "quality_report"))
        filed = filing.file_document(actor=officer, document=document, kind="review-report")
        approve_version(actor=make_staff("approver"), version=filed)
        act = approval.record_act(
            actor=officer,
            submission=submission,
            step=submission.waiting_for,  # type: ignore[arg-type]
            outcome="favourable",
            held_on=clock.today(),
            document=document,
        )
        assert act.document == filed
        assert Evidence.objects.count() == 1

    def test_a_refused_act_files_nothing(self) -> None:
        submission = make_submission()
        document = printed(make_document(submission.version, "quality_report"))
        with pytest.raises(RuleViolation) as refused:
            approval.record_act(
                actor=make_staff("quality_officer"),
                submission=submission,
                step=submission.waiting_for,  # type: ignore[arg-type]
                outcome="favourable",
                held_on=clock.today(),
                document=document,
                upload=paper(),
            )
        assert refused.value.code == "two-documents"
        document.refresh_from_db()
        assert (document.filed_as, Evidence.objects.count()) == (None, 0)

    def test_the_programme_as_it_was_printed_proves_its_approval(self) -> None:
        ready = take_to(make_submission(), "governing-body")
        officer = make_staff("quality_officer")
        programme = programmes.prepare_programme(actor=officer, year=make_year(2025))
        document = printed(make_programme_document(programme))
        programmes.approve_programme(
            actor=officer,
            programme=programme,
            submissions=[ready],
            held_on=clock.today(),
            document=document,
        )
        programme.refresh_from_db()
        assert programme.document is not None
        assert programme.document.sha256 == document.sha256


def test_a_document_that_the_person_does_not_see_proves_nothing() -> None:
    submission = make_submission()
    elsewhere = printed(make_document(approved_version(centre=make_centre("FAC-Z"))))
    centre = submission.version.microcredential.centre
    with pytest.raises(AccessDenied):
        approval.record_act(
            actor=make_staff("reviewer", scope=centre.scope),
            submission=submission,
            step=submission.waiting_for,  # type: ignore[arg-type]
            outcome="favourable",
            held_on=clock.today(),
            document=elsewhere,
        )
