"""No attack on the database, its files and hourly copies of both finds whose an answer is, beyond what guessing would.

The attacker (`tests.support.attacker`) has everything but the key folder, knows which person each invitation belongs to,
and takes a full copy before and after every hourly mixing. The same attacks find nearly everybody where the protection
is switched off: that is how we know that they are attacks.

What is promised: 1/N from one copy, N being the answers in it, and 1/m with the copies, m answers being mixed at a time.
An attack that only says "one of these" is held to exactly that. One that sets an order against an order hits by chance
as well: `luck` is what a blind guess reaches once in a million runs.
"""

from __future__ import annotations

import datetime as dt
import json
import math
import random
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from itertools import accumulate, product
from typing import Any

import pytest
from django.db import connection, transaction

from feedback.anonymity.drafts import encrypt_draft
from feedback.anonymity.installed import installed_ring
from feedback.anonymity.sealing import SealedAnswer, seal, unseal
from feedback.anonymity.tokens import receipt_hash, token
from feedback.answer_sheet import AnswerSheet
from feedback.models import Campaign, Comment, Draft, Inbox, Invitation, Item, Receipt, Response
from feedback.selectors.survey import find_visit
from feedback.services import campaigns, submission
from feedback.services.submission import save_draft, submit
from feedback.views import survey as views
from iqas.core.audit import record
from iqas.jobs import registry, runner, schedule
from tests.factories.feedback import Respondent, make_campaign, make_questionnaire
from tests.support.attacker import attacks
from tests.support.attacker.attacks import Guess, share_linked
from tests.support.attacker.changes import Change, by_copies, by_log, by_transaction_numbers
from tests.support.attacker.copies import KINDS, Copy, key_of, take_copy

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

ANSWERS = 400
HOURS = 20
NEARLY_ALL = 0.9
TEXT = "A9"  # the comment that the attacks go for
IN_MAILS = 40  # of those invited, by address: with jobs, a reminder and the day of the last mail
FIRST_DAY = "2026-03-02"
WORDS = (
    "el",
    "curso",
    "útil",
    "práctica",
    "profesora",
    "año",
    "señal",
    "más",
    "teoría",
    "aula",
    "horario",
    "material",
)


@pytest.fixture(autouse=True)
def _a_backup_that_takes_all_day(transactional_db: None) -> Iterator[None]:
    """For as long as a transaction of yesterday is open, PostgreSQL itself removes no dead row, and SQLite begins no log

    anew: the attacker's best day.
    """
    if connection.vendor != "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_autocheckpoint")
            (usual,) = cursor.fetchone()
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            cursor.execute("PRAGMA wal_autocheckpoint = 0")
        yield
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA wal_autocheckpoint = {usual}")
        return
    backup = connection.copy()
    backup.set_autocommit(False)
    with backup.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        cursor.execute("SELECT count(*) FROM feedback_questionnaire")
        cursor.execute(
            "SET idle_in_transaction_session_timeout = 0"
        )  # our own settings end such a transaction
    yield
    backup.rollback()
    backup.close()


# --- people ------------------------------------------------------------------------------------------


@dataclass
class Person:
    """Somebody whose ratings and comments nobody else has. Who chose 1 or 2 at A8 is asked section B as well."""

    number: int
    invitation: str
    token: str
    ratings: dict[str, int] = field(default_factory=dict)
    comments: dict[str, str] = field(default_factory=dict)
    receipt: str = ""

    def __post_init__(self) -> None:
        dice = random.Random(self.number)
        self.ratings = {f"A{item}": dice.randint(1, 5) for item in range(1, 9)}
        if self.is_asked_more:
            self.ratings |= {f"B{item}": dice.randint(1, 5) for item in (1, 2)}
        self.ratings |= {f"C{item}": dice.randint(1, 5) for item in range(1, 5)}
        length = dice.randint(20, 1900)
        for item in (TEXT, "A10", "A11"):
            words = " ".join(dice.choice(WORDS) for _ in range(400))
            self.comments[item] = f"{item} {self.number:03} {words}"[:length].strip()

    @property
    def is_asked_more(self) -> bool:
        return self.ratings["A8"] <= 2

    def said(self, kind: str) -> str:
        """What the answers are known by in the tables of each kind."""
        if kind == "response":
            return json.dumps(self.ratings, sort_keys=True)
        return self.comments[TEXT] if kind == "comment" else receipt_hash(self.receipt) or self.receipt


