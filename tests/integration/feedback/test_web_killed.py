"""Fifty phones at once, one in five presses twice, web workers die: what was acknowledged is there once, the rest as well."""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection

from feedback.anonymity import mixer
from feedback.anonymity.tokens import receipt_hash
from feedback.models import Campaign
from feedback.selectors.campaigns import campaigns_out_of_balance
from feedback.services import campaigns
from tests.factories.feedback import links_of, make_campaign, make_questionnaire
from tests.support.processes import product_environment
from tests.support.webserver import Ballot, WebServer, vote_all_at_once, web_server

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

INVITED, CLIENTS, TWICE, KILLS = 300, 50, 0.2, 5


@pytest.fixture
def campaign() -> Campaign:
    return make_campaign(links=INVITED, version=make_questionnaire((*("likert",) * 8, "text")))


@pytest.fixture
def ballots(campaign: Campaign) -> list[Ballot]:
    return [
        Ballot(
            campaign.code,
            link.rsplit("/", 1)[-1],
            {**{f"q-A{item}": str((number + item) % 5 + 1) for item in range(1, 9)}, "q-A9": f"persona {number}"},
        )
        for number, link in enumerate(links_of(campaign))
    ]  # fmt: skip


@pytest.fixture
def server(ballots: list[Ballot], tmp_path: Path) -> Iterator[WebServer]:
    connection.close()
    with web_server(product_environment(), tmp_path / "web.log") as server:
        yield server


def test_every_acknowledged_answer_is_there_once_although_web_workers_are_killed(
    campaign: Campaign, ballots: list[Ballot], server: WebServer
) -> None:
    seed = int(os.environ.get("RUSH_SEED", random.SystemRandom().randrange(1_000_000)))
    rush = vote_all_at_once(server, ballots, clients=CLIENTS, twice=TWICE, seed=seed, kills=KILLS)
    print(f"seed {seed}: {rush.kills} kills, {rush.broken} connections broken, {rush.seconds:.1f} s")
    assert rush.errors == []
    assert rush.kills == KILLS
    assert rush.broken, "a worker died while it had something to do"
    assert max(map(len, rush.receipts.values())) == 1, "no link was acknowledged twice"
    assert sum(map(len, rush.receipts.values())) + rush.received_before == INVITED * (1 + TWICE)
    assert campaign.invitations.filter(used=True).count() == campaign.inbox.count() == INVITED
    assert not campaigns_out_of_balance().exists()

    campaigns.close_campaign(actor=None, campaign=campaign)
    mixer.mix_and_settle(campaign.pk)
    counted = set(campaign.receipts.values_list("h", flat=True))
    assert {receipt_hash(receipt) for (receipt,) in rush.receipts.values()} <= counted
    assert Counter(campaign.comments.values_list("text", flat=True)) == Counter(
        ballot.fields["q-A9"] for ballot in ballots
    ), "each person's comment, once"
    assert campaign.responses.count() == campaign.receipts.count() == INVITED
