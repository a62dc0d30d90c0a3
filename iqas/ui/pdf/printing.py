"""How the apps print: HTML and what goes with it. The engine behind it is loaded by whoever prints first.

WeasyPrint takes half a second of CPU to load, a quarter of what a process needs to start; few of them ever print.
"""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

LAID_OUT = re.compile(r"layout - Page (\d+)")


class RenderRefused(Exception):
    """The document asked for something that a document may not contain."""


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file attached to the PDF."""

    name: str
    body: bytes
    description: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that the document draws as `<img src="picture:name">`: handed over, never fetched."""

    name: str
    media_type: str
    body: bytes

    @property
    def address(self) -> str:
        return f"picture:{self.name}"


def print_html(
    html: str,
    *,
    sheets: tuple[Path, ...],
    created: datetime,
    enclosures: Sequence[Enclosure] = (),
    pictures: Sequence[Picture] = (),
) -> bytes:
    """The PDF with its attachments, dated `created`, in the style of `sheets`.

    Raises RenderRefused if the document reached for anything but the vendored fonts and `pictures`.
    """
    from iqas.ui.pdf.engine import lay_out

    return lay_out(html, sheets=sheets, created=created, enclosures=enclosures, pictures=pictures)


class _PageCounter(logging.Handler):
    """Hears WeasyPrint lay out page after page; a layout that is begun again does not count back."""

    def __init__(self, tell: Callable[[int], None]) -> None:
        super().__init__(logging.INFO)
        self._tell, self._thread, self._most = tell, threading.get_ident(), 0

    def emit(self, record: logging.LogRecord) -> None:
        found = LAID_OUT.search(record.getMessage())
        if found and record.thread == self._thread and int(found[1]) > self._most:
            self._most = int(found[1])
            self._tell(self._most)


@contextmanager
def pages_told(tell: Callable[[int], None]) -> Iterator[None]:
    """While it is open, every page that this thread lays out is told by its number; what `tell` raises stops the work."""
    log = logging.getLogger("weasyprint.progress")
    counter, level, passed_on = _PageCounter(tell), log.level, log.propagate
    log.addHandler(counter)
    log.setLevel(logging.INFO)
    log.propagate = False
    try:
        yield
    finally:
        log.removeHandler(counter)
        log.setLevel(level)
        log.propagate = passed_on
