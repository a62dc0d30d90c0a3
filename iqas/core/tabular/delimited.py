"""Text tables: which encoding, which separator, and where the quotes are broken."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Generator, Iterator, Sequence
from typing import IO

from django.utils.translation import gettext as _

from iqas.core.tabular.headers import Headers
from iqas.core.tabular.rows import RowError, UnreadableTable

SEPARATORS = (";", "\t", ",")
SAMPLE_CHARACTERS = 65_536
SAMPLE_RECORDS = 25
CHUNK = 262_144
UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1f]")


def delimited_records(
    stream: IO[bytes], headers: Headers | None, *, max_cell: int
) -> Generator[Sequence[str] | RowError]:
    """Yield every record of the text table as stripped cells, the header first, blank lines as empty lists."""
    encoding = _encoding(stream)
    stream.seek(0)
    text = io.TextIOWrapper(stream, encoding=encoding, newline="")
    try:
        sample = text.read(SAMPLE_CHARACTERS)
        if not sample.strip():
            raise UnreadableTable("empty-file", _("The file is empty."))
        declared, skipped = _declared_separator(sample)
        separator = declared or _likely_separator(sample, headers)
        text.seek(0)
        for _line in range(skipped):
            text.readline()
        yield from _parsed(text, separator, max_cell)
    finally:
        text.detach()


def _parsed(text: IO[str], separator: str, max_cell: int) -> Generator[Sequence[str] | RowError]:
    reader = csv.reader(_bounded_lines(text, max_cell), delimiter=separator, strict=True)
    number = 0
    while True:
        number += 1
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error as broken:
            code = "cell-too-long" if "field limit" in str(broken) else "broken-quotes"
            raise UnreadableTable(code, _complaint(code), row=number) from broken
        too_long = next((position for position, cell in enumerate(record) if len(cell) > max_cell), None)
        if too_long is not None:
            yield RowError(number, str(too_long), "cell-too-long", _complaint("cell-too-long"))
        else:
            yield [cell.strip() for cell in record]


def _complaint(code: str) -> str:
    if code == "cell-too-long":
        return _("A cell is too long; perhaps a closing quotation mark is missing before it.")
    return _("The quotation marks do not match: one is open, or text follows a closing one.")


def _bounded_lines(text: IO[str], max_cell: int) -> Iterator[str]:
    """Lines, but no line longer than any honest row: a file without line ends must not fill the memory."""
    limit = 64 * max_cell
    while line := text.readline(limit):
        if len(line) == limit:
            raise csv.Error("line larger than field limit")
        yield line


def _encoding(stream: IO[bytes]) -> str:
    """Read the whole file once, in pieces: the encoding in which it is valid. Refuses what is not text at all."""
    if stream.read(2) in UTF16_MARKS:
        if not _is_valid(stream, "utf-16"):
            raise _not_text(1)
        return "utf-16"
    line = 1
    stream.seek(0)
    while chunk := stream.read(CHUNK):
        strange = CONTROL.search(chunk)
        if strange:
            raise _not_text(line + chunk.count(b"\n", 0, strange.start()))
        line += chunk.count(b"\n")
    if _is_valid(stream, "utf-8"):
        return "utf-8-sig"
    if _is_valid(stream, "cp1252"):
        return "cp1252"
    raise _not_text(1)


def _is_valid(stream: IO[bytes], encoding: str) -> bool:
    stream.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        while chunk := stream.read(CHUNK):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _not_text(line: int) -> UnreadableTable:
    return UnreadableTable(
        "not-text",
        _("This is not a table of text: line %(line)s holds signs that no text has.") % {"line": line},
        row=line,
    )


def _declared_separator(sample: str) -> tuple[str | None, int]:
    """Excel's own first line, `sep=;`: the separator and the lines to pass over."""
    first = sample.split("\n", 1)[0].strip().lower()
    if first.startswith("sep=") and len(first) == 5:
        return first[4], 1
    return None, 0


def _likely_separator(sample: str, headers: Headers | None) -> str:
    """The separator under which most headers are known, most rows are as wide as the header, and it is widest."""

    def fitness(separator: str) -> tuple[int, int, int]:
        records: list[list[str]] = []
        try:
            for record in csv.reader(io.StringIO(sample, newline=""), delimiter=separator):
                records.append(record)
                if len(records) == SAMPLE_RECORDS:
                    break
        except csv.Error:
            return (0, 0, 0)
        width = len(records[0]) if records else 0
        known = headers.recognised(records[0]) if headers and records else 0
        as_wide = sum(len(record) == width for record in records) if width > 1 else 0
        return (known, as_wide, width)

    return max(SEPARATORS, key=fitness)
