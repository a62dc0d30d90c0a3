"""A report from its opening to its freeze: who may, what is refused, what is kept."""

from __future__ import annotations

import json
from datetime import date

import pytest
from django.db import IntegrityError

from audits.models import CriterionAssessment, SelfAssessment, Snapshot
from audits.selectors import completeness
from audits.services import assessments, freezing
from iqas.core.audit import chain_head, history, verify
from iqas.core.canonical import canonical_json, sha256_hex
from iqas.core.refusals import AccessDenied, RuleViolation, StaleVersion
from iqas.evidence.models import Citation
from iqas.evidence.services import add_version, approve_version
from iqas.frameworks.models import Framework, RatingScale
from tests.factories.accounts import make_staff
from tests.factories.audits import (
    Cast,
    make_assessment,
    make_cast,
    make_frozen,
    make_version,
    make_written,
    write_criterion,
)
from tests.factories.organisation import the_university

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(at) -> Cast:
    at("2026-10-01 10:00")
    return make_cast()


def row_of(assessment: SelfAssessment, code: str) -> CriterionAssessment:
    return assessment.criteria.select_related("criterion", "self_assessment").get(criterion__code=code)


def test_opening_freezes_the_framework_and_makes_one_row_a_criterion(cast: Cast) -> None:
    assessment = make_assessment(cast)
    assert assessment.code == "S-2026-001"
    assert Framework.objects.get(pk=assessment.framework_id).frozen_at is not None
    assert RatingScale.objects.get(pk=assessment.scale_id).frozen_at is not None
    codes = list(assessment.criteria.values_list("criterion__code", flat=True))
    assert codes[:3] == ["P1", "P2", "P3"]
    assert "P6" not in codes
    assert "P6a" in codes


def test_what_opening_refuses(cast: Cast) -> None:
    make_assessment(cast)
    with pytest.raises(RuleViolation) as again:
        make_assessment(cast)
    assert again.value.code == "already-open"
    officer = make_staff("quality_officer")
    for fields, code in (
        ({"scope": the_university().scope, "actor": officer}, "not-a-centre"),
        ({"title": " ¡! ", "framework": "ESG-2015-P1"}, None),
        ({"title": "", "framework": "ESG-2015-P1"}, "title-missing"),
    ):
        if code is None:
            assert make_assessment(cast, **fields).pk
            continue
        with pytest.raises(RuleViolation) as refused:
            make_assessment(cast, **fields)
        assert refused.value.code == code
    findings = RatingScale.objects.get(code="AUDIT-FINDINGS")
    with pytest.raises(RuleViolation) as scale:
        make_assessment(cast, framework="AUDIT-CLASSIC", scale=findings)
    assert scale.value.code == "scale-without-levels"


@pytest.mark.parametrize("role", ["coordinator", "reviewer", "approver", "reader", "administrator"])
def test_only_quality_opens_a_report(cast: Cast, role: str) -> None:
    person = make_staff(role, None if role in ("administrator",) else cast.centre.scope)
    with pytest.raises(AccessDenied):
        make_assessment(cast, actor=person)


def test_another_centre_writes_nothing_here(cast: Cast) -> None:
    assessment = make_assessment(cast)
    other = make_cast("FAC-B", "Facultad B")
    with pytest.raises(AccessDenied) as denied:
        write_criterion(other, row_of(assessment, "P1"))
    assert denied.value.code == "other-scope"
    assert row_of(assessment, "P1").narrative == ""


def test_a_stale_save_is_refused_and_loses_nothing(cast: Cast) -> None:
    row = row_of(make_assessment(cast), "P1")
    write_criterion(cast, row, narrative="Primera")
    with pytest.raises(StaleVersion) as stale:
        assessments.save_criterion(
            actor=cast.author,
            assessment=row,
            seen_version=1,
            narrative="Segunda",
            rating="A",
            strengths="",
            weaknesses="",
        )
    assert stale.value.current.narrative == "Primera"
    assert row_of(row.self_assessment, "P1").narrative == "Primera"


