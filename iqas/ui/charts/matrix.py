"""Rows by columns, each cell a sign, a text and a shade."""

from __future__ import annotations

from typing import Any

from .bars import draw_label
from .draw import (
    HAIRLINE,
    INK,
    INK_2,
    LABEL_WIDTH,
    LINE,
    SIGNS,
    TINTS,
    TONES,
    WHITE,
    WIDTH,
    Canvas,
    word,
    wrap,
)
from .model import Cell, Matrix, MatrixRow, Table

LEFT, HEAD, GAP, SMALL = LABEL_WIDTH + 12, 40, 3, 12


def draw(chart: Matrix, table: Table, language: str) -> str:
    canvas, y = Canvas(), float(HEAD)
    width = (WIDTH - LEFT) / max(len(chart.columns), 1)
    for number, label in enumerate(chart.columns if chart.rows else ()):
        heading = wrap(label, width - 8, lines=2)
        canvas.lines(LEFT + width * (number + 0.5), HEAD / 2, heading, font_weight=600, text_anchor="middle")
    for row in chart.rows:
        if len(row.cells) != len(chart.columns):
            raise ValueError(f"{row.label}: {len(row.cells)} cells for {len(chart.columns)} columns")
        height = row_height(row, width)
        label_height = max(32, len(wrap(row.label, LABEL_WIDTH)) * LINE + 12)
        draw_label(canvas, row.label, y + (height - label_height) / 2)
        for number, cell in enumerate(row.cells):
            draw_cell(canvas, cell, (LEFT + width * number, y), width - GAP, height - GAP)
        y += height
    return canvas.close(chart, table, y + 4, language)


def cell_lines(cell: Cell, width: float) -> list[str]:
    """The sign with the text, then the note on up to two lines."""
    sign = SIGNS.get(cell.state, "")
    first = cell.text if cell.text == sign else " ".join(filter(None, (sign, cell.text)))
    note = wrap(cell.note, width - 8, size=SMALL, lines=2) if cell.note else []
    return [*wrap(first, width - 8, lines=1), *note]


def row_height(row: MatrixRow, width: float) -> float:
    lines = max([len(wrap(row.label, LABEL_WIDTH)), *(len(cell_lines(cell, width)) for cell in row.cells)])
    return float(max(40, lines * LINE + 14))


def draw_cell(canvas: Canvas, cell: Cell, corner: tuple[float, float], width: float, height: float) -> None:
    x, y = corner
    border, ground = TONES.get(cell.state, HAIRLINE), TINTS.get(cell.state, WHITE)
    canvas.rect(x, y, width, height, ground, stroke=border, stroke_width=1)
    lines = cell_lines(cell, width)
    top = y + height / 2 - (len(lines) - 1) * LINE / 2 + 5
    for number, text in enumerate(lines):
        style: dict[str, Any] = (
            {"size": SMALL, "fill": INK}
            if number
            else {"fill": TONES.get(cell.state, INK_2), "font_weight": 600}
        )
        canvas.text(x + width / 2, top + number * LINE, text, text_anchor="middle", **style)


def tabulate(chart: Matrix, language: str) -> Table:
    def told(cell: Cell) -> str:
        state = word(cell.state, language) if cell.state else ""
        return ", ".join(filter(None, (cell.text, state, cell.note))) or "–"

    rows = tuple((row.label, *map(told, row.cells)) for row in chart.rows)
    return Table(chart.title, (word("item", language), *chart.columns), rows)
