"""How the printed documents write languages, signs and rows."""

from __future__ import annotations

from collections.abc import Iterator

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from iqas.ui import charts
from microcredentials.documents.content import Cell, Column, Gap, Spread, Table

register = template.Library()

SIGNS = {"met": "✓", "partly": "◐", "unmet": "✕", "none": "–"}


@register.simple_tag
def lang_of(lang: str, of_document: str) -> SafeString:
    """The attribute that says in which language a text is written, where it is not that of the document."""
    return format_html(' lang="{}"', lang) if lang and lang != of_document else SafeString()


@register.simple_tag
def sign(tone: str) -> SafeString:
    return format_html('<span class="state state-{}">{}</span>', tone, SIGNS[tone])


@register.filter
def cells(table: Table, row: tuple[Cell, ...]) -> Iterator[tuple[Column, Cell, bool]]:
    """Each cell of a row with its column, and whether it names the row."""
    for place, (column, cell) in enumerate(zip(table.columns, row, strict=True)):
        yield column, cell, place == table.head


@register.filter
def drawn(block: Spread | Gap) -> charts.Chart:
    """The chart, as on the page."""
    if isinstance(block, Gap):
        return _gap(block)
    rows = [charts.LikertRow(row.label, row.counts) for row in block.rows]
    return charts.Likert(block.title, block.subtitle, points=block.points, rows=rows)


def _gap(block: Gap) -> charts.Gap:
    rows = [
        charts.GapRow(
            row.label,
            _share(row.first),
            _share(row.second),
            first_n=row.first[1],
            second_n=row.second[1],
        )
        for row in block.rows
    ]
    return charts.Gap(
        block.title,
        block.subtitle,
        first=block.first,
        second=block.second,
        rows=rows,
        percent=True,
        decimals=0,
        maximum=1,
    )


def _share(counted: tuple[int, int]) -> float | None:
    count, n = counted
    return count / n if n else None
