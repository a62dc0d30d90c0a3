"""The rows of a list: those of one page alone, and their cells as HTML.

A list of thousands is read by keys: a subquery orders and cuts them, and only the rows of the page are joined. Ordering whole joined rows made a
far page cost ten times a near one. The cells are put together here and not in the template, which took longer for 400
of them than everything else on the page.
"""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.db.models.query import ModelIterable
from django.template import Context
from django.template.base import render_value_in_context
from django.utils.safestring import SafeString, mark_safe
from django_tables2.rows import BoundRows
from django_tables2.utils import signature

CONTEXT = Context()


def narrow_to_page(table: Any) -> None:
    """Make a paginated table read the rows of its page by their keys.

    What a column leaves undecided is decided by the key: otherwise a row may stand on two pages, another on none.
    """
    rows = table.data.data
    if not _can_be_narrowed(rows):
        return
    ordering = [*(rows.query.order_by or rows.model._meta.ordering), "pk"]
    ordered = rows.order_by(*ordering)
    first = table.paginator.per_page * (table.page.number - 1)
    keys = ordered.values("pk")[first : first + table.paginator.per_page]
    table.page.object_list = BoundRows(list(ordered.filter(pk__in=keys)), table)


def _can_be_narrowed(rows: Any) -> bool:
    return (
        isinstance(rows, QuerySet)
        and rows._iterable_class is ModelIterable  # noqa: SLF001 (nothing public tells instances from values)
        and not rows.query.combinator
        and not rows.query.distinct  # its subquery would name the columns of the order too
        and not rows.query.is_sliced
        and not rows.query.extra_order_by
    )


def body_of(table: Any) -> SafeString:
    """The rows of the table's page; the first cell heads its row, and every cell knows its label for a phone."""
    columns = []
    for place, column in enumerate(table.columns):
        label = render_value_in_context(column.header, CONTEXT)
        css = render_value_in_context(column.attrs.get("td", {}).get("class", ""), CONTEXT)
        tag, role = ("td", 'role="cell"') if place else ("th", 'scope="row" role="rowheader"')
        opening = f'<{tag} {role} data-label="{label}" class="{css}"><span>'
        columns.append((column, signature(column.render), opening, f"</span></{tag}>"))
    lines = []
    for row in table.paginated_rows:
        cells = [
            f"{opening}{render_value_in_context(_cell(row, column, wanted), CONTEXT)}{closing}"
            for column, wanted, opening, closing in columns
        ]
        lines.append(f'<tr role="row">{"".join(cells)}</tr>')
    return mark_safe("\n".join(lines))


def _cell(row: Any, column: Any, wanted: tuple[tuple[str, ...], str | None]) -> Any:
    """As `BoundRow.get_cell`, which asks `inspect` for the arguments of `render` again for every cell."""
    names, takes_all = wanted

    def rendered(bound_column: Any, value: Any = None) -> Any:
        known = row._optional_cell_arguments(bound_column, value)  # noqa: SLF001 (as BoundRow itself)
        content = column.render(**(known if takes_all else {name: known[name] for name in names}))
        return column.link(content, **known) if column.link else content

    return row._get_and_render_with(column, render_func=rendered, default=column.default)  # noqa: SLF001
