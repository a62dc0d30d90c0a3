"""The attacks. Each one guesses, for each used link, which answers may be its own; fewer possibilities are a better guess."""

from __future__ import annotations

import hashlib
import hmac
import math
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product
from typing import Any

from tests.support.attacker.changes import Change
from tests.support.attacker.copies import DRAFTS, INVITATIONS, KINDS, Copy, key_of

Guess = dict[str, frozenset[str]]
_IDENTIFIER = re.compile(r"[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}(?:[0-9a-f]{32})?")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d")


def share_linked(guess: Guess, truth: Mapping[str, str]) -> float:
    """The share of people whose answer somebody finds who picks one of the equally likely candidates."""
    hits = sum(1 / len(found) for link, found in guess.items() if truth.get(link) in found)
    return hits / len(truth)


# --- one after the other ---------------------------------------------------------------------------


def by_order(
    copy: Copy, kind: str, changes: Sequence[Change], within: Guess | None = None
) -> Iterator[tuple[str, Guess]]:
    """Whoever was first gave the first answer: every order of links with every order of answers."""
    alone = [change for change in changes if len(change.used) == 1]
    pending = {
        link for change in alone for link in change.used if change.boxes.keys() & copy.state.boxes.keys()
    }
    turns = {link: turn for turn, change in enumerate(changes) for link in change.used}
    links = [row for row in copy.tables[INVITATIONS] if row.values["used"]]
    links = [row for row in links if row.values["id"] not in pending]
    answers = copy.tables[KINDS[kind]]
    people: dict[str, dict[str, Any]] = {
        "place": {row.values["id"]: row.place for row in links},
        "transaction": {row.values["id"]: row.born for row in links},
        "id": {row.values["id"]: row.values["id"] for row in links},
        "hash": {row.values["id"]: row.values["tok_idx"] for row in links},
        "turn": {row.values["id"]: turns.get(row.values["id"], -1) for row in links},
    }
    given: dict[str, dict[str, Any]] = {
        "place": {key_of(kind, row.values): row.place for row in answers},
        "transaction": {key_of(kind, row.values): row.born for row in answers},
        "id": {key_of(kind, row.values): row.values.get("id", row.values.get("h")) for row in answers},
    }
    if kind != "response" and copy.files:
        given["position in the file"] = {said: copy.offsets[said] for said in copy.state.answers[kind]}
    for (one, order), (other, turn) in product(people.items(), given.items()):
        name = f"{one} of the link, {other} of the answer"
        yield name, in_step(order, turn, within=within)
        yield f"{name}, backwards", in_step(order, turn, within=within, backwards=True)


def in_step(
    people: Mapping[str, Any],
    answers: Mapping[str, Any],
    *,
    backwards: bool = False,
    within: Guess | None = None,
) -> Guess:
    """The k-th of the people gave the k-th of the answers; where several are equal, any of them."""
    groups: dict[frozenset[str], list[str]] = defaultdict(list)
    everything = frozenset(answers)
    for person in people:
        candidates = everything if within is None else within.get(person, frozenset()) & everything
        if candidates:
            groups[candidates].append(person)
    guess: Guess = {}
    for candidates, members in groups.items():
        guess |= _ranked({m: people[m] for m in members}, {a: answers[a] for a in candidates}, backwards)
    return guess


def _ranked(people: Mapping[str, Any], answers: Mapping[str, Any], backwards: bool) -> Guess:
    in_order = sorted(answers, key=lambda answer: answers[answer], reverse=backwards)
    alike: dict[Any, list[str]] = defaultdict(list)
    for person in sorted(people, key=lambda person: people[person]):
        alike[people[person]].append(person)
    equal: dict[Any, set[str]] = defaultdict(set)
    for answer, value in answers.items():
        equal[value].add(answer)
    ratio, begin, guess = len(answers) / len(people), 0, {}
    for members in alike.values():
        end = begin + len(members)
        taken = in_order[int(begin * ratio) : math.ceil(end * ratio)]
        found = frozenset[str]().union(*(equal[answers[answer]] for answer in taken))
        guess |= dict.fromkeys(members, found)
        begin = end
    return guess


# --- what happened together ------------------------------------------------------------------------


def by_following(changes: Sequence[Change], kind: str) -> Guess:
    """From the link to the box that came when it was used, to the answers that came when that box was opened."""
    opened_in = {box: turn for turn, change in enumerate(changes) for box in change.opened}
    guess: Guess = {}
    for turn, change in enumerate(changes):
        odds: dict[str, float] = defaultdict(float)
        for source in [opened_in.get(box) for box in change.boxes] or [turn]:
            answers = _appeared(changes, source, kind)
            for answer in answers:
                odds[answer] += 1 / len(answers)
        if odds:
            guess |= dict.fromkeys(change.used, _likeliest(odds))
    return guess


def _appeared(changes: Sequence[Change], turn: int | None, kind: str) -> set[str]:
    """The answers that came in this change or in the first one after it that brought any."""
    if turn is None:
        return set()
    return next((change.answers[kind] for change in changes[turn:] if change.answers[kind]), set())


def _likeliest(chances: Mapping[str, float]) -> frozenset[str]:
    most = max(chances.values())
    return frozenset(answer for answer, chance in chances.items() if math.isclose(chance, most))


