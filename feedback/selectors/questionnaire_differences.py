"""Two versions of a questionnaire in words: what was added, removed, moved and changed, and what years still compare."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from feedback.models import Item, QuestionnaireVersion
from feedback.selectors.wholeness import questions_of
from microcredentials.selectors.comparison import Piece, marked

LANGUAGES = (
    ("es", pgettext_lazy("in a language", "Spanish")),
    ("en", pgettext_lazy("in a language", "English")),
)


@dataclass(frozen=True)
class TextChange:
    """A text in two versions; `pieces` are both in one, with the changed words marked."""

    label: str | Promise
    before: str
    after: str

    @property
    def pieces(self) -> tuple[Piece, ...]:
        return tuple(marked(self.before, self.after))


@dataclass(frozen=True)
class ItemChange:
    """A question that both versions ask. `texts` are its changed words, `sentences` everything else that changed."""

    item: Item
    texts: tuple[TextChange, ...]
    sentences: tuple[str, ...]


@dataclass(frozen=True)
class Differences:
    """`kept` is how many questions are in both, so that their answers can be compared."""

    heading: tuple[TextChange, ...]
    sections: tuple[str, ...]
    added: tuple[Item, ...]
    removed: tuple[Item, ...]
    changed: tuple[ItemChange, ...]
    kept: int

    @property
    def is_empty(self) -> bool:
        return not (self.heading or self.sections or self.added or self.removed or self.changed)


def differences(before: QuestionnaireVersion, after: QuestionnaireVersion) -> Differences:
    """Four statements, whatever the number of questions."""
    old = {item.code: item for item in questions_of(before)}
    new = {item.code: item for item in questions_of(after)}
    moved = set(_moved(list(old), list(new)))
    changed = [
        change
        for code, item in new.items()
        if code in old and (change := _change(old[code], item, is_moved=code in moved)) is not None
    ]
    return Differences(
        heading=tuple(
            change
            for name, label in (("title", _("Title")), ("intro", _("Introduction")))
            for change in _texts(before, after, name, label)
        ),
        sections=tuple(_sections(before, after)),
        added=tuple(item for code, item in new.items() if code not in old),
        removed=tuple(item for code, item in old.items() if code not in new),
        changed=tuple(changed),
        kept=len(old.keys() & new.keys()),
    )


def _change(old: Item, new: Item, *, is_moved: bool) -> ItemChange | None:
    texts = (
        *_texts(old, new, "text", _("Question")),
        *_texts(old, new, "help", _("Help")),
        *_words(old, new),
    )
    sentences = tuple(_sentences(old, new, is_moved=is_moved))
    return ItemChange(new, texts, sentences) if texts or sentences else None


def _texts(old: Any, new: Any, name: str, label: str) -> Iterator[TextChange]:
    for language, called in LANGUAGES:
        before = getattr(old, f"{name}_{language}") or ""
        after = getattr(new, f"{name}_{language}") or ""
        if before != after:
            yield TextChange(
                _("%(field)s in %(language)s") % {"field": label, "language": called}, before, after
            )


def _words(old: Item, new: Item) -> Iterator[TextChange]:
    for language, called in LANGUAGES:
        before, after = ("; ".join(item.labels.get(language, {}).values()) for item in (old, new))
        if before != after:
            yield TextChange(_("Answers in %(language)s") % {"language": called}, before, after)


def _sentences(old: Item, new: Item, *, is_moved: bool) -> Iterator[str]:
    if (old.kind, old.points) != (new.kind, new.points):
        yield _("It is now %(kind)s; before, %(before)s: years cannot be compared.") % {
            "kind": _shape(new),
            "before": _shape(old),
        }
    if old.section.title != new.section.title:
        yield _("It stands in “%(section)s”; before, in “%(before)s”.") % {
            "section": new.section.title,
            "before": old.section.title,
        }
    elif is_moved:
        yield _("It stands in another place of its section.")
    if old.reverse != new.reverse:
        yield _("A low answer is now favourable.") if new.reverse else _("A high answer is now favourable.")
    if old.required != new.required:
        yield _("It must be answered now.") if new.required else _("It may be left open now.")
    if old.no_answer_allowed != new.no_answer_allowed:
        yield (
            _("It now offers “I cannot judge”.")
            if new.no_answer_allowed
            else _("It no longer offers “I cannot judge”.")
        )
    yield from _links(old, new)


def _links(old: Item, new: Item) -> Iterator[str]:
    if old.criterion_code != new.criterion_code:
        yield _("Criterion %(after)s; before, %(before)s.") % {
            "after": new.criterion_code or _("none"),
            "before": old.criterion_code or _("none"),
        }
    if old.common_code != new.common_code:
        yield _("Common code %(after)s; before, %(before)s.") % {
            "after": new.common_code or _("none"),
            "before": old.common_code or _("none"),
        }
    condition = (old.shown_if_code, old.shown_if_values), (new.shown_if_code, new.shown_if_values)
    if condition[0] != condition[1]:
        yield (
            _("It is asked only of those who gave certain answers to %(code)s.") % {"code": new.shown_if_code}
            if new.is_conditional
            else _("Everybody is asked it now.")
        )
    if old.importance_of != new.importance_of:
        yield (
            _("It asks the importance of %(code)s.") % {"code": new.importance_of}
            if new.importance_of
            else _("It no longer asks the importance of %(code)s.") % {"code": old.importance_of}
        )


def _shape(item: Item) -> str:
    return (
        f"{item.get_kind_display()} {item.scale_min}–{item.scale_max}"
        if item.points
        else str(item.get_kind_display())
    )


def _moved(old: list[str], new: list[str]) -> Iterator[str]:
    """Questions that stand after another neighbour, of those that both versions ask."""
    before = [code for code in old if code in set(new)]
    after = [code for code in new if code in set(old)]
    follows = dict(zip(before[1:], before, strict=False))
    previous = None
    for code in after:
        if follows.get(code) != previous:
            yield code
        previous = code


def _sections(before: QuestionnaireVersion, after: QuestionnaireVersion) -> Iterator[str]:
    """By name: what a section is called is all that it is."""
    old = [section.title for section in before.sections.order_by("order")]
    new = [section.title for section in after.sections.order_by("order")]
    for title in new:
        if title not in old:
            yield _("The section “%(section)s” is new.") % {"section": title}
    for title in old:
        if title not in new:
            yield _("The section “%(section)s” is gone.") % {"section": title}
    if [title for title in old if title in new] != [title for title in new if title in old]:
        yield _("The sections stand in another order.")
