"""You said, we will, we did: answered, published, told once of each, public with suppressed figures alone."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from feedback.anonymity.addresses import encrypt_address
from feedback.anonymity.installed import installed_ring, ring_for_new_links
from feedback.anonymity.tokens import mail_index
from feedback.models import Campaign, MailOptOut, Outcome
from feedback.services import campaigns, outcomes
from iqas.core.refusals import AccessDenied, RuleViolation, StaleVersion
from iqas.core.worklist import work_of
from iqas.improvement.models import Action
from tests.factories.accounts import make_staff
from tests.factories.feedback import (
    Respondent,
    links_of,
    make_campaign,
    make_plain_edition,
    make_questionnaire,
)
from tests.factories.feedback_results import make_results, rate_all
from tests.factories.improvement import ActionFactory
from tests.factories.organisation import make_centre
from tests.support.pages import assert_hides, assert_shows, deliver

pytestmark = pytest.mark.django_db
EN = {"accept-language": "en"}
SAID = {"you_said_es": "CANARY pedisteis más práctica", "you_said_en": "You asked for more practice"}
WILL = {"we_will_es": "Dos talleres más", "we_will_en": "Two more workshops"}


def answered_campaign(code: str = "C-0001", **more: Any) -> Campaign:
    answers = [rate_all(5)] * 3 + [rate_all(2)] * 3
    return make_results(code, answers=answers, invited=10, **more)


def invite(campaign: Campaign, *addresses: str) -> None:
    ring = ring_for_new_links(links_exist=False)
    for number, address in enumerate(addresses):
        row = campaign.invitations.model(
            campaign=campaign, mail_idx=mail_index(ring, address), used=number == 0
        )
        row.email_enc = encrypt_address(ring, address, row.pk)
        row.tok_idx = f"{campaign.code}{number}"
        row.save()


def refused(code: str, act: Any, **given: Any) -> None:
    with pytest.raises(RuleViolation) as refusal:
        act(**given)
    assert refusal.value.code == code


def test_from_the_answer_to_what_was_done(staff: Any, client_for: Any, max_queries: Any) -> None:
    centre = make_centre("FAC-A")
    edition = make_plain_edition(centre)
    coordinator = staff("coordinator", scope=edition.microcredential.scope)
    campaign = answered_campaign(edition=edition)
    invite(campaign, "uno@example.org", "dos@example.org", "tres@example.org")
    MailOptOut.objects.create(mail_idx=mail_index(installed_ring(), "tres@example.org"))
    action = ActionFactory(scope=campaign.scope)
    client = client_for(coordinator)
    listed = reverse("feedback:campaign-outcomes", args=[campaign.code])
    add = reverse("feedback:outcome-add", args=[campaign.code])
    public = reverse("survey:outcome-campaign", args=[campaign.code])
    with max_queries(20):
        assert client.get(add).status_code == 200
    assert client.post(add, {"seen_version": "0", **SAID, "you_said_es": ""}).status_code == 422
    data = {"seen_version": "0", "item_code": "L01", "actions": [action.code], **SAID}
    assert client.post(add, data).status_code == 302
    outcome = Outcome.objects.get()
    publish = reverse("feedback:outcomes-publish", args=[campaign.code])
    assert client.post(publish).status_code == 422
    assert Client().get(public).status_code == 404
    edit = reverse("feedback:outcome-edit", args=[outcome.pk])
    with max_queries(20):
        assert client.get(edit).status_code == 200
    assert client.post(edit, data | {"seen_version": outcome.version} | WILL).status_code == 302
    assert (
        client.post(edit, data | {"seen_version": outcome.version} | WILL | {"we_will_es": "x"}).status_code
        == 409
    )
    assert client.post(publish).status_code == 302
    sent = deliver()
    assert sorted(message.to[0] for message in sent) == ["dos@example.org", "uno@example.org"]
    assert all(
        public in str(message.body) and "List-Unsubscribe" in message.extra_headers for message in sent
    )
    assert all("CANARY pedisteis" in str(message.body) for message in sent), "the mail says what was said"
    with max_queries(20):
        page = Client().get(public, headers=EN)
    assert_shows(
        page, "You asked for more practice", "Two more workshops", "6 of 10 people answered (60", "50"
    )
    assert_hides(page, "We did", action.code, action.title)
    assert_shows(page, "Published on", "Improvement actions", "Open", "Due on")
    assert_shows(Client().get(public, headers={"accept-language": "es"}), "CANARY pedisteis")
    by_edition = reverse("survey:outcome-edition", args=[edition.code])
    assert_shows(Client().get(by_edition, headers=EN), "You asked for more practice")

    outcome.refresh_from_db()
    done = {"actor": coordinator, "outcome": outcome}
    refused("done-missing", outcomes.publish_done, seen=outcome.version, **done)
    change = {"item_code": "L01", "actions": [action]}
    outcomes.change_outcome(seen=outcome.version, texts={"we_did_es": "Hechos"}, **done, **change)
    outcome.refresh_from_db()
    texts = {"we_will_es": "Nada"}
    refused("outcome-published", outcomes.change_outcome, seen=outcome.version, texts=texts, **done, **change)
    refused("outcome-published", outcomes.remove_outcome, seen=outcome.version, **done)
    refused("actions-open", outcomes.publish_done, seen=outcome.version, **done)
    assert listed not in [item.url for item in work_of(coordinator)]
    Action.objects.filter(pk=action.pk).update(state="cancelled", cancel_reason="x")
    other = ActionFactory(scope=campaign.scope)
    outcomes.change_outcome(seen=outcome.version, texts={}, item_code="L01", actions=[action, other], **done)
    outcome.refresh_from_db()
    refused("actions-open", outcomes.publish_done, seen=outcome.version, **done)
    outcomes.change_outcome(seen=outcome.version, texts={}, item_code="L01", actions=[action], **done)
    outcome.refresh_from_db()
    with max_queries(20):
        assert_shows(client.get(listed, headers=EN), "Publish what was done")
    finish = reverse("feedback:outcome-done", args=[outcome.pk])
    assert client.post(finish).status_code == 302
    sent = deliver()
    assert len(sent) == 2
    assert all("Hechos" in str(message.body) for message in sent), "and what was done"
    assert_shows(Client().get(public, headers={"accept-language": "es"}), "Hechos")
    outcome.refresh_from_db()
    refused("done-published", outcomes.publish_done, seen=outcome.version, **done)


def test_who_was_asked_is_told_once_however_often_something_is_published() -> None:
    officer = make_staff("quality_officer")
    campaign = answered_campaign()
    invite(campaign, "uno@example.org")
    for expected in (1, 0):
        outcomes.add_outcome(actor=officer, campaign=campaign, texts=SAID | WILL)
        assert outcomes.publish_outcomes(actor=officer, campaign=campaign) == expected
        assert len(deliver()) == expected
    refused("outcome-nothing", outcomes.publish_outcomes, actor=officer, campaign=campaign)


def test_whoever_unsubscribed_after_the_order_gets_nothing() -> None:
    officer = make_staff("quality_officer")
    campaign = answered_campaign()
    invite(campaign, "uno@example.org")
    outcomes.add_outcome(actor=officer, campaign=campaign, texts=SAID | WILL)
    outcomes.publish_outcomes(actor=officer, campaign=campaign)
    MailOptOut.objects.create(mail_idx=mail_index(installed_ring(), "uno@example.org"))
    assert deliver() == []


def test_the_public_page_tells_no_figure_of_a_small_group() -> None:
    officer = make_staff("quality_officer")
    campaign = make_results("C-0009", answers=[rate_all(5)] * 4, invited=8)
    outcomes.add_outcome(actor=officer, campaign=campaign, texts=SAID | WILL, item_code="L01")
    outcomes.publish_outcomes(actor=officer, campaign=campaign)
    page = Client().get(reverse("survey:outcome-campaign", args=["C-0009"]), headers=EN)
    assert_shows(page, "Two more workshops")
    assert_hides(page, "favourable", "people answered")


def test_what_is_not_published_and_what_does_not_exist_were_a_bare_404() -> None:
    campaign = answered_campaign()
    exists = {"outcome-campaign": campaign.code, "outcome-edition": make_plain_edition().code}
    for name, code in exists.items():
        pages = [Client().get(reverse(f"survey:{name}", args=[one]), headers=EN) for one in (code, "X-1")]
        assert [page.status_code for page in pages] == [404, 404]
        told = [re.sub(r'value="[^"]*"', "", page.content.decode()) for page in pages]
        assert told[0].replace(code, "X-1") == told[1], "nobody is told which of them exists"
        assert "Nothing has been published here yet" in told[0]


def test_who_answered_was_not_led_to_what_came_of_it() -> None:
    campaign = make_campaign(links=5, version=make_questionnaire(("likert",)))
    told = reverse("survey:outcome-campaign", args=[campaign.code])
    person = Respondent(links_of(campaign)[0]).open()
    assert_shows(person.post(1, A1="4"), f'href="{told}"')
    assert f'href="{told}"' in person.post(1, A1="4").content.decode(), "a used link too"
    late = Respondent(links_of(campaign)[0]).open()
    campaigns.close_campaign(actor=None, campaign=campaign)
    assert f'href="{told}"' in late.page(1).content.decode(), "and a closed survey"


def test_another_centre_answers_nothing_and_sees_nothing(staff: Any, client_for: Any) -> None:
    here, there = make_centre("FAC-A"), make_centre("FAC-B", "Facultad B")
    campaign = answered_campaign(scope=here.scope)
    mine, other = staff("centre_quality", scope=here.scope), staff("centre_quality", scope=there.scope)
    outcome = outcomes.add_outcome(actor=mine, campaign=campaign, texts=SAID)
    with pytest.raises(AccessDenied):
        outcomes.add_outcome(actor=other, campaign=campaign, texts=SAID)
    with pytest.raises(AccessDenied):
        outcomes.publish_outcomes(actor=other, campaign=campaign)
    client = client_for(other)
    for name in ("campaign-outcomes", "outcome-add", "outcomes-publish"):
        assert client.get(reverse(f"feedback:{name}", args=[campaign.code])).status_code == 404
    for name in ("outcome-edit", "outcome-remove", "outcome-done"):
        assert client.get(reverse(f"feedback:{name}", args=[outcome.pk])).status_code == 404
    api = reverse("api:feedback:campaign-outcomes", args=[campaign.code])
    assert client.get(api).status_code == 404
    reader = client_for(staff("reader", scope=here.scope))
    assert [row["you_said_en"] for row in reader.get(api).json()] == [SAID["you_said_en"]]
    assert reader.get(reverse("feedback:outcome-add", args=[campaign.code])).status_code == 403
    far = ActionFactory(scope=there.scope)
    add = {"actor": mine, "campaign": campaign}
    refused("outcome-action", outcomes.add_outcome, texts=SAID, actions=[far], **add)
    refused("outcome-item", outcomes.add_outcome, texts=SAID, item_code="Z9", **add)
    refused("outcome-said", outcomes.add_outcome, texts={}, **add)
    refused("outcome-long", outcomes.add_outcome, texts={"you_said_es": "x" * 2001}, **add)
    Campaign.objects.update(state="open")
    refused("not-finished", outcomes.add_outcome, texts=SAID, **add)
    with pytest.raises(StaleVersion):
        outcomes.remove_outcome(actor=mine, outcome=outcome, seen=99)
    outcomes.remove_outcome(actor=mine, outcome=outcome, seen=outcome.version)
    assert not Outcome.objects.exists()