def a_campaign(invited: int, in_mails: int = 0, groups: dict[str, int] | None = None) -> Campaign:
    version = make_questionnaire((*("likert",) * 8, *("text",) * 3), ("likert",) * 2, ("likert",) * 4)
    Item.objects.filter(version=version, code__startswith="B").update(
        shown_if_code="A8", shown_if_values=[1, 2]
    )
    addresses = tuple(f"persona{number}@example.org" for number in range(in_mails))
    return make_campaign(version=version, links=invited - in_mails, addresses=addresses, groups=groups)


def people_of(campaign: Campaign, number: int) -> list[Person]:
    """So many, in the order in which they will answer, which is not that of their invitations."""
    ring, salt = installed_ring(), bytes(campaign.salt)
    invited = list(campaign.invitations.values_list("pk", flat=True))
    random.Random(7).shuffle(invited)
    return [Person(place, link.hex, token(ring, link, salt)) for place, link in enumerate(invited[:number])]


# --- three ways to take answers, the first of which is ours ------------------------------------------


class Product:
    """Answers and mixing as the product does them."""

    def answer(self, person: Person) -> None:
        visit = find_visit(person.token)
        assert visit is not None
        sheet = AnswerSheet(dict(person.ratings), dict(person.comments))
        save_draft(visit=visit, sheet=sheet, page=3)
        person.receipt = submit(visit=visit, sheet=sheet)

    def mix(self) -> None:
        do_the_jobs()


class OnThePhone(Product):
    """The same through the pages, as people meet them."""

    def answer(self, person: Person) -> None:
        phone = Respondent(f"/s/{person.token}").open()
        for page, letter in enumerate("ABC", start=1):
            fields = {code: str(value) for code, value in person.ratings.items() if code[0] == letter}
            if fields:
                phone.post(page, **fields, **(person.comments if letter == "A" else {}))
        assert phone.response.status_code == 200
        person.receipt = phone.response.context["receipt"]


class Naive(Product):
    """What a first design does: rows in the transaction of the link, a receipt made of its hash, an event for each."""

    def answer(self, person: Person) -> None:
        with transaction.atomic():
            invitation = Invitation.objects.get(pk=person.invitation)
            invitation.used = True
            invitation.save()
            own = {"campaign": invitation.campaign}
            response = Response.objects.create(answers=person.ratings, **own)
            Comment.objects.create(
                text=person.comments[TEXT], item=Item.objects.filter(code=TEXT).latest("pk"), **own
            )
            person.receipt = sha256(invitation.tok_idx.encode()).hexdigest()
            Receipt.objects.create(h=person.receipt, **own)
            for action, subject in (("used", invitation), ("answered", response)):
                record(actor=None, action=f"test.{action}", subject=subject, scope=invitation.campaign.scope)

    def mix(self) -> None:
        """There is nothing to mix."""


