"""Text that people wrote, as HTML that cannot disturb the structure of the document around it."""

from __future__ import annotations

import re

from iqas.core.text import markdown

_HEADING = re.compile(r"<(/?)h[1-6](?:\s[^>]*)?>")
_UNWANTED = re.compile(r"<(?:img|input|svg|link|object|iframe)\b[^>]*>", re.IGNORECASE)


def prose(text: str) -> str:
    """Safe HTML of a Markdown text: its headings become bold paragraphs (the outline belongs to the document).

    `markdown` has already cleaned the HTML, so the expressions below meet only well-formed tags.
    """
    html = _UNWANTED.sub("", markdown(text))
    return _HEADING.sub(lambda found: "</p>" if found[1] else '<p class="subheading">', html)
