"""A word before a comment that names somebody is sent: what was found, and the choice to change it or leave it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from feedback.answer_sheet import Posted
from feedback.marking import DOCUMENT, EMAIL, NAME, PHONE, marks_of
from feedback.models import Item

AS_IS = "as_is"  # the button that leaves comments as they are; its value says which
FOUND: Mapping[str, str | Promise] = {
    EMAIL: gettext_lazy("“%(found)s” looks like an e-mail address."),
    PHONE: gettext_lazy("“%(found)s” looks like a telephone number."),
    DOCUMENT: gettext_lazy("“%(found)s” looks like an identity number."),
    NAME: gettext_lazy("“%(found)s” looks like somebody’s name."),
}


@dataclass(frozen=True)
class Naming:
    """A comment that seems to name somebody, and a sentence for each thing found."""

    item: Item
    sentences: tuple[str, ...]
    digest: str


def namings_of(
    items: Iterable[Item], comments: Mapping[str, str], names: Sequence[str], posted: Posted
) -> list[Naming]:
    """The comments that seem to name somebody, without those that their writer chose to leave exactly so."""
    left = {digest for value in posted.getlist(AS_IS) for digest in value.split(".")}
    found = []
    for item in items:
        text = comments.get(item.code, "")
        sentences = tuple(dict.fromkeys(_sentences(text, names)))
        digest = hashlib.sha256(text.encode()).hexdigest()[:16]
        if sentences and digest not in left:
            found.append(Naming(item, sentences, digest))
    return found


def naming_context(namings: Sequence[Naming], posted: Posted) -> dict[str, object]:
    """What the page shows of them; `as_is` also repeats what was left so before."""
    before = [digest for value in posted.getlist(AS_IS) for digest in value.split(".") if digest]
    return {
        "namings": namings,
        "as_is": ".".join(dict.fromkeys([*before, *(one.digest for one in namings)]))[:600],
    }


def _sentences(text: str, names: Sequence[str]) -> Iterable[str]:
    for mark in marks_of(text, names):
        yield str(FOUND[mark["kind"]]) % {"found": text[mark["start"] : mark["end"]]}