# --- what somebody wrote, by its size ----------------------------------------------------------------


def by_length(changes: Sequence[Change], answers: Iterable[str], within: Guess | None = None) -> Guess:
    """Who sent the longest box, or left the longest draft, wrote the longest comment."""
    written: dict[str, int] = {}
    boxes, drafts = dict[str, int](), dict[str, int]()
    for change in changes:
        written |= dict(change.saved)
        if len(change.used) == 1:
            link = next(iter(change.used))
            boxes |= dict.fromkeys([link] if change.boxes else [], max(change.boxes.values(), default=0))
            left = [written[ref] for ref in change.gone if ref in written]
            drafts |= dict.fromkeys([link] if left else [], max(left, default=0))
    sizes = {answer: len(answer.encode()) for answer in answers}
    guess = within or {}
    for lengths in (boxes, drafts):
        guess = guess | in_step(lengths, sizes, within=guess or None)
    return guess


def by_saves(changes: Sequence[Change], pages: Mapping[str, int], within: Guess) -> Guess:
    """Who saved more often was asked more: `pages` tells of each answer how many pages it led through."""
    saved: dict[str, int] = defaultdict(int)
    times: dict[str, int] = {}
    for change in changes:
        for ref, _length in change.saved:
            saved[ref] += 1
        if len(change.used) == 1 and len(change.gone) == 1:
            times[next(iter(change.used))] = saved[next(iter(change.gone))]
    return within | in_step(times, pages, within=within)


# --- what joins rows ---------------------------------------------------------------------------------


def by_times(copy: Copy, kind: str) -> Iterator[tuple[str, Guess]]:
    """Dates, times and numbers in any row that speaks of a link or of an answer: audit, jobs, letters, the rows themselves."""
    links = {row.values["id"] for row in copy.tables[INVITATIONS] if row.values["used"]}
    answers = {
        row.values.get("id", row.values.get("h")): key_of(kind, row.values)
        for row in copy.tables[KINDS[kind]]
    }
    of_links, of_answers = _clocks(copy, links), _clocks(copy, set(answers))
    for (one, people), (other, given) in product(of_links.items(), of_answers.items()):
        known = {answers[identifier]: value for identifier, value in given.items()}
        if type(next(iter(people.values()))) is type(next(iter(known.values()))):
            yield f"{one} of the link, {other} of the answer", in_step(people, known)


def _clocks(copy: Copy, identifiers: set[str]) -> dict[str, dict[str, Any]]:
    """table.column → identifier → what stands there in the last row that speaks of it."""
    found: dict[str, dict[str, Any]] = defaultdict(dict)
    for table, rows in copy.tables.items():
        for row in rows:
            told = {known for value in row.values.values() for known in _identifiers(value)} & identifiers
            for column, value in row.values.items() if told else ():
                if _tells_time(value):
                    moment = value if isinstance(value, int) else str(value)
                    found[f"{table}.{column}"] |= dict.fromkeys(told, moment)
    return found


def _identifiers(value: Any) -> set[str]:
    return {text.replace("-", "") for text in _IDENTIFIER.findall(str(value))} if value is not None else set()


def _tells_time(value: Any) -> bool:
    if isinstance(value, bool) or value is None:
        return False
    return isinstance(value, int) or _MOMENT.match(str(value)) is not None


def by_hash(copy: Copy, kind: str) -> Guess:
    """Everything that an invitation says, plain or hashed in the usual ways, found again in the rows of answers."""
    holders: dict[str, set[str]] = defaultdict(set)
    for row in copy.tables[KINDS[kind]]:
        for column, value in row.values.items():
            if column in ("id", "h", "answers", "text"):
                holders[str(value)].add(key_of(kind, row.values))
    salts = [bytes(row.values["salt"]) for row in copy.tables["feedback_campaign"]]
    guess: Guess = {}
    for row in copy.tables[INVITATIONS]:
        material = [
            value for column, value in row.values.items() if column.endswith(("id", "_idx")) and value
        ]
        if found := {key for text in _hashes(material, salts) for key in holders.get(text, ())}:
            guess[row.values["id"]] = frozenset(found)
    return guess


def drafts_by_hash(copy: Copy) -> set[str]:
    """The links whose draft is found by hashing what their invitation says."""
    references = {row.values["ref"] for row in copy.tables[DRAFTS]}
    salts = [bytes(row.values["salt"]) for row in copy.tables["feedback_campaign"]]
    return {
        row.values["id"]
        for row in copy.tables[INVITATIONS]
        if references & set(_hashes([row.values["id"], row.values["tok_idx"]], salts))
    }


def _hashes(material: Sequence[Any], salts: Sequence[bytes]) -> Iterator[str]:
    for value in material:
        forms = {bytes(value)} if isinstance(value, bytes) else {str(value).encode(), _raw(str(value))}
        for form in forms:
            yield form.decode(errors="replace")
            for name in ("md5", "sha1", "sha256"):
                digest = hashlib.new(name, form).hexdigest()
                yield from (digest, digest[:32])
                yield from (hmac.new(salt, form, name).hexdigest() for salt in salts)


def _raw(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        return text.encode()
