"""What a campaign is about: one edition, several, or partners; and what the database itself refuses."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import translation

from feedback.checks import survey_names
from feedback.models import (
    Campaign,
    CampaignEdition,
    CampaignPartner,
    Invitation,
    QuestionnaireVersion,
)
from feedback.selectors.campaigns import usable_versions
from feedback.selectors.targets import about_editions, about_microcredential, with_target
from feedback.targets import years_of
from iqas.indicators.models import Definition
from iqas.indicators.packs import load as load_indicators
from iqas.indicators.services.facts import facts_of_year
from microcredentials.selectors.published import published_of
from microcredentials.services.partners import merge_partners
from tests.factories.accounts import make_staff
from tests.factories.feedback import make_campaign, make_plain_edition, make_questionnaire
from tests.factories.feedback_results import make_results, rate_all
from tests.factories.organisation import make_centre, make_year, the_university
from tests.factories.partners import make_partner

pytestmark = pytest.mark.django_db


def pooled(*editions: Any, code: str = "C-POOL", **fields: Any) -> Campaign:
    campaign = make_results(code, [rate_all(5)] * 6, year=make_year(2025), **fields)
    CampaignEdition.objects.bulk_create(
        CampaignEdition(campaign=campaign, edition=edition) for edition in editions
    )
    return with_target(Campaign.objects.filter(pk=campaign.pk)).get()


def test_one_edition_several_and_partners_read_alike() -> None:
    one, two, other = make_plain_edition(), make_plain_edition(), make_plain_edition()
    alone = with_target(Campaign.objects.filter(pk=make_campaign(edition=one, links=5).pk)).get()
    pool = pooled(one, two)
    asked = make_results("C-PART", target_kind="partners")
    for name in ("Ánfora", "Zafra"):
        CampaignPartner.objects.create(campaign=asked, partner=make_partner(name))
    with translation.override("en"):
        assert (alone.target.label, alone.target.edition) == (one.code, one)
        assert alone.target.name == f"{one.version.title_en} ({one.code})"
        assert (pool.target.label, pool.target.edition) == ("2 editions", None)
        assert pool.target.name == "2 editions (2025-26)"
        assert asked.target.label == "2 partners"
    assert [partner.name for partner in asked.target.partners] == ["Ánfora", "Zafra"]
    assert years_of(pool.target) == [one.year]
    assert set(Campaign.objects.filter(about_editions([one]))) == {alone, pool}
    assert set(Campaign.objects.filter(about_editions([two]))) == {pool}
    assert set(Campaign.objects.filter(about_microcredential(two.microcredential))) == {pool}
    assert not Campaign.objects.filter(about_editions([other])).exists()


def test_targets_of_many_campaigns_cost_the_same(django_assert_num_queries: Any) -> None:
    for number in range(4):
        pooled(make_plain_edition(), make_plain_edition(), code=f"C-{number}")
    with translation.override("en"), django_assert_num_queries(3):
        assert [c.target.label for c in with_target(Campaign.objects.all())] == ["2 editions"] * 4


@pytest.mark.parametrize(
    "wrong",
    [
        {"target_kind": "partners"},
        {"threshold": 1},
        {"mode": "attributed", "threshold": 2},
        {"open_link": True},
        {"open_link": True, "open_idx": "a" * 64, "mode": "attributed", "threshold": 1},
        {"reminders_most": 6},
    ],
)
def test_the_database_refuses_what_no_campaign_can_be(wrong: dict[str, Any]) -> None:
    campaign = make_campaign(is_open=False)
    with pytest.raises(IntegrityError), transaction.atomic():
        Campaign.objects.filter(pk=campaign.pk).update(**wrong)


def test_an_attributed_campaign_has_no_minimum_group() -> None:
    campaign = make_campaign(is_open=False)
    Campaign.objects.filter(pk=campaign.pk).update(mode="attributed", threshold=1)


def test_a_rule_asks_each_edition_once() -> None:
    from feedback.models import OpeningRule

    campaign, other = make_campaign(is_open=False), make_campaign(is_open=False)
    rule = OpeningRule.objects.create(
        code="RG-1",
        title="Al terminar",
        scope=the_university().scope,
        questionnaire=campaign.questionnaire_version.questionnaire,
        since="2026-01-01",
    )
    Campaign.objects.filter(pk=campaign.pk).update(rule=rule)
    with pytest.raises(IntegrityError), transaction.atomic():
        Campaign.objects.filter(pk=other.pk).update(rule=rule, edition=campaign.edition)


def test_doctor_finds_an_anonymous_link_with_a_name() -> None:
    campaign = make_campaign(links=5)
    assert list(survey_names()) == []
    Invitation.objects.filter(campaign=campaign).update(partner=make_partner())
    assert list(survey_names()) == [
        f"{campaign.code} is anonymous, but links, comments or answers of it name who they belong to. "
        "Restore the database from its backup."
    ]


def test_a_merged_partner_is_asked_once_under_the_name_that_was_kept() -> None:
    officer = make_staff("quality_officer")
    kept, twice = make_partner("Ánfora S. A."), make_partner("Ánfora SA")
    both, one = (make_results(code, target_kind="partners") for code in ("C-1", "C-2"))
    for campaign, partner in ((both, kept), (both, twice), (one, twice)):
        CampaignPartner.objects.create(campaign=campaign, partner=partner)
    merge_partners(actor=officer, kept=kept, duplicate=twice)
    assert list(both.partners.all()) == list(one.partners.all()) == [kept]


def test_a_draft_questionnaire_is_asked_of_nobody() -> None:
    old = make_questionnaire()
    new = QuestionnaireVersion.objects.create(
        questionnaire=old.questionnaire, number=2, title_es="Otra", origin="own", state="draft", based_on=old
    )
    assert list(usable_versions()) == [old]
    with pytest.raises(IntegrityError), transaction.atomic():
        QuestionnaireVersion.objects.filter(pk=new.pk).update(state="ready")
    QuestionnaireVersion.objects.filter(pk=new.pk).update(state="ready", sha256="a" * 64)
    assert list(usable_versions()) == [new]


def test_a_pool_tells_of_what_all_its_editions_share() -> None:
    """The indicators of an edition hear nothing of it; those of the centre, or the university, do."""
    load_indicators()
    here, there = make_centre("FAC-A"), make_centre("FAC-B")
    pooled(make_plain_edition(here), make_plain_edition(here), code="C-A", invited=9)
    pooled(make_plain_edition(here), make_plain_edition(there), code="C-AB", invited=7)
    definition = Definition.objects.get(code="response-rate", is_current=True)
    year, university = make_year(2025), the_university()
    facts = facts_of_year([definition], year, university, published_of(year, university))[definition]
    assert {(fact.path[0].level, fact.numerator, fact.denominator) for fact in facts} == {
        ("centre", 6, 9),
        ("university", 6, 7),
    }
