"""What a document says: titled sections of a few kinds of blocks, as plain values that JSON keeps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from iqas.core.canonical import canonical_json

SCHEMA = "iqas/document/1"

Tone = Literal["", "met", "partly", "unmet", "none"]


@dataclass(frozen=True, slots=True)
class Note:
    """A sentence of ours."""

    words: str
    block: Literal["note"] = "note"


@dataclass(frozen=True, slots=True)
class Written:
    """What somebody wrote, under its label; "" is said to be missing. `lang` is the language that it is written in."""

    label: str
    words: str
    lang: str = ""
    block: Literal["written"] = "written"


@dataclass(frozen=True, slots=True)
class Heading:
    """The title of something within a section, behind its code."""

    words: str
    code: str = ""
    lang: str = ""
    block: Literal["heading"] = "heading"


@dataclass(frozen=True, slots=True)
class Listed:
    """Short texts one below the other."""

    entries: tuple[str, ...]
    label: str = ""
    lang: str = ""
    block: Literal["listed"] = "listed"


@dataclass(frozen=True, slots=True)
class Fact:
    label: str
    words: str
    lang: str = ""
    tone: Tone = ""


@dataclass(frozen=True, slots=True)
class Facts:
    rows: tuple[Fact, ...]
    block: Literal["facts"] = "facts"


@dataclass(frozen=True, slots=True)
class Column:
    """`width` in percent of the page."""

    title: str
    width: int
    is_number: bool = False
    is_code: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """`below` stands under the words in small type; a `tone` puts its sign before them."""

    words: str
    below: str = ""
    lang: str = ""
    tone: Tone = ""


@dataclass(frozen=True, slots=True)
class Table:
    """`head` is the column whose cells name their rows. Without rows, `empty` is said instead."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    head: int = 0
    empty: str = ""
    block: Literal["table"] = "table"


@dataclass(frozen=True, slots=True)
class SpreadRow:
    """`counts` from the lowest point of the scale to the highest."""

    label: str
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Spread:
    """Answers on one scale, drawn as bars around its middle; `points` are the words of the scale."""

    title: str
    subtitle: str
    points: tuple[str, ...]
    rows: tuple[SpreadRow, ...]
    block: Literal["spread"] = "spread"


@dataclass(frozen=True, slots=True)
class GapBar:
    """Two shares of one thing, each as how many of how many."""

    label: str
    first: tuple[int, int]
    second: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Gap:
    """Two shares of the same things, drawn with the distance between them."""

    title: str
    subtitle: str
    first: str
    second: str
    rows: tuple[GapBar, ...]
    block: Literal["gap"] = "gap"


@dataclass(frozen=True, slots=True)
class Signer:
    role: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Signatures:
    """Room for who signs."""

    people: tuple[Signer, ...]
    block: Literal["signatures"] = "signatures"


Block = Annotated[
    Note | Written | Heading | Listed | Facts | Table | Spread | Gap | Signatures,
    Field(discriminator="block"),
]


@dataclass(frozen=True, slots=True)
class Section:
    anchor: str
    title: str
    blocks: tuple[Block, ...]
    intro: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """A whole document in one language. `header` names its object at the top of each page."""

    kind: str
    language: str
    title: str
    subject: str
    centre: str
    university: str
    header: str
    identification: tuple[Fact, ...]
    sections: tuple[Section, ...]
    statement: str = ""
    schema: str = SCHEMA


_told = TypeAdapter(Told)


def to_json(told: Told) -> bytes:
    """Canonical: equal documents have equal bytes."""
    return canonical_json(_told.dump_python(told, mode="json"))


def from_json(body: str | bytes) -> Told:
    """Refuses, with pydantic's ValidationError, what `to_json` did not write."""
    return _told.validate_json(body)
