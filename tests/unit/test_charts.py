"""Charts: equal input gives equal bytes, whatever the text; every figure has its table."""

from __future__ import annotations

import os
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from iqas.ui import charts
from tests.e2e.gallery import CHARTS, POINTS

SNAPSHOTS = Path(__file__).parent / "charts"
SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = '"><script>alert(1)</script>\x00\x1b\ud800 & <b>ł ő Š</b> ' + "x" * 400


def parsed(svg: str) -> ET.Element:
    return ET.fromstring(svg)


def words(svg: str) -> list[str]:
    return [element.text or "" for element in parsed(svg).iter(f"{SVG}text")]


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize("figure", CHARTS, ids=lambda figure: type(figure).__name__)
def test_equal_input_gives_the_bytes_of_the_snapshot(figure: charts.Chart, language: str) -> None:
    drawn = charts.svg(figure, language)
    kept = SNAPSHOTS / f"{type(figure).__name__.lower()}-{language}.svg"
    if os.environ.get("REWRITE_SNAPSHOTS"):
        kept.write_text(drawn, encoding="utf-8")
    assert drawn == kept.read_text(encoding="utf-8"), "look at it, then REWRITE_SNAPSHOTS=1 keeps it"


@pytest.mark.parametrize("figure", CHARTS, ids=lambda figure: type(figure).__name__)
def test_says_what_it_shows(figure: charts.Chart) -> None:
    root = parsed(charts.svg(figure))
    assert root.get("role") == "img"
    assert root[0].tag == f"{SVG}title"
    assert root[0].text == figure.title
    assert root[1].tag == f"{SVG}desc"
    assert figure.subtitle in (root[1].text or "")
    table = charts.table(figure)
    assert table.caption == figure.title
    assert all(len(row) == len(table.header) for row in table.rows)


@pytest.mark.parametrize("figure", CHARTS, ids=lambda figure: type(figure).__name__)
def test_needs_no_style_sheet_and_no_ids(figure: charts.Chart) -> None:
    drawn = charts.svg(figure)
    for word in (" style=", " class=", " id=", "url(", "currentColor", "var("):
        assert word not in drawn


def hostile_charts() -> list[charts.Chart]:
    return [
        charts.Bar(HOSTILE, HOSTILE, bars=(charts.BarItem(HOSTILE, 1, 3), charts.BarItem("b", None, missing=HOSTILE))),
        charts.Likert(HOSTILE, HOSTILE, points=(HOSTILE, "b"), rows=(charts.LikertRow(HOSTILE, (1, 2), note=HOSTILE),)),
        charts.Trend(HOSTILE, HOSTILE, points=(charts.TrendPoint(HOSTILE, 1), charts.TrendPoint("b", None, missing=HOSTILE))),
        charts.Bullet(HOSTILE, HOSTILE, items=(charts.BulletItem(HOSTILE, 1, 2),)),
        charts.Gap(HOSTILE, HOSTILE, first=HOSTILE, second=HOSTILE, rows=(charts.GapRow(HOSTILE, 1, None, HOSTILE),)),
    ]  # fmt: skip


@pytest.mark.parametrize("figure", hostile_charts(), ids=lambda figure: type(figure).__name__)
def test_hostile_text_stays_text(figure: charts.Chart) -> None:
    root = parsed(charts.svg(figure))
    allowed = {f"{SVG}{name}" for name in ("svg", "title", "desc", "text", "rect", "line", "path", "circle")}
    assert {element.tag for element in root.iter()} <= allowed
    assert "<script>" in (root[0].text or "")


def empty_charts() -> list[charts.Chart]:
    return [
        charts.Bar("t", "s", bars=(), target=3),
        charts.Likert("t", "s", points=POINTS, rows=()),
        charts.Trend("t", "s", points=(), target=1),
        charts.Bullet("t", "s", items=()),
        charts.Gap("t", "s", first="a", second="b", rows=()),
    ]


@pytest.mark.parametrize("figure", empty_charts(), ids=lambda figure: type(figure).__name__)
def test_nothing_to_show_is_said(figure: charts.Chart) -> None:
    assert words(charts.svg(figure, "es")) == ["No hay datos."]
    assert charts.table(figure).rows == ()