class Careless(Product):
    """Sealed, but in boxes and drafts as long as what is in them, opened one by one, and nothing is rewritten."""

    def __init__(self) -> None:
        self.arrived: list[Any] = []

    def answer(self, person: Person) -> None:
        invitation = Invitation.objects.select_related("campaign").get(pk=person.invitation)
        campaign = invitation.campaign
        person.receipt = secrets.token_hex(32)
        answer = SealedAnswer(person.ratings, person.receipt, {TEXT: person.comments[TEXT]})
        body = json.dumps(asdict(answer), ensure_ascii=False, separators=(",", ":")).encode()
        draft = Draft.objects.create(
            ref=secrets.token_hex(32), campaign=campaign, body=secrets.token_bytes(len(body)), expires_day=campaign.closes
        )  # fmt: skip
        with transaction.atomic():
            Invitation.objects.filter(pk=invitation.pk).update(used=True)
            sealed = seal(answer, bytes(campaign.public_key or b""), campaign.pk, len(body) + 4)
            self.arrived.append(Inbox.objects.create(campaign=campaign, sealed=sealed))
            draft.delete()

    def mix(self) -> None:
        while self.arrived:
            with transaction.atomic():
                box = self.arrived.pop(0)
                campaign = box.campaign
                answer = unseal(bytes(box.sealed), installed_ring().seal(campaign.pk), campaign.pk)
                item = Item.objects.get(version_id=campaign.questionnaire_version_id, code=TEXT)
                Response.objects.create(campaign=campaign, answers=answer.answers)
                Comment.objects.create(campaign=campaign, text=answer.comments[TEXT], item=item)
                Receipt.objects.create(campaign=campaign, h=answer.receipt_hash)
                box.delete()


def do_the_jobs() -> None:
    schedule.run_due()
    while runner.perform_next(registry.QUEUES, worker="the test's"):
        pass


# --- a campaign, and what is copied of it -------------------------------------------------------------


