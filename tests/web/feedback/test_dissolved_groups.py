"""Groups that were dissolved when a campaign was mixed: fewer than the threshold, and nothing else is said of them."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from django.urls import reverse

from feedback.models import Campaign, Invitation
from feedback.selectors.campaigns import participation_of
from feedback.selectors.results import campaign_results
from tests.factories.feedback_results import make_results, rate_all

pytestmark = pytest.mark.django_db
GROUPS = {"a": "Afternoon", "m": "Morning", "n": "Night"}


@pytest.fixture
def client(staff: Callable[..., Any], client_for: Callable[..., Any]) -> Any:
    signed_in = client_for(staff("quality_officer", language="en"))
    signed_in.cookies["iqas_language"] = "en"
    return signed_in


def dissolved() -> Campaign:
    """As the mixer leaves 20 answers of 21 of which afternoon and night were too few: those have no group."""
    answers = [("m", rate_all(4))] * 8 + [("", rate_all(2))] * 12
    return make_results(answers=answers, groups=GROUPS, invited=21)


def test_a_dissolved_group_was_published_as_nobody_answered(client: Any) -> None:
    campaign = dissolved()
    page = client.get(reverse("feedback:campaign-results", args=[campaign.code]))
    results = page.context["results"]
    assert {group.code: group.responses for group in results.groups} == {"a": None, "m": 8, "n": None, "": 12}
    assert {code for code, figures in results.items[0].groups.items() if not figures.suppressed} == {"m"}
    text = page.content.decode()
    assert "Afternoon (0)" not in text
    assert "There are not two groups large enough to be compared." in text
    assert "Afternoon, Night." in text


def test_a_dissolved_group_had_rows_of_nobody_in_the_workbook(client: Any) -> None:
    campaign = dissolved()
    file = client.get(reverse("feedback:campaign-results-export", args=[campaign.code]))
    book = openpyxl.load_workbook(io.BytesIO(file.content))
    for sheet in book.worksheets[:2]:
        assert {row[1] for row in sheet.iter_rows(min_row=2, values_only=True)} == {None, "Morning"}


def test_one_real_group_was_compared_with_two_dissolved_ones() -> None:
    assert campaign_results(dissolved(), "en").compared_groups == ()


def test_nobody_cannot_be_told_from_dissolved() -> None:
    """Nobody of the night answered here; there its answers are among those without a group."""
    nobody = make_results(
        "C-1", [("m", rate_all(4))] * 8 + [("a", rate_all(3))] * 9 + [("", rate_all(2))] * 6, groups=GROUPS
    )
    told = {group.code: group.responses for group in campaign_results(nobody, "en").groups}
    assert told == {"a": 9, "m": 8, "n": None, "": 6}


def test_the_campaigns_page_told_a_group_of_nobody_from_a_dissolved_one() -> None:
    campaign = dissolved()
    rows = [("m", 8, 9), ("a", 4, 9), ("n", 0, 9)]
    Invitation.objects.bulk_create(
        Invitation(campaign=campaign, group_code=code, tok_idx=f"{code}{n}", used=n < used)
        for code, used, invited in rows
        for n in range(invited)
    )
    _total, groups = participation_of(campaign)
    told = {group.label: (group.invited, group.answered) for group in groups}
    assert told["Afternoon"] == told["Night"] == (9, None)
