"""Differences in words: what is detectable is said, and what is not is said as well."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from fractions import Fraction
from math import ceil, floor
from typing import Any

from django.utils.translation import gettext as _

from feedback.comparison import Compared
from feedback.presenters.results import points

NOISE = 6  # decimals of a point, beyond which a float says nothing


def sentence(compared: Compared | None, first: Any, second: Any, *, answer: int | None = None) -> str:
    """Whether the first differs from the second, with the difference in points of a hundred and its interval.

    Of one `answer` of a choice it is said how often it was given: none is better than another.
    """
    if compared is None:
        return _("not comparable")
    if not compared.is_detectable:
        return _("No detectable difference%(measure)s.") % {"measure": _measure(compared)}
    words = {"first": first, "second": second, "measure": _measure(compared)}
    if answer is not None and compared.first_is_better:
        return _("More often in %(first)s than in %(second)s%(measure)s.") % words
    if answer is not None:
        return _("Less often in %(first)s than in %(second)s%(measure)s.") % words
    if compared.first_is_better:
        return _("More favourable in %(first)s than in %(second)s%(measure)s.") % words
    return _("Less favourable in %(first)s than in %(second)s%(measure)s.") % words


def _measure(compared: Compared) -> str:
    if compared.difference is None or compared.low is None or compared.high is None:
        return ""
    return _(" (%(difference)s points, corrected interval from %(low)s to %(high)s)") % {
        "difference": points(compared.difference),
        "low": points(_inwards(compared.low, ceil)),
        "high": points(_inwards(compared.high, floor)),
    }


def _inwards(end: float, to_whole: Callable[[float], int]) -> Fraction:
    """The outermost whole point within the interval: 0 is written exactly where zero is not left out."""
    return Fraction(to_whole(round(end * 100, NOISE)), 100)


def verdict(compared: Mapping[str, Compared], first: Any, second: Any, answers: Collection[str] = ()) -> str:
    """What all the questions together say; in a sentence of its own what the answers of choices do, by their codes."""
    if not compared:
        return _("Nothing was asked alike in %(first)s and in %(second)s.") % {
            "first": first,
            "second": second,
        }
    scaled = [one for code, one in compared.items() if code not in answers]
    chosen = [one for code, one in compared.items() if code in answers]
    return " ".join([*_verdict_of_scales(scaled, first, second), *_verdict_of_choices(chosen, first, second)])


def _verdict_of_scales(compared: Sequence[Compared], first: Any, second: Any) -> Iterator[str]:
    found = [one for one in compared if one.is_detectable]
    better = sum(one.first_is_better for one in found)
    words = {"count": len(compared), "first": first, "second": second}
    if found:
        yield _(
            "Of %(count)s questions %(better)s are more favourable in %(first)s than in %(second)s and %(worse)s less; "
            "in the others no difference is detectable."
        ) % {**words, "better": better, "worse": len(found) - better}
    elif compared:
        yield (
            _(
                "Between %(first)s and %(second)s no difference is detectable in any of the %(count)s questions."
            )
            % words
        )


def _verdict_of_choices(compared: Sequence[Compared], first: Any, second: Any) -> Iterator[str]:
    found = sum(one.is_detectable for one in compared)
    words = {"count": len(compared), "found": found, "first": first, "second": second}
    if found:
        yield (
            _(
                "Of %(count)s answers to choose from, %(found)s were given detectably more or less often in %(first)s than in %(second)s."
            )
            % words
        )
    elif compared:
        yield (
            _("None of the %(count)s answers to choose from was given detectably more or less often.") % words
        )
