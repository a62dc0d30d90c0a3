"""What somebody finds who has the whole database and its files, but not the keys: nothing, or no better than guessing."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from feedback.anonymity import mixer
from feedback.models import Campaign, Comment, Inbox, Invitation, Receipt, Response
from feedback.services import campaigns
from tests.factories.feedback import Respondent, links_of, make_campaign, make_questionnaire

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

ITEMS = 12
INVITED = 40
ANSWERED = 30
LUCKY = 9  # of 30 matched by chance: expected 1, nine or more in one run of a million


class Person:
    """Somebody who answers: a pattern of ratings and a comment that nobody else has."""

    def __init__(self, number: int, link: str) -> None:
        dice = random.Random(number)
        self.ratings = {f"A{item}": dice.randint(1, 5) for item in range(1, ITEMS + 1)}
        self.comment = f"CANARIO-{number:03}-{dice.getrandbits(64):016x}"
        self.link = link
        self.token = link.rsplit("/", 1)[-1]

    def answer(self) -> None:
        respondent = Respondent(self.link, language="es").open()
        respondent.post(1, **{code: str(value) for code, value in self.ratings.items()})
        respondent.post(2, B1=self.comment, B2="4", back="1")
        respondent.page(1)
        assert respondent.post(2, B1=self.comment, B2="4").status_code == 200

    @property
    def traces(self) -> list[str]:
        """What would give the answer away: the comment, and the ratings as any of our formats writes them."""
        pairs = [f'"{code}":{value}' for code, value in self.ratings.items()]
        return [self.comment, ",".join(pairs), ", ".join(pair.replace(":", ": ") for pair in pairs)]


@pytest.fixture
def campaign() -> Campaign:
    return make_campaign(links=INVITED, version=make_questionnaire(("likert",) * ITEMS, ("text", "likert")))


@pytest.fixture
def people(campaign: Campaign) -> list[Person]:
    """Thirty people in the order in which they answer, which is not the order of their invitations."""
    links = links_of(campaign)
    random.Random(7).shuffle(links)
    return [Person(number, link) for number, link in enumerate(links[:ANSWERED])]


def dump() -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, whoever made it."""
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor, include_views=False)
        found = {}
        for table in tables:
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            found[table] = cursor.fetchall()
    return found


def tables_that_hold(secret: str, tables: dict[str, list[tuple[Any, ...]]]) -> set[str]:
    needle = secret.encode()
    return {
        table
        for table, rows in tables.items()
        for row in rows
        for value in row
        if needle in (bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode())
    }


def raw_files() -> bytes:
    """The bytes of the database file, its log and its index."""
    path = Path(connection.settings_dict["NAME"])
    return b"".join(file.read_bytes() for file in path.parent.glob(f"{path.name}*"))


def test_only_mixed_rows_hold_answers_and_nothing_leads_from_them_to_an_invitation(
    campaign: Campaign, people: list[Person]
) -> None:
    for person in people:
        person.answer()
    tables = dump()
    assert not [person for person in people for trace in person.traces if tables_that_hold(trace, tables)]

    mixer.mix_and_settle(campaign.pk)
    tables = dump()
    mixed = {comment.text for comment in Comment.objects.all()}
    assert len(mixed) == Response.objects.count() == ANSWERED - campaign.batch == 20
    assert Inbox.objects.count() == campaign.batch
    for person in people:
        expected = {"feedback_comment"} if person.comment in mixed else set()
        assert tables_that_hold(person.comment, tables) == expected
        assert tables_that_hold(person.token, tables) == set()

    campaigns.close_campaign(actor=None, campaign=campaign)
    mixer.mix_and_settle(campaign.pk)
    assert Counter(map(tuple, (sorted(row.answers.items()) for row in Response.objects.all()))) == Counter(
        tuple(sorted((person.ratings | {"B2": 4}).items())) for person in people
    ), "and nothing was lost on the way"
    assert_no_value_joins_answers_to_invitations()


def assert_no_value_joins_answers_to_invitations() -> None:
    """No value of a mixed row but the campaign's own occurs in any row about invitations, jobs, events or drafts."""
    answers = {"feedback_response", "feedback_comment", "feedback_receipt"}
    told_by_everybody = {
        "feedback_campaign",
        "feedback_item",
        "feedback_itemsummary",
        "feedback_groupsummary",
    }
    tables = dump()
    telling = {
        str(value)
        for table in answers
        for row in tables[table]
        for value in row
        if len(str(value)) >= 8
    } - {str(value) for table in told_by_everybody for row in tables[table] for value in row}  # fmt: skip
    assert len(telling) >= 3 * ANSWERED
    for table, rows in tables.items():
        if table in answers | told_by_everybody:
            continue
        shared = telling & {str(value) for row in rows for value in row}
        assert shared <= {"pending"}, f"{table} shares {shared} with the answers"


