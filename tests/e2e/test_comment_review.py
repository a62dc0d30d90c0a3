"""The review of comments by single keys, which are off until they are switched on."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from feedback.models import Comment
from tests.e2e.browser import PHONE, assert_accessible, assert_fits
from tests.factories.accounts import make_staff
from tests.factories.feedback_results import make_results, rate_all

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow, pytest.mark.sqlite]


def test_one_key_a_decision(open_page: Any) -> None:
    texts = ("uno", "dos", "tres")
    campaign = make_results(answers=[rate_all(4)] * 6, comments=[("L16", text) for text in texts])
    page = open_page(
        reverse("feedback:comment-review", args=[campaign.code]), user=make_staff("quality_officer")
    )
    assert_accessible(page)
    first = page.locator("blockquote.comment").inner_text()
    assert page.locator("[aria-keyshortcuts]").count() == 0
    page.keyboard.press("s")
    page.wait_for_timeout(300)
    assert not Comment.objects.filter(review_state=Comment.Review.SHOWN).exists(), "off by default"
    page.locator("[data-review-toggle]").click()
    assert page.locator("[data-review-toggle]").get_attribute("aria-pressed") == "true"
    page.locator("h1").click()
    page.keyboard.press("s")
    page.wait_for_url("**after=**")
    assert page.locator("blockquote.comment").inner_text() != first
    assert Comment.objects.get(text=first).review_state == Comment.Review.SHOWN
    page.keyboard.press("w")
    assert page.evaluate("document.activeElement.name") == "reason", "why comes first"
    page.keyboard.press("Tab")
    page.locator("[data-review-toggle]").click()
    assert page.locator("[aria-keyshortcuts]").count() == 0
    page.locator("h1").click()
    page.keyboard.press("s")
    page.wait_for_timeout(300)
    assert Comment.objects.filter(review_state=Comment.Review.SHOWN).count() == 1
    page.set_viewport_size(PHONE)
    assert_fits(page)
