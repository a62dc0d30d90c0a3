"""Tables that leave the house: CSV and XLSX in which no cell can become a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import IO, Any

import xlsxwriter

FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\0", "\uff1d", "\uff0b", "\uff0d", "\uff20")
GUARD = "'"
FORBIDDEN_IN_CELLS = dict.fromkeys([*range(9), 11, 12, *range(14, 32)])

Cell = str | int | float | Decimal | bool | date | datetime | None


def guarded(text: str) -> str:
    """Text that a spreadsheet shows and never calculates: an apostrophe before `= + - @`, tab, CR and NUL."""
    if text.startswith(FORMULA_SIGNS) or text.lstrip().startswith(FORMULA_SIGNS):
        text = GUARD + text
    return text.translate(FORBIDDEN_IN_CELLS)


def without_guard(text: str) -> str:
    """What `guarded` was given: our own exports come back as they were."""
    return text[1:] if text.startswith(GUARD) and text[1:].lstrip().startswith(FORMULA_SIGNS) else text


def csv_lines(
    rows: Iterable[Sequence[Cell]], *, separator: str = ";", decimal_comma: bool = True
) -> Iterator[str]:
    """The table as CSV with a byte order mark, line by line, for a streamed answer (the header is the first row).

    The defaults are what a spreadsheet program in Spanish opens without questions.
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=separator, lineterminator="\r\n")
    yield "\ufeff"
    for row in rows:
        writer.writerow([_csv_text(cell, decimal_comma) for cell in row])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()


def _csv_text(cell: Cell, decimal_comma: bool) -> str:
    match cell:
        case None:
            return ""
        case bool():
            return "1" if cell else "0"
        case int():
            return str(cell)
        case float() | Decimal():
            plain = f"{Decimal(str(cell)):f}"
            return plain.replace(".", ",") if decimal_comma else plain
        case datetime() | date():
            return cell.isoformat()
        case _:
            return guarded(str(cell))


def write_xlsx(
    target: IO[bytes], rows: Iterable[Sequence[Cell]], *, sheet: str = "IQAS", title: str = ""
) -> None:
    """Write the table (first row: the header) to `target`, one row in memory at a time. Aware times must be local."""
    write_workbook(target, {sheet: rows}, title=title)


def write_workbook(
    target: IO[bytes], sheets: Mapping[str, Iterable[Sequence[Cell]]], *, title: str = ""
) -> None:
    """As `write_xlsx`, with several sheets by their names."""
    options: dict[str, Any] = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "remove_timezone": True,
    }
    book = xlsxwriter.Workbook(target, options)
    book.set_properties({"title": title, "author": "IQAS"})
    formats = (
        book.add_format({"bold": True, "text_wrap": True, "valign": "top"}),
        book.add_format({"num_format": "yyyy-mm-dd"}),
        book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
    )
    for name, rows in sheets.items():
        _fill(book.add_worksheet(name[:31]), rows, formats)
    book.close()


def _fill(page: Any, rows: Iterable[Sequence[Cell]], formats: tuple[Any, Any, Any]) -> None:
    bold, day, moment = formats
    page.freeze_panes(1, 0)
    width = last = 0
    for number, row in enumerate(rows):
        if number == 0:
            width = len(row)
            page.set_column(0, max(width - 1, 0), 22)
        for column, cell in enumerate(row):
            match cell:
                case None:
                    continue
                case bool():
                    page.write_boolean(number, column, cell)
                case int() | float() | Decimal():
                    page.write_number(number, column, cell)
                case datetime():
                    page.write_datetime(number, column, cell, moment)
                case date():
                    page.write_datetime(number, column, datetime.combine(cell, time()), day)
                case _:
                    page.write_string(number, column, guarded(str(cell)), bold if number == 0 else None)
        last = number
    if width:
        page.autofilter(0, 0, last, width - 1)