@pytest.mark.parametrize(
    ("texts", "code", "field"),
    [
        ({"rating": "Z"}, "unknown-level", "rating"),
        ({"narrative": "x" * (assessments.MAX_TEXT + 1)}, "text-too-long", "narrative"),
        ({"weaknesses": "x" * (assessments.MAX_TEXT + 1)}, "text-too-long", "weaknesses"),
    ],
)
def test_bad_values_are_refused_with_their_field(
    cast: Cast, texts: dict[str, str], code: str, field: str
) -> None:
    row = row_of(make_assessment(cast), "P1")
    with pytest.raises(RuleViolation) as refused:
        write_criterion(cast, row, **texts)
    assert (refused.value.code, refused.value.field) == (code, field)
    assert row_of(row.self_assessment, "P1").version == 1


def test_a_citation_stays_with_its_version(cast: Cast) -> None:
    assessment = make_assessment(cast)
    row, version = row_of(assessment, "P1"), make_version(cast)
    write_criterion(cast, row)
    assessments.cite(actor=cast.author, assessment=row, version=version)
    newer = add_version(
        actor=cast.author,
        evidence=version.evidence,
        url="https://example.org/acta",
        date_of_fact=date(2026, 9, 1),
    )
    approve_version(actor=cast.approver, version=newer)
    assert Citation.objects.get().version_id == version.pk
    assert "newer-version" in {gap.code for gap in completeness.check(assessment).of("P1")}


def test_a_citation_of_another_text_is_not_taken_back_here(cast: Cast) -> None:
    assessment = make_assessment(cast)
    citation = assessments.cite(
        actor=cast.author, assessment=row_of(assessment, "P1"), version=make_version(cast)
    )
    with pytest.raises(RuleViolation) as refused:
        assessments.uncite(actor=cast.author, assessment=row_of(assessment, "P2"), citation=citation)
    assert refused.value.code == "foreign-citation"
    assessments.uncite(actor=cast.author, assessment=row_of(assessment, "P1"), citation=citation)
    assert not Citation.objects.exists()


def test_completeness_names_every_kind_of_gap(cast: Cast, at) -> None:
    assessment = make_assessment(cast)
    assert {gap.code for gap in completeness.check(assessment).gaps} == {"missing", "no-introduction"}
    write_criterion(cast, row_of(assessment, "P1"), rating="")
    write_criterion(cast, row_of(assessment, "P2"), narrative="")
    write_criterion(cast, row_of(assessment, "P3"), rating="D", weaknesses="", strengths="Bien \U0001f600")
    version = make_version(cast, valid_until=date(2026, 10, 2))
    assessments.cite(actor=cast.author, assessment=row_of(assessment, "P3"), version=version)
    at("2026-10-03 10:00")
    found = completeness.check(assessment)
    assert {gap.code for gap in found.of("P1")} == {"no-rating", "no-evidence"}
    assert {gap.code for gap in found.of("P2")} == {"no-narrative"}
    assert {gap.code for gap in found.of("P3")} == {"no-weakness", "expired", "unprintable"}
    assert {gap.code for gap in found.of("P4")} == {"missing"}
    assert all(gap.url for gap in found.gaps)
    assert [gap.severity for gap in found.gaps] == sorted(gap.severity for gap in found.gaps)


def test_an_incomplete_report_is_not_handed_over(cast: Cast) -> None:
    assessment = make_written(cast)
    write_criterion(cast, row_of(assessment, "P7"), rating="")
    with pytest.raises(RuleViolation) as refused:
        assessments.submit(actor=cast.author, assessment=assessment)
    assert refused.value.code == "incomplete"
    assert "P7" in str(refused.value)


def test_after_handing_over_nobody_writes(cast: Cast) -> None:
    assessment = make_written(cast)
    assessments.submit(actor=cast.author, assessment=assessment)
    with pytest.raises(AccessDenied) as denied:
        write_criterion(cast, row_of(assessment, "P1"))
    assert denied.value.code == "not-drafting"
    assessments.return_to_authors(actor=cast.approver, assessment=assessment, reason="Falta el plan")
    assert write_criterion(cast, row_of(assessment, "P1"), narrative="Mejor").narrative == "Mejor"
    assert [event.action for event in history(assessment).order_by("seq")] == [
        "assessment.started",
        "assessment.submitted",
        "assessment.returned",
    ]