def test_numbers_in_the_reader_s_language() -> None:
    figure = charts.Bar("t", "s", bars=(charts.BarItem("a", Decimal("1234.25"), 1234),))
    assert {"1.234,3", "n = 1.234"} <= set(words(charts.svg(figure, "es")))
    assert {"1,234.3", "n = 1,234"} <= set(words(charts.svg(figure, "en")))


def test_shares_are_printed_in_percent_and_round_half_away_from_zero() -> None:
    figure = charts.Bullet(
        "t", "s", items=(charts.BulletItem("a", Decimal("0.125"), 0.5),), percent=True, decimals=0
    )
    assert "13\u00a0%" in words(charts.svg(figure))
    assert charts.table(figure).rows == (("a", "13\u00a0%", "50\u00a0%"),)


def test_a_likert_row_prints_its_shares_and_a_hidden_one_its_reason() -> None:
    figure = charts.Likert(
        "t", "s", points=POINTS,
        rows=(charts.LikertRow("a", (1, 1, 2, 4, 2)), charts.LikertRow("b", None, "menos de 5 respuestas")),
    )  # fmt: skip
    shown = words(charts.svg(figure))
    assert {"20\u00a0%", "40\u00a0%", "60\u00a0%", "menos de 5 respuestas"} <= set(shown)
    first, second = charts.table(figure).rows
    assert first == (
        "a",
        "10\u00a0% (1)",
        "10\u00a0% (1)",
        "20\u00a0% (2)",
        "40\u00a0% (4)",
        "20\u00a0% (2)",
        "10",
    )
    assert set(second[1:-1]) == {"menos de 5 respuestas"}


@pytest.mark.parametrize("points", range(2, 8))
def test_likert_colours_are_as_many_as_points(points: int) -> None:
    figure = charts.Likert(
        "t", "s", points=tuple("abcdefg"[:points]), rows=(charts.LikertRow("a", (2,) * points),)
    )
    fills = {element.get("fill") for element in parsed(charts.svg(figure)).iter(f"{SVG}rect")}
    assert len(fills) == points


def test_refuses_what_cannot_be_drawn_truly() -> None:
    with pytest.raises(ValueError, match="negative"):
        charts.svg(charts.Bar("t", "s", bars=(charts.BarItem("a", -1),)))
    with pytest.raises(ValueError, match="two to seven"):
        charts.svg(charts.Likert("t", "s", points=tuple("abcdefgh"), rows=()))
    with pytest.raises(ValueError, match="2 counts for 5 points"):
        charts.svg(charts.Likert("t", "s", points=POINTS, rows=(charts.LikertRow("a", (1, 2)),)))


def test_a_hidden_year_breaks_the_line() -> None:
    def lines(*values: float | None) -> int:
        points = tuple(charts.TrendPoint(str(number), value) for number, value in enumerate(values))
        drawn = parsed(charts.svg(charts.Trend("t", "s", points=points, percent=True)))
        return sum(line.get("stroke-width") == "2.5" for line in drawn.iter(f"{SVG}line"))

    assert lines(0.1, 0.2, 0.3) == 2
    assert lines(0.1, None, 0.3) == 0


def test_lengths_are_true_to_the_values() -> None:
    bars = tuple(charts.BarItem(str(value), value) for value in (0, 1, 2.5, 5))
    drawn = parsed(charts.svg(charts.Bar("t", "s", bars=bars, maximum=5)))
    widths = [float(rect.get("width", "")) for rect in drawn.iter(f"{SVG}rect")]
    assert widths == pytest.approx([0, widths[3] / 5, widths[3] / 2, widths[3]], abs=0.1)


def test_many_rows_fit_one_below_the_other() -> None:
    rows = tuple(charts.BarItem(f"Microcredencial {number}", number) for number in range(200))
    root = parsed(charts.svg(charts.Bar("t", "s", bars=rows)))
    tops = [float(rect.get("y", "")) for rect in root.iter(f"{SVG}rect")]
    assert tops == sorted(tops)
    assert float(root.get("height", "")) > tops[-1]
