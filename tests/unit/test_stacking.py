"""How much a pathway fills: credits once, and what the law lets a degree recognise (RD 822/2021 art. 10.4–10.6)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from microcredentials import stacking
from microcredentials.stacking import Caution, Piece


def piece(key: str, ects: str | None = "6", *outcomes: str, **more: Any) -> Piece:
    return Piece(key, Decimal(ects) if ects is not None else None, frozenset(outcomes), **more)


A, B, C = piece("A", "6", "a1", "a2"), piece("B", "4", "b1"), piece("C", "3", "c1")
INNER = piece("INNER", "2", "a1")
TWIN = piece("TWIN", "5", "a1", "a2")
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
    ("without outcomes nothing is inside anything", [[A], [MUTE]], (7, 7)),
]


@pytest.mark.parametrize(("steps", "expected"), [row[1:] for row in CREDITS], ids=[row[0] for row in CREDITS])
def test_credits_are_counted_once(steps: list[list[Piece]], expected: tuple[int, int]) -> None:
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
    ("over the cap", [[piece("X", "14")]], [("over-cap", None)]),
]


@pytest.mark.parametrize(("steps", "expected"), [row[1:] for row in WARNED], ids=[row[0] for row in WARNED])
def test_warnings(steps: list[list[Piece]], expected: list[tuple[str, str | None]]) -> None:
    found = stacking.stack(steps, target=Decimal(80), degree=True)
    assert list(found.warnings) == [Caution(code, key) for code, key in expected]


def test_what_is_recognised_otherwise_can_be_over_the_cap_alone() -> None:
    found = stacking.stack([], target=Decimal(60), degree=True, other=Decimal(10))
    assert found.warnings == (Caution("other-over-cap"),)
