"""Lengths along a line: bars, bullets, gaps."""

from __future__ import annotations

from collections.abc import Callable

from .draw import (
    BRAND,
    HAIRLINE,
    INK_2,
    LABEL_WIDTH,
    LINE,
    SECOND,
    SIGNS,
    TARGET,
    TONES,
    TRACK,
    WHITE,
    WIDTH,
    Canvas,
    axis_end,
    figure,
    printer,
    text_width,
    word,
    wrap,
)  # fmt: skip
from .model import Bar, Bullet, Gap, GapRow, Quantity, Table

LEFT, RIGHT, THICK = LABEL_WIDTH + 12, WIDTH - 118, 20


def scale(start: Quantity, end: Quantity) -> Callable[[Quantity], float]:
    """From a value to its place between LEFT and RIGHT; what lies outside stops at the end."""
    low, span = float(start), (float(end) - float(start)) or 1.0
    return lambda value: LEFT + (RIGHT - LEFT) * min(max((float(value) - low) / span, 0.0), 1.0)


def upper_end(chart: Bar | Bullet | Gap, *values: Quantity | None) -> Quantity:
    """The end of the axis: as given, 100 % for shares, else the next round number."""
    if chart.maximum is not None:
        return chart.maximum
    return 1 if chart.percent else axis_end(*values)


def refuse_negative(*values: Quantity | None) -> None:
    if any(value is not None and value < 0 for value in values):
        raise ValueError("lengths start at zero: a negative value cannot be drawn")


def draw_label(canvas: Canvas, label: str, y: float) -> float:
    """Writes the label of a row that begins at `y`; answers the row's height."""
    lines = wrap(label, LABEL_WIDTH)
    height = max(32, len(lines) * LINE + 12)
    canvas.lines(0, y + height / 2, lines)
    return height


def draw_missing(canvas: Canvas, y: float, why: str) -> None:
    canvas.text(LEFT + 6, y, why, fill=INK_2, font_style="italic")


def draw_bar(chart: Bar, table: Table, language: str) -> str:
    values = [bar.value for bar in chart.bars]
    refuse_negative(*values, chart.target)
    place, canvas = scale(0, upper_end(chart, *values, chart.target)), Canvas()
    shown = printer(chart, language)
    y = top = 24.0 if chart.target is not None else 4.0
    for bar in chart.bars:
        height = draw_label(canvas, bar.label, y)
        middle = y + height / 2
        text = shown(bar.value, bar.missing)
        if bar.value is None:
            draw_missing(canvas, middle + 5, text)
        else:
            canvas.rect(LEFT, middle - THICK / 2, place(bar.value) - LEFT, THICK, BRAND)
            canvas.text(RIGHT + 8, middle + 5, text, font_weight=600)
        if bar.n is not None:
            count = f"n = {figure(bar.n, language, decimals=0)}"
            canvas.text(RIGHT + 62, middle + 5, count, size=13, fill=INK_2)
        y += height
    if chart.bars:
        canvas.line((LEFT, top), (LEFT, y), INK_2)
        if chart.target is not None:
            x, goal = place(chart.target), f"{word('target', language)} {shown(chart.target)}"
            canvas.line((x, top), (x, y), TARGET, 2, stroke_dasharray="5 3")
            canvas.text(x, top - 6, goal, size=13, fill=INK_2, text_anchor="middle")
    return canvas.close(chart, table, y + 4, language)


def tabulate_bar(chart: Bar, language: str) -> Table:
    shown, counted = printer(chart, language), any(bar.n is not None for bar in chart.bars)
    header = [word("item", language), word("value", language), *(["n"] if counted else [])]
    rows = []
    for bar in chart.bars:
        n = [figure(bar.n, language, decimals=0, missing="–")] if counted else []
        rows.append((bar.label, shown(bar.value, bar.missing), *n))
    return Table(chart.title, tuple(header), tuple(rows))


