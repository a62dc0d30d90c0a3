"""The tiles that a respondent touches: a radio button or a box with its words.

Put together here and not in a template: the two hundred of a long questionnaire took it longer than the rest of the page.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import Literal

from django.utils.safestring import SafeString, mark_safe


def tile(
    kind: Literal["radio", "checkbox"],
    *,
    id: str,  # noqa: A002 (the attribute's name)
    name: str,
    value: str,
    words: str,
    checked: bool,
    aside: bool = False,
) -> SafeString:
    """One answer as HTML; `aside` is the one that stands apart, of who cannot judge."""
    css = "tile tile--aside" if aside else "tile"
    return mark_safe(
        f'<label class="{css}"><input type="{kind}" id="{escape(id)}" name="{escape(name)}" '
        f'value="{escape(value)}"{" checked" if checked else ""}><span>{escape(words)}</span></label>'
    )


def row(tiles: Iterable[SafeString]) -> SafeString:
    """Several, one after the other."""
    return mark_safe("".join(tiles))
