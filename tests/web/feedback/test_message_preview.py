"""The messages of a campaign can be read before anybody gets them."""

from __future__ import annotations

import re
from email import message_from_bytes, policy
from typing import Any

import pytest
from django.urls import reverse

from feedback.models import Campaign
from feedback.services import campaigns, invitations
from tests.factories.feedback import make_campaign
from tests.support.pages import assert_shows, deliver

pytestmark = pytest.mark.django_db
FIVE = tuple(f"persona{number}@example.org" for number in range(5))
PERSONAL = re.compile(r"(https?://[^\s/]+/s/(?:stop/)?)[A-Za-z0-9_-]{20,}(/?)")


def test_the_preview_is_the_message_that_goes_out(
    staff: Any, client_for: Any, at: Any, max_queries: Any
) -> None:
    """Nobody could read an invitation or a reminder before they were sent."""
    at("2026-03-02 10:00")
    campaign = make_campaign(addresses=FIVE, is_open=False)
    client = client_for(staff("quality_officer", language="en"))
    client.cookies["iqas_language"] = "en"
    read = reverse("feedback:campaign-messages", args=[campaign.code])
    with max_queries(20):
        page = client.get(read)
    assert_shows(page, "Sent in this language", "Not sent", "Reminder 1", "Reminder 2")
    told = {
        (language["code"], message["wave"]): (message["subject"], message["text"])
        for language in page.context["languages"]
        for message in language["messages"]
    }
    campaigns.open_campaign(actor=None, campaign=campaign)
    sent = deliver()[0]
    subject, text = told["es", 0]
    assert subject == sent.subject
    assert text == PERSONAL.sub(r"\1EXAMPLE\2", str(sent.body))
    at("2026-03-06 10:00")
    invitations.remind(actor=None, campaign=campaign)
    assert told["es", 1][1] == PERSONAL.sub(r"\1EXAMPLE\2", str(deliver()[-1].body))
    assert "last reminder" in told["en", 2][1]


def test_the_file_has_the_look_too_and_no_address(staff: Any, client_for: Any) -> None:
    campaign = make_campaign(addresses=FIVE)
    client = client_for(staff("quality_officer"))
    file = client.get(reverse("feedback:campaign-message-file", args=[campaign.code, "en", 0]))
    assert file["Content-Type"] == "message/rfc822"
    message = message_from_bytes(file.content, policy=policy.default)
    html = message.get_body(("html",)).get_content()
    assert "/s/EXAMPLE" in html
    assert not any(address in file.content.decode() for address in FIVE)
    for language, wave in (("de", 0), ("es", 9)):
        gone = reverse("feedback:campaign-message-file", args=[campaign.code, language, wave])
        assert client.get(gone).status_code == 404
    read = reverse("feedback:campaign-messages", args=[campaign.code])
    assert client_for(staff("reader")).get(read).status_code == 403
    Campaign.objects.update(reminders_most=0)
    assert (
        client.get(reverse("feedback:campaign-message-file", args=[campaign.code, "es", 1])).status_code
        == 404
    )