def draw_bullet(chart: Bullet, table: Table, language: str) -> str:
    values = [value for item in chart.items for value in (item.value, item.target)]
    refuse_negative(*values)
    place, canvas, y = scale(0, upper_end(chart, *values)), Canvas(), 4.0
    shown = printer(chart, language)
    for item in chart.items:
        gap = 18.0 if item.target is not None else 0.0
        height = draw_label(canvas, item.label, y + gap / 2) + gap
        middle = y + gap + (height - gap) / 2
        canvas.rect(LEFT, middle - THICK / 2, RIGHT - LEFT, THICK, TRACK)
        text = shown(item.value, item.missing)
        if item.value is None:
            draw_missing(canvas, middle + 5, text)
        else:
            canvas.rect(LEFT, middle - THICK / 4, place(item.value) - LEFT, THICK / 2, BRAND)
            canvas.text(RIGHT + 8, middle + 5, text, font_weight=600)
        if item.state in SIGNS:
            canvas.text(WIDTH - 20, middle + 5, SIGNS[item.state], fill=TONES[item.state])
        if item.target is not None:
            x, half = place(item.target), THICK / 2
            canvas.line((x, middle - half - 4), (x, middle + half + 4), TARGET, 3)
            goal = f"{word('target', language)} {shown(item.target)}"
            canvas.text(x, middle - half - 8, goal, size=13, fill=INK_2, text_anchor="middle")
        y += height + 4
    return canvas.close(chart, table, y + 4, language)


def tabulate_bullet(chart: Bullet, language: str) -> Table:
    shown, stated = printer(chart, language), any(item.state for item in chart.items)
    header = [word(key, language) for key in ("item", "value", "target", *(("state",) if stated else ()))]
    rows = []
    for item in chart.items:
        state = [word(item.state, language) if item.state else "–"] if stated else []
        rows.append((item.label, shown(item.value, item.missing), shown(item.target, "–"), *state))
    return Table(chart.title, tuple(header), tuple(rows))


def draw_gap(chart: Gap, table: Table, language: str) -> str:
    values = [value for row in chart.rows for value in (row.first, row.second)]
    place, canvas, y = scale(chart.minimum, upper_end(chart, *values)), Canvas(), 4.0
    shown = printer(chart, language)
    if chart.rows:
        after_first = LEFT + 18 + text_width(chart.first) + 24
        for x, label, hollow in ((LEFT + 6, chart.first, True), (after_first, chart.second, False)):
            draw_dot(canvas, x, 12, hollow=hollow)
            canvas.text(x + 12, 17, label)
        y = 30.0
    for row in chart.rows:
        height = draw_label(canvas, row.label, y)
        middle = y + height / 2
        canvas.line((LEFT, middle), (RIGHT, middle), HAIRLINE)
        if row.first is None or row.second is None:
            draw_missing(canvas, middle - 4, row.missing or word("not shown", language))
        else:
            canvas.line((place(row.first), middle), (place(row.second), middle), INK_2, 3)
        for value, hollow in ((row.first, True), (row.second, False)):
            if value is not None:
                draw_dot(canvas, place(value), middle, hollow=hollow)
        counted = _gap_n(row, language)
        shares = f"{shown(row.first, '–')} → {shown(row.second, '–')}"
        canvas.text(RIGHT + 12, middle + (-2 if counted else 5), shares, size=13)
        if counted:
            canvas.text(RIGHT + 12, middle + 13, f"n = {counted}", size=12, fill=INK_2)
        y += height
    return canvas.close(chart, table, y + 4, language)


def draw_dot(canvas: Canvas, x: float, y: float, *, hollow: bool) -> None:
    """The first measure is a hollow ring, the second a full dot: shape as well as colour."""
    fill, stroke = (WHITE, SECOND) if hollow else (BRAND, BRAND)
    canvas.add("circle", cx=float(x), cy=float(y), r=6, fill=fill, stroke=stroke, stroke_width=2.5)


def tabulate_gap(chart: Gap, language: str) -> Table:
    shown, rows = printer(chart, language), []
    counted = any(_gap_n(row, language) for row in chart.rows)
    for row in chart.rows:
        n = [_gap_n(row, language) or "–"] if counted else []
        distance = _distance(row, chart, language)
        rows.append((row.label, shown(row.first, row.missing), shown(row.second, row.missing), distance, *n))
    measure = word("gap in points" if chart.percent else "gap", language)
    header = (word("item", language), chart.first, chart.second, measure, *(["n"] if counted else []))
    return Table(chart.title, header, tuple(rows))


def _distance(row: GapRow, chart: Gap, language: str) -> str:
    """The second measure less the first, with its sign."""
    if row.first is None or row.second is None:
        return "–"
    apart = (float(row.second) - float(row.first)) * (100 if chart.percent else 1)
    written = figure(apart, language, decimals=chart.decimals)
    return f"+{written}" if chart.percent and apart > 0 and written.strip("0.,") else written


def _gap_n(row: GapRow, language: str) -> str:
    """Of how many the two measures are: one number where it is the same."""
    if row.first_n is None or row.second_n is None:
        return ""
    first, second = (figure(n, language, decimals=0) for n in (row.first_n, row.second_n))
    return first if first == second else f"{first} → {second}"
