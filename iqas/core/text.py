"""Text that people write, and keys to sort and search it by."""

from __future__ import annotations

import unicodedata

import nh3
from django.utils.safestring import SafeString
from markdown_it import MarkdownIt

_parser = MarkdownIt("commonmark", {"html": False}).enable("table")
TAGS = {
    "p", "br", "strong", "em", "ul", "ol", "li", "blockquote", "code", "pre", "hr",
    "h3", "h4", "h5", "a", "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip


def markdown(text: str) -> SafeString:
    """Markdown → HTML without anything that could run, load or restyle. Headings start at h3."""
    html = _parser.render(text.replace("\x00", "")).replace("<h2", "<h4").replace("</h2", "</h4")
    html = html.replace("<h1", "<h3").replace("</h1", "</h3")
    return SafeString(
        nh3.clean(html, tags=TAGS, attributes={"a": {"href"}}, url_schemes={"http", "https", "mailto"})
    )


def sort_key(text: str) -> str:
    """Case-folded and without accents: "Álgebra" sorts with A and is found by "algebra", on every database."""
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    return " ".join("".join(char for char in decomposed if not unicodedata.combining(char)).split())
