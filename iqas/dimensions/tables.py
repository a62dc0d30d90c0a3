"""The matrix as a list: one row for each micro-credential, one cell for each dimension."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from iqas.dimensions.catalogue import DIMENSIONS
from iqas.dimensions.filters import Chosen
from iqas.dimensions.selectors import Cell, Row
from iqas.ui import lists
from iqas.ui.templatetags.ui import dimension_mark

EXPORTED = (
    ("valid", _("criteria with valid evidence")),
    ("total", _("criteria")),
    ("oldest_months", _("age of the oldest in months")),
    ("stale", _("ageing")),
)


class MatrixTable(lists.Table):
    microcredential = lists.Column(
        verbose_name=_("Micro-credential"),
        order_by=("microcredential__sort_title", "microcredential__code"),
        attrs=lists.WIDE,
        exclude_from_export=True,
    )
    code = lists.Column(accessor="microcredential__code", verbose_name=_("Code"), visible=False)
    title = lists.Column(accessor="microcredential__current__title", verbose_name=_("Title"), visible=False)
    centre = lists.Column(accessor="microcredential__centre__name", verbose_name=_("Centre"), visible=False)

    class Meta(lists.Table.Meta):
        fields = ("microcredential", "code", "title", "centre")
        attrs = {"class": "data data--cards matrix"}

    def __init__(self, *args: Any, chosen: Chosen, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.chosen = chosen

    def render_microcredential(self, record: Row) -> str:
        found = record.microcredential
        return format_html(
            '<a href="{}"><span class="code">{}</span> {}</a><span class="d-block small muted">{}</span>',
            found.get_absolute_url(),
            found.code,
            found.current.title if found.current else "",
            found.centre.name,
        )


class DimensionColumn(lists.Column):
    """How much of a dimension is proven and how old it is; ordered by the share, then by age."""

    def __init__(self, place: int, **kwargs: Any) -> None:
        super().__init__(
            accessor=f"cells__{place}",
            order_by=f"cells__{place}__rank",
            exclude_from_export=True,
            verbose_name=DIMENSIONS[place].title,
            **kwargs,
        )
        self.mark = format_html("{} ", dimension_mark(DIMENSIONS[place].code))

    def render(self, value: Cell, record: Row, table: MatrixTable) -> str:
        context = {"cell": value, "microcredential": record.microcredential, "chosen": table.chosen}
        return render_to_string("dimensions/_cell.html", context)


class PartColumn(lists.Column):
    """One number of a cell; only in the export."""

    def __init__(self, place: int, name: str, **kwargs: Any) -> None:
        super().__init__(
            accessor=f"cells__{place}__validity__{name}", visible=False, orderable=False, **kwargs
        )


def dimension_columns() -> Iterable[tuple[str, lists.Column]]:
    for place, dimension in enumerate(DIMENSIONS):
        yield dimension.slug, DimensionColumn(place)
    for place, dimension in enumerate(DIMENSIONS):
        for name, label in EXPORTED:
            yield (
                f"{dimension.slug}_{name}",
                PartColumn(place, name, verbose_name=f"{dimension.code} {label}"),
            )
