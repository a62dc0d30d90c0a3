"""What was opened in the auditor's room, in words and page by page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from audits.dossier.content import Content
from audits.models import Dossier, Reading

PER_PAGE = 50


@dataclass(frozen=True)
class Opened:
    """One thing that one person opened: its code as it was noted, and what that is."""

    at: dt.datetime
    who: str
    what: str
    words: str


class OpenedPage:
    """One page of the list, in the shape that `ui/_pages.html` reads."""

    prefixed_page_field = "page"

    def __init__(self, readings: QuerySet[Reading], number: Any, dossier: Dossier, content: Content) -> None:
        self.paginator = Paginator(readings.select_related("reader"), PER_PAGE)
        self.page: Page[Reading] = self.paginator.get_page(number)
        self.page_range = self.paginator.get_elided_page_range(self.page.number)
        self.rows = list(_told(self.page, words_of(dossier, content)))


def words_of(dossier: Dossier, content: Content) -> dict[str, str]:
    """What stands behind each code that `services.reading.note` writes down."""
    words = {dossier.code: _("The report"), dossier.file_name: _("The dossier as PDF")}
    words |= {exhibit.label: exhibit.title for exhibit in content.exhibits}
    words |= {indicator.code: indicator.title for indicator in content.indicators}
    words |= {chapter.code: chapter.title for chapter in content.chapters}
    return words


def _told(readings: Iterable[Reading], words: dict[str, str]) -> Iterator[Opened]:
    for reading in readings:
        code, _dot, _file = reading.what.partition(" · ")
        yield Opened(
            reading.at, reading.reader.name, reading.what, words.get(reading.what) or words.get(code, "")
        )
