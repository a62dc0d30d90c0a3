"""What happened, in order, as far as copies, transaction numbers or the log tell it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from tests.support.attacker.copies import BOXES, DRAFTS, INVITATIONS, KINDS, Copy, State, key_of

NOTHING = State(frozenset(), {}, {}, {kind: frozenset() for kind in KINDS})


@dataclass
class Change:
    """Links used, boxes come and gone, drafts saved (with their length) and gone, answers that appeared."""

    used: set[str] = field(default_factory=set)
    boxes: dict[str, int] = field(default_factory=dict)
    opened: set[str] = field(default_factory=set)
    saved: list[tuple[str, int]] = field(default_factory=list)
    gone: set[str] = field(default_factory=set)
    answers: dict[str, set[str]] = field(default_factory=lambda: {kind: set() for kind in KINDS})

    def __bool__(self) -> bool:
        return bool(
            self.used or self.boxes or self.opened or self.saved or self.gone or any(self.answers.values())
        )


def between(before: State, after: State) -> Change:
    return Change(
        used=set(after.used - before.used),
        boxes={box: size for box, size in after.boxes.items() if box not in before.boxes},
        opened=set(before.boxes.keys() - after.boxes.keys()),
        saved=[(ref, body[0]) for ref, body in after.drafts.items() if before.drafts.get(ref) != body],
        gone=set(before.drafts.keys() - after.drafts.keys()),
        answers={kind: set(after.answers[kind] - before.answers[kind]) for kind in KINDS},
    )


def by_copies(copies: Sequence[Copy]) -> list[Change]:
    """From one copy to the next."""
    return _changes([NOTHING, *(copy.state for copy in copies)])


def by_log(copies: Sequence[Copy]) -> list[Change]:
    """From one transaction to the next, where the log of some copy (SQLite) still holds it."""
    states = [NOTHING]
    for copy in copies:
        moments = [*copy.moments, copy.state]
        known = [number for number, moment in enumerate(moments) if moment == states[-1]]
        states += moments[known[-1] + 1 :] if known else [m for m in moments if m.used >= states[-1].used]
    return _changes(states)


def by_transaction_numbers(copies: Sequence[Copy]) -> list[Change]:
    """As `by_copies`, and what each copy shows anew is set in order by the transactions that wrote it (PostgreSQL)."""
    found: list[Change] = []
    before, told = NOTHING, set[tuple[Any, ...]]()
    for copy in copies:
        found += _numbered(copy, before, told)
        before = copy.state
    return found


def _changes(states: Iterable[State]) -> list[Change]:
    return [change for before, after in pairwise(states) if (change := between(before, after))]


def _numbered(copy: Copy, before: State, told: set[tuple[Any, ...]]) -> list[Change]:
    """`told` is what earlier copies told of already; it is added to."""
    by_number: dict[int, Change] = defaultdict(Change)
    new = between(before, copy.state)
    for row in copy.tables[INVITATIONS]:
        if row.values["id"] in new.used:
            by_number[row.born].used.add(row.values["id"])
    for event, number, row in _events(copy):
        if (event, number, row[0]) in told or (row[0] in before.boxes and event == "box"):
            continue
        told.add((event, number, row[0]))
        match event:
            case "box":
                by_number[number].boxes[row[0]] = row[1]
            case "opened":
                by_number[number].opened.add(row[0])
            case "saved":
                by_number[number].saved.append(row)
            case "gone":
                by_number[number].gone.add(row[0])
    for kind, number, key in _first_seen(copy):
        if key not in before.answers[kind]:
            by_number[number].answers[kind].add(key)
    return _completed([by_number[number] for number in sorted(by_number)], new.opened)


def _completed(in_order: list[Change], opened: set[str]) -> list[Change]:
    """A draft written anew has not gone; boxes gone since the copy before held some of the answers that are new here."""
    for change in in_order:
        change.gone -= {ref for ref, _length in change.saved}
        opened -= change.opened
    if opened:
        next((c for c in in_order if any(c.answers.values())), in_order[-1]).opened |= opened
    return in_order


def _events(copy: Copy) -> Iterator[tuple[str, int, tuple[str, int]]]:
    """What every version of a box and of a draft tells: the transaction, which one it is, and how long."""
    for table, key, body, came, went in (
        (BOXES, "id", "sealed", "box", "opened"),
        (DRAFTS, "ref", "body", "saved", "gone"),
    ):
        for born, died, values in _versions(copy, table):
            row = values[key], len(values[body])
            yield came, born, row
            if died:
                yield went, died, row


def _versions(copy: Copy, table: str) -> Iterator[tuple[int, int, Mapping[str, Any]]]:
    """Every version of every row that the copy holds: who wrote it, who removed it (0: nobody), what it says."""
    living = {row.place: row for row in copy.tables[table]}
    if table not in copy.versions:
        yield from ((row.born, 0, row.values) for row in living.values())
    for version in copy.versions.get(table, ()):
        yield version.born, 0 if version.place in living else version.died, version.values


def _first_seen(copy: Copy) -> Iterator[tuple[str, int, str]]:
    """The first transaction that any version of an answer, living or dead, tells of."""
    for kind, table in KINDS.items():
        first = {key_of(kind, row.values): row.born for row in copy.tables[table]}
        living = {row.place: key_of(kind, row.values) for row in copy.tables[table]}
        column = {"response": "answers", "comment": "text", "receipt": "h"}[kind]
        versions = copy.versions.get(table, ())
        said = {v.values[column]: living[v.place] for v in versions if v.place in living}
        for version in versions:
            if (key := said.get(version.values[column])) is not None:
                first[key] = min(first[key], version.born)
        yield from ((kind, number, key) for key, number in first.items())
