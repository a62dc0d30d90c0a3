"""How much a pathway fills: credits once, and what the law lets a degree recognise (RD 822/2021 art. 10.4–10.6)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from microcredentials import stacking
from microcredentials.stacking import Caution, Piece


def piece(key: str, ects: str | None = "6", *outcomes: str, **more: Any) -> Piece:
    return Piece(key, Decimal(ects) if ects is not None else None, frozenset(outcomes), **more)


A, B, C = piece("A", "6", "a1", "a2"), piece("B", "4", "b1"), piece("C", "3", "c1")
INNER = piece("INNER", "2", "a1")
TWIN = piece("TWIN", "5", "a1", "a2")
S, T, U = piece("S", "6", "s1", "s2"), piece("T", "6", "s2", "t1"), piece("U", "6", "t1", "u2")
UNKNOWN = piece("UNKNOWN", None, "u1")
MUTE = piece("MUTE", "1")

# name, steps, (least, most) counted by hand
CREDITS = [
    ("nothing", [], (0, 0)),
    ("one", [[A]], (6, 6)),
    ("two in order", [[A], [B]], (10, 10)),
    ("one of two", [[A, B]], (4, 6)),
    ("a choice after a step", [[C], [A, B]], (7, 9)),
    ("the same one twice counts once", [[A], [A]], (6, 6)),
    ("twice by way of a choice", [[A], [A, B]], (6, 10)),
    ("a part of a larger one counts once", [[A], [INNER]], (6, 6)),
    ("whichever of them comes first", [[INNER], [A]], (6, 6)),
    ("of two that certify the same, the larger", [[TWIN], [A]], (6, 6)),
    ("three, one inside another", [[INNER], [B], [A]], (10, 10)),
    ("unknown credits count nothing", [[A], [UNKNOWN]], (6, 6)),
    ("of two that share one of two, each counts once", [[S], [T]], (9, 9)),
    ("whichever of those comes first", [[T], [S]], (9, 9)),
    ("three in a chain share twice", [[S], [T], [U]], (12, 12)),
    ("an outcome counts at its larger share", [[S], [piece("V", "8", "s2", "v1")]], (11, 11)),
    ("alternatives are not taken together", [[S, T]], (6, 6)),
    (
        "a larger one that certifies less is not lost",
        [[piece("X", "2", "a1", "a2")], [piece("Y", "6", "a1")]],
        (7, 7),
    ),
    (
        "thirds end somewhere",
        [[piece("P", "1", "p1", "p2", "p3")], [piece("Q", "1", "p3", "q1")]],
        (Decimal("1.67"), Decimal("1.67")),
    ),
    ("without outcomes nothing is inside anything", [[A], [MUTE]], (7, 7)),
]


@pytest.mark.parametrize(("steps", "expected"), [row[1:] for row in CREDITS], ids=[row[0] for row in CREDITS])
def test_credits_are_counted_once(steps: list[list[Piece]], expected: tuple[Any, Any]) -> None:
    found = stacking.stack(steps, target=Decimal(240), degree=True)
    assert (found.least, found.most) == expected


# plan, recognised otherwise, exception, official degree, credits of the pathway → cap, room, recognised, remaining, over
LAW = [
    ("240", "0", False, True, "20", ("36", "36", "20", "16", "0")),
    ("180", "0", False, True, "27", ("27", "27", "27", "0", "0")),
    ("60", "0", False, True, "12", ("9", "9", "9", "0", "3")),
    ("90", "0", False, True, "13.5", ("13.5", "13.5", "13.5", "0", "0")),
    ("90", "0", False, True, "13.51", ("13.5", "13.5", "13.5", "0", "0.01")),
    ("240", "30", False, True, "10", ("36", "6", "6", "0", "4")),
    ("60", "12", False, True, "3", ("9", "0", "0", "0", "3")),
    ("60", "0", True, True, "40", (None, "60", "40", "20", "0")),
    ("30", "0", False, False, "24", (None, "30", "24", "6", "0")),
    ("12", "0", False, False, "14", (None, "12", "12", "0", "2")),
]


@pytest.mark.parametrize(("plan", "other", "exception", "degree", "ects", "expected"), LAW)
def test_what_a_target_can_take(
    plan: str, other: str, exception: bool, degree: bool, ects: str, expected: tuple[str | None, ...]
) -> None:
    found = stacking.stack(
        [[piece("A", ects)]],
        target=Decimal(plan),
        degree=degree,
        other=Decimal(other),
        replaces_own_title=exception,
    )
    assert (found.cap, found.room, found.recognised, found.remaining, found.over) == tuple(
        None if value is None else Decimal(value) for value in expected
    )


WARNED = [
    ("a sound one", [[A]], []),
    ("a draft", [[piece("X", state="draft")]], [("not-approved", "X")]),
    ("an imported one", [[piece("X", state="imported")]], [("not-approved", "X")]),
    ("a suspended one", [[piece("X", state="suspended")]], [("suspended", "X")]),
    ("an extinguished one", [[piece("X", state="extinguished")]], [("extinguished", "X")]),
    ("one that stands alone", [[piece("X", stand_alone=True)]], [("stand-alone", "X")]),
    ("unknown credits", [[UNKNOWN]], [("no-ects", "UNKNOWN")]),
    ("twice, said once", [[A], [A], [A]], [("twice", "A")]),
    ("inside another", [[A], [INNER]], [("contained", "INNER")]),
    ("a part of both", [[S], [T]], [("overlap", "S"), ("overlap", "T")]),
    ("a part of two alternatives", [[S, T]], []),
    (
        "inside one, beside another",
        [[A], [INNER], [piece("Z", "3", "a1", "z1")]],
        [("overlap", "A"), ("contained", "INNER"), ("overlap", "Z")],
    ),
    ("over the cap", [[piece("X", "14")]], [("over-cap", None)]),
]


@pytest.mark.parametrize(("steps", "expected"), [row[1:] for row in WARNED], ids=[row[0] for row in WARNED])
def test_warnings(steps: list[list[Piece]], expected: list[tuple[str, str | None]]) -> None:
    found = stacking.stack(steps, target=Decimal(80), degree=True)
    assert list(found.warnings) == [Caution(code, key) for code, key in expected]


def test_what_is_recognised_otherwise_can_be_over_the_cap_alone() -> None:
    found = stacking.stack([], target=Decimal(60), degree=True, other=Decimal(10))
    assert found.warnings == (Caution("other-over-cap"),)


PIECES = st.lists(
    st.builds(
        lambda number, ects, outcomes: Piece(number, ects, frozenset(outcomes)),
        st.integers(0, 6),
        st.decimals("0.5", "14.5", places=1),
        st.lists(st.sampled_from("abcdef"), max_size=4),
    ),
    max_size=6,
    unique_by=lambda piece: piece.key,
)


@given(PIECES, st.randoms())
def test_whatever_is_shared_counts_once(pieces: list[Piece], shuffled: Any) -> None:
    total = stacking.credits_of(pieces)
    whole = sum((one.ects or Decimal(0) for one in pieces), Decimal(0))
    largest = max((one.ects or Decimal(0) for one in pieces), default=Decimal(0))
    assert largest <= total <= whole
    again = [*pieces, *pieces]
    shuffled.shuffle(again)
    assert stacking.credits_of(again) == total
    named = [outcome for one in pieces for outcome in one.outcomes]
    assert (total == whole) == (len(set(named)) == len(named))


@given(PIECES)
def test_what_is_not_counted_whole_is_said(pieces: list[Piece]) -> None:
    found = stacking.stack([[one] for one in pieces], target=Decimal(240), degree=False)
    whole = sum((one.ects or Decimal(0) for one in pieces), Decimal(0))
    said = {caution.code for caution in found.warnings} & {"overlap", "contained"}
    assert bool(said) == (found.most < whole)