@pytest.mark.sqlite
def test_the_bytes_of_the_file_hold_no_answer_before_mixing_and_no_trace_of_order_after(
    campaign: Campaign, people: list[Person]
) -> None:
    for person in people:
        person.answer()
    content = raw_files()
    assert campaign.code.encode() in content, "these are the bytes of this database"
    assert not [person for person in people for trace in person.traces if trace.encode() in content]
    assert not [person for person in people if person.token.encode() in content]
    boxes = [bytes(box) for box in Inbox.objects.values_list("sealed", flat=True)]
    assert all(box[:60] in content for box in boxes)

    campaigns.close_campaign(actor=None, campaign=campaign)
    mixer.mix_and_settle(campaign.pk)
    content = raw_files()
    assert not [box for box in boxes if box[:60] in content or box[2000:2060] in content], (
        "old boxes are overwritten"
    )
    places = [content.count(person.comment.encode()) for person in people]
    assert set(places) == {1}, "each comment stands once: no old copy in a free page or in the log"
    assert_order_tells_nothing(people, "rowid", "rowid")
    by_position = sorted(people, key=lambda person: content.index(person.comment.encode()))
    assert matches(people, by_position) < LUCKY
    assert matches(people, by_position[::-1]) < LUCKY


@pytest.mark.postgres
def test_transaction_numbers_and_row_places_tell_nothing(campaign: Campaign, people: list[Person]) -> None:
    for person in people[:25]:
        person.answer()
    mixer.mix_and_settle(campaign.pk)
    for person in people[25:]:
        person.answer()
    mixer.mix_and_settle(campaign.pk)
    with connection.cursor() as cursor:
        for table in ("feedback_response", "feedback_comment", "feedback_receipt"):
            cursor.execute(f"SELECT count(DISTINCT xmin::text) FROM {table}")
            assert cursor.fetchone() == (1,), "all rows were written by one transaction, the early ones too"
    campaigns.close_campaign(actor=None, campaign=campaign)
    mixer.mix_and_settle(campaign.pk)
    assert_order_tells_nothing(people, "ctid", "xmin::text::bigint")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_relation_size('feedback_inbox'), pg_relation_size('feedback_draft')")
        assert cursor.fetchone() == (0, 0), "no dead row is left in the files"


@pytest.mark.postgres
def test_old_rows_go_while_a_backup_still_sees_them(campaign: Campaign, people: list[Person]) -> None:
    backup = connection.copy()
    backup.set_autocommit(False)
    try:
        with backup.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            cursor.execute("SELECT count(*) FROM feedback_campaign")
        for person in people:
            person.answer()
        campaigns.close_campaign(actor=None, campaign=campaign)
        mixer.mix_and_settle(campaign.pk)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_relation_size('feedback_inbox'), pg_relation_size('feedback_draft')")
            assert cursor.fetchone() == (0, 0)
    finally:
        backup.rollback()
        backup.close()


def assert_order_tells_nothing(people: list[Person], place: str, turn: str) -> None:
    """Whoever sorts answers by their place and invitations by the turn in which they were used matches by chance only."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT text FROM feedback_comment ORDER BY {place}")
        comments = [row[0] for row in cursor.fetchall()]
        cursor.execute(f"SELECT answers FROM feedback_response ORDER BY {place}")
        assert len(comments) == len(cursor.fetchall()) == len(people)
        cursor.execute(f"SELECT tok_idx FROM feedback_invitation WHERE used ORDER BY {turn}")
        turns = [row[0] for row in cursor.fetchall()]
    by_comment = {person.comment: person for person in people}
    in_place = [by_comment[text] for text in comments]
    assert matches(people, in_place) < LUCKY, "the order of answering shows in the order of rows"
    assert matches(people, in_place[::-1]) < LUCKY
    by_index = dict(zip(turns, range(len(turns)), strict=True))
    own = {person: index_of(person) for person in people}
    guessed = [person for turn_of_row, person in enumerate(in_place) if by_index[own[person]] == turn_of_row]
    assert len(guessed) < LUCKY, "the order of used invitations shows in the order of answers"


def index_of(person: Person) -> str:
    from feedback.anonymity.installed import installed_ring
    from feedback.anonymity.tokens import token_index

    return token_index(installed_ring(), person.token)


def matches(first: list[Person], second: list[Person]) -> int:
    return sum(one is other for one, other in zip(first, second, strict=True))


def test_whoever_copies_the_database_after_every_answer_sees_no_fewer_than_a_batch_move(
    campaign: Campaign, people: list[Person]
) -> None:
    steps, before = [], 0
    for person in people:
        person.answer()
        mixer.mix_and_settle(campaign.pk)
        steps.append(Response.objects.count() - before)
        before += steps[-1]
        assert Inbox.objects.count() >= min(campaign.batch, 1 + people.index(person))
    assert {step for step in steps if step} == {campaign.batch}
    assert Receipt.objects.count() == Response.objects.count() == 20


def test_participation_is_all_that_an_invitation_tells(campaign: Campaign, people: list[Person]) -> None:
    untouched = {row["id"]: row for row in Invitation.objects.values()}
    for person in people:
        person.answer()
    changed = Counter(
        column
        for row in Invitation.objects.values()
        for column, value in row.items()
        if untouched[row["id"]][column] != value
    )
    assert changed == {"used": ANSWERED}
