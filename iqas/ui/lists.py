"""The one list pattern: filters in the address, a count in words, sortable columns, cards on a phone, export."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property, reduce
from operator import or_
from typing import Any
from urllib.parse import urlencode

import django_filters as filters
import django_tables2 as tables
from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.choices import BaseChoiceIterator
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from iqas.core.tabular import csv_lines, write_xlsx
from iqas.core.text import sort_key
from iqas.ui import formats, states
from iqas.ui.components import Link
from iqas.ui.list_rows import body_of, narrow_to_page

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PER_PAGE = 25
EXPORTS = {"xlsx": XLSX, "csv": "text/csv; charset=utf-8"}
LOOKUPS = ("contains", "icontains", "startswith", "istartswith", "exact", "iexact")


# --- columns ---------------------------------------------------------------------------------------


class Table(tables.Table):
    """A table in our style. The first column heads its row."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("default", formats.NOTHING)
        super().__init__(*args, **kwargs)

    @property
    def body(self) -> SafeString:
        return body_of(self)

    class Meta:
        template_name = "ui/table.html"
        attrs = {"class": "data data--cards data--brief"}
        empty_text = ""
        order_by_field = "sort"


UNBROKEN = {"td": {"class": "text-nowrap"}}  # a short code that must not break over two lines
WIDE = {"td": {"class": "wide"}}  # the text that a row is recognised by
# The same where other columns need the room: a line of its own on a phone only.
CALLED = {"td": {"class": "called"}}


class Column(tables.Column):
    """`mark` stands before the header of the column, not in the labels of a phone's cards."""

    mark: SafeString | str = ""


