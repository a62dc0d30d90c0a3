"""Mixing where there is much: what is rewritten, when, and what no table or statistic remembers of it."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection

from feedback.anonymity import cadence, mixer
from feedback.answer_sheet import AnswerSheet
from feedback.models import Campaign
from feedback.selectors.survey import find_visit
from feedback.services import campaigns
from feedback.services.submission import submit
from tests.factories.feedback import links_of, make_campaign, make_questionnaire
from tests.support.attacker import heap

pytestmark = pytest.mark.django_db(transaction=True)

NOON, NIGHT = "2026-03-02 12:00", "2026-03-03 03:00"
MIXED = ("feedback_response", "feedback_comment", "feedback_receipt", "feedback_itemsummary")
ANSWER = "una respuesta que nadie más dio"


@pytest.fixture
def many(monkeypatch: pytest.MonkeyPatch) -> None:
    """An installation in which ten answers are many."""
    monkeypatch.setattr(cadence, "MANY_ANSWERS", 10)


def answer(campaign: Campaign, number: int) -> None:
    for place, link in zip(range(number), links_of(campaign), strict=False):
        visit = find_visit(link.rsplit("/", 1)[-1])
        assert visit is not None
        submit(visit=visit, sheet=AnswerSheet({"A1": place % 5 + 1}, {"A2": f"{ANSWER} {place}"}))


def mixed(campaign: Campaign) -> int:
    mixer.mix_and_settle(campaign.pk)
    return campaign.responses.count()


def a_campaign() -> Campaign:
    return make_campaign(links=80, version=make_questionnaire(("likert", "text")))


def files() -> dict[str, Any]:
    """In which file PostgreSQL keeps each table: another one after it was written anew."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname, relfilenode FROM pg_class WHERE relname = ANY(%s)", [list(MIXED)])
        return dict(cursor.fetchall())


def test_little_is_mixed_at_every_hour(at: Any) -> None:
    at(NOON)
    campaign = a_campaign()
    answer(campaign, 20)
    assert mixed(campaign) == 10
    answer(campaign, 20)
    assert mixed(campaign) == 30


def test_much_is_mixed_once_at_once_and_then_by_night(at: Any, many: None) -> None:
    at(NOON)
    campaign = a_campaign()
    answer(campaign, 20)
    assert mixed(campaign) == 10
    answer(campaign, 30)
    assert mixed(campaign) == 10, "by day nothing that is mixed already is written again"
    at(NIGHT)
    assert mixed(campaign) == 40
    assert Campaign.objects.get(pk=campaign.pk).responses_count == 40


def test_whoever_closes_need_not_wait_for_the_night(at: Any, many: None) -> None:
    at(NOON)
    campaign = a_campaign()
    answer(campaign, 20)
    mixer.mix_and_settle(campaign.pk)
    answer(campaign, 5)
    campaigns.close_campaign(actor=None, campaign=campaign)
    assert mixed(campaign) == 25
    assert Campaign.objects.get(pk=campaign.pk).state == Campaign.State.MIXED


@pytest.mark.postgres
def test_by_day_the_large_tables_are_rewritten_only_where_rows_were_replaced(at: Any, many: None) -> None:
    at(NOON)
    other, campaign = a_campaign(), a_campaign()
    answer(other, 20)
    mixer.mix_and_settle(other.pk)
    before = files()
    answer(campaign, 20)
    campaigns.close_campaign(actor=None, campaign=campaign)
    mixer.mix_and_settle(campaign.pk)
    assert files() == before, "all its answers came at once: no row of them was ever replaced"
    campaigns.close_campaign(actor=None, campaign=other)
    mixer.mix_and_settle(other.pk)
    assert all(files()[table] != before[table] for table in MIXED)


@pytest.mark.postgres
def test_no_row_of_an_earlier_mixing_is_left_in_the_files_nor_a_count_of_it(at: Any) -> None:
    at(NOON)
    campaign = a_campaign()
    for _hour in range(3):
        answer(campaign, 20)
        mixer.mix_and_settle(campaign.pk)
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        if cursor.fetchone() != (True,):
            pytest.skip("this role may not read the files of PostgreSQL")
        cursor.execute("CHECKPOINT")
        for table in MIXED:
            rows = list(heap.tuples_in(heap.pages_of(cursor, table), heap.columns_of(cursor, table)))
            assert rows
            assert not [row for row in rows if row.died], table


@pytest.mark.postgres
def test_the_planner_keeps_no_sample_of_what_was_answered(at: Any) -> None:
    at(NOON)
    campaign = a_campaign()
    for _hour in range(2):
        answer(campaign, 30)
        mixer.mix_and_settle(campaign.pk)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        cursor.execute("SELECT tablename FROM pg_stats WHERE tablename = ANY(%s)", [list(MIXED)])
        assert cursor.fetchall(), "there are statistics of these tables"
        cursor.execute(
            "SELECT tablename, attname FROM pg_stats WHERE (tablename, attname) IN"
            " (('feedback_response', 'answers'), ('feedback_comment', 'text'), ('feedback_receipt', 'h'),"
            " ('feedback_itemsummary', 'distribution'), ('feedback_inbox', 'sealed'), ('feedback_draft', 'body'))"
        )
        assert cursor.fetchall() == []
        cursor.execute(
            "SELECT count(*) FROM pg_stats WHERE histogram_bounds::text LIKE %s OR most_common_vals::text LIKE %s",
            [f"%{ANSWER}%", f"%{ANSWER}%"],
        )
        assert cursor.fetchone() == (0,)
