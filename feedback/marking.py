"""Where a text seems to name somebody: e-mail addresses, phones, DNI and NIE, names. Proposals, never decisions.

Pure. A mark is `{"kind": "email" | "phone" | "document" | "name", "start": 3, "end": 9}`, positions in the text as it
stands. Known names are found whatever their case and accents, whole or in part; particles alone are no name. Of people
who are not known, what follows a title and the most frequent given names are found where they have a capital letter,
with the surnames behind them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from feedback.given_names import NAMES, NO_NAMES, WORDS_TOO

EMAIL, PHONE, DOCUMENT, NAME = "email", "phone", "document", "name"
KINDS = (EMAIL, PHONE, DOCUMENT, NAME)
PATTERNS = (
    (EMAIL, re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")),
    (DOCUMENT, re.compile(r"\b(?:\d{1,2}\.?\d{3}\.?\d{3}|[XYZxyz][- ]?\d{7})[- ]?[A-Za-z]\b")),
    (PHONE, re.compile(r"(?<![\w.])(?:(?:\+|00)\d{1,3}[ .-]?)?\d{2,4}(?:[ .-]?\d{2,4}){2,4}(?![\w@])")),
)
PHONE_DIGITS = range(9, 16)
PARTICLES = frozenset(
    [
        "de",
        "del",
        "la",
        "las",
        "los",
        "el",
        "y",
        "i",
        "e",
        "da",
        "do",
        "dos",
        "di",
        "san",
        "santa",
        "don",
        "dona",
        "dr",
        "dra",
        "prof",
        "profesor",
        "profesora",
    ]
)
SHORTEST_NAME = 3
SMALL = "a-zß-öø-ÿ\u0300-\u036f"
CAPITALISED = rf"[^\W\d_{SMALL}](?:[^\W\d_]|[\u0300-\u036f])*"
SURNAMES = rf"(?:[ \t]+(?:(?:de|del|de la|de los|y|i)[ \t]+)?[^\W\d_{SMALL}][{SMALL}]+)*"
ABBREVIATED = "prof|profa|dr|dra|sr|sra|srta|d|dña|mr|mrs"
TITLES = "profesor|profesora|profe|professor|professora|doctor|doctora|tutor|tutora|maestro|maestra|teacher|don|doña|señor|señora"
TITLED = re.compile(
    rf"\b(?:(?i:(?:{ABBREVIATED})\b\.?|(?:{TITLES})\b)|Ms\b\.?)[ \t]+({CAPITALISED}{SURNAMES})", re.UNICODE
)
GIVEN = re.compile(rf"\b({CAPITALISED}){SURNAMES}")
BEFORE_SENTENCES = '.!?…:;¡¿"“«(-'


@dataclass(frozen=True)
class Piece:
    """A stretch of a text; `kind` is empty where nothing is marked."""

    text: str
    kind: str = ""


def marks_of(text: str, names: Iterable[str] = ()) -> list[dict[str, Any]]:
    """The marked stretches in order; where two overlap they become one, of the kind of the first."""
    found = sorted(
        [*_patterned(text), *_named(text, names), *_unknown(text)], key=lambda mark: (mark[1], -mark[2])
    )
    merged: list[tuple[str, int, int]] = []
    for kind, start, end in found:
        if merged and start < merged[-1][2]:
            first, begun, ended = merged[-1]
            merged[-1] = (first, begun, max(ended, end))
        else:
            merged.append((kind, start, end))
    return [{"kind": kind, "start": start, "end": end} for kind, start, end in merged]


def pieces_of(text: str, marks: Iterable[dict[str, Any]]) -> list[Piece]:
    """The text cut at its marks, to be shown or replaced."""
    pieces, reached = [], 0
    for mark in marks:
        if mark["start"] > reached:
            pieces.append(Piece(text[reached : mark["start"]]))
        pieces.append(Piece(text[mark["start"] : mark["end"]], mark["kind"]))
        reached = mark["end"]
    if reached < len(text):
        pieces.append(Piece(text[reached:]))
    return pieces


def _patterned(text: str) -> Iterator[tuple[str, int, int]]:
    for kind, pattern in PATTERNS:
        for match in pattern.finditer(text):
            if kind != PHONE or sum(c.isdigit() for c in match.group()) in PHONE_DIGITS:
                yield kind, match.start(), match.end()


def _named(text: str, names: Iterable[str]) -> Iterator[tuple[str, int, int]]:
    words = {
        word
        for name in names
        for word in re.findall(r"\w+", _folded(name)[0])
        if len(word) >= SHORTEST_NAME and word not in PARTICLES
    }
    if not words:
        return
    folded, places = _folded(text)
    one = "|".join(sorted(map(re.escape, words), key=len, reverse=True))
    between = "|".join(sorted(PARTICLES, key=len, reverse=True))
    whole = re.compile(rf"\b(?:{one})\b(?:[\s,.-]+(?:(?:{between})\s+)*(?:{one})\b)*")
    for match in whole.finditer(folded):
        yield NAME, places[match.start()], places[match.end() - 1] + 1


def _unknown(text: str) -> Iterator[tuple[str, int, int]]:
    """Names of people who are not known, by a title before them or because many are called so."""
    for match in TITLED.finditer(text):
        if _plain(match[1].split()[0]) not in NO_NAMES:
            yield NAME, match.start(1), match.end(1)
    for match in GIVEN.finditer(text):
        words = list(re.finditer(CAPITALISED, match[0]))
        named = (word for word in words if _is_given(word[0], text[: match.start() + word.start()]))
        if first := next(named, None):
            yield NAME, match.start() + first.start(), match.end()


def _is_given(word: str, before: str) -> bool:
    plain = _plain(word)
    return plain in NAMES or (plain in WORDS_TOO and not _begins_sentence(before))


def _begins_sentence(before: str) -> bool:
    on_line = before.rpartition("\n")[2].rstrip()
    return not on_line or on_line[-1] in BEFORE_SENTENCES


def _plain(word: str) -> str:
    return _folded(word)[0]


def _folded(text: str) -> tuple[str, list[int]]:
    """Lower case without accents, one character for one; and where each stood."""
    letters, places = [], []
    for place, character in enumerate(text):
        if unicodedata.combining(character):
            continue
        letters.append(unicodedata.normalize("NFD", character.lower())[0])
        places.append(place)
    return "".join(letters), places