def course_of(campaign: Campaign, way: Product, hours: Sequence[Sequence[Person]], at: Any) -> list[Copy]:
    """People answer, hour by hour; a copy before and after every mixing, and one when it is all over."""
    copies = []
    for hour, people in enumerate(hours):
        moment = dt.datetime.fromisoformat(f"{FIRST_DAY} 08:00") + dt.timedelta(hours=hour)
        for minute, person in enumerate(people):
            at((moment + dt.timedelta(seconds=3000 * minute // len(people))).isoformat(" "))
            way.answer(person)
        at((moment + dt.timedelta(minutes=59)).isoformat(" "))
        copies.append(take_copy())
        way.mix()
        copies.append(take_copy())
    if isinstance(way, Naive | Careless):
        return copies
    campaigns.close_campaign(actor=None, campaign=campaign)
    do_the_jobs()
    return [*copies, take_copy()]


def in_hours(people: Sequence[Person], hours: int) -> list[Sequence[Person]]:
    """Crowds and quiet hours, the same in every run."""
    dice = random.Random(hours)
    weights = [dice.choice((0, 1, 1, 2, 5)) for _ in range(hours)]
    ends = [round(end * len(people) / sum(weights)) for end in accumulate(weights)]
    return [people[start:end] for start, end in zip([0, *ends], ends, strict=False)]


def told_by_the_engine(copies: Sequence[Copy]) -> list[Change]:
    """Everything in order, down to the transaction where numbers or the log tell it."""
    return by_transaction_numbers(copies) if connection.vendor == "postgresql" else by_log(copies)


def truth(people: Sequence[Person], kind: str, copy: Copy) -> dict[str, str]:
    """Whose answers are in the copy, and which they are."""
    everybody = {person.invitation: person.said(kind) for person in people}
    return {link: said for link, said in everybody.items() if said in copy.state.answers[kind]}


# --- attacks, each with what it may reach ---------------------------------------------------------------


BY_A_TRAIT = 1.25
"""Candidates narrowed by a trait that says nothing of the answer are hit now more, now less often; by one that tells, half

as often again (see the control without protection).
"""


@dataclass(frozen=True)
class Finding:
    attack: str
    share: float
    promised: float

    @property
    def is_a_leak(self) -> bool:
        return self.share > self.promised + 1e-9

    def __str__(self) -> str:
        return f"{self.share:7.2%} (promised: {self.promised:.2%})  {self.attack}"


def luck(expected: float, tries: int) -> int:
    """So many hits are reached once in a million runs by somebody who guesses that often and expects so few."""
    term, tail, hits = math.exp(-expected), 1.0, 0
    while tail * tries > 1e-6:
        tail -= term
        hits += 1
        term *= expected / hits
    return hits


def on_one_copy(copy: Copy, people: Sequence[Person]) -> Iterator[Finding]:
    """What one copy with its files gives away: 1/N."""
    changes = told_by_the_engine([copy])
    for kind in KINDS:
        known = truth(people, kind, copy)
        ordered = [*attacks.by_order(copy, kind, changes), *attacks.by_times(copy, kind)]
        blind = luck(1, len(ordered)) / len(known)
        yield from (Finding(f"{kind}, {name}", share_linked(guess, known), blind) for name, guess in ordered)
        for name, guess in (
            ("transaction", attacks.by_following(changes, kind)),
            ("hash", attacks.by_hash(copy, kind)),
            ("length", attacks.by_length(changes, known.values())),
        ):
            yield Finding(f"{kind}, {name}", share_linked(guess, known), 1 / len(known))
    yield Finding("draft, hash", len(attacks.drafts_by_hash(copy)) / len(people), 0)


def on_all_copies(copies: Sequence[Copy], people: Sequence[Person], batch: int) -> Iterator[Finding]:
    """What their comparison gives away: 1/m, and no more where it is narrowed by what else they show."""
    last = copies[-1]
    for source, changes in (("copies", by_copies(copies)), ("engine", told_by_the_engine(copies))):
        for kind in KINDS:
            known = truth(people, kind, last)
            followed = attacks.by_following(changes, kind)
            together = {link: answers & set(known.values()) for link, answers in followed.items()}
            moved = share_linked(together, known)
            yield Finding(f"{kind}, {source}, comparison", moved, 1 / batch)
            asked_more = {said: "B1" in said for said in known.values()}
            for name, guess in (
                ("length", attacks.by_length(changes, known.values(), within=together)),
                ("number of drafts", attacks.by_saves(changes, asked_more, within=together)),
            ):
                promised = moved * BY_A_TRAIT
                yield Finding(f"{kind}, {source}, comparison, {name}", share_linked(guess, known), promised)
            ordered = list(attacks.by_order(last, kind, changes, within=together))
            blind = luck(len(set(together.values())), len(ordered)) / len(known)
            for name, guess in ordered:
                yield Finding(f"{kind}, {source}, comparison, {name}", share_linked(guess, known), blind)


def told(findings: Sequence[Finding]) -> str:
    return "\n".join(map(str, sorted(findings, key=lambda finding: -finding.share)[:25]))


def leaks(findings: Sequence[Finding]) -> list[str]:
    return [str(finding) for finding in findings if finding.is_a_leak]


def found(findings: Sequence[Finding], attack: str) -> float:
    """The share that the attack of this name found."""
    (share,) = (finding.share for finding in findings if finding.attack == attack)
    return share


# --- the proof ------------------------------------------------------------------------------------------


def test_whoever_has_everything_but_the_keys_finds_no_more_than_by_guessing(at: Any) -> None:
    at(f"{FIRST_DAY} 07:00")
    campaign = a_campaign(ANSWERS, in_mails=IN_MAILS)
    people = people_of(campaign, ANSWERS)
    copies = course_of(campaign, Product(), in_hours(people, HOURS), at)
    middle, last = copies[len(copies) // 2], copies[-1]
    assert len(last.state.used) == len(last.state.answers["response"]) == ANSWERS
    assert len(last.state.answers["comment"]) == 3 * ANSWERS
    assert 0 < len(middle.state.answers["response"]) < ANSWERS
    findings = [
        *on_one_copy(middle, people),
        *on_one_copy(last, people),
        *on_all_copies(copies, people, campaign.batch),
    ]
    print(told(findings))
    assert not leaks(findings)


def test_groups_tell_no_more_than_the_group(at: Any) -> None:
    at(f"{FIRST_DAY} 07:00")
    campaign = a_campaign(0, groups={"Mañana": 30, "Tarde": 20, "Noche": 4})
    people = people_of(campaign, 54)
    last = course_of(campaign, Product(), in_hours(people, 4), at)[-1]
    groups = {row.values["id"]: row.values["group_code"] for row in last.tables["feedback_invitation"]}
    guess: Guess = {
        link: frozenset(
            key_of("response", row.values)
            for row in last.tables["feedback_response"]
            if row.values["group_code"] in (groups[link], "")
        )
        for link in groups
    }
    assert share_linked(guess, truth(people, "response", last)) <= 1 / campaign.threshold
    assert min(map(len, guess.values())) >= campaign.threshold


def test_drafts_of_people_on_the_phone_tell_nothing_of_their_answers(at: Any) -> None:
    at(f"{FIRST_DAY} 07:00")
    campaign = a_campaign(60)
    people = people_of(campaign, 60)
    copies = course_of(campaign, OnThePhone(), in_hours(people, 5), at)
    findings = [*on_one_copy(copies[-1], people), *on_all_copies(copies, people, campaign.batch)]
    print(told(findings))
    assert not leaks(findings)


# --- the same attacks where the protection is switched off ------------------------------------------------


def test_everybody_is_found_where_answers_are_simply_stored(at: Any) -> None:
    at(f"{FIRST_DAY} 07:00")
    campaign = a_campaign(40)
    people = people_of(campaign, 30)
    copies = course_of(campaign, Naive(), in_hours(people, 3), at)
    findings = list(on_one_copy(copies[-1], people))
    print(told(findings))
    moment = "core_auditevent.at"
    assert found(findings, f"response, {moment} of the link, {moment} of the answer") >= NEARLY_ALL
    assert found(findings, "receipt, hash") >= NEARLY_ALL
    if connection.vendor == "postgresql":
        assert found(findings, "response, transaction of the link, place of the answer") >= NEARLY_ALL
        for kind in KINDS:
            assert found(findings, f"{kind}, transaction") >= NEARLY_ALL
    findings = list(on_all_copies(copies, people, campaign.batch))
    for kind in KINDS:
        assert found(findings, f"{kind}, engine, comparison") >= NEARLY_ALL


def test_everybody_is_found_where_boxes_are_opened_one_by_one_and_nothing_is_rewritten(at: Any) -> None:
    at(f"{FIRST_DAY} 07:00")
    campaign = a_campaign(40)
    people = people_of(campaign, 12)
    copies = course_of(campaign, Careless(), [[person] for person in people], at)
    findings = list(on_all_copies(copies, people, campaign.batch))
    print(told(findings))
    for source, kind in product(("copies", "engine"), KINDS):
        assert found(findings, f"{kind}, {source}, comparison") >= NEARLY_ALL


def test_everybody_is_found_by_what_dead_rows_and_the_log_keep(at: Any) -> None:
    at(f"{FIRST_DAY} 07:00")
    campaign = a_campaign(40)
    people = people_of(campaign, 20)
    copies = course_of(campaign, Careless(), [people], at)
    if connection.vendor == "postgresql" and not copies[-1].files:
        pytest.skip("this role may not read the files of PostgreSQL")
    findings = list(on_one_copy(copies[-1], people))
    print(told(findings))
    for kind in KINDS:
        assert found(findings, f"{kind}, transaction") >= NEARLY_ALL
    comments = truth(people, "comment", copies[-1])
    by_length = attacks.by_length(told_by_the_engine(copies[:1]), comments.values())
    assert share_linked(by_length, comments) >= NEARLY_ALL


def test_drafts_as_long_as_they_are_and_saved_as_often_as_needed_tell_of_answers(
    at: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the product did: a draft of 4 KiB, 8 KiB and so on, and one saving less for who was spared a page."""
    monkeypatch.setattr(
        submission, "encrypt_draft", lambda token, ref, content, _size: encrypt_draft(token, ref, content)
    )
    monkeypatch.setattr(views, "save_draft", lambda **given: save_draft(**given | {"pages_on": 1}))
    at(f"{FIRST_DAY} 07:00")
    campaign = a_campaign(60)
    people = people_of(campaign, 60)
    copies = course_of(campaign, OnThePhone(), in_hours(people, 5), at)
    findings = list(on_all_copies(copies, people, campaign.batch))
    print(told(findings))
    moved = found(findings, "response, engine, comparison")
    assert found(findings, "response, engine, comparison, number of drafts") > 1.5 * moved
    assert found(findings, "comment, engine, comparison, length") > 1.5 * moved
