"""The indicators of a scope as a list: a column for each year, and in the export each figure with its origin."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from iqas.indicators.presentation import Line, Shown
from iqas.organisation.models import AcademicYear, Scope
from iqas.ui import lists

EXPORTED = (
    ("numerator", _("numerator")),
    ("denominator", _("denominator")),
    ("n", "n"),
)


def detail_url(record: Line, table: IndicatorTable) -> str:
    address = reverse("indicators:indicator-detail", args=[record.code])
    return f"{address}?{urlencode({'scope': table.scope.code})}"


class IndicatorTable(lists.Table):
    title = lists.Column(
        accessor="definition__title", verbose_name=_("Indicator"), attrs=lists.WIDE, linkify=detail_url
    )
    code = lists.Column(accessor="definition__code", verbose_name=_("Code"), visible=False)

    class Meta(lists.Table.Meta):
        fields = ("title", "code")

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.scope = scope


class YearColumn(lists.Column):
    """Value, state, counts and target of one year on the page; in the export the value alone."""

    def __init__(self, place: int, **kwargs: Any) -> None:
        super().__init__(accessor=f"cells__{place}", order_by=f"cells__{place}__figure__share", **kwargs)

    def render(self, value: Shown) -> str:
        return render_to_string("indicators/_cell.html", {"cell": value})

    def value(self, value: Shown) -> float | None:
        return value.figure.share


class PartColumn(lists.Column):
    """One fact about the figure of one year; only in the export."""

    def __init__(self, place: int, name: str, **kwargs: Any) -> None:
        super().__init__(accessor=f"cells__{place}__{name}", visible=False, orderable=False, **kwargs)


def year_columns(years: Sequence[AcademicYear]) -> Iterable[tuple[str, lists.Column]]:
    for place, year in enumerate(years):
        yield f"y{place}", YearColumn(place, verbose_name=year.code)
    for place, year in enumerate(years):
        for name, label in EXPORTED:
            yield (
                f"y{place}_{name}",
                PartColumn(place, f"figure__{name}", verbose_name=f"{year.code} {label}"),
            )
        yield f"y{place}_aim", PartColumn(place, "aim", verbose_name=f"{year.code} {_('target')}")
        yield f"y{place}_word", PartColumn(place, "word", verbose_name=f"{year.code} {_('state')}")
