"""Questions that only some are asked, by what they answered before."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.urls import reverse
from django.utils import translation

from feedback.anonymity import mixer
from feedback.models import Campaign, Item, QuestionnaireVersion
from feedback.packs import load
from feedback.presenters.results import parts_of
from feedback.selectors.results import campaign_results
from feedback.services import campaigns, summaries
from iqas.ui.charts import Gap, svg
from tests.factories.feedback import Respondent, links_of, make_campaign, make_questionnaire
from tests.factories.feedback_results import make_results
from tests.support.pages import assert_shows, text_of

pytestmark = pytest.mark.django_db

YES, NO = "1", "0"


@pytest.fixture
def version() -> QuestionnaireVersion:
    """A yes or no; then what only a yes leads to, and what only that leads to; then what everybody is asked."""
    version = make_questionnaire(("yes_no",), ("likert",), ("likert",), ("likert", "text"))
    Item.objects.filter(version=version, code="B1").update(shown_if_code="A1", shown_if_values=[1])
    Item.objects.filter(version=version, code="C1").update(shown_if_code="B1", shown_if_values=[1, 2])
    return version


@pytest.fixture
def campaign(version: QuestionnaireVersion) -> Campaign:
    return make_campaign(version=version, links=12)


def begin(campaign: Campaign) -> Respondent:
    return Respondent(links_of(campaign)[0]).open()


def answers_after_closing(campaign: Campaign) -> list[dict[str, Any]]:
    campaigns.close_campaign(actor=None, campaign=campaign)
    mixer.mix(campaign.pk)
    return [response.answers for response in campaign.responses.all()]


def test_the_way_goes_by_what_was_answered(campaign: Campaign) -> None:
    person = begin(campaign)
    assert person.post(1, A1=NO).url.endswith("/4/")
    assert person.post(4, back="1").url.endswith("/1/")
    assert person.post(1, A1=YES).url.endswith("/2/")
    assert person.post(2, B1="5").url.endswith("/4/")
    assert person.post(4, back="1").url.endswith("/2/")
    assert person.post(2, B1="2").url.endswith("/3/")
    assert_shows(person.page(3), "Section 3 of 4")


def test_a_page_that_is_not_asked_leads_on_and_takes_nothing(campaign: Campaign) -> None:
    person = begin(campaign)
    person.post(1, A1=NO)
    assert person.page(2).url.endswith("/4/")
    assert person.post(2, B1="1").url.endswith("/4/")
    assert_shows(person.page(4), "Section 2 of 2")


def test_a_hidden_question_forced_into_another_page_is_not_looked_at(campaign: Campaign) -> None:
    people = [Respondent(link).open() for link in links_of(campaign)[:6]]
    for person in people:
        person.post(1, A1=NO, B1="1", C1="1")
        assert person.post(4, D1="4", B1="1").status_code == 200
    assert answers_after_closing(campaign) == [{"A1": 0, "D1": 4}] * 6


def test_what_was_answered_before_the_condition_fell_is_not_sent_but_kept_while_one_writes(
    campaign: Campaign,
) -> None:
    people = [Respondent(link).open() for link in links_of(campaign)[:6]]
    for person in people:
        person.post(1, A1=YES)
        person.post(2, B1="1")
        person.post(3, C1="3")
        person.post(1, A1=NO)
        person.post(1, A1=YES)
        assert "checked" in person.page(2).content.decode()
        person.post(1, A1=NO)
        assert person.post(4, D1="4").status_code == 200
    assert answers_after_closing(campaign) == [{"A1": 0, "D1": 4}] * 6


def test_who_was_not_asked_counts_neither_as_an_answer_nor_as_none(version: QuestionnaireVersion) -> None:
    campaign = make_campaign(version=version, links=20)
    for number, link in enumerate(links_of(campaign)):
        person = Respondent(link).open()
        person.post(1, A1=YES if number < 8 else NO)
        if number < 8:
            person.post(2, **({"B1": "4"} if number < 7 else {"B1": "na"}))
        assert person.post(4, D1="5").status_code == 200
    campaigns.close_campaign(actor=None, campaign=campaign)
    mixer.mix(campaign.pk)
    summaries.refresh(campaign)
    figures = {item.code: item.figures for item in campaign_results(campaign, "en").items}
    assert (figures["B1"].n, figures["B1"].no_answer, figures["B1"].margin) == (7, 1, None)
    assert figures["C1"].suppressed
    assert (figures["D1"].n, figures["D1"].no_answer) == (20, 0)
    assert figures["D1"].is_census


def test_the_page_of_the_questionnaire_says_who_is_asked(client_for: Any, staff: Any) -> None:
    load()
    client = client_for(staff("quality_officer"))
    page = client.get(
        reverse("feedback:questionnaire-detail", args=["EMPLOYER", 2]), headers={"accept-language": "en"}
    )
    assert_shows(
        page, "Only asked of those who answered “Yes, they work or worked with us” to E01", "Importance of S1"
    )


def test_importance_and_satisfaction_stand_side_by_side(client_for: Any, staff: Any) -> None:
    sheets = [{"E01": 1, "S1I": 5, "S1": 2, "S2I": 4, "S2": 5}] * 7 + [{"E01": 2, "S1I": 3, "S2I": 3}] * 3
    campaign = make_results("C-0001", sheets, questionnaire="EMPLOYER")
    client = client_for(staff("quality_officer"))
    page = client.get(
        reverse("feedback:campaign-results", args=[campaign.code]), headers={"accept-language": "en"}
    )
    assert_shows(page, "asked of some, by their answer to E01")
    words = " ".join(text_of(page).split())
    assert "Furthest behind its importance: S1 (70" in words, re.findall("Furthest[^<]*", words)
    assert "S3 · " not in words


def test_importance_for_all_was_set_beside_the_satisfaction_of_some() -> None:
    """Forty employers say how important a skill is; only the eighteen who employ somebody, how satisfied they are."""
    pair = Item.objects.filter(version__questionnaire__code="EMPLOYER").exclude(importance_of="")
    load("EMPLOYER")
    important = pair.order_by("order")[0]
    rated = Item.objects.get(version=important.version, code=important.importance_of)
    assert rated.is_conditional
    assert not important.is_conditional
    yes, no = rated.shown_if_values[0], next(n for n in (0, 1) if n not in rated.shown_if_values)
    answers = [{rated.shown_if_code: yes, rated.code: 4, important.code: 5}] * 18
    answers += [{rated.shown_if_code: no, important.code: 5}] * 22
    campaign = make_results(answers=answers, questionnaire="EMPLOYER", invited=60)
    with translation.override("en"):
        [part] = [
            one
            for one in parts_of(campaign_results(campaign, "en").items)
            if any(row.item.code == rated.code for row in one.rows)
        ]
    gap = next(chart for chart in part.charts if isinstance(chart, Gap))
    assert f"Not of the same people: only some were asked {rated.code}" in gap.subtitle
    assert (gap.rows[0].first_n, gap.rows[0].second_n) == (40, 18)
    assert "n = 40 → 18" in svg(gap, "en")
