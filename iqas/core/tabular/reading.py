"""CSV and XLSX files as rows of text, one at a time, whatever program wrote them."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Collection, Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import IO, Any

from django.utils.translation import gettext as _

from iqas.core.tabular.cells import shown
from iqas.core.tabular.delimited import delimited_records
from iqas.core.tabular.headers import Headers
from iqas.core.tabular.rows import Row, RowError, UnreadableTable
from iqas.core.tabular.workbooks import workbook_records
from iqas.core.tabular.writing import without_guard

MAX_ROWS = 100_000
MAX_COLUMNS = 1_000
MAX_CELL = 32_767  # characters, as a spreadsheet cell

Source = str | os.PathLike[str] | IO[bytes]

ZIP_MAGIC = b"PK\x03\x04"
OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
OPEN_DOCUMENT = b"mimetypeapplication/vnd.oasis.opendocument"


def read_rows(
    source: Source,
    *,
    headers: Headers | None = None,
    required: Collection[str] = (),
    max_rows: int = MAX_ROWS,
    whole: bool = False,
    problems: list[RowError] | None = None,
) -> Iterator[Row]:
    """Yield the rows of a CSV (`;`, `,`, tab; UTF-8, UTF-16 or Windows-1252) or XLSX file (its first visible sheet).

    The content decides the format, never the name. Blank rows are passed over but counted, so that `Row.number` is
    the number people see. Columns known to `headers` get their field name, the others keep their text.

    A file that cannot be read at all raises `UnreadableTable`; so does a row that cannot (merged cells, more cells
    than headers, a formula without its value), unless `problems` is given: then the row is left out and its error
    appended there. With `whole`, a row of text that ends before the last header is such a row: the file was cut. Memory is bounded: at most `max_rows` rows that are not blank, 32,767 characters a cell.
    """
    with _opened(source) as stream, closing(_records(stream, headers, whole)) as records:
        yield from _rows(records, headers, required, max_rows, problems)


def _records(stream: IO[bytes], headers: Headers | None, whole: bool) -> Generator[Sequence[str] | RowError]:
    start = stream.read(128)
    stream.seek(0)
    if start.startswith(OLE_MAGIC):
        raise UnreadableTable(
            "encrypted-or-old",
            _(
                "This workbook has a password or is in the old .xls format: save it as .xlsx without a password."
            ),
        )
    if start.startswith(ZIP_MAGIC):
        if OPEN_DOCUMENT in start:
            raise UnreadableTable(
                "not-supported", _("This is an OpenDocument file: save it as .xlsx or .csv.")
            )
        return workbook_records(stream, max_cell=MAX_CELL, max_columns=MAX_COLUMNS)
    records = delimited_records(stream, headers, max_cell=MAX_CELL)
    return _none_cut(records) if whole else records


def _none_cut(records: Iterator[Sequence[str] | RowError]) -> Generator[Sequence[str] | RowError]:
    width = 0
    for number, record in enumerate(records, start=1):
        if isinstance(record, RowError) or not any(record):
            yield record
            continue
        width = width or max(place for place, cell in enumerate(record, start=1) if cell)
        if len(record) >= width:
            yield record
            continue
        message = _("The row ends after %(found)s of %(expected)s cells: the file seems to have been cut.")
        # Readers name a column by its position: the first one that is not there.
        yield RowError(
            number, str(len(record)), "cut-row", message % {"found": len(record), "expected": width}
        )


def _rows(
    records: Iterator[Sequence[str] | RowError],
    headers: Headers | None,
    required: Collection[str],
    max_rows: int,
    problems: list[RowError] | None,
) -> Iterator[Row]:
    columns = _columns(next(records, ()), headers, required)
    found = 0
    for number, record in enumerate(records, start=2):
        if not isinstance(record, RowError) and not any(record):
            continue
        found += 1
        if found > max_rows:
            raise UnreadableTable(
                "too-many-rows", _("The file has more than %(limit)s rows.") % {"limit": max_rows}, row=number
            )
        row = _row(number, record, columns)
        if isinstance(row, Row):
            yield row
        elif problems is None:
            raise UnreadableTable(row.code, row.message, row=row.row, field=row.field)
        else:
            problems.append(row)


def _row(number: int, record: Sequence[str] | RowError, columns: dict[int, str]) -> Row | RowError:
    if isinstance(record, RowError):
        # Readers name a column by its position, people by its header.
        return replace(record, field=columns.get(int(record.field), ""))
    for position, value in enumerate(record):
        if value and position not in columns:
            message = _("Cell %(position)s of the row, “%(value)s”, stands under no header.")
            return RowError(
                number,
                "",
                "cell-without-header",
                message % {"position": position + 1, "value": shown(value)},
            )
    cells = {name: record[position] if position < len(record) else "" for position, name in columns.items()}
    return Row(number, {name: without_guard(text) for name, text in cells.items()})


def _columns(
    record: Sequence[str] | RowError, headers: Headers | None, required: Collection[str]
) -> dict[int, str]:
    if isinstance(record, RowError):
        raise UnreadableTable(record.code, record.message, row=1)
    if not any(record):
        raise UnreadableTable(
            "no-header", _("The first row is empty: it must hold the names of the columns."), row=1
        )
    if len(record) > MAX_COLUMNS:
        raise UnreadableTable(
            "too-many-columns", _("The file has more than %(limit)s columns.") % {"limit": MAX_COLUMNS}, row=1
        )
    columns: dict[int, str] = {}
    for position, header in enumerate(record):
        if not header:
            continue
        name = (headers.field_for(header) if headers else None) or header
        if name in columns.values():
            raise UnreadableTable(
                "duplicate-column",
                _("Two columns mean the same: “%(header)s”.") % {"header": header},
                row=1,
                field=name,
            )
        columns[position] = name
    missing = [name for name in required if name not in columns.values()]
    if missing:
        raise UnreadableTable(
            "missing-column",
            _("These columns are missing: %(columns)s.")
            % {"columns": ", ".join(_as_people_write(name, headers) for name in missing)},
            row=1,
            field=missing[0],
        )
    return columns


def _as_people_write(name: str, headers: Headers | None) -> str:
    words = headers.synonyms.get(name, ()) if headers else ()
    return f"{name} ({', '.join(words[:3])})" if words else name


@contextmanager
def _opened(source: Source) -> Iterator[IO[bytes]]:
    """A seekable binary stream at its beginning; what cannot seek is spooled to disk first."""
    if isinstance(source, str | os.PathLike):
        with Path(source).open("rb") as stream:
            yield stream
        return
    seekable: Any = getattr(source, "seekable", None)
    if callable(seekable) and seekable():
        source.seek(0)
        yield source
        return
    with tempfile.SpooledTemporaryFile(max_size=1_000_000) as spool:
        while chunk := source.read(65_536):
            spool.write(chunk)
        spool.seek(0)
        yield spool
