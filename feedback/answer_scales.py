"""The answers that a question offers, from what an editor wrote: its points, and a word for each. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _

from feedback.models import Item
from iqas.core.refusals import RuleViolation

LANGUAGES = ("es", "en")
MOST_OPTIONS = 60  # what a person can still read on a phone
FURTHEST = 32_000  # what the column of a point holds
_NUMBERED = re.compile(r"(-?[0-9]{1,5})\s*=\s*(\S.*)")

Labels = dict[str, dict[str, str]]


class Scale(models.TextChoices):
    """Scales that are offered ready made, so that the same words stand everywhere."""

    AGREEMENT = "agreement", _("agreement, 1 to 5")
    SATISFACTION = "satisfaction", _("satisfaction, 1 to 5")
    IMPORTANCE = "importance", _("importance, 1 to 5")
    FREQUENCY = "frequency", _("frequency, 0 to 4")
    TEN = "ten", _("0 to 10, the ends in words")
    OWN = "own", _("own words")


@dataclass(frozen=True)
class Answers:
    """The points of a question, from `low` to `high` (None for a comment), and their words by language and point."""

    low: int | None
    high: int | None
    labels: Labels

    @classmethod
    def of(cls, item: Item) -> Answers:
        return cls(item.scale_min, item.scale_max, item.labels)


@dataclass(frozen=True)
class Written:
    """What an editor wrote: lines of words by language, and the ends of the scale where they were given."""

    words: Mapping[str, str]
    low: int | None = None
    high: int | None = None


def _ready(low: int, es: str, en: str) -> Answers:
    labels = {
        language: {str(point): word for point, word in enumerate(words.split("|"), low)}
        for language, words in (("es", es), ("en", en))
    }
    return Answers(low, low + es.count("|"), labels)


READY: dict[str, Answers] = {
    Scale.AGREEMENT: _ready(
        1,
        "Muy en desacuerdo|En desacuerdo|Ni de acuerdo ni en desacuerdo|De acuerdo|Muy de acuerdo",
        "Strongly disagree|Disagree|Neither agree nor disagree|Agree|Strongly agree",
    ),
    Scale.SATISFACTION: _ready(
        1,
        "Nada satisfecho o satisfecha|Poco|Ni mucho ni poco|Bastante|Muy satisfecho o satisfecha",
        "Very dissatisfied|Dissatisfied|Neither|Satisfied|Very satisfied",
    ),
    Scale.IMPORTANCE: _ready(
        1,
        "Nada importante|Poco importante|Algo importante|Importante|Muy importante",
        "Not important|Slightly important|Somewhat important|Important|Very important",
    ),
    Scale.FREQUENCY: _ready(
        0,
        "Nunca|Rara vez|A veces|A menudo|Siempre",
        "Never|Rarely|Sometimes|Often|Always",
    ),
    Scale.TEN: Answers(
        0,
        10,
        {"es": {"0": "0 · nada", "10": "10 · del todo"}, "en": {"0": "0 · not at all", "10": "10 · fully"}},
    ),
}
RECOMMENDATION = Answers(
    0,
    10,
    {
        "es": {"0": "0 · en ningún caso", "10": "10 · con toda seguridad"},
        "en": {"0": "0 · not at all", "10": "10 · most certainly"},
    },
)
YES_NO = Answers(0, 1, {"es": {"0": "No", "1": "Sí"}, "en": {"0": "No", "1": "Yes"}})


def answers_of(kind: str, scale: str, written: Written) -> Answers:
    """The answers of a question of this kind.

    Refuses `answers-missing` (no words, or in one language only), `answers-count` (words that are not as many as the
    points), `answers-place` (a word off the scale) and `answers-range` (ends in the wrong order, or too far apart).
    """
    if kind == Item.Kind.TEXT:
        return Answers(None, None, {})
    if kind == Item.Kind.NUMBER:
        return _range(written)
    if kind == Item.Kind.YES_NO:
        return _worded(written, YES_NO) if _has_words(written) else YES_NO
    if kind == Item.Kind.RECOMMENDATION:
        return _worded(written, RECOMMENDATION) if _has_words(written) else RECOMMENDATION
    if kind == Item.Kind.LIKERT and scale in READY:
        return READY[scale]
    return _own(written)


def scale_of(item: Item) -> str:
    """The ready made scale that a rating has, or that it has its own words."""
    answers = Answers.of(item)
    return next((scale for scale, ready in READY.items() if ready == answers), Scale.OWN)


def in_lines(item: Item, language: str) -> str:
    """The words of a question as an editor writes them: one a line, with its point where not every point has a word."""
    words = item.labels.get(language, {})
    if len(words) == len(item.points):
        return "\n".join(words[str(point)] for point in item.points)
    return "\n".join(f"{point} = {words[str(point)]}" for point in item.points if str(point) in words)


def _range(written: Written) -> Answers:
    if written.low is None or written.high is None:
        raise RuleViolation("answers-range", _("Say between which numbers the answer lies."), field="low")
    return _within(Answers(written.low, written.high, {}))


def _own(written: Written) -> Answers:
    lines = {language: _lines(written.words.get(language, "")) for language in LANGUAGES}
    missing = next((language for language in LANGUAGES if not lines[language]), None)
    if missing:
        raise RuleViolation(
            "answers-missing",
            _("Write the words of the answers in both languages, one a line."),
            field=f"words_{missing}",
        )
    low = written.low if written.low is not None else _least(lines)
    high = written.high if written.high is not None else _greatest(lines, low)
    answers = _within(Answers(low, high, {}))
    if high - low + 1 > MOST_OPTIONS:
        raise RuleViolation(
            "answers-range",
            _("At most %(most)s answers can be read on a phone.") % {"most": MOST_OPTIONS},
            field="words_es",
        )
    return _worded(written, answers)


def _worded(written: Written, answers: Answers) -> Answers:
    return Answers(
        answers.low,
        answers.high,
        {language: _words(written, language, answers) for language in LANGUAGES},
    )


def _words(written: Written, language: str, answers: Answers) -> dict[str, str]:
    """One word a line: either all points in order, or `point = word` for some of them, both ends among them."""
    points = range(answers.low or 0, (answers.high or 0) + 1)
    lines, field = _lines(written.words.get(language, "")), f"words_{language}"
    numbered = [_NUMBERED.fullmatch(line) for line in lines]
    if all(numbered) and lines:
        words = {str(int(found[1])): found[2].strip() for found in numbered if found}
        if not set(words) <= {str(point) for point in points}:
            raise RuleViolation(
                "answers-place",
                _("A word stands off the scale, which goes from %(low)s to %(high)s.")
                % {"low": points[0], "high": points[-1]},
                field=field,
            )
        if not {str(points[0]), str(points[-1])} <= set(words):
            raise RuleViolation(
                "answers-count", _("Both ends of the scale need a word at least."), field=field
            )
        return words
    if len(lines) != len(points):
        raise RuleViolation(
            "answers-count",
            _("%(words)s words for %(points)s answers, from %(low)s to %(high)s: write one a line.")
            % {"words": len(lines), "points": len(points), "low": points[0], "high": points[-1]},
            field=field,
        )
    return {str(point): line for point, line in zip(points, lines, strict=True)}


def _within(answers: Answers) -> Answers:
    low, high = answers.low or 0, answers.high or 0
    if not -FURTHEST <= low < high <= FURTHEST:
        raise RuleViolation(
            "answers-range",
            _("The first number must be below the last, and both between −%(most)s and %(most)s.")
            % {"most": FURTHEST},
            field="low",
        )
    return answers


def _least(lines: Mapping[str, list[str]]) -> int:
    numbers = _numbers(lines)
    return min(numbers) if numbers else 1


def _greatest(lines: Mapping[str, list[str]], low: int) -> int:
    numbers = _numbers(lines)
    return max(numbers) if numbers else low + max(map(len, lines.values())) - 1


def _numbers(lines: Mapping[str, list[str]]) -> list[int]:
    """The points that are written before the words, where all lines of all languages have one."""
    found = [_NUMBERED.fullmatch(line) for written in lines.values() for line in written]
    return [int(one[1]) for one in found if one] if all(found) else []


def _has_words(written: Written) -> bool:
    return any(text.strip() for text in written.words.values())


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]
