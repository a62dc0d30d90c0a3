"""When the paperwork of an edition is due, from what the university has decided."""

from __future__ import annotations

import calendar
import datetime as dt

from iqas.organisation.models import University


def results_due(ends: dt.date, university: University) -> dt.date:
    """The last day to sign the results."""
    return ends + dt.timedelta(days=university.results_deadline_days)


def report_due(ends: dt.date, university: University) -> dt.date:
    """The last day to file the final report: the same day some months later, or the last of that month."""
    index = ends.year * 12 + ends.month - 1 + university.report_deadline_months
    year, month = index // 12, index % 12 + 1
    return dt.date(year, month, min(ends.day, calendar.monthrange(year, month)[1]))
