"""The counts that SIIU asks for, on a page and as a spreadsheet."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from iqas.core.tabular import csv_lines, write_xlsx
from iqas.core.views import page
from iqas.organisation.models import AcademicYear
from iqas.ui.lists import XLSX
from microcredentials.selectors.siiu import SiiuCounts
from microcredentials.selectors.siiu import siiu_counts as counts_of

NOT_SHOWN = "*"


@page("siiu.view")
def siiu_counts(request: HttpRequest) -> HttpResponse:
    years = list(AcademicYear.objects.filter(editions__isnull=False).distinct())
    wanted = request.GET.get("year", "")
    year = next((year for year in years if year.code == wanted), None)
    if wanted and year is None:
        raise Http404
    year = year or (years[0] if years else None)
    counts = counts_of(request.user, year) if year is not None else None
    kind = request.GET.get("export", "")
    if counts is not None and kind in ("xlsx", "csv"):
        return _file(counts, kind)
    context = {"years": years, "year": year, "counts": counts}
    return render(request, "microcredentials/siiu_counts.html", context)


def _file(counts: SiiuCounts, kind: str) -> HttpResponse:
    name = f"siiu-{counts.year.code}.{kind}"
    if kind == "csv":
        answer = HttpResponse("".join(csv_lines(_rows(counts))), content_type="text/csv; charset=utf-8")
    else:
        target = io.BytesIO()
        write_xlsx(target, _rows(counts), sheet=f"SIIU {counts.year.code}", title=_("SIIU counts"))
        answer = HttpResponse(target.getvalue(), content_type=XLSX)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _rows(counts: SiiuCounts) -> Iterator[list[Any]]:
    yield [_("Academic year"), _("Breakdown"), _("Group"), _("Enrolled"), _("Passed")]
    for table in counts.tables:
        for row in (*table.rows, table.total):
            yield [counts.year.code, table.title, row.label, _cell(row.enrolled), _cell(row.passed)]


def _cell(value: int | None) -> int | str:
    return NOT_SHOWN if value is None else value
