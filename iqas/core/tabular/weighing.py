"""Whether a table is small enough to be read while somebody waits, found out without reading it as a table."""

from __future__ import annotations

import zipfile
import zlib
from typing import IO

ZIP_MAGIC = b"PK\x03\x04"
CHUNK = 65_536


def is_light(stream: IO[bytes], *, max_bytes: int, max_rows: int) -> bool:
    """Whether a CSV or XLSX file has at most so many bytes, unpacked, and so many rows. Reads no more than that.

    Rows are those written in the file, empty ones too. What is damaged is light: it is refused at once.
    """
    stream.seek(0)
    is_workbook = stream.read(len(ZIP_MAGIC)) == ZIP_MAGIC
    stream.seek(0)
    try:
        return (_workbook_is_light if is_workbook else _text_is_light)(stream, max_bytes, max_rows)
    finally:
        stream.seek(0)


def _text_is_light(stream: IO[bytes], max_bytes: int, max_rows: int) -> bool:
    size = rows = 0
    while chunk := stream.read(CHUNK):
        size += len(chunk)
        rows += max(chunk.count(b"\n"), chunk.count(b"\r"))
        if size > max_bytes or rows > max_rows + 1:  # the header
            return False
    return True


def _workbook_is_light(stream: IO[bytes], max_bytes: int, max_rows: int) -> bool:
    size = rows = 0
    try:
        with zipfile.ZipFile(stream) as archive:
            for part in archive.infolist():
                with archive.open(part) as content:
                    before = b""
                    while chunk := content.read(CHUNK):
                        size += len(chunk)
                        rows += (before + chunk).count(b"<row")
                        before = chunk[-3:]  # a tag cut in two is counted once
                        if size > max_bytes or rows > max_rows + 1:
                            return False
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError, OSError, ValueError):
        return True
    return True
