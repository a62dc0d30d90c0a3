"""How much a pathway fills: credits counted once, and the part of a degree that the law lets be recognised.

Pure: no database. RD 822/2021 art. 10.5: credits from work experience and from own studies are together at most
15 % of the plan's credits, and are recognised without a mark; art. 10.6: except where the official degree replaces
an extinguished own title.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import product

SHARE = Decimal("0.15")
MOST_COMBINATIONS = 1000  # ways to walk a pathway; the service refuses more
SOUND = frozenset({"approved", "published"})
STOPPED = frozenset({"suspended", "extinguished"})
NOTHING = Decimal(0)
HUNDREDTH = Decimal("0.01")


@dataclass(frozen=True)
class Piece:
    """A micro-credential as a pathway sees it.

    An outcome is the key by which it is recognised: its ESCO address, else its words without accents and case.
    """

    key: Hashable
    ects: Decimal | None
    outcomes: frozenset[str] = frozenset()
    state: str = "approved"
    stand_alone: bool = False

    def holds(self, other: Piece) -> bool:
        """Whether everything that the other certifies is certified by this one too, for as many credits or more."""
        enough = (self.ects or NOTHING) >= (other.ects or NOTHING)
        return enough and bool(other.outcomes) and other.outcomes <= self.outcomes


@dataclass(frozen=True)
class Caution:
    """`key` names the piece that it is about; None for the pathway as a whole."""

    code: str
    key: Hashable | None = None


@dataclass(frozen=True)
class Stack:
    """What a pathway gives. `least` and `most` differ where there are choices. `cap` is None where there is none."""

    least: Decimal
    most: Decimal
    target: Decimal
    cap: Decimal | None
    other: Decimal
    warnings: tuple[Caution, ...]

    @property
    def room(self) -> Decimal:
        """What may still be recognised after what is recognised otherwise."""
        return max((self.target if self.cap is None else self.cap) - self.other, NOTHING)

    @property
    def recognised(self) -> Decimal:
        return min(self.most, self.room)

    @property
    def remaining(self) -> Decimal:
        return self.room - self.recognised

    @property
    def over(self) -> Decimal:
        """Credits of the pathway that the target cannot take."""
        return self.most - self.recognised


def cap_of(ects: Decimal, *, replaces_own_title: bool = False) -> Decimal | None:
    """The most that a degree recognises: 15 % of its plan (art. 10.5); None under the exception of art. 10.6."""
    return None if replaces_own_title else ects * SHARE


def stack(
    steps: Sequence[Sequence[Piece]],
    *,
    target: Decimal,
    degree: bool,
    other: Decimal = NOTHING,
    replaces_own_title: bool = False,
) -> Stack:
    """Each step is a piece, or several of which one is taken."""
    totals = [credits_of(chosen) for chosen in product(*steps)]
    cap = cap_of(target, replaces_own_title=replaces_own_title) if degree else None
    found = Stack(min(totals), max(totals), target, cap, other, ())
    over = [Caution("over-cap" if cap is not None else "over-target")] if found.over else []
    too_much = [Caution("other-over-cap")] if cap is not None and other > cap else []
    return Stack(found.least, found.most, target, cap, other, (*over, *too_much, *warnings_of(steps)))


def credits_of(chosen: Iterable[Piece]) -> Decimal:
    """What counts once. Where pieces overlap, each outcome counts once, at the largest share that a piece gives it.

    No law and no design says how many credits an outcome has: all of a piece are taken to have the same, so that the sum
    is an estimate there, which the caution `overlap` says.
    """
    kept = counted(chosen)
    whole = sum((piece.ects or NOTHING for piece in kept), NOTHING)
    named = [outcome for piece in kept for outcome in piece.outcomes]
    if len(set(named)) == len(named):
        return whole
    shares: dict[str, Fraction] = {}
    unnamed = Fraction(0)
    for piece in kept:
        ects = Fraction(piece.ects or NOTHING)
        for outcome in piece.outcomes:
            shares[outcome] = max(shares.get(outcome, Fraction(0)), ects / len(piece.outcomes))
        unnamed += ects if not piece.outcomes else 0
    once = sum(shares.values(), unnamed)
    return (Decimal(once.numerator) / Decimal(once.denominator)).quantize(HUNDREDTH)


def counted(chosen: Iterable[Piece]) -> list[Piece]:
    """Each piece once, without those that another certifies whole for as many credits. Of two that certify the same,
    the larger stays.
    """
    unique = list({piece.key: piece for piece in chosen}.values())
    kept: list[Piece] = []
    for piece in sorted(unique, key=lambda one: (-len(one.outcomes), -(one.ects or NOTHING))):
        if not any(one.holds(piece) for one in kept):
            kept.append(piece)
    return kept


def overlapping(steps: Sequence[Sequence[Piece]]) -> Mapping[Hashable, Hashable]:
    """Piece → another of another step that certifies a part of what it certifies, where neither holds the other."""
    placed = [(number, piece) for number, step in enumerate(steps) for piece in step]
    return {
        piece.key: other.key
        for number, piece in placed
        for step, other in placed
        if step != number
        and piece.key != other.key
        and piece.outcomes & other.outcomes
        and not (piece.holds(other) or other.holds(piece))
    }


def contained(pieces: Iterable[Piece]) -> Mapping[Hashable, Hashable]:
    """Piece → another that certifies all that it certifies."""
    unique = list({piece.key: piece for piece in pieces}.values())
    return {
        piece.key: one.key
        for one in unique
        for piece in unique
        if piece.key != one.key and counted((piece, one)) == [one]
    }


def warnings_of(steps: Sequence[Sequence[Piece]]) -> list[Caution]:
    pieces = [piece for step in steps for piece in step]
    inside, overlaps = contained(pieces), overlapping(steps)
    times = Counter(piece.key for piece in pieces)
    found = []
    for piece in {piece.key: piece for piece in pieces}.values():
        troubles = {
            "twice": times[piece.key] > 1,
            "contained": piece.key in inside,
            "overlap": piece.key in overlaps and piece.key not in inside,
            "not-approved": piece.state not in SOUND | STOPPED,
            "suspended": piece.state == "suspended",
            "extinguished": piece.state == "extinguished",
            "stand-alone": piece.stand_alone,
            "no-ects": piece.ects is None,
        }
        found += [Caution(code, piece.key) for code, holds in troubles.items() if holds]
    return found
