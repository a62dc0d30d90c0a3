"""What the results say of a campaign before its answers are counted: how many took part, and when results appear."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from io import StringIO
from typing import Any

import openpyxl
import pytest
from django.core.management import call_command
from django.urls import reverse

from feedback.models import Campaign, Invitation
from feedback.selectors.campaigns import rate_of, reached_of
from feedback.selectors.outcomes import public_outcomes
from tests.factories.feedback import make_plain_edition
from tests.factories.feedback_results import make_results, rate_all
from tests.support.pages import assert_hides, assert_shows

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(staff: Callable[..., Any], client_for: Callable[..., Any]) -> Any:
    signed_in = client_for(staff("quality_officer", language="en"))
    signed_in.cookies["iqas_language"] = "en"
    return signed_in


def going(used: int, *, counted: int = 0, state: str = Campaign.State.OPEN, **fields: Any) -> Campaign:
    campaign = make_results(answers=[rate_all(4)] * counted, invited=66, state=state, **fields)
    Invitation.objects.bulk_create(
        Invitation(campaign=campaign, tok_idx=f"{n:064}", used=n < used) for n in range(66)
    )
    return campaign


def test_the_results_of_an_open_campaign_said_that_nobody_had_answered(client: Any, max_queries: Any) -> None:
    campaign = going(15, edition=make_plain_edition())
    with max_queries(11):
        page = client.get(reverse("feedback:campaign-results", args=[campaign.code]))
    assert_shows(
        page, "of 66 invited", "23\u00a0%", "15 people have answered so far", "after the campaign closes on"
    )
    assert_hides(page, "Only 0 answered")
    body = client.get(reverse("api:feedback:campaign-results", args=[campaign.code])).json()
    assert (body["invited"], body["responses"], body["response_rate"]) == (66, 15, 15 / 66)
    assert (body["suppressed"], body["items"]) == (True, [])
    out = StringIO()
    call_command("campaign_results", campaign.code, "--json", stdout=out)
    assert json.loads(out.getvalue()) == body
    file = client.get(reverse("feedback:campaign-results-export", args=[campaign.code]))
    header, row = openpyxl.load_workbook(io.BytesIO(file.content))["Campaigns"].iter_rows(values_only=True)
    told = dict(zip(header, row, strict=True))
    assert (told["Answers"], told["Could answer"], told["Shown"]) == (15, 66, False)


def test_the_list_and_the_place_forgot_answers_that_wait_for_their_last_mixing(client: Any) -> None:
    edition = make_plain_edition()
    going(15, state=Campaign.State.CLOSED, edition=edition)
    row = client.get(reverse("feedback:result-list")).context["table"].rows[0].record
    assert (row.answered, reached_of(row), rate_of(row)) == (15, 66, 15 / 66)
    place = client.get(reverse("feedback:results-edition", args=[edition.code])).context["results"]
    assert (place.turnout.answered, place.turnout.reached) == (15, 66)


def test_figures_of_an_open_campaign_are_of_the_opened_answers_alone(client: Any) -> None:
    campaign = going(35, counted=20)
    page = client.get(reverse("feedback:campaign-results", args=[campaign.code]))
    results = page.context["results"]
    assert (results.responses, results.counted, results.items[0].figures.n) == (35, 20, 20)
    assert_shows(page, "The figures are of the 20 answers that have been opened so far")
    assert page.context["straight_share"] == 1


def test_the_public_page_tells_no_participation_while_people_answer(client: Any) -> None:
    told = public_outcomes(going(35, counted=20), "en")
    assert (told.answered, told.rate) == (20, 20 / 66)


def test_a_campaign_that_has_not_opened_says_so(client: Any) -> None:
    campaign = make_results(state=Campaign.State.DRAFT)
    page = client.get(reverse("feedback:campaign-results", args=[campaign.code]))
    assert_shows(page, "The campaign has not opened.")


def test_the_list_is_ordered_by_what_it_shows(client: Any) -> None:
    for invited, answered in ((40, 10), (20, 15), (30, 30)):
        make_results(f"C-{answered}", [rate_all(4)] * answered, edition=make_plain_edition(), invited=invited)
    make_results("C-IMPORTED", [rate_all(4)] * 9, edition=make_plain_edition(), mode="imported")
    for name, of in (("rate", rate_of), ("reached", reached_of)):
        for sign in ("", "-"):
            page = client.get(reverse("feedback:result-list"), {"sort": f"{sign}{name}"})
            shown = [value for row in page.context["table"].rows if (value := of(row.record)) is not None]
            assert shown == sorted(shown, reverse=bool(sign)), (name, sign)
            assert len(shown) == 3
