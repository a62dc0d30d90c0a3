"""What somebody answered: from a posted form or a draft to values that fit the questionnaire, or to problems."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from feedback.anonymity.sealing import COMMENT_BYTES
from feedback.models.questionnaires import Item

CANNOT_JUDGE = "na"
COMMENT_CHARACTERS = 2000
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_NUMBER = re.compile(r"-?[0-9]{1,9}")

Value = int | list[int] | None


class Posted(Protocol):
    """A form as the browser sent it (Django's QueryDict)."""

    def getlist(self, key: str) -> list[str]: ...


@dataclass(frozen=True)
class Problem:
    """What must be mended, at which question."""

    item: Item
    message: str | Promise


@dataclass(frozen=True)
class AnswerSheet:
    """Ratings by item code (None: "I cannot judge") and comments by item code. What is not there was left open."""

    values: dict[str, Value] = field(default_factory=dict)
    comments: dict[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return {"values": self.values, "comments": self.comments}

    def with_page(self, items: Iterable[Item], page: AnswerSheet) -> AnswerSheet:
        """This sheet with everything about these items taken from `page`."""
        codes = {item.code for item in items}
        values = {code: value for code, value in self.values.items() if code not in codes}
        comments = {code: text for code, text in self.comments.items() if code not in codes}
        return AnswerSheet(values | page.values, comments | page.comments)

    @property
    def is_empty(self) -> bool:
        return not self.values and not self.comments

    def answers(self, item: Item) -> bool:
        return item.code in self.values or item.code in self.comments

    def only(self, items: Iterable[Item]) -> AnswerSheet:
        """This sheet without what was answered to any other question."""
        codes = {item.code for item in items}
        return AnswerSheet(
            {code: value for code, value in self.values.items() if code in codes},
            {code: text for code, text in self.comments.items() if code in codes},
        )


def longest_bytes(item: Item) -> int:
    """How long the longest answer to a closed item is as JSON, with its code."""
    longest: Value = list(item.points) if item.kind == Item.Kind.MULTIPLE else min(item.points)
    return len(json.dumps({item.code: longest}, separators=(",", ":")).encode())


def field_name(item: Item) -> str:
    """The name of the item's form field."""
    return f"q-{item.code}"


def read_posted(items: Sequence[Item], posted: Posted) -> tuple[AnswerSheet, list[Problem]]:
    """The answers to these items in a posted form, and what does not fit. Fields of other items are not looked at.

    Of a comment that is too long its beginning is among the answers too, as far as there is room for it.
    """
    values: dict[str, Value] = {}
    comments: dict[str, str] = {}
    problems = []
    for item in items:
        given = [text for text in posted.getlist(field_name(item)) if text.strip()]
        if not given:
            continue
        if item.kind == Item.Kind.TEXT:
            text = _clean(given[-1])
            if _too_long(text):
                problems.append(Problem(item, _too_long_message(text)))
            if text:
                comments[item.code] = _beginning(text)
        elif (value := _value(item, given)) is not _INVALID:
            values[item.code] = value  # type: ignore[assignment]
        else:
            problems.append(Problem(item, _invalid_message(item)))
    return AnswerSheet(values, comments), problems


def read_draft(items: Sequence[Item], draft: Mapping[str, Any]) -> AnswerSheet:
    """The answers of a draft that still fit the questionnaire; whatever does not is dropped."""
    values, comments = draft.get("values", {}), draft.get("comments", {})
    closed = {item.code: item for item in items if item.kind != Item.Kind.TEXT}
    texts = {item.code for item in items if item.kind == Item.Kind.TEXT}
    return AnswerSheet(
        {code: value for code, value in values.items() if code in closed and _fits(closed[code], value)},
        {code: text for code, text in comments.items() if code in texts and not _too_long(text)},
    )


def asked(items: Sequence[Item], values: Mapping[str, Any]) -> list[Item]:
    """Those of a questionnaire's items, in their order, that somebody is asked who gave these answers.

    A condition on a question that was itself not asked does not hold.
    """
    found: dict[str, Item] = {}
    for item in items:
        if not item.is_conditional or (
            item.shown_if_code in found and _chose(values.get(item.shown_if_code), item.shown_if_values)
        ):
            found[item.code] = item
    return list(found.values())


def _chose(value: Any, wanted: Sequence[int]) -> bool:
    return not set(value if isinstance(value, list) else (value,)).isdisjoint(wanted)


def kept_in_part(items: Iterable[Item], codes: Collection[str]) -> list[Problem]:
    """What is said of those that did not fit when their page was left for another than the next one."""
    return [
        Problem(
            item,
            _("Only the beginning of this comment was kept: it was too long. Look at it again.")
            if item.kind == Item.Kind.TEXT
            else _("What you answered here did not fit and was not kept."),
        )
        for item in items
        if item.code in codes
    ]


def unanswered(items: Iterable[Item], sheet: AnswerSheet) -> list[Problem]:
    """The required items that were left open."""
    return [
        Problem(item, _("Answer this question."))
        for item in items
        if item.required and not sheet.answers(item)
    ]


_INVALID = object()


def _value(item: Item, given: list[str]) -> Value | object:
    if CANNOT_JUDGE in given:
        return None if item.no_answer_allowed else _INVALID
    if not all(_NUMBER.fullmatch(text.strip()) for text in given):
        return _INVALID
    numbers = sorted({int(text) for text in given})
    value = numbers if item.kind == Item.Kind.MULTIPLE else numbers[-1]
    fits = _fits(item, value) and (item.kind == Item.Kind.MULTIPLE or len(numbers) == 1)
    return value if fits else _INVALID


def _fits(item: Item, value: Any) -> bool:
    if value is None:
        return item.no_answer_allowed
    if item.kind == Item.Kind.MULTIPLE:
        return (
            isinstance(value, list)
            and bool(value)
            and all(type(one) is int and one in item.points for one in value)
        )
    return type(value) is int and value in item.points


def _clean(text: str) -> str:
    """Without control and direction signs, which no reader of a comment needs; line ends as one sign."""
    return _UNPRINTABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def _too_long(text: str) -> bool:
    """Longer than the box has room for, in signs or in bytes: every box of a campaign has the same size."""
    return (
        len(text) > COMMENT_CHARACTERS
        or len(json.dumps(text, ensure_ascii=False).encode()) - 2 > COMMENT_BYTES
    )


def _beginning(text: str) -> str:
    """As much of it as there is room for."""
    text = text[:COMMENT_CHARACTERS]
    while _too_long(text):
        text = text[: len(text) * 9 // 10]
    return text


def _too_long_message(text: str) -> str | Promise:
    if len(text) > COMMENT_CHARACTERS:
        return _("This comment has %(length)s characters; at most %(most)s can be sent. Shorten it.") % {
            "length": len(text),
            "most": COMMENT_CHARACTERS,
        }
    return _("This comment has too many special characters. Shorten it.")


def _invalid_message(item: Item) -> str | Promise:
    if item.kind == Item.Kind.NUMBER:
        return _("Write a whole number between %(low)s and %(high)s.") % {
            "low": item.scale_min,
            "high": item.scale_max,
        }
    return _("Choose one of the answers shown.")
