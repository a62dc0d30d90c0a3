"""The vendored fonts, and nothing else: which files, which characters, and a fontconfig without system fonts."""

from __future__ import annotations

import os
import re
import threading
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from fontTools.ttLib import TTFont

if TYPE_CHECKING:
    from weasyprint.text.fonts import FontConfiguration

STATIC = Path(__file__).resolve().parents[3] / "static"
FONTS_SHEET = STATIC / "css" / "fonts.css"
FONTCONFIG = Path(__file__).with_name("fonts.conf")

# Layout marks that no font draws and that are harmless: line ends and the soft hyphen.
INVISIBLE = frozenset("\n\r\t\u00ad")

_fontconfig_lock = threading.Lock()


@contextmanager
def _private_fontconfig() -> Iterator[None]:
    """Fontconfig reads its environment at each start, so the variable is set only while one starts."""
    with _fontconfig_lock:
        before = os.environ.get("FONTCONFIG_FILE")
        os.environ["FONTCONFIG_FILE"] = str(FONTCONFIG)
        try:
            yield
        finally:
            if before is None:
                del os.environ["FONTCONFIG_FILE"]
            else:
                os.environ["FONTCONFIG_FILE"] = before


def private_fonts() -> FontConfiguration:
    """A font configuration that sees no font of the machine."""
    from weasyprint.text.fonts import FontConfiguration

    with _private_fontconfig():
        return FontConfiguration()


@cache
def font_files() -> frozenset[Path]:
    """The font files that `static/css/fonts.css` declares."""
    sheet = FONTS_SHEET.read_text(encoding="utf-8")
    urls = re.findall(r"""url\(["']?([^"')]+)["']?\)""", sheet)
    return frozenset((FONTS_SHEET.parent / url).resolve() for url in urls)


@cache
def printable_characters() -> frozenset[int]:
    """Every code point that at least one vendored font can draw."""
    drawn: set[int] = set()
    for file in font_files():
        with TTFont(file, lazy=True) as font:
            drawn.update(font.getBestCmap())
    return frozenset(drawn)


@cache
def font_names() -> frozenset[str]:
    """The declared families, letters and digits only, as the names of fonts in a PDF begin."""
    families = re.findall(r"""font-family:\s*["']([^"']+)["']""", FONTS_SHEET.read_text(encoding="utf-8"))
    return frozenset("".join(filter(str.isalnum, family)) for family in families)


def unprintable(text: str) -> tuple[str, ...]:
    """The characters of `text` that a document cannot print, each once, in order of appearance."""
    drawable = printable_characters()
    seen = dict.fromkeys(unicodedata.normalize("NFC", text))
    return tuple(char for char in seen if ord(char) not in drawable and char not in INVISIBLE)


def spelled_out(text: str) -> str:
    """`text` in NFC with each character that no vendored font can draw replaced by its name, such as [U+1F600].

    A document must not show an empty box where somebody wrote something, and must not fail either.
    """
    text = unicodedata.normalize("NFC", text)
    missing = unprintable(text)
    if not missing:
        return text
    return text.translate({ord(char): f"[U+{ord(char):04X}]" for char in missing})
