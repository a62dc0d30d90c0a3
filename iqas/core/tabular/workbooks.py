"""XLSX as records of text. Two passes: one looks for what would lose data in silence, one reads the values.

openpyxl in read-only mode gives None for a formula nobody calculated and for all but the first of merged cells, and
trusts a size that may be wrong; the first pass (`survey`), over the raw XML, finds those and the last full row.
"""

from __future__ import annotations

import warnings
import zipfile
from collections.abc import Generator, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import IO, Any

from django.utils.translation import gettext as _
from openpyxl import load_workbook

from iqas.core.tabular.rows import RowError, UnreadableTable
from iqas.core.tabular.survey import Survey, survey_of, with_doctype

MAX_UNPACKED = 400_000_000  # bytes of all parts together
MAX_STRINGS = 64_000_000  # bytes of the shared strings, which are held in memory
PARTS_WITH_TEXT = ("xl/workbook.xml", "xl/sharedStrings.xml", "xl/styles.xml")


def workbook_records(
    stream: IO[bytes], *, max_cell: int, max_columns: int
) -> Generator[Sequence[str] | RowError]:
    """Yield every row of the first visible sheet as stripped cells, the header first, blank rows as empty lists."""
    try:
        _refuse_bombs(stream)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl warns of features that hold no data
            book = load_workbook(stream, read_only=True, data_only=True, keep_links=False)
            sheet = _first_visible(book)
            survey = survey_of(sheet, max_cell)
            sheet.reset_dimensions()
            values = sheet.iter_rows(
                max_row=survey.last_row, max_col=min(survey.last_column, max_columns + 1), values_only=True
            )
            for number, cells in enumerate(values, start=1):
                yield _record(number, cells, survey, max_cell)
    except UnreadableTable:
        raise
    except Exception as damage:  # openpyxl, zlib and the XML parsers raise a dozen kinds on a damaged file
        raise UnreadableTable("damaged", _("The workbook is damaged or is not a workbook.")) from damage


def _first_visible(book: Any) -> Any:
    for sheet in book.worksheets:
        if sheet.sheet_state == "visible":
            return sheet
    raise UnreadableTable("empty-file", _("The workbook has no visible sheet."))


def _record(number: int, cells: Sequence[Any], survey: Survey, max_cell: int) -> Sequence[str] | RowError:
    texts = [_text(cell) for cell in cells]
    if not any(texts) and number not in survey.uncalculated:
        return []
    if number in survey.merged:
        cell_range, column = survey.merged[number]
        return RowError(
            number,
            str(column),
            "merged-cells",
            _("The cells %(range)s are merged: separate them and fill in each one.") % {"range": cell_range},
        )
    if number in survey.uncalculated:
        return RowError(
            number,
            str(survey.uncalculated[number]),
            "formula-without-value",
            _(
                "A formula has no stored value: open the file in a spreadsheet program, save it and try again."
            ),
        )
    for position, text in enumerate(texts):
        if len(text) > max_cell:
            return RowError(number, str(position), "cell-too-long", _("A cell is too long."))
        if text.startswith("#") and text in SPREADSHEET_ERRORS:
            return RowError(
                number,
                str(position),
                "spreadsheet-error",
                _("A cell holds the error %(error)s.") % {"error": text},
            )
    return texts


SPREADSHEET_ERRORS = frozenset(
    {"#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#SPILL!"}
)


def _text(value: Any) -> str:
    """The value as a person would write it in a CSV: ISO dates, no float noise, `true`/`false`."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case float():
            # 15 significant digits are what a spreadsheet shows of a double.
            return f"{Decimal(format(value, '.15g')):f}"
        case datetime():
            return value.date().isoformat() if value.time() == time() else value.isoformat(timespec="seconds")
        case date() | time():
            return value.isoformat()
        case timedelta():
            return str(value)
        case _:
            return str(value).strip()


def _refuse_bombs(stream: IO[bytes]) -> None:
    with zipfile.ZipFile(stream) as archive:
        parts = archive.infolist()
        strings = sum(part.file_size for part in parts if part.filename == "xl/sharedStrings.xml")
        if sum(part.file_size for part in parts) > MAX_UNPACKED or strings > MAX_STRINGS:
            raise UnreadableTable("too-large", _("The workbook is too large once unpacked."))
        for part in parts:
            if part.filename in PARTS_WITH_TEXT and b"<!DOCTYPE" in archive.open(part).read(2_000):
                raise with_doctype()
    stream.seek(0)
