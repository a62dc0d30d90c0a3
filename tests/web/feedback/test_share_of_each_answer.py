"""Yes or no, and choices: the share of each answer with its exact interval, and no middle of numbers that are no scale."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from django.urls import reverse

from feedback.models import Campaign, Item
from feedback.selectors.figures import shares_of
from feedback.selectors.results import campaign_results
from feedback.statistics import finite_population_interval
from tests.factories.feedback import make_plain_edition
from tests.factories.feedback_results import make_results, the_questionnaire
from tests.support.pages import assert_shows

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(staff: Callable[..., Any], client_for: Callable[..., Any]) -> Any:
    signed_in = client_for(staff("quality_officer", language="en"))
    signed_in.cookies["iqas_language"] = "en"
    return signed_in


def asked(yes: int, no: int, invited: int, code: str = "C-1", **fields: Any) -> Campaign:
    return make_results(
        code, [{"P06": 1}] * yes + [{"P06": 0}] * no, questionnaire="PARTNER", invited=invited, **fields
    )


def test_yes_and_no_had_a_median_and_no_margin(client: Any) -> None:
    campaign = asked(8, 2, 20)
    page = client.get(reverse("feedback:campaign-results", args=[campaign.code]))
    [part] = [part for part in page.context["parts"] if any(one.item.code == "P06" for one in part.chosen)]
    assert "P06" not in [row.item.code for row in part.rows]
    found = next(one for one in part.chosen if one.item.code == "P06")
    yes, no = found.answers
    low, high = finite_population_interval(8, 10, 20) or (0, 0)
    assert (yes.count, yes.share, yes.low, yes.high) == (8, 0.8, low / 20, high / 20)
    assert (no.count, no.share) == (2, 0.2)
    assert (no.low, no.high) == pytest.approx((1 - high / 20, 1 - low / 20))
    assert_shows(page, "Share of each answer", f"{yes.label}: ")
    file = client.get(reverse("feedback:campaign-results-export", args=[campaign.code]))
    book = openpyxl.load_workbook(io.BytesIO(file.content))
    header, *rows = book["Share of each answer"].iter_rows(values_only=True)
    told = [dict(zip(header, row, strict=True)) for row in rows]
    assert [(row["Code"], row["Answer"], row["Chosen by"], row["Share"]) for row in told[:2]] == [
        ("P06", yes.label, 8, 0.8),
        ("P06", no.label, 2, 0.2),
    ]
    assert told[0]["Interval from"] == pytest.approx(low / 20)
    header, *rows = book["Results"].iter_rows(values_only=True)
    first = dict(zip(header, rows[0], strict=True))
    assert (first["Code"], first["Median"], first["Mean"], first["Standard deviation"]) == (
        "P06",
        None,
        None,
        None,
    )


def test_everybody_has_no_margin_and_an_unknown_population_none() -> None:
    [census] = [one for one in campaign_results(asked(8, 2, 10), "en").items if one.code == "P06"]
    assert census.figures.is_census
    assert [share.interval for share in shares_of(census.kind, census.figures)] == [None, None]
    imported = asked(8, 2, 20, "C-2", mode=Campaign.Mode.IMPORTED)
    [unknown] = [one for one in campaign_results(imported, "en").items if one.code == "P06"]
    assert not unknown.figures.is_census
    assert [share.interval for share in shares_of(unknown.kind, unknown.figures)] == [None, None]


def test_several_campaigns_together_have_wilsons_interval(client: Any) -> None:
    edition = make_plain_edition()
    asked(8, 2, 20, "C-1", edition=edition)
    asked(2, 8, 30, "C-2", edition=edition)
    page = client.get(reverse("feedback:results-edition", args=[edition.code]))
    [yes, _no] = next(
        one.answers for part in page.context["parts"] for one in part.chosen if one.item.code == "P06"
    )
    assert (yes.count, yes.share) == (10, 0.5)
    assert 0.3 < yes.low < 0.5 < yes.high < 0.7


def test_a_choice_has_a_share_of_each_answer_in_its_order() -> None:
    item = Item.objects.filter(kind=Item.Kind.SINGLE, version=the_questionnaire("WITHDRAWAL")).first()
    assert item is not None
    points = list(item.points)
    answers = [{item.code: points[0]}] * 4 + [{item.code: points[1]}] * 6
    campaign = make_results(answers=answers, questionnaire="WITHDRAWAL", invited=40)
    [found] = [one for one in campaign_results(campaign, "en").items if one.code == item.code]
    shares = shares_of(found.kind, found.figures)
    assert [share.point for share in shares] == points
    assert [float(share.share or 0) for share in shares[:3]] == [0.4, 0.6, 0.0]
    assert all(share.interval is not None for share in shares) or item.is_conditional
