"""Drawing by hand: a canvas of SVG elements, estimated text widths, round axis ends, numbers in the reader's language."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from functools import cache, lru_cache
from html import escape
from typing import Any

from .model import Chart, Quantity, Table

INK, INK_2, HAIRLINE, TRACK, WHITE = ("#16282C", "#475A60", "#C9C5BA", "#ECE8DE", "#FFFFFF")
BRAND, SECOND, TARGET = "#116870", "#BC6D05", "#16282C"
TONES = {"met": "#1E6B45", "partly": "#8A5A00", "unmet": "#A3262A", "none": "#59636B"}
SIGNS = {"met": "✓", "partly": "◐", "unmet": "✕", "none": "–"}

WIDTH, LABEL_WIDTH, SIZE, LINE = 640, 200, 14, 17
# No blank after a comma: WeasyPrint would keep it, and the quote behind it, as part of the name.
FONT = "'Source Sans 3','Source Sans 3 Ext','IQAS Symbols',sans-serif"
WORDS = {
    "es": {
        "target": "Objetivo",
        "value": "Valor",
        "item": "Elemento",
        "low": "Desde",
        "high": "Hasta",
        "state": "Estado",
        "gap": "Diferencia",
        "gap in points": "Diferencia (puntos)",
        "empty": "No hay datos.",
        "not shown": "no se muestra",
        "met": "cumplido",
        "partly": "cumplido en parte",
        "unmet": "no cumplido",
        "none": "sin valorar",
    },
    "en": {
        "target": "Target",
        "value": "Value",
        "item": "Item",
        "low": "From",
        "high": "To",
        "state": "State",
        "gap": "Difference",
        "gap in points": "Difference (points)",
        "empty": "There is no data.",
        "not shown": "not shown",
        "met": "met",
        "partly": "partly met",
        "unmet": "not met",
        "none": "not assessed",
    },
}
REMEMBERED = 4096  # texts: a page of charts writes the same few again and again
SPANISH_MARKS = str.maketrans(",.", ".,")
NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def word(key: str, language: str) -> str:
    return WORDS["en" if language.startswith("en") else "es"][key]


def safe(text: object) -> str:
    """Text that cannot leave its element or attribute, whatever it says."""
    return _safe(str(text))


@lru_cache(maxsize=REMEMBERED)
def _safe(text: str) -> str:
    return escape(NOT_XML.sub("", text), quote=True)


@lru_cache(maxsize=REMEMBERED)
def figure(
    value: Quantity | None, language: str, *, decimals: int = 1, percent: bool = False, missing: str = ""
) -> str:
    """4.25 → "4,3" in Spanish; 0.873 → "87,3 %"; None → why it is missing."""
    if value is None:
        return missing or word("not shown", language)
    exact = Decimal(str(value)) * (100 if percent else 1)
    shown = f"{exact.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP):,f}"
    if not language.startswith("en"):
        shown = shown.translate(SPANISH_MARKS)
    return shown.replace("-", "−") + ("\u00a0%" if percent else "")


def printer(chart: Any, language: str) -> Callable[..., str]:
    """`figure` with the decimals and the percent of this chart."""

    def shown(value: Quantity | None, missing: str = "") -> str:
        return figure(value, language, decimals=chart.decimals, percent=chart.percent, missing=missing)

    return shown


def text_width(text: str, size: float = SIZE) -> float:
    """An estimate that errs on the wide side (average advance of Source Sans 3 by kind of letter)."""
    return size * sum(map(_advance, text))


@cache
def _advance(letter: str) -> float:
    if letter in "iljtfrI.,:;'|!()[] ":
        return 0.3
    if letter in "mwMWQO%@":
        return 0.82
    return 0.6 if letter.isupper() else 0.52


def wrap(text: str, width: float, *, size: float = SIZE, lines: int = 3) -> list[str]:
    """Lines no wider than `width`; what does not fit ends in "…" (the table twin has it whole)."""
    return list(_wrapped(text, width, size, lines))


@lru_cache(maxsize=REMEMBERED)
def _wrapped(text: str, width: float, size: float, lines: int) -> tuple[str, ...]:
    wrapped: list[str] = []
    for unbroken in text.split():
        part = unbroken
        while text_width(part, size) > width:
            cut = max(1, int(len(part) * width / text_width(part, size)) - 1)
            wrapped.append(part[:cut])
            part = part[cut:]
        if wrapped and text_width(f"{wrapped[-1]} {part}", size) <= width:
            wrapped[-1] += f" {part}"
        else:
            wrapped.append(part)
    if len(wrapped) > lines:
        wrapped = [
            *wrapped[: lines - 1],
            wrapped[lines - 1].rstrip(" .,;:")[: int(width / size / 0.55)] + "…",
        ]
    return tuple(wrapped) or ("",)


def axis_end(*values: Quantity | None) -> float:
    """The smallest round number (1, 2, 2.5, 5 × 10ⁿ) that is not below any value."""
    highest = max((float(value) for value in values if value is not None), default=0.0)
    if highest <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(highest))
    return next(step * power for step in (1, 2, 2.5, 5, 10) if step * power >= highest * 0.999999)


def _written(attributes: Mapping[str, Any]) -> str:
    """Each behind a blank; `stroke_width` is written stroke-width."""
    if not attributes:
        return ""
    return "".join(
        [
            f' {_attribute(key)}="{safe(f"{value:.1f}" if isinstance(value, float) else value)}"'
            for key, value in attributes.items()
        ]
    )


@cache
def _attribute(keyword: str) -> str:
    return keyword.rstrip("_").replace("_", "-")


class Canvas:
    """Collects elements; `close` wraps them in an accessible `<svg>`."""

    def __init__(self) -> None:
        self.elements: list[str] = []

    def add(self, name: str, *, content: str = "", **attributes: Any) -> None:
        written = _written(attributes)
        self.elements.append(f"<{name}{written}>{content}</{name}>" if content else f"<{name}{written}/>")

    def text(
        self, x: float, y: float, text: str, *, size: float = SIZE, fill: str = INK, **more: Any
    ) -> None:
        place = f'x="{x:.1f}" y="{y:.1f}" font-size="{size:g}" fill="{_safe(fill)}"'
        self.elements.append(f"<text {place}{_written(more)}>{safe(text)}</text>")

    def lines(self, x: float, middle: float, texts: list[str], **more: Any) -> None:
        """Lines of text around a middle height."""
        top = middle - (len(texts) - 1) * LINE / 2 + SIZE * 0.35
        for number, text in enumerate(texts):
            self.text(x, top + number * LINE, text, **more)

    def rect(self, x: float, y: float, width: float, height: float, fill: str, **more: Any) -> None:
        size = f'width="{max(width, 0):.1f}" height="{height:.1f}"'
        place = f'x="{x:.1f}" y="{y:.1f}" {size} fill="{_safe(fill)}"'
        self.elements.append(f"<rect {place}{_written(more)}/>")

    def line(
        self,
        start: tuple[float, float],
        end: tuple[float, float],
        stroke: str = HAIRLINE,
        width: float = 1,
        **more: Any,
    ) -> None:
        (x1, y1), (x2, y2) = start, end
        drawn = f'stroke="{_safe(stroke)}" stroke-width="{width:g}"'
        self.elements.append(
            f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" {drawn}{_written(more)}/>'
        )

    def hatch(self, x: float, y: float, width: float, height: float, stroke: str) -> None:
        """Diagonals clipped by arithmetic, so that a side of a scale is told apart in a grey print (no ids, no opacity)."""
        drawn, offset = [], 8.0
        while offset < width + height:
            x1, y1 = (x + offset, y) if offset <= width else (x + width, y + offset - width)
            x2, y2 = (x, y + offset) if offset <= height else (x + offset - height, y + height)
            drawn.append(f"M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}")
            offset += 8.0
        if drawn:
            self.add("path", d="".join(drawn), stroke=stroke, stroke_width=1.5)

    def close(self, chart: Chart, table: Table, height: float, language: str) -> str:
        if not table.rows:
            height = 48
            self.text(0, 28, word("empty", language), fill=INK_2)
        told = "; ".join(" ".join(filter(None, row)) for row in table.rows[:12])
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:.1f}" width="{WIDTH}"'
            f' height="{height:.1f}" role="img" font-family="{safe(FONT)}">'
            f"<title>{safe(chart.title)}</title><desc>{safe(f'{chart.subtitle}. {told}' if told else chart.subtitle)}</desc>"
            f"{''.join(self.elements)}</svg>"
        )