def test_a_return_says_what_has_to_change(cast: Cast) -> None:
    assessment = make_written(cast)
    assessments.submit(actor=cast.author, assessment=assessment)
    with pytest.raises(RuleViolation) as refused:
        assessments.return_to_authors(actor=cast.approver, assessment=assessment, reason="  ")
    assert (refused.value.code, refused.value.field) == ("reason-missing", "reason")


def test_nobody_freezes_what_they_wrote(cast: Cast) -> None:
    assessment = make_written(cast)
    officer = make_staff("quality_officer")
    row = row_of(assessment, "P1")
    assessments.save_criterion(
        actor=officer,
        assessment=row,
        seen_version=row.version,
        narrative="Toque final",
        rating="B",
        strengths="",
        weaknesses="",
    )
    assessments.submit(actor=cast.author, assessment=assessment)
    for person, code in (
        (officer, "own-work"),
        (cast.author, "not-permitted"),
        (cast.coordinator, "not-permitted"),
    ):
        with pytest.raises(AccessDenied) as denied:
            freezing.freeze(actor=person, assessment=assessment)
        assert denied.value.code == code
    assert freezing.freeze(actor=cast.approver, assessment=assessment).pk


def test_a_draft_cannot_be_frozen_nor_a_frozen_one_again(cast: Cast) -> None:
    assessment = make_written(cast)
    with pytest.raises(AccessDenied) as draft:
        freezing.freeze(actor=cast.approver, assessment=assessment)
    assert draft.value.code == "not-in-review"
    assessments.submit(actor=cast.author, assessment=assessment)
    freezing.freeze(actor=cast.approver, assessment=assessment)
    with pytest.raises(AccessDenied) as again:
        freezing.freeze(actor=cast.approver, assessment=assessment)
    assert again.value.code == "not-in-review"
    assert Snapshot.objects.count() == 1


def test_the_snapshot_is_canonical_hashed_and_anchored(cast: Cast) -> None:
    assessment = make_written(cast)
    assessments.submit(actor=cast.author, assessment=assessment)
    head = chain_head()
    snapshot = freezing.freeze(actor=cast.approver, assessment=assessment)
    body = json.loads(snapshot.body)
    assert canonical_json(body).decode() == snapshot.body
    assert sha256_hex(snapshot.body.encode()) == snapshot.sha256
    assert (snapshot.chain_seq, snapshot.chain_hash) == (head.seq, head.hash)
    assert body["frozen"]["chain_hash"] == head.hash
    event = history(assessment).first()
    assert event.action == "assessment.frozen"
    assert event.detail.after["snapshot_sha256"] == snapshot.sha256
    assert list(verify()) == []


def test_the_snapshot_holds_every_language_and_pins_the_evidence(cast: Cast) -> None:
    assessment = make_frozen(cast)
    body = json.loads(assessment.snapshot.body)
    policy = next(row for row in body["criteria"] if row["code"] == "P1")
    assert policy["title_es"] == "Política y objetivos de calidad"
    assert policy["title_en"] == "Quality policy and objectives"
    assert policy["rating"] == "B"
    assert policy["citations"] == [{"code": "E-0001", "number": 1}]
    assert [row["sha256"] for row in body["evidence"]] == [sha256_hex("Acta de la comisión".encode())]
    assert body["evidence"][0]["cited_by"][:2] == ["P1", "P2"]
    assert [step["kind"] for step in body["chronology"]] == ["started", "submitted", "frozen"]
    assert body["chronology"][-1]["who"] == cast.approver.name
    assert body["years"] == ["2023-24", "2024-25", "2025-26"]


def test_a_report_is_in_review_only_with_its_submitter(cast: Cast) -> None:
    assessment = make_assessment(cast)
    with pytest.raises(IntegrityError):
        SelfAssessment.objects.filter(pk=assessment.pk).update(state="review")
