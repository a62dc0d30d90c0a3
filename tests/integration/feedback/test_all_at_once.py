"""A whole class at once, double clicks, closing in the middle, a mixer that is killed: nothing lost, nothing twice."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import OperationalError, connection

from feedback.anonymity import mixer
from feedback.anonymity.tokens import new_press, receipt_of
from feedback.answer_sheet import AnswerSheet
from feedback.models import Campaign, Response
from feedback.selectors.campaigns import campaigns_out_of_balance
from feedback.selectors.survey import Visit, find_visit
from feedback.services import campaigns
from feedback.services.submission import submit
from feedback.services.upkeep import hourly
from tests.factories.feedback import links_of, make_campaign, make_questionnaire

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

RECEIPT_LENGTH = len(receipt_of(new_press(), ""))
ROOT = Path(__file__).resolve().parents[3]
MIX_AND_DIE = """
import os, signal, sys, django
django.setup()
from unittest.mock import patch
from feedback.anonymity import mixer
from feedback.models import Campaign
campaign_code, place = sys.argv[1:]
campaign = Campaign.objects.get(code=campaign_code)
with patch(f"feedback.anonymity.mixer.{place}", lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)):
    mixer.mix_and_settle(campaign.pk)
"""


def visits(campaign: Campaign) -> list[Visit]:
    found = [find_visit(link.rsplit("/", 1)[-1]) for link in links_of(campaign)]
    return [visit for visit in found if visit]


def at_once(workers: int, work: Sequence[Callable[[], Any]]) -> list[Any]:
    """Does all the work with so many threads that start together; what each returned or raised."""
    outcomes: list[Any] = [None] * len(work)
    waiting = iter(enumerate(work))
    lock = threading.Lock()
    start = threading.Barrier(workers)

    def run() -> None:
        start.wait()
        try:
            while True:
                with lock:
                    number, act = next(waiting, (None, None))
                if number is None or act is None:
                    return
                try:
                    outcomes[number] = act()
                except Exception as error:  # noqa: BLE001 - the outcome is what is tested
                    outcomes[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def tally(outcomes: list[Any]) -> Counter[str]:
    words = [one if isinstance(one, str) else getattr(one, "code", repr(one)) for one in outcomes]
    return Counter("receipt" if len(word) == RECEIPT_LENGTH else word for word in words)


def sending(visit: Visit, value: int = 4) -> Callable[[], str]:
    return lambda: submit(visit=visit, sheet=AnswerSheet({"A1": value}, {"A3": f"{visit.invitation.pk}"}))


def test_one_link_pressed_by_twenty_at_once_counts_once() -> None:
    campaign = make_campaign(links=5)
    visit = visits(campaign)[0]
    assert tally(at_once(20, [sending(visit)] * 20)) == {"receipt": 1, "already-answered": 19}
    assert campaign.inbox.count() == 1
    assert not campaigns_out_of_balance().exists()


def test_a_class_of_two_hundred_with_double_clicks_fifty_at_a_time() -> None:
    campaign = make_campaign(links=200)
    clicks = [sending(visit) for visit in visits(campaign)]
    clicks += clicks[::5]
    random.shuffle(clicks)
    assert tally(at_once(50, clicks)) == {"receipt": 200, "already-answered": 40}
    assert campaign.inbox.count() == campaign.invitations.filter(used=True).count() == 200
    assert not campaigns_out_of_balance().exists()


def test_mixing_while_people_answer_loses_nobody() -> None:
    campaign = make_campaign(links=120)

    def mix() -> str:
        mixer.mix(campaign.pk)
        with suppress(OperationalError):  # compaction gives way to people who answer; the next run catches up
            mixer.settle()
        return "mixed"

    work: list[Callable[[], Any]] = [sending(visit) for visit in visits(campaign)]
    for place in (30, 60, 90):
        work.insert(place, mix)
    outcomes = at_once(8, work)
    assert tally(outcomes) == {"receipt": 120, "mixed": 3}
    assert not campaigns_out_of_balance().exists()
    campaigns.close_campaign(actor=None, campaign=campaign)
    mixer.mix_and_settle(campaign.pk)
    finished = Campaign.objects.get(pk=campaign.pk)
    assert finished.responses_count == 120
    assert campaign.comments.values("text").distinct().count() == 120


def test_closing_while_people_answer_leaves_no_answer_behind_without_its_key() -> None:
    campaign = make_campaign(links=100)

    def close() -> str:
        campaigns.close_campaign(actor=None, campaign=campaign)
        mixer.mix(campaign.pk)
        return "closed"

    work: list[Callable[[], Any]] = [sending(visit) for visit in visits(campaign)]
    work.insert(40, close)
    outcomes = tally(at_once(16, work))
    assert set(outcomes) <= {"receipt", "not-open", "closed"}
    accepted = outcomes["receipt"]
    assert campaign.inbox.count() == 0, "an answer that passed the gate was there when the last mixing began"
    assert (
        Response.objects.filter(campaign=campaign).count()
        == accepted
        == campaign.invitations.filter(used=True).count()
    )
    assert not campaigns_out_of_balance().exists()


def test_two_mixers_at_once_mix_once() -> None:
    campaign = make_campaign(links=60)
    for visit in visits(campaign)[:45]:
        sending(visit)()
    at_once(4, [lambda: mixer.mix(campaign.pk)] * 4)
    mixer.settle()
    assert (campaign.inbox.count(), campaign.responses.count()) == (15, 30)
    assert not campaigns_out_of_balance().exists()


def environment() -> dict[str, str]:
    database = connection.settings_dict
    url = f"sqlite:///{database['NAME']}"
    if connection.vendor == "postgresql":
        login = f"{database['USER']}:{database['PASSWORD']}@" if database["USER"] else ""
        url = f"postgresql://{login}{database['HOST']}:{database['PORT']}/{database['NAME']}"
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "iqas.settings",
        "DATABASE_URL": url,
        "KEYS_DIR": str(settings.KEYS_DIR),
        "PYTHONPATH": str(ROOT),
    }


PLACES_TO_DIE = (
    "_unseal",
    "_replace_rows",
    "_delete_sealed",
    "_recorded",
    "compact",
    "summaries.refresh",
    "record",
)


def test_a_mixer_killed_again_and_again_loses_nothing_and_counts_nothing_twice() -> None:
    campaign = make_campaign(links=60, version=make_questionnaire(("likert", "text")))
    for number, visit in enumerate(visits(campaign)):
        submit(visit=visit, sheet=AnswerSheet({"A1": number % 5 + 1}, {"A2": f"comentario {number}"}))
    campaigns.close_campaign(actor=None, campaign=campaign)
    connection.close()
    for place in PLACES_TO_DIE:
        mixer_process = subprocess.run(
            [sys.executable, "-c", MIX_AND_DIE, campaign.code, place],
            env=environment(),
            check=False,
            timeout=100,
        )
        assert mixer_process.returncode == -signal.SIGKILL, f"the mixer did not come to {place}"
        assert not campaigns_out_of_balance().exists(), f"killed at {place}, it leaves something half done"
    hourly()
    finished = Campaign.objects.get(pk=campaign.pk)
    assert finished.state == Campaign.State.MIXED
    assert finished.responses_count == 60
    assert set(campaign.comments.values_list("text", flat=True)) == {f"comentario {n}" for n in range(60)}
    assert campaign.comments.count() == campaign.receipts.count() == 60
