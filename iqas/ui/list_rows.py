"""The rows of a list: those of one page alone, and their cells as HTML.

A list of thousands is read by keys: a subquery orders and cuts them, and only the rows of the page are joined. Ordering whole joined rows made a
far page cost ten times a near one. The cells are put together here and not in the template, which took longer for 400
of them than everything else on the page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Model, QuerySet
from django.db.models.query import ModelIterable
from django.template import Context
from django.template.base import render_value_in_context
from django.utils.safestring import SafeString, mark_safe
from django_tables2.rows import BoundRows
from django_tables2.utils import signature

from iqas.ui.markup import escaped, filled

CONTEXT = Context()
RECORD = "the page of the record"
Wanted = tuple[tuple[str, ...], str | None]
"""What a `render` takes: its arguments, and the name of the one that takes all."""


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
    columns: list[tuple[_Column, str, str]] = []
    for place, column in enumerate(table.columns):
        label = render_value_in_context(column.header, CONTEXT)
        css = render_value_in_context(column.attrs.get("td", {}).get("class", ""), CONTEXT)
        tag, role = ("td", 'role="cell"') if place else ("th", 'scope="row" role="rowheader"')
        opening = f'<{tag} {role} data-label="{label}" class="{css}"><span>'
        columns.append((_Column(column), opening, f"</span></{tag}>"))
    lines = []
    for row in table.paginated_rows:
        addresses: dict[Any, str | None] = {}
        cells = [
            f"{opening}{_html(column.cell(row, addresses))}{closing}" for column, opening, closing in columns
        ]
        lines.append(f'<tr role="row">{"".join(cells)}</tr>')
    return mark_safe("\n".join(lines))


def _html(content: Any) -> str:
    return escaped(content) if isinstance(content, str) else render_value_in_context(content, CONTEXT)


class _Column:
    """A column of one table, and what `BoundRow.get_cell` finds out for every cell again: where its value is, what it

    is drawn from, and where it leads.
    """

    def __init__(self, column: Any) -> None:
        self.column = column
        self.path = tuple(str(column.accessor).split("__"))
        self.name = tuple(str(column.name).split("__"))
        self.wanted = _wanted(getattr(column.render, "__func__", column.render))
        self.link = column.link
        self.leads_to = _leads_to(column.link) if column.link else None

    def cell(self, row: Any, addresses: dict[Any, str | None]) -> Any:
        """`addresses` of this row, by what they lead to: its code and its title often lead to the same."""
        value = value_of(row.record, self.path)
        if value in self.column.column.empty_values:
            return self.column.default
        content = self._drawn(row, value)
        if not self.link:
            return content
        if self.leads_to is None or (self.leads_to == RECORD and self._leads_elsewhere(row.record)):
            return self.link(content, **self._told(row, value))
        if self.leads_to not in addresses:
            addresses[self.leads_to] = self.link.compose_url(**self._told(row, value))
        address = addresses[self.leads_to]
        return content if address is None else filled('<a href="{}">{}</a>', address, content)

    def _drawn(self, row: Any, value: Any) -> Any:
        names, takes_all = self.wanted
        if takes_all:
            return self.column.render(**self._told(row, value))
        if names == ("value",):
            return self.column.render(value=value)
        if names == ("record",):
            return self.column.render(record=row.record)
        told = self._told(row, value)
        return self.column.render(**{name: told[name] for name in names})

    def _told(self, row: Any, value: Any) -> dict[str, Any]:
        found: dict[str, Any] = row._optional_cell_arguments(self.column, value)  # noqa: SLF001 (as BoundRow itself)
        return found

    def _leads_elsewhere(self, record: Any) -> bool:
        return hasattr(value_of(record, self.name), "get_absolute_url")


@lru_cache(maxsize=1024)
def _wanted(render: Any) -> Wanted:
    """What a method asks for besides the column or table that it belongs to; read once, for it takes a while."""
    names, takes_all = signature(render)
    return tuple(name for name in names if name != "self"), takes_all


def _leads_to(link: Any) -> Any:
    """What two columns of a row may have in common: the page of the record, or of an address by name; None: ask it."""
    if link.attrs or link.url or link.accessor is not None:
        return None
    if not link.reverse_args:
        return RECORD
    named = {**link.reverse_args, "kwargs": tuple(link.reverse_args.get("kwargs", {}).items())}
    return tuple(named.items())


def value_of(record: Any, path: Sequence[str]) -> Any:
    """Where the accessor of a column leads: attribute, key or place, called where it can be; a choice by its word.

    None where something on the way is not there.
    """
    *way, last = path
    try:
        for name in way:
            record = _step(record, name)
        if isinstance(record, Model) and last in _choices(type(record)):
            return getattr(record, f"get_{last}_display")()
        return _step(record, last)
    except (AttributeError, LookupError, ObjectDoesNotExist):
        return None


def _step(record: Any, name: str) -> Any:
    if isinstance(record, Model):
        found = getattr(record, name)
    elif isinstance(record, Mapping):
        found = record[name]
    else:
        found = record[int(name)] if name.isdigit() else getattr(record, name)
    return found() if callable(found) and not getattr(found, "alters_data", False) else found


@cache
def _choices(model: type[Model]) -> frozenset[str]:
    return frozenset(field.name for field in model._meta.concrete_fields if field.choices)
