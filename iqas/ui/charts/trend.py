"""One measure over periods, with its interval and its target."""

from __future__ import annotations

from collections.abc import Callable

from .draw import BRAND, HAIRLINE, INK_2, TARGET, WHITE, WIDTH, Canvas, axis_end, figure, printer, word, wrap
from .model import Quantity, Table, Trend

LEFT, RIGHT, TOP, BOTTOM = 58, WIDTH - 84, 24, 150


def ends(chart: Trend) -> tuple[float, float]:
    """The axis: as given, else from zero to the next round number (percent: to 100 %)."""
    values = [v for p in chart.points for v in (p.value, p.low, p.high)] + [chart.target]
    lowest = min(0.0, *(float(value) for value in values if value is not None), 0.0)
    start = float(chart.minimum) if chart.minimum is not None else lowest
    highest = 1.0 if chart.percent else axis_end(*values)
    end = float(chart.maximum) if chart.maximum is not None else highest
    return (start, end) if end > start else (start, start + 1.0)


def draw(chart: Trend, table: Table, language: str) -> str:
    canvas = Canvas()
    if not chart.points:
        return canvas.close(chart, table, 48, language)
    start, end = ends(chart)
    shown = printer(chart, language)

    def height_of(value: Quantity) -> float:
        return BOTTOM - (BOTTOM - TOP) * min(max((float(value) - start) / (end - start), 0.0), 1.0)

    for step in range(5):
        value = start + (end - start) * step / 4
        y = height_of(value)
        canvas.line((LEFT, y), (RIGHT, y), HAIRLINE)
        canvas.text(LEFT - 8, y + 4.5, shown(value), size=12, fill=INK_2, text_anchor="end")
    if chart.target is not None:
        y = height_of(chart.target)
        canvas.line((LEFT, y), (RIGHT, y), TARGET, 2, stroke_dasharray="6 4")
        canvas.lines(RIGHT + 8, y, [word("target", language), shown(chart.target)], fill=INK_2)
    slot = (RIGHT - LEFT) / len(chart.points)
    places = [LEFT + slot * (number + 0.5) for number in range(len(chart.points))]
    draw_line(canvas, chart, places, height_of)
    lowest = BOTTOM + 20.0
    for x, point in zip(places, chart.points, strict=True):
        if point.value is None:
            why = wrap(shown(None, point.missing), slot - 6, size=12, lines=1)[0]
            canvas.text(x, BOTTOM - 8, why, size=12, fill=INK_2, font_style="italic", text_anchor="middle")
        else:
            y = height_of(point.value)
            if point.low is not None and point.high is not None:
                draw_interval(canvas, x, height_of(point.low), height_of(point.high))
            canvas.add("circle", cx=x, cy=y, r=5, fill=BRAND, stroke=WHITE, stroke_width=1.5)
            hidden = chart.target is not None and y - 22 < height_of(chart.target) < y - 4
            canvas.text(x + 9, y + 20 if hidden else y - 8, shown(point.value), font_weight=600)
        lines = wrap(point.label, slot - 6, size=13, lines=2)
        if point.n is not None:
            lines.append(f"n = {figure(point.n, language, decimals=0)}")
        for number, text in enumerate(lines):
            canvas.text(x, BOTTOM + 20 + number * 16, text, size=13, text_anchor="middle")
        lowest = max(lowest, BOTTOM + 20 + len(lines) * 16)
    return canvas.close(chart, table, lowest, language)


def draw_line(
    canvas: Canvas, chart: Trend, places: list[float], height_of: Callable[[Quantity], float]
) -> None:
    """Joins neighbours only: a period that is not shown breaks the line."""
    for number in range(len(chart.points) - 1):
        before, after = chart.points[number].value, chart.points[number + 1].value
        if before is not None and after is not None:
            start, end = (places[number], height_of(before)), (places[number + 1], height_of(after))
            canvas.line(start, end, BRAND, 2.5)


def draw_interval(canvas: Canvas, x: float, low: float, high: float) -> None:
    canvas.line((x, low), (x, high), BRAND, 1.5)
    for y in (low, high):
        canvas.line((x - 5, y), (x + 5, y), BRAND, 1.5)


def tabulate(chart: Trend, language: str) -> Table:
    ranged = any(point.low is not None or point.high is not None for point in chart.points)
    counted = any(point.n is not None for point in chart.points)

    shown = printer(chart, language)

    header = [word("item", language), word("value", language)]
    header += [word("low", language), word("high", language)] if ranged else []
    header += ["n"] if counted else []
    header += [word("target", language)] if chart.target is not None else []
    rows = []
    for point in chart.points:
        row = [point.label, shown(point.value, point.missing)]
        row += [shown(point.low, "–"), shown(point.high, "–")] if ranged else []
        row += [figure(point.n, language, decimals=0, missing="–")] if counted else []
        row += [shown(chart.target)] if chart.target is not None else []
        rows.append(tuple(row))
    return Table(chart.title, tuple(header), tuple(rows))
