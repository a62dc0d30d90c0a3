"""Proposals, approval, versions and editions: what is written, what is refused, and with which article."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import translation

from iqas.core import events
from iqas.core.audit import history, verify
from iqas.core.refusals import AccessDenied, RuleViolation, StaleVersion
from microcredentials.models import Edition, LearningOutcome, MicroCredential, MicroCredentialVersion
from microcredentials.services import approval, editions, imported, proposals, writing
from microcredentials.services.writing import Body, Evaluation, Outcome
from tests.factories.accounts import make_staff
from tests.factories.microcredentials import make_edition, make_microcredential
from tests.factories.organisation import make_centre, make_year

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_english():
    """Sentences are compared in the language of the sources."""
    with translation.override("en"):
        yield


def refused(code: str) -> Any:
    return pytest.raises(RuleViolation, check=lambda refusal: refusal.code == code)


class TestProposals:
    def test_a_draft_has_code_scope_version_and_its_university_as_awarding_body(self) -> None:
        centre = make_centre()
        coordinator = make_staff("coordinator", scope=centre.scope)
        made = proposals.create_microcredential(
            actor=coordinator, centre=centre, title_es="Álgebra para todos"
        )
        assert made.code.startswith("MC-")
        assert made.scope.path.startswith(centre.scope.path)
        assert (made.scope.kind, made.scope.label) == ("microcredential", "Álgebra para todos")
        assert (made.state, made.sort_title) == ("draft", "algebra para todos")
        version = made.current
        assert version is not None
        assert (version.number, version.elements_done) == (1, 3)
        assert [body.name for body in version.awarding_bodies.all()] == ["Universidad de Prueba"]
        assert [event.action for event in history(made)] == ["microcredential.created"]

    @pytest.mark.parametrize("ects", ["0", "-1", "15", "15.00", "60"])
    def test_ects_outside_the_law_are_refused_with_the_article(self, ects: str) -> None:
        with refused("ects-range") as refusal:
            make_microcredential(ects=Decimal(ects))
        assert refusal.value.field == "ects"
        assert "37.8" in str(refusal.value)
        assert not MicroCredential.objects.exists()

    @pytest.mark.parametrize("ects", ["0.01", "14.99", "14.5"])
    def test_ects_within_the_law(self, ects: str) -> None:
        version = make_microcredential(ects=Decimal(ects)).current
        assert version is not None
        assert version.ects == Decimal(ects)

    def test_the_database_itself_holds_the_limit(self) -> None:
        version = make_microcredential().current
        assert version is not None
        with pytest.raises(IntegrityError), transaction.atomic():
            MicroCredentialVersion.objects.filter(pk=version.pk).update(ects=15)

    def test_a_title_is_used_once_in_a_centre(self) -> None:
        make_microcredential("Economía circular")
        with refused("title-taken"):
            make_microcredential("  ECONOMIA, circular ")
        make_microcredential("Economía circular", centre=make_centre("FAC-B"))

    def test_who_may_create_where(self) -> None:
        here, there = make_centre("FAC-A"), make_centre("FAC-B")
        for role, scope in (("reader", here.scope), ("coordinator", there.scope)):
            with pytest.raises(AccessDenied):
                proposals.create_microcredential(
                    actor=make_staff(role, scope=scope), centre=here, title_es="X"
                )

    def test_two_editors_never_lose_a_word(self) -> None:
        draft = make_microcredential("Uno").current
        assert draft is not None
        officer = make_staff("quality_officer")
        seen = draft.version
        proposals.edit_version(actor=officer, version=draft, seen=seen, summary_es="La primera persona")
        with pytest.raises(StaleVersion) as stale:
            proposals.edit_version(actor=officer, version=draft, seen=seen, summary_es="La segunda persona")
        assert stale.value.current.summary_es == "La primera persona"

    def test_an_edit_is_told_field_by_field_and_moves_the_keys(self) -> None:
        microcredential = make_microcredential("Uno")
        draft = microcredential.current
        assert draft is not None
        proposals.edit_version(
            actor=make_staff("quality_officer"),
            version=draft,
            seen=draft.version,
            title_es="Ética pública",
            ects=Decimal("3.5"),
            bodies=[Body("Universidad de Prueba", True), Body("Universidad de Cádiz")],
        )
        microcredential.refresh_from_db()
        assert microcredential.sort_title == "etica publica"
        assert microcredential.scope.label == "Ética pública"
        detail = history(microcredential)[0].detail
        assert detail.before["ects"] == "6.00"
        assert detail.after["ects"] == "3.5"
        assert detail.after["awarding_bodies"] == ["Universidad de Prueba", "Universidad de Cádiz"]

    def test_an_edit_that_changes_nothing_leaves_no_event(self) -> None:
        microcredential = make_microcredential("Uno")
        draft = microcredential.current
        assert draft is not None
        events = history(microcredential).count()
        proposals.edit_version(
            actor=make_staff("quality_officer"),
            version=draft,
            seen=draft.version,
            title_es="Uno",
            ects=Decimal(6),
        )
        assert history(microcredential).count() == events

    def test_outcomes_keep_their_assessments_when_they_are_reordered(self) -> None:
        draft = make_microcredential().current
        assert draft is not None
        first, second = draft.outcomes.all()
        proposals.replace_outcomes(
            actor=make_staff("quality_officer"),
            version=draft,
            seen=draft.version,
            outcomes=[
                Outcome({"text_es": "El segundo"}, id=second.pk),
                Outcome({"text_es": "El primero"}, id=first.pk),
            ],
        )
        assert [(row.pk, row.code) for row in draft.outcomes.all()] == [(second.pk, "RA1"), (first.pk, "RA2")]
        assert draft.assessments.get().outcomes.count() == 2

    def test_an_outcome_of_another_version_is_never_touched(self) -> None:
        mine, other = make_microcredential("Mía").current, make_microcredential("Ajena").current
        assert mine is not None
        assert other is not None
        stranger = other.outcomes.first()
        assert stranger is not None
        proposals.replace_outcomes(
            actor=make_staff("quality_officer"),
            version=mine,
            seen=mine.version,
            outcomes=[Outcome({"text_es": "Robado"}, id=stranger.pk)],
        )
        stranger.refresh_from_db()
        assert stranger.text_es == "Explica los conceptos básicos."  # type: ignore[attr-defined]


class TestApproval:
    def test_approval_freezes_the_version(self) -> None:
        microcredential = make_microcredential(approved=True)
        version = microcredential.current
        assert version is not None
        assert (microcredential.state, version.is_frozen, version.elements_done) == ("approved", True, 9)
        with refused("frozen"):
            proposals.edit_version(
                actor=make_staff("quality_officer"), version=version, seen=version.version, hours=10
            )

    def test_the_database_refuses_to_rewrite_what_was_approved(self) -> None:
        version = make_microcredential(approved=True).current
        assert version is not None
        for attempt in (
            lambda: MicroCredentialVersion.objects.filter(pk=version.pk).update(hours=1),
            lambda: version.outcomes.update(kind="skill"),
            lambda: LearningOutcome.objects.create(version=version, code="RA9", text_es="x"),  # type: ignore[misc]
            lambda: version.assessments.update(weight=1),
            lambda: version.awarding_bodies.update(name="x"),
        ):
            with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
                attempt()

    def test_nobody_approves_what_they_wrote(self) -> None:
        author = make_staff("quality_officer")
        version = make_microcredential(actor=author).current
        assert version is not None
        with pytest.raises(AccessDenied) as denied:
            approval.approve_version(actor=author, version=version)
        assert denied.value.code == "own-work"

    def test_one_who_corrected_a_word_wrote_it_too(self) -> None:
        version = make_microcredential().current
        assert version is not None
        second = make_staff("quality_officer")
        version = proposals.edit_version(
            actor=second, version=version, seen=version.version, summary_es="Otra"
        )
        with pytest.raises(AccessDenied):
            approval.approve_version(actor=second, version=version)

    @pytest.mark.parametrize(
        ("missing", "code", "article"),
        [
            ({"ects": None}, "no-ects", "37.8"),
            ({"mode": ""}, "no-mode", "37.3"),
            ({"requires_degree": None}, "no-degree-rule", "37.5"),
            ({"responsible_name": ""}, "no-responsible", "37.4"),
            ({"eqf_level": None}, "no-level", "Annex I"),
            ({"quality_assurance_es": ""}, "no-quality-assurance", "Annex I"),
        ],
    )
    def test_what_is_missing_is_refused_with_its_article(
        self, missing: dict[str, Any], code: str, article: str, settings: Any
    ) -> None:
        from django.utils import translation

        version = make_microcredential(**missing).current
        assert version is not None
        with translation.override("en"), refused(code) as refusal:
            approval.approve_version(actor=make_staff("approver"), version=version)
        assert article in str(refusal.value.message)

    def test_an_outcome_without_assessment_blocks(self) -> None:
        version = make_microcredential().current
        assert version is not None
        version = proposals.replace_assessments(
            actor=make_staff("quality_officer"),
            version=version,
            seen=version.version,
            assessments=[Evaluation({"name_es": "Examen"}, outcomes=("RA1",))],
        )
        assert version.elements_done == 9
        with refused("outcome-not-assessed"):
            approval.approve_version(actor=make_staff("approver"), version=version)

    def test_only_approvers_and_officers_of_the_university_approve(self) -> None:
        version = make_microcredential().current
        assert version is not None
        for role in ("coordinator", "centre_quality", "reviewer", "reader", "administrator"):
            with pytest.raises(AccessDenied):
                approval.approve_version(actor=make_staff(role), version=version)

    def test_the_next_version_is_equal_and_free_and_the_approved_one_stays_in_force(self) -> None:
        microcredential = make_microcredential("Uno", approved=True)
        officer = make_staff("quality_officer")
        draft = proposals.begin_version(actor=officer, microcredential=microcredential)
        assert (draft.number, draft.ects, draft.elements_done) == (2, Decimal(6), 9)
        assert writing.gaps_of(draft) == []
        with refused("draft-exists"):
            proposals.begin_version(actor=officer, microcredential=microcredential)
        draft = proposals.edit_version(actor=officer, version=draft, seen=draft.version, title_es="Dos")
        microcredential.refresh_from_db()
        assert microcredential.current != draft
        assert microcredential.sort_title == "uno"
        approval.approve_version(actor=make_staff("approver"), version=draft)
        microcredential.refresh_from_db()
        assert microcredential.current == draft
        assert (microcredential.sort_title, microcredential.scope.label) == ("dos", "Dos")


class TestEditions:
    def test_the_whole_life_and_its_events(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(events, "_handlers", defaultdict(list))
        heard: list[tuple[str, str]] = []
        for name in ("edition.opened", "edition.closed"):
            events.on(name)(lambda edition, name=name: heard.append((name, edition.state)))
        make_year(2025)
        edition = make_edition(state="closed")
        assert edition.code.endswith("-2025-1")
        assert heard == [("edition.opened", "open"), ("edition.closed", "closed")]
        assert [event.action for event in history(edition)][::-1] == [
            "edition.planned",
            "edition.opened",
            "edition.started",
            "edition.finished",
            "edition.counted",
            "edition.signed",
            "edition.report-filed",
            "edition.closed",
        ]
        assert list(verify()) == []

    def test_blocked_steps_say_why(self, at: Any) -> None:
        at("2026-02-10 10:00")
        make_year(2025)
        officer = make_staff("quality_officer")
        draft = make_microcredential()
        edition = editions.plan_edition(
            actor=officer, microcredential=draft, starts=date(2026, 3, 3), ends=date(2026, 3, 17)
        )
        with refused("not-approved"):
            editions.advance_edition(actor=officer, edition=edition, step="open")
        with refused("wrong-state"):
            editions.advance_edition(actor=officer, edition=edition, step="close")
        approval.approve_version(actor=make_staff("approver"), version=draft.current)  # type: ignore[arg-type]
        with refused("no-places"):
            editions.advance_edition(actor=officer, edition=edition, step="open")
        edition = editions.edit_edition(actor=officer, edition=edition, seen=edition.revision, places=25)
        editions.advance_edition(actor=officer, edition=edition, step="open")
        with refused("not-started"):
            editions.advance_edition(actor=officer, edition=edition, step="run")
        at("2026-03-17 10:00")
        editions.advance_edition(actor=officer, edition=edition, step="run")
        with refused("not-ended"):
            editions.advance_edition(actor=officer, edition=edition, step="finish")
        at("2026-03-18 10:00")
        editions.advance_edition(actor=officer, edition=edition, step="finish")
        with refused("no-results"):
            editions.advance_edition(actor=officer, edition=edition, step="sign")

    def test_dates_in_order_and_in_their_year(self) -> None:
        make_year(2025)
        with refused("dates-order"):
            make_edition(starts=date(2026, 3, 3), ends=date(2026, 3, 2))
        edition = make_edition()
        with refused("other-year"):
            editions.edit_edition(
                actor=make_staff("quality_officer"),
                edition=edition,
                seen=edition.revision,
                starts=date(2026, 9, 10),
                ends=date(2026, 9, 20),
            )

    @pytest.mark.parametrize(
        ("numbers", "code"),
        [
            ({"completed": 3}, "no-enrolled"),
            ({"enrolled": 10, "completed": 8, "withdrawn": 3}, "more-than-enrolled"),
            ({"enrolled": 10, "withdrawn_before_start": 2, "presented": 9}, "more-presented"),
            ({"enrolled": 10, "presented": 5, "passed": 5, "failed": 1}, "more-than-presented"),
        ],
    )
    def test_counts_that_contradict_each_other(self, numbers: dict[str, int], code: str) -> None:
        edition = make_edition()
        with refused(code):
            editions.record_counts(actor=make_staff("quality_officer"), edition=edition, seen=0, **numbers)
        assert not Edition.objects.filter(counts__isnull=False).exists()

    def test_no_data_is_null_and_none_is_zero(self) -> None:
        edition = make_edition()
        counts = editions.record_counts(
            actor=make_staff("quality_officer"), edition=edition, seen=0, enrolled=10, failed=0
        )
        counts.refresh_from_db()
        assert (counts.enrolled, counts.failed, counts.passed) == (10, 0, None)
        with pytest.raises(StaleVersion):
            editions.record_counts(actor=make_staff("quality_officer"), edition=edition, seen=0, enrolled=11)

    def test_a_closed_edition_no_longer_changes(self) -> None:
        edition = make_edition(state="closed")
        officer = make_staff("quality_officer")
        with refused("closed"):
            editions.record_counts(actor=officer, edition=edition, seen=1, enrolled=1)
        with refused("closed"):
            editions.edit_edition(actor=officer, edition=edition, seen=edition.revision, places=3)

    def test_an_edition_keeps_the_version_it_was_planned_with(self) -> None:
        edition = make_edition()
        officer = make_staff("quality_officer")
        draft = proposals.begin_version(actor=officer, microcredential=edition.microcredential)
        approval.approve_version(actor=make_staff("approver"), version=draft)
        edition.refresh_from_db()
        assert edition.version.number == 1
        assert make_edition(edition.microcredential).version.number == 2


class TestImportedRecords:
    def test_they_have_no_ects_and_are_never_approved(self) -> None:
        centre, year = make_centre(), make_year(2025)
        edition = imported.ensure_imported_edition(
            actor=None, centre=centre, year=year, code="TR-1", title_es="Curso 1"
        )
        again = imported.ensure_imported_edition(
            actor=None, centre=centre, year=year, code="TR-1", title_es="Curso 1"
        )
        assert edition == again
        assert (edition.code, edition.state, edition.microcredential.state) == (
            "TR-1",
            "imported",
            "imported",
        )
        assert edition.version.ects is None
        with pytest.raises(AccessDenied) as denied:
            approval.approve_version(actor=make_staff("approver"), version=edition.version)
        assert denied.value.code == "imported"
        with refused("unchangeable"):
            proposals.edit_version(
                actor=make_staff("quality_officer"), version=edition.version, seen=1, ects=Decimal(3)
            )