class CodeColumn(tables.Column):
    """A code, linked to its object."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("linkify", True)
        kwargs.setdefault("attrs", {"td": {"class": "code"}})
        super().__init__(*args, **kwargs)


class StateColumn(tables.Column):
    """A state with its sign and word. The label is `get_<field>_display()` where the record has it."""

    def described(self, record: Any, value: Any, bound_column: Any) -> states.State:
        display = getattr(record, f"get_{bound_column.accessor}_display", None)
        if not callable(display):
            return states.describe(value, "")
        return states.describe(getattr(record, bound_column.accessor), display())

    def render(self, value: Any, record: Any, bound_column: Any) -> str:
        state = self.described(record, value, bound_column)
        return format_html(
            '<span class="state state--{}"><span aria-hidden="true">{}</span> {}</span>',
            state.tone, state.sign, state.label,
        )  # fmt: skip

    def value(self, value: Any, record: Any, bound_column: Any) -> str:
        return str(self.described(record, value, bound_column).label)


class DayColumn(tables.Column):
    """A date as 30/06/2026; with `late=True` a past one says so in words."""

    def __init__(self, *args: Any, late: bool = False, **kwargs: Any) -> None:
        self.late = late
        super().__init__(*args, **kwargs)

    def render(self, value: date) -> str:
        if self.late and formats.is_past(value):
            return format_html(
                '{} <span class="tone-unmet small">{}</span>',
                formats.short_day(value),
                formats.days_left(value),
            )
        return formats.short_day(value)

    def value(self, value: date) -> date:
        return formats.as_date(value)


class NumberColumn(tables.Column):
    """A number to the right, with its decimals; `share=True` prints a fraction in percent."""

    def __init__(self, *args: Any, decimals: int = 0, share: bool = False, **kwargs: Any) -> None:
        self.decimals, self.share = decimals, share
        kwargs.setdefault("attrs", {"td": {"class": "num"}, "th": {"class": "num"}})
        super().__init__(*args, **kwargs)

    def render(self, value: Any) -> str:
        return formats.percent(value, self.decimals) if self.share else formats.decimal(value, self.decimals)

    def value(self, value: Any) -> Any:
        return value


# --- filters ---------------------------------------------------------------------------------------


class Search(filters.CharFilter):
    """Every word must stand in one of the fields, whatever its accents and case.

    Fields that hold a `sort_key` (`sort_…`, `search_…`) are compared by key, others without regard to case;
    a field may name its own lookup (`code__startswith`).
    """

    def __init__(self, *, fields: Sequence[str], label: Any = None, **kwargs: Any) -> None:
        self.fields = tuple(fields)
        kwargs.setdefault("widget", forms.TextInput(attrs={"type": "search"}))
        super().__init__(label=label or _("Search"), **kwargs)

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        for word in (value or "").replace("\x00", "").split()[:8]:
            qs = qs.filter(reduce(or_, [self.match(field, word) for field in self.fields]))
        return qs

    @staticmethod
    def match(field: str, word: str) -> Q:
        name = field.rpartition("__")[2]
        if name in LOOKUPS:
            return Q(**{field: word})
        if name.startswith(("sort", "search")):
            return Q(**{f"{field}__contains": sort_key(word)})
        return Q(**{f"{field}__icontains": word})


class FilterSet(filters.FilterSet):
    """Filters as a plain GET form above the list."""

    @cached_property
    def form(self) -> forms.Form:
        form = super().form
        found = [name for name, one in self.filters.items() if isinstance(one, Search)]
        form.order_fields(found)
        for field in form.fields.values():
            say_all(field)
            select = isinstance(field.widget, forms.Select) and not isinstance(
                field.widget, forms.RadioSelect
            )
            field.widget.attrs.setdefault("class", "form-select" if select else "form-control")
        return form


@dataclass(frozen=True)
class Sifted:
    """Rows that no queryset holds (computed, or read from a snapshot) and the form that chose them, as a filter set."""

    form: forms.Form
    qs: Sequence[Any]


class SiftForm(forms.Form):
    """The form of `Sifted`: what was sent where it can be understood, and nothing of what cannot."""

    def __init__(self, data: Any, **kwargs: Any) -> None:
        super().__init__(data or None, **kwargs)
        for field in self.fields.values():
            select = isinstance(field.widget, forms.Select)
            field.widget.attrs.setdefault("class", "form-select" if select else "form-control")

    def chosen(self, name: str) -> Any:
        """The value of one filter; empty where it is not set or not understood."""
        if not self.is_bound:
            return ""
        self.is_valid()
        return self.cleaned_data.get(name, "")

    def matches(self, *texts: str) -> bool:
        """Whether every word of the filter `q` stands in one of the texts, whatever its accents and case."""
        keys = [sort_key(text) for text in texts]
        words = str(self.chosen("q")).split()[:8]
        return all(any(sort_key(word) in key for key in keys) for word in words)


def search_field() -> forms.CharField:
    return forms.CharField(
        label=_("Search"), required=False, widget=forms.TextInput(attrs={"type": "search"})
    )


def say_all(field: forms.Field) -> None:
    """A choice that does not filter is called "All", not "Unknown" or a row of dashes."""
    if isinstance(field, forms.NullBooleanField):
        field.widget.choices = [("unknown", _("All")), ("true", _("Yes")), ("false", _("No"))]
    elif isinstance(field, forms.ModelChoiceField):
        field.empty_label = field.empty_label and _("All")
        field.widget.choices = ReadAtOnce(field)
    elif isinstance(field, forms.ChoiceField):
        field.widget.choices = [(value, label if value != "" else _("All")) for value, label in field.choices]


class ReadAtOnce(BaseChoiceIterator):
    """The choices of a field, read when they are drawn: Django opens a cursor for them, three statements for a few rows."""

    def __init__(self, field: forms.ModelChoiceField) -> None:
        self.field = field

    def __iter__(self) -> Iterator[tuple[Any, Any]]:
        if self.field.empty_label is not None:
            yield "", self.field.empty_label
        for row in self.field.queryset.all():
            yield self.field.prepare_value(row), self.field.label_from_instance(row)


Beginning = Callable[[HttpRequest], Mapping[str, str]]
_beginning: list[Beginning] = []


def begin_with(beginning: Beginning) -> None:
    """Lets a floor above say what lists begin with: the names of filters and what these are set to."""
    _beginning[:] = [beginning]


def begun_with(request: HttpRequest) -> Mapping[str, str]:
    return _beginning[0](request) if _beginning else {}


def first_address(request: HttpRequest, filters: type[FilterSet]) -> str:
    """The address that a list is sent to because it does not name what it begins with; empty where it stays.

    What is no choice of this list (a centre that has nothing in it) does not come into the address.
    """
    wanted = begun_with(request).items()
    values = {
        name: value for name, value in wanted if name in filters.base_filters.keys() - request.GET.keys()
    }
    if not values:
        return ""
    asked = filters(values, queryset=None, request=request).form
    fitting = {name: value for name, value in values.items() if name not in asked.errors}
    return f"{request.path}{with_query(request, **fitting)}" if fitting else ""


def unfiltered(request: HttpRequest, filterset: FilterSet | Sifted | None) -> str:
    """The address of the whole list."""
    emptied = sorted(begun_with(request).keys() & filterset.form.fields.keys()) if filterset else []
    return f"?{urlencode(dict.fromkeys(emptied, ''))}" if emptied else request.path


@dataclass(frozen=True)
class Chip:
    """An active filter; `url` is the same list without it."""

    label: Any
    value: Any
    url: str


def chips(filterset: FilterSet | Sifted, request: HttpRequest) -> list[Chip]:
    form = filterset.form
    if not form.is_bound:
        return []
    form.is_valid()
    found = []
    for name, value in form.cleaned_data.items():
        if value in (None, "", []) or (isinstance(value, QuerySet) and not value):
            continue
        field = form.fields[name]
        found.append(Chip(field.label, shown_value(field, value), without(request, name)))
    return found


def shown_value(field: forms.Field, value: Any) -> str:
    """The words that the reader chose."""
    if isinstance(value, slice):
        return " – ".join(formats.short_day(end) for end in (value.start, value.stop) if end)
    if isinstance(value, bool):
        return str(_("Yes") if value else _("No"))
    if isinstance(value, datetime | date):
        return formats.short_day(value)
    if isinstance(value, QuerySet | list | tuple):
        return ", ".join(shown_value(field, part) for part in value)
    choices = dict(getattr(field, "choices", ())) if not hasattr(value, "pk") else {}
    return str(choices.get(value, value))


# --- addresses -------------------------------------------------------------------------------------


def with_query(request: HttpRequest, **changes: Any) -> str:
    """This address with some parameters replaced (None removes one)."""
    query = dict(request.GET.lists())
    for name, value in changes.items():
        if value is None:
            query.pop(name, None)
        else:
            query[name] = [str(value)]
    return f"?{urlencode(query, doseq=True)}" if query else request.path


def without(request: HttpRequest, field: str) -> str:
    """This address without a filter (and its parts), on the first page; where the list would begin with it again, the

    address names it as empty.
    """
    query: QueryDict = request.GET.copy()
    for name in list(query):
        if name in {field, "page"} or name.startswith(
            (f"{field}_min", f"{field}_max", f"{field}_after", f"{field}_before")
        ):
            query.pop(name)
    if field in begun_with(request):
        query[field] = ""
    return f"?{query.urlencode()}" if query else request.path


# --- the page --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Empty:
    """What to say where there is nothing yet: what it is for, and one action."""

    title: Any
    text: Any = ""
    url: str = ""
    verb: Any = ""


def list_page(
    request: HttpRequest,
    *,
    queryset: Any,
    table: type[Table],
    title: Any,
    filters: type[FilterSet] | Sifted | None = None,
    empty: Empty | None = None,
    template: str = "ui/list.html",
    context: dict[str, Any] | None = None,
    export: bool = True,
    per_page: int = PER_PAGE,
    caption: Any = "",
    intro: Any = "",
    actions: Sequence[Link] = (),
    table_kwargs: dict[str, Any] | None = None,
) -> HttpResponse:
    """A whole list page. `queryset` must already be narrowed to what the person may see.

    Where the address does not name what lists begin with (`begin_with`), the answer leads to one that does.
    """
    filterset: FilterSet | Sifted | None
    if isinstance(filters, type):
        if address := first_address(request, filters):
            return redirect(address)
        filterset = filters(request.GET or None, queryset=queryset, request=request)
    else:
        filterset = filters
    rows = filterset.qs if filterset else queryset
    shown = table(rows, **(table_kwargs or {}))
    if export and (kind := request.GET.get("export", "")) in EXPORTS:
        tables.RequestConfig(request, paginate=False).configure(shown)
        return export_table(shown, title, kind)
    tables.RequestConfig(request, paginate={"per_page": per_page, "silent": True}).configure(shown)
    if shown.paginator.num_pages > 1:
        narrow_to_page(shown)
    shown.caption = caption or title
    shown.page_range = shown.paginator.get_elided_page_range(shown.page.number, on_each_side=2, on_ends=1)
    count = shown.paginator.count
    values = {
        "title": title,
        "intro": intro,
        "table": shown,
        "count": count,
        "count_words": ngettext("%(n)s result", "%(n)s results", count) % {"n": formats.number(count)},
        "export_url": with_query(request, export="xlsx", page=None) if export and count else "",
        "csv_url": with_query(request, export="csv", page=None) if export and count else "",
        "export_words": ngettext("Export this row", "Export these %(n)s rows", count)
        % {"n": formats.number(count)},
        "empty": empty or Empty(_("Nothing here yet")),
        "actions": actions,
        **filter_context(request, filterset),
        **(context or {}),
    }
    return render(request, template, values)


def filter_context(request: HttpRequest, filterset: FilterSet | Sifted | None) -> dict[str, Any]:
    """What `ui/_filters.html` asks for: also on a page that is no list but has the same filters."""
    active = chips(filterset, request) if filterset else []
    return {
        "filterset": filterset,
        "chips": active,
        "filtered": bool(active),
        "clear_url": unfiltered(request, filterset),
        "kept": kept_parameters(request, filterset),
    }


def kept_parameters(request: HttpRequest, filterset: FilterSet | Sifted | None) -> list[tuple[str, str]]:
    """What the filter form must carry on: the order, but neither the page nor the filters themselves."""
    own = set(filterset.form.fields) if filterset else set()
    return [(name, value) for name, value in request.GET.items() if name == "sort" and name not in own]


def export_table(table: Table, title: Any, kind: str = "xlsx") -> HttpResponse:
    """All rows of the filtered list as a spreadsheet (`xlsx`, `csv`) in which no cell is a formula."""
    rows = (list(map(cell, row)) for row in table.as_values())
    response = HttpResponse(content_type=EXPORTS[kind])
    if kind == "csv":
        response.writelines(csv_lines(rows))
    else:
        target = io.BytesIO()
        write_xlsx(target, rows, title=str(title))
        response.write(target.getvalue())
    response["Content-Disposition"] = f'attachment; filename="{slugify(str(title)) or "iqas"}.{kind}"'
    return response


def cell(value: Any) -> Any:
    """A value that a spreadsheet knows; lazy and other texts become text."""
    if isinstance(value, datetime):
        return timezone.localtime(value) if timezone.is_aware(value) else value
    if value is None or isinstance(value, bool | int | float | date) or value.__class__.__name__ == "Decimal":
        return value
    return str(value)
