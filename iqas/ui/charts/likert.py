"""Shares of an ordered scale, diverging around its middle; the critical side is hatched for grey prints."""

from __future__ import annotations

from .bars import draw_label
from .draw import INK, INK_2, LABEL_WIDTH, WHITE, WIDTH, Canvas, figure, text_width, word, wrap
from .model import Likert, LikertRow, Table

CRITICAL = ("#9C3D17", "#C9774B", "#E2A77F")
MIDDLE = "#D5D3CC"
FAVOURABLE = ("#0F5463", "#4A8692", "#86B6C1")
HATCHES = {"#9C3D17": "#B86A48", "#C9774B": "#DA9B79", "#E2A77F": "#EFCBB2"}
ON_DARK = {"#9C3D17", "#0F5463"}
LEFT, RIGHT, THICK, GAP = LABEL_WIDTH + 54, WIDTH - 50, 22, 2


def colours(points: int) -> list[str]:
    """From the most critical to the most favourable point; the middle of an odd scale is grey."""
    if not 2 <= points <= 7:
        raise ValueError("a Likert chart has two to seven points")
    half = points // 2
    order = {1: (0,), 2: (0, 2), 3: (0, 1, 2)}[half]
    middle = [MIDDLE] if points % 2 else []
    return [CRITICAL[i] for i in order] + middle + [FAVOURABLE[i] for i in reversed(order)]


def shares(row: LikertRow, points: int) -> list[float] | None:
    """Fractions of all answers, or None where nothing may or can be shown."""
    if row.counts is None or not sum(row.counts):
        return None
    if len(row.counts) != points:
        raise ValueError(f"{row.label}: {len(row.counts)} counts for {points} points")
    return [count / sum(row.counts) for count in row.counts]


def sides(parts: list[float]) -> tuple[float, float]:
    """What stands left and right of the zero line: half of a middle point on each side."""
    half = len(parts) // 2
    middle = parts[half] / 2 if len(parts) % 2 else 0.0
    return sum(parts[:half]) + middle, sum(parts[-half:]) + middle


def draw_key(canvas: Canvas, chart: Likert, palette: list[str]) -> float:
    """Swatches with the words of the points, over as many lines as they need."""
    x, y = 0.0, 4.0
    for label, colour in zip(chart.points, palette, strict=True):
        shown = wrap(label, WIDTH - 20, size=13, lines=1)[0]
        width = 18 + text_width(shown, 13) + 14
        if x and x + width > WIDTH:
            x, y = 0.0, y + 20
        canvas.rect(x, y, 13, 13, colour, stroke=INK_2, stroke_width=0.5)
        if colour in HATCHES:
            canvas.hatch(x, y, 13, 13, HATCHES[colour])
        canvas.text(x + 18, y + 11.5, shown, size=13)
        x += width
    return y + 28


def draw(chart: Likert, table: Table, language: str) -> str:
    palette, canvas, y = colours(len(chart.points)), Canvas(), 4.0
    measured = [(row, shares(row, len(chart.points))) for row in chart.rows]
    if measured:
        y = draw_key(canvas, chart, palette)
    extents = [sides(parts) for _, parts in measured if parts]
    left = max((extent[0] for extent in extents), default=0.5)
    right = max((extent[1] for extent in extents), default=0.5)
    unit = (RIGHT - LEFT) / (left + right)
    zero = LEFT + left * unit
    for row, parts in measured:
        height = draw_label(canvas, row.label, y)
        middle = y + height / 2
        if parts is None:
            why = row.missing or word("empty" if row.counts is not None else "not shown", language)
            canvas.text(LEFT, middle + 5, why, fill=INK_2, font_style="italic")
        else:
            start = (zero - sides(parts)[0] * unit, middle)
            draw_row(canvas, parts, start, unit, language)
            for top, bottom in ((y, middle - THICK / 2), (middle + THICK / 2, y + height)):
                canvas.line((zero, top), (zero, bottom), INK_2)
        y += height
    return canvas.close(chart, table, y + 4, language)


def draw_row(
    canvas: Canvas, parts: list[float], start: tuple[float, float], unit: float, language: str
) -> None:
    """One bar, its printed shares, and the sums of both sides beside it."""
    half, (x, middle) = len(parts) // 2, start
    for part, colour in zip(parts, colours(len(parts)), strict=True):
        width = part * unit
        if width > GAP:
            canvas.rect(x, middle - THICK / 2, width - GAP, THICK, colour)
            if colour in HATCHES:
                canvas.hatch(x, middle - THICK / 2, width - GAP, THICK, HATCHES[colour])
            shown = figure(part, language, decimals=0, percent=True)
            if width > text_width(shown, 12) + 8:
                if colour in HATCHES:
                    plate = text_width(shown, 12) + 4
                    canvas.rect(x + (width - GAP - plate) / 2, middle - 8, plate, 16, colour)
                fill = WHITE if colour in ON_DARK else INK
                centre = x + (width - GAP) / 2
                canvas.text(centre, middle + 4.5, shown, size=12, fill=fill, text_anchor="middle")
        x += width
    for place, total, anchor in (
        (start[0] - 6, sum(parts[:half]), "end"),
        (x + 4, sum(parts[-half:]), "start"),
    ):
        shown = figure(total, language, decimals=0, percent=True)
        canvas.text(place, middle + 5, shown, size=13, font_weight=600, text_anchor=anchor)


def tabulate(chart: Likert, language: str) -> Table:
    noted = any(row.note for row in chart.rows)
    rows = []
    for row in chart.rows:
        parts = shares(row, len(chart.points))
        if parts is None or row.counts is None:
            why = row.missing or word("empty" if row.counts is not None else "not shown", language)
            cells = [why] * len(chart.points)
            total = "–"
        else:
            cells = [
                f"{figure(part, language, decimals=0, percent=True)} ({figure(count, language, decimals=0)})"
                for part, count in zip(parts, row.counts, strict=True)
            ]
            total = figure(sum(row.counts), language, decimals=0)
        rows.append((row.label, *cells, total, *((row.note or "–",) if noted else ())))
    header = (word("item", language), *chart.points, "n", *(("",) if noted else ()))
    return Table(chart.title, header, tuple(rows))
