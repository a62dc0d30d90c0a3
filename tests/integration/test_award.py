"""Eleven elements at award: who of those that passed could be awarded it, and what the others lack."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.utils import translation

from microcredentials import completeness
from microcredentials.models import Edition, Learner, MicroCredentialVersion
from microcredentials.selectors.award import Award, award_of
from microcredentials.selectors.counts import shown_counts
from microcredentials.selectors.design import design_of
from microcredentials.services.editions import advance_edition
from microcredentials.services.learners import erase_learner
from microcredentials.services.register import Entry, Register
from microcredentials.services.writing import Body
from tests.factories.accounts import make_staff
from tests.factories.microcredentials import make_edition, make_identity, make_microcredential
from tests.factories.organisation import the_university
from tests.support.pages import assert_hides, assert_shows

pytestmark = pytest.mark.django_db
BY_DOCUMENT = {"document_kind": "passport"}


def passed(edition: Edition, count: int, *, with_document: bool = True, failed: int = 0) -> None:
    """People who passed, known by a passport or by their e-mail alone."""
    states = ["passed"] * count + ["failed"] * failed
    register = Register(actor=None)
    register.take(
        [
            Entry(
                row,
                edition,
                make_identity(
                    **(
                        {"document_kind": "passport", "document_number": f"P{row}{count}"}
                        if with_document
                        else {}
                    )
                ),
                state=state,
            )
            for row, state in enumerate(states, 1)
        ]
    )
    assert register.problems == []


def told(edition: Edition, *, in_full: bool = True, names: bool = True) -> Award:
    edition = Edition.objects.select_related("counts", "version", "year").get(pk=edition.pk)
    award = award_of(edition, shown_counts(edition, in_full=in_full), names=names)
    assert award is not None
    return award


@pytest.fixture
def edition() -> Edition:
    return make_edition(state="finished", places=80)


def sign(edition: Edition) -> None:
    advance_edition(actor=make_staff("quality_officer"), edition=edition, step="sign")


def test_before_the_results_are_signed_there_is_no_date_of_issuing(edition: Edition) -> None:
    passed(edition, 6)
    award = told(edition)
    assert (award.passed, award.whole, award.issuing and award.issuing.code) == (6, 0, "not-signed")
    sign(edition)
    award = told(edition)
    assert (award.passed, award.whole, award.issuing, award.lacking) == (6, 6, None, ())


def test_an_e_mail_does_not_identify_anybody(edition: Edition) -> None:
    passed(edition, 6)
    passed(edition, 7, with_document=False)
    sign(edition)
    award = told(edition)
    assert (award.passed, award.whole, len(award.lacking)) == (13, 6, 7)
    assert {one.gap.code for one in award.lacking} == {"no-document"}


def test_an_erased_person_can_no_longer_be_named(edition: Edition) -> None:
    passed(edition, 6)
    learner = Learner.objects.order_by("sort_name").first()
    assert learner is not None
    erase_learner(actor=make_staff("quality_officer"), learner=learner, reason="Lo pide")
    sign(edition)
    [one] = told(edition).lacking
    assert (one.gap.code, one.gap.field, told(edition).whole) == ("erased", "", 5)


def test_who_has_no_result_or_did_not_pass_is_awarded_nothing(edition: Edition) -> None:
    passed(edition, 6, failed=8)
    sign(edition)
    assert told(edition).passed == 6
    running = Edition.objects.select_related("version").get(pk=make_edition(state="running").pk)
    assert award_of(running, None, names=True) is None


def test_a_reader_is_told_of_no_small_group(edition: Edition) -> None:
    """Two of twenty who cannot be awarded it are two people; so are those of whom it is not told how many passed."""
    the_university(threshold=5)
    passed(edition, 18)
    passed(edition, 2, with_document=False)
    sign(edition)
    assert (told(edition).passed, told(edition).whole) == (20, 18)
    for_readers = told(edition, in_full=False, names=False)
    assert (for_readers.passed, for_readers.whole, for_readers.lacking) == (None, None, ())
    passed_all = make_edition(state="finished", places=80)
    passed(passed_all, 20)
    sign(passed_all)
    assert told(passed_all, in_full=False, names=False).whole == 20


def test_the_page_links_to_the_field_and_names_nobody_to_readers(
    edition: Edition, staff: Any, client_for: Any, max_queries: Any
) -> None:
    passed(edition, 9)
    passed(edition, 6, with_document=False)
    sign(edition)
    lacking = Learner.objects.filter(document_number="").first()
    assert lacking is not None
    client = client_for(staff("coordinator", scope=edition.microcredential.scope))
    with max_queries(20), translation.override("en"):
        page = client.get(edition.get_absolute_url(), headers={"accept-language": "en"})
    assert_shows(page, "9 of 15 people who passed", f"/learners/{lacking.pk}/edit/#id_document_number")
    reader = client_for(staff("reader"))
    with max_queries(20):
        page = reader.get(edition.get_absolute_url(), headers={"accept-language": "en"})
    assert_shows(page, "9 of 15 people who passed")
    assert_hides(page, str(lacking.pk), lacking.family_name)


@pytest.mark.parametrize(
    ("level", "cycle"),
    [
        (3, ""),
        (4, ""),
        (5, "short cycle"),
        (6, "first cycle"),
        (7, "second cycle"),
        (8, "third cycle"),
        (None, ""),
    ],
)
def test_the_cycle_follows_from_the_level_where_there_is_one(level: int | None, cycle: str) -> None:
    with translation.override("en"):
        assert str(MicroCredentialVersion(eqf_level=level).qf_ehea_cycle) == cycle


def test_several_universities_issue_it_in_several_countries() -> None:
    mc = make_microcredential(
        bodies=[
            Body("Universidad de Prueba", True),
            Body("Universidade do Minho", country="PT", region="Braga"),
            Body("Universidad de Valdehoz", region="La Rioja"),
        ],
        region="Comunitat Valenciana",
    )
    design = design_of(mc)
    assert design is not None
    assert design.places_of_issue == ("ES · Comunitat Valenciana", "PT · Braga", "ES · La Rioja")
    assert completeness.places_of_issue(design.version, ()) == ("ES · Comunitat Valenciana",)


def test_the_date_of_issuing_is_that_of_the_signature(edition: Edition, at: Any) -> None:
    passed(edition, 6)
    at("2026-01-15 10:00")
    sign(edition)
    edition.refresh_from_db()
    assert edition.signed_at is not None
    assert edition.signed_at.date() == date(2026, 1, 15)
    assert completeness.issuing_gap(edition) is None
