"""Dates as people read them."""

from __future__ import annotations

from datetime import UTC, datetime

from django.utils import formats, translation


def test_no_english_date_puts_the_month_first() -> None:
    moment = datetime(2026, 11, 3, 17, 5, tzinfo=UTC)
    kinds = ("DATE_FORMAT", "SHORT_DATE_FORMAT", "SHORT_DATETIME_FORMAT")
    with translation.override("en"):
        shown = [formats.date_format(moment, kind) for kind in kinds]
    assert shown == ["3 November 2026", "03/11/2026", "03/11/2026 17:05"]
