"""How a number stands against its target: pure, exact, and never by colour alone."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction


class Status(StrEnum):
    MET = "met"
    PARTLY = "partly"
    UNMET = "unmet"
    NO_TARGET = "no_target"
    NOT_APPLICABLE = "not_applicable"
    SUPPRESSED = "suppressed"
    NO_DATA = "no_data"


@dataclass(frozen=True)
class Aim:
    """A target as fractions; `scope_code` says where it was set, above or here."""

    kind: str
    value: Decimal
    upper: Decimal | None
    tolerance: Decimal
    scope_code: str = ""

    def misses_by(self, value: Fraction) -> Fraction:
        """How far a value is from the target; 0 where it is met."""
        below, above = Fraction(self.value) - value, value - Fraction(self.upper or self.value)
        match self.kind:
            case "at_least":
                distance = below
            case "at_most":
                distance = value - Fraction(self.value)
            case _:
                distance = max(below, above)
        return max(distance, Fraction(0))


def status_of(value: Fraction | None, *, suppressed: bool, has_data: bool, aim: Aim | None) -> Status:
    """Met, partly (missed by no more than the definition's tolerance), not met, or why it cannot be said."""
    if not has_data:
        return Status.NO_DATA
    if suppressed:
        return Status.SUPPRESSED
    if value is None:
        return Status.NOT_APPLICABLE
    if aim is None:
        return Status.NO_TARGET
    distance = aim.misses_by(value)
    if not distance:
        return Status.MET
    return Status.PARTLY if distance <= Fraction(aim.tolerance) else Status.UNMET
