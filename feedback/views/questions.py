"""Items as the survey page shows them: tiles in the reader's language, what was chosen, what must be mended."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from django.conf import settings
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from feedback.answer_sheet import CANNOT_JUDGE, AnswerSheet, Posted, Problem, field_name
from feedback.models import Item
from feedback.selectors.readers import Readers
from iqas.ui.tiles import row, tile

SHORT_SCALE = 7  # more points than this are numbers in rows, not one tile a line


@dataclass(frozen=True)
class Tile:
    """One possible answer. `id` is the id of its input."""

    id: str
    value: str
    label: str
    checked: bool


@dataclass(frozen=True)
class Question:
    """One item, ready to be shown. `text` is what stands in its text field, as the person wrote it."""

    item: Item
    name: str
    shape: str  # "tiles", "boxes", "numbers", "number" or "text"
    tiles: tuple[Tile, ...]
    aside: Tile | None
    text: str
    low_label: str
    high_label: str
    problem: str | Promise
    readers: str

    @property
    def anchor(self) -> str:
        """Id of the first input, where a link of the error summary leads."""
        return self.tiles[0].id if self.tiles else self.name

    @property
    def described_by(self) -> str:
        """Ids of what explains it, in the order in which they stand beside it."""
        parts = {
            "required": self.item.required,
            "help": self.item.help,
            "problem": self.problem,
            "readers": self.readers,
        }
        return " ".join(f"{self.name}-{part}" for part, stands_there in parts.items() if stands_there)

    @property
    def choices(self) -> SafeString:
        """Its tiles as HTML."""
        words = "value" if self.shape == "numbers" else "label"
        return row(self._drawn(one, getattr(one, words)) for one in self.tiles)

    @property
    def abstention(self) -> SafeString:
        """The tile of who cannot judge, as HTML; nothing where there is none."""
        return self._drawn(self.aside, _("I cannot judge"), aside=True) if self.aside else SafeString("")

    def _drawn(self, one: Tile, words: str, *, aside: bool = False) -> SafeString:
        kind: Literal["radio", "checkbox"] = "checkbox" if self.shape == "boxes" else "radio"
        return tile(
            kind,
            id=one.id,
            name=self.name,
            value=one.value,
            words=words,
            checked=one.checked,
            aside=aside,
        )


def questions_of(
    items: Iterable[Item],
    sheet: AnswerSheet,
    posted: Posted,
    problems: Sequence[Problem],
    readers: Readers | None = None,
) -> list[Question]:
    """The items with the answers of the sheet; a text that was refused comes back as it was posted.

    `readers` are named beside each comment.
    """
    messages = {problem.item.code: problem.message for problem in problems}
    return [_question(item, sheet, posted, messages.get(item.code, ""), readers) for item in items]


def _question(
    item: Item, sheet: AnswerSheet, posted: Posted, problem: str | Promise, readers: Readers | None
) -> Question:
    name = field_name(item)
    labels = _labels(item)
    value = sheet.values.get(item.code)
    chosen = set(value) if isinstance(value, list) else {value}
    has_tiles = item.kind not in (Item.Kind.TEXT, Item.Kind.NUMBER)
    tiles = tuple(
        Tile(f"{name}-{point}", str(point), labels.get(str(point), str(point)), point in chosen)
        for point in (item.points if has_tiles else ())
    )
    aside = None
    if item.no_answer_allowed and item.kind != Item.Kind.TEXT:
        abstains = item.code in sheet.values and value is None
        aside = Tile(f"{name}-{CANNOT_JUDGE}", CANNOT_JUDGE, "", abstains)
    return Question(
        item=item,
        name=name,
        shape=_shape(item),
        tiles=tiles,
        aside=aside,
        text=_text(item, sheet, posted, refused=bool(problem)),
        low_label=labels.get(str(item.scale_min), ""),
        high_label=labels.get(str(item.scale_max), ""),
        problem=problem,
        readers=in_words(readers.words(item.code)) if readers and item.kind == Item.Kind.TEXT else "",
    )


def in_words(names: Sequence[str | Promise]) -> str:
    """Several names as a sentence has them."""
    words = [str(name) for name in names]
    if len(words) < 2:
        return "".join(words)
    return _("%(names)s and %(last)s") % {"names": ", ".join(words[:-1]), "last": words[-1]}


def _shape(item: Item) -> str:
    if item.kind in (Item.Kind.TEXT, Item.Kind.NUMBER):
        return str(item.kind)
    if item.kind == Item.Kind.MULTIPLE:
        return "boxes"
    return "tiles" if len(item.points) <= SHORT_SCALE or item.kind == Item.Kind.SINGLE else "numbers"


def _text(item: Item, sheet: AnswerSheet, posted: Posted, *, refused: bool) -> str:
    typed = posted.getlist(field_name(item)) if refused else []
    if typed and item.kind in (Item.Kind.TEXT, Item.Kind.NUMBER):
        return typed[0].replace("\x00", "")
    if item.kind == Item.Kind.NUMBER:
        value = sheet.values.get(item.code)
        return "" if value is None else str(value)
    return sheet.comments.get(item.code, "")


def _labels(item: Item) -> dict[str, str]:
    """The words of the points in the reader's language, else in the installation's."""
    language = (get_language() or settings.LANGUAGE_CODE)[:2]
    words: dict[str, str] = item.labels.get(language) or item.labels.get(settings.LANGUAGE_CODE, {})
    return words
