"""What every import of a list does alike: name its file, read its rows, write all of them or nothing, say how far it is."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from typing import IO

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from iqas.core.tabular import Headers, Row, RowError, UnreadableTable, read_rows
from microcredentials.importers.report import Report

READING = _("Reading the rows")
CHECKING = _("Checking and writing")
TELL_EVERY = 50  # rows

Progress = Callable[[int, int, str | Promise], None]
"""Rows done, rows in all (0: not known yet), and the step in words. What it raises ends the import, and nothing stays."""


def silent(done: int, total: int, step: str | Promise) -> None:
    """Progress that nobody waits for."""


def sha256_of(file: IO[bytes]) -> str:
    """Of the whole file, which is at its beginning afterwards."""
    file.seek(0)
    digest = hashlib.sha256()
    while chunk := file.read(262_144):
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()


def rows_in(
    file: IO[bytes],
    report: Report,
    *,
    headers: Headers,
    required: Collection[str],
    max_rows: int,
    progress: Progress = silent,
) -> Iterator[Row]:
    """The rows that can be read. What cannot is in the report, as are the number of rows and the columns nobody reads."""
    problems: list[RowError] = []
    try:
        for row in read_rows(file, headers=headers, required=required, max_rows=max_rows, problems=problems):
            if not report.rows:
                report.unread_columns = tuple(sorted(set(row.values) - set(headers.synonyms)))
            report.rows += 1
            if report.rows % TELL_EVERY == 0:
                progress(report.rows, 0, READING)
            yield row
    except UnreadableTable as unreadable:
        problems.append(unreadable.error)
    report.rows += sum(problem.row > 1 for problem in problems)
    report.rejected += problems


@contextmanager
def all_or_nothing(report: Report, *, dry_run: bool) -> Iterator[None]:
    """A transaction that stays only where no row is rejected, and is taken back after a dry run."""
    with transaction.atomic():
        yield
        transaction.set_rollback(not report.settle(dry_run=dry_run))
    report.tidy()


def told_every(number: int) -> bool:
    """Whether this row is one of those after which people are told how far it is."""
    return number % TELL_EVERY == 0
