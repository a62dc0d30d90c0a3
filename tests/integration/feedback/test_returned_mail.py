"""Mail that the server took and that came back afterwards."""

from __future__ import annotations

from io import BytesIO, StringIO, TextIOWrapper
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.urls import reverse

from feedback.importers.bounces import returned_addresses
from feedback.models import Campaign, Invitation
from feedback.selectors.campaigns import participation_of
from feedback.services.mailing import addressed
from feedback.services.returned import mark_returned
from iqas.core.models import AuditDetail, AuditEvent
from tests.factories.feedback import make_campaign
from tests.factories.organisation import make_centre
from tests.support.pages import assert_shows

pytestmark = [pytest.mark.django_db, pytest.mark.both]
FIVE = tuple(f"persona{number}@example.org" for number in range(5))
NOTICE = """From: MAILER-DAEMON@mx.example.org
To: calidad@uni.example
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="edge"

--edge
Content-Type: text/plain; charset=utf-8

No such user.

--edge
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org
Arrival-Date: Mon, 2 Mar 2026 10:00:00 +0100

{blocks}
--edge
Content-Type: message/rfc822

From: calidad@uni.example
To: nobody@example.org

Hola
--edge--
"""


def block(address: str, action: str = "failed", status: str = "5.1.1", original: str = "") -> str:
    first = f"Original-Recipient: rfc822;{original}\n" if original else ""
    return f"{first}Final-Recipient: rfc822; {address}\nAction: {action}\nStatus: {status}\n"


def notice(*blocks: str) -> bytes:
    return NOTICE.format(blocks="\n".join(blocks)).encode()


def test_only_what_is_refused_for_good_is_read() -> None:
    read = returned_addresses(
        notice(
            block("Persona0@example.org"),
            block("late@example.org", action="delayed", status="4.4.1"),
            block("full@example.org", status="4.2.2"),
            block("fine@example.org", action="delivered", status="2.0.0"),
            block("elsewhere@other.example", original="persona1@example.org"),
        )
    )
    assert read == ["persona0@example.org", "persona1@example.org"]
    assert returned_addresses(b"Subject: holidays\n\nI am away, persona0@example.org\n") == []
    assert returned_addresses(b"\x00\xff not a message") == []


def test_a_message_of_many_layers_hides_no_other_notice() -> None:
    for layer in (b"Content-Type: message/rfc822\n\n", b"Content-Type: multipart/mixed; boundary=b\n\n--b\n"):
        box = b"From a\n" + layer * 3000 + b"\nFrom b\n" + notice(block("persona0@example.org"))
        assert returned_addresses(box) == ["persona0@example.org"]


def test_a_mailbox_of_notices_marks_addresses_and_says_how_many(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    campaign, other = (
        make_campaign(addresses=FIVE),
        make_campaign(addresses=(*FIVE[:1], *(f"z{n}@example.org" for n in range(5)))),
    )
    box = b"".join(
        b"From MAILER-DAEMON Mon Mar  2 10:00:00 2026\n" + notice(block(address)) + b"\n"
        for address in (FIVE[0], FIVE[1], "stranger@example.org")
    )
    file = tmp_path / "notices.mbox"
    file.write_bytes(box)
    out = StringIO()
    call_command("read_bounces", str(file), stdout=out)
    assert out.getvalue() == "3 addresses refused for good, 2 of them invited to surveys.\n"
    campaign.refresh_from_db()
    other.refresh_from_db()
    assert (campaign.undelivered_count, other.undelivered_count) == (2, 1)
    assert addressed(campaign).count() == 3
    assert campaign.reached_count == 3
    monkeypatch.setattr("sys.stdin", TextIOWrapper(BytesIO(notice(block(FIVE[2])))))
    call_command("read_bounces", stdout=out)
    campaign.refresh_from_db()
    assert campaign.undelivered_count == 3
    told = AuditDetail.objects.filter(event__action="campaign.returned")
    assert sorted(row.after["returned"] for row in told) == [1, 1, 2]
    assert not any("example.org" in f"{row.label}{row.after}{row.reason}" for row in told)


def test_marking_by_hand_tells_nobody_who_answered(staff: Any, client_for: Any) -> None:
    here, there = make_centre("FAC-A"), make_centre("FAC-B", "Facultad B")
    campaign, foreign = make_campaign(addresses=FIVE), make_campaign(addresses=FIVE)
    Campaign.objects.filter(pk=campaign.pk).update(scope=here.scope)
    Campaign.objects.filter(pk=foreign.pk).update(scope=there.scope)
    answered = campaign.invitations.order_by("pk")[0]
    Invitation.objects.filter(pk=answered.pk).update(used=True)
    client = client_for(staff("centre_quality", scope=here.scope))
    address = reverse("feedback:mail-returned")
    assert client.get(address).status_code == 200
    assert client.post(address, {"addresses": " "}).status_code == 422
    sent = client.post(
        address,
        {"addresses": "\n".join(f"Could not be delivered: <{one.upper()}>." for one in FIVE)},
        headers={"accept-language": "en"},
        follow=True,
    )
    assert_shows(sent, "5 invited addresses are marked")
    assert participation_of(campaign)[0].undelivered == 5
    assert participation_of(foreign)[0].undelivered == 0
    assert AuditEvent.objects.filter(action="campaign.returned").count() == 1
    assert client_for(staff("reader", scope=here.scope)).get(address).status_code == 403
    assert mark_returned(actor=staff("quality_officer"), addresses=["nobody@example.org"]) == 0
