"""The components as template tags; what each gives stands in iqas/ui/README.md."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from crispy_forms.utils import render_crispy_form
from django import template
from django.template import Context
from django.template.loader import get_template, render_to_string
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import normalize_newlines, slugify
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django_tables2 import RequestConfig

from iqas.core import clock
from iqas.core import panels as panel_registry
from iqas.core.access import Way
from iqas.ui import charts, formats, forms, lists, states
from iqas.ui.components import FigureTable, Link, Number, Step
from iqas.ui.icons import ICONS, MARKS
from iqas.ui.markup import escaped

register = template.Library()

for name in ("decimal", "number", "percent", "day", "short_day", "days_left"):
    register.filter(name, getattr(formats, name))


def render(context: Context, name: str, values: dict[str, Any]) -> SafeString:
    """A component sees its own values and the request, nothing else of the page.

    As an inclusion tag has it: what is prepared for every page (user, messages, menu) is not prepared again for each.
    """
    from_page = {"request": context.get("request"), "csrf_token": context.get("csrf_token")}
    template: Any = get_template(f"ui/{name}.html")
    return SafeString(template.template.render(context.new(from_page | values)))


# --- the page --------------------------------------------------------------------------------------


@register.simple_block_tag(takes_context=True)
def page_title(context: Context, content: str) -> str:
    """Keeps the title, written once, for the `<title>` and the `<h1>`."""
    context["page_title"] = SafeString(" ".join(content.split()))
    return ""


@register.simple_block_tag(takes_context=True)
def object_header(
    context: Context,
    content: str,
    code: Any = "",
    title: Any = "",
    state: Any = "",
    state_label: Any = "",
    owner: Any = "",
    due: Any = None,
    due_label: Any = "",
    kicker: Any = "",
) -> str:
    values = {
        "code": code,
        "title": title,
        "state": states.describe(state, state_label) if state else None,
        "owner": owner,
        "due": due,
        "due_label": due_label or _("Due"),
        "kicker": kicker,
        "actions": SafeString(content.strip()),
    }
    context.render_context["object"] = (code, title)
    return render(context, "object_header", values)


@register.simple_tag(takes_context=True)
def print_head(context: Context) -> str:
    """What stands above every printed page: the object's code and title, else the page's, and the day."""
    code, title = context.render_context.get("object", ("", context.get("page_title", "")))
    return render(context, "print_head", {"code": code, "title": title, "now": clock.now()})


@register.simple_block_tag(takes_context=True)
def section(
    context: Context,
    content: str,
    title: Any,
    id: str = "",
    level: int = 2,
    description: Any = "",
) -> str:
    values = {
        "title": title,
        "id": id or slugify(str(title)) or "section",
        "tag": f"h{int(level)}",
        "description": description,
        "content": content,
    }
    _note_section(context, values["id"], title)
    return render(context, "section", values)


@register.simple_block_tag(takes_context=True)
def fold(
    context: Context, content: str, title: Any, id: str, brief: Any, due: bool = False, opened: bool = False
) -> str:
    """A section whose text opens under its heading; `brief` says what is in it. What is due is open."""
    values = {"title": title, "id": id, "brief": brief, "due": due, "content": content}
    _note_section(context, id, title, brief if due else "")
    return render(context, "fold", values | {"open": due or opened})


@register.simple_block_tag(takes_context=True)
def on_this_page(context: Context, content: str) -> str:
    """The sections within, and before them a list that leads to each and says what is due in it."""
    noted = context.render_context.get("sections_noted", [])
    return render(context, "on_this_page", {"sections": noted, "content": content})


def _note_section(context: Context, id: str, title: Any, due: Any = "") -> None:
    noted = context.render_context.get("sections_noted")
    if noted is None:
        noted = context.render_context["sections_noted"] = []
    noted.append({"id": id, "title": title, "due": due})


@register.simple_block_tag
def card(content: str, title: Any = "") -> str:
    heading = format_html("<h2>{}</h2>", title) if title else ""
    return format_html('<div class="card">{}{}</div>', heading, content)


@register.simple_block_tag
def notice(content: str, tone: str = "info", title: Any = "") -> str:
    heading = format_html('<p class="notice__title">{}</p>', title) if title else ""
    return format_html('<div class="notice notice--{}">{}{}</div>', tone, heading, content)


@register.simple_tag
def crumb(label: Any, url: str = "") -> str:
    if url:
        return format_html('<li><a href="{}">{}</a></li>', url, label)
    return format_html('<li aria-current="page">{}</li>', label)


@register.simple_tag(takes_context=True)
def section_nav(context: Context, links: Iterable[Link]) -> str:
    """The sub-pages of an object; the page below one of them marks the nearest."""
    request, found = context.get("request"), list(links)
    path = request.path if request else ""
    above = [urlsplit(link.url).path for link in found if path.startswith(urlsplit(link.url).path)]
    nearest = max(above, key=len, default="")
    tabs = [(link, urlsplit(link.url).path == nearest) for link in found]
    return render(context, "section_nav", {"tabs": tabs, "exact": nearest == path})


@register.simple_block_tag
def facts(content: str) -> str:
    return format_html('<dl class="facts">{}</dl>', content)


@register.simple_tag
def fact(label: Any, value: Any) -> str:
    shown = formats.NOTHING if value is None or value == "" else value
    return format_html("<div><dt>{}</dt><dd>{}</dd></div>", label, shown)


@register.simple_block_tag
def factblock(content: str, label: Any) -> str:
    return format_html(
        "<div><dt>{}</dt><dd>{}</dd></div>", label, (content.strip() and content) or formats.NOTHING
    )


@register.simple_tag
def text_list(texts: Iterable[str]) -> str:
    """What people wrote, each with its own lines; put together here, because a course has hundreds of them."""
    lines = (normalize_newlines(escape(text)).replace("\n", "<br>") for text in texts)
    return mark_safe(f'<ul class="comments">{"".join(f"<li>{line}</li>" for line in lines)}</ul>')


# --- small signs -----------------------------------------------------------------------------------


@register.simple_tag
@cache
def icon(name: str) -> str:
    return format_html(
        '<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="{}"/></svg>', ICONS[name]
    )


@register.simple_tag
@cache
def dimension_mark(letter: str) -> str:
    """The shape and letter of a dimension; its name stands beside it, so it is silent for screen readers."""
    ground, ink, path = MARKS[letter]
    return format_html(
        '<svg class="dimension-mark" viewBox="0 0 24 24" aria-hidden="true"><path fill="{}" d="{}"/>'
        '<text x="12" y="{}" fill="{}">{}</text></svg>',
        ground, path, 20 if letter == "C" else 16.5, ink, letter,
    )  # fmt: skip


@register.simple_tag
def state_tag(state: Any, label: Any = "") -> str:
    described = states.describe(state, label)
    return state_html(described)


def state_html(state: states.State) -> SafeString:
    return format_html(
        '<span class="state state--{}"><span aria-hidden="true">{}</span> {}</span>',
        state.tone, state.sign, state.label,
    )  # fmt: skip


@register.simple_tag
def code(text: Any, url: str = "") -> str:
    if url:
        return format_html('<a class="code" href="{}">{}</a>', url, text)
    return format_html('<span class="code">{}</span>', text)


# --- what can be done ------------------------------------------------------------------------------


@register.simple_tag(takes_context=True)
def next_steps(context: Context, steps: Iterable[Step]) -> str:
    return render(context, "next_steps", {"steps": list(steps)})


@register.simple_tag(takes_context=True)
def empty_state(
    context: Context,
    kind: str,
    title: Any,
    text: Any = "",
    url: str = "",
    verb: Any = "",
    way: Way | None = None,
) -> str:
    """`way` belongs to "not-allowed": who can change that. Where nobody can, the text says so."""
    return render(
        context,
        "empty_state",
        {"kind": kind, "title": title, "text": text, "url": url, "verb": verb, "way": way},
    )


@register.simple_tag(takes_context=True)
def error_summary(context: Context, form: Any) -> str:
    return render(context, "error_summary", {"form": form, "problems": forms.problems(form)})


@register.simple_tag
def form_field(field: Any) -> str:
    from crispy_forms.templatetags.crispy_forms_filters import as_crispy_field

    return as_crispy_field(field)


@register.simple_tag(takes_context=True)
def form_page(
    context: Context,
    form: Any,
    submit: Any = "",
    cancel_url: str = "",
    multipart: bool = False,
    danger: bool = False,
) -> str:
    request = context.get("request")
    values = {
        "form": form,
        "problems": forms.problems(form),
        "fields": mark_safe(render_crispy_form(form, helper=forms.plain_helper(form))),
        "submit": submit or _("Save"),
        "cancel_url": cancel_url,
        "multipart": multipart or form.is_multipart(),
        "danger": danger,
        "action": request.get_full_path() if request else "",
    }
    return render(context, "form_page", values)


# --- what is shown ---------------------------------------------------------------------------------


@register.simple_tag(takes_context=True)
def timeline(context: Context, entries: Iterable[Any]) -> str:
    return render(context, "timeline", {"entries": list(entries)})


@register.simple_tag(takes_context=True, name="number")
def number_tag(context: Context, item: Number) -> str:
    if item.value is None:
        shown = ""
    elif item.share:
        shown = formats.percent(item.value, item.decimals)
    else:
        shown = formats.decimal(item.value, item.decimals)
    trend = [
        (
            label,
            formats.percent(value, item.decimals) if item.share else formats.decimal(value, item.decimals),
        )
        for label, value in item.trend
    ]
    described = states.describe(item.state) if item.state else None
    return render(context, "number", {"item": item, "shown": shown, "trend": trend, "state": described})


@register.simple_block_tag(takes_context=True)
def criterion_card(
    context: Context,
    content: str,
    code: Any = "",
    title: Any = "",
    text: Any = "",
    source: Any = "",
    state: Any = "",
    state_label: Any = "",
    checked: bool = True,
    id: str = "",
    level: int = 2,
) -> str:
    values = {
        "code": code,
        "title": title,
        "text": text,
        "source": source,
        "state": states.describe(state, state_label) if state else None,
        "checked": checked,
        "id": id or f"criterion-{slugify(str(code))}",
        "tag": f"h{int(level)}",
        "content": content,
    }
    return render(context, "criterion_card", values)


@register.simple_block_tag
def card_part(content: str, title: Any = "") -> str:
    heading = format_html("<h3>{}</h3>", title) if title else ""
    return format_html('<div class="criterion__part">{}{}</div>', heading, content)


@register.simple_tag(takes_context=True)
def chart(context: Context, figure: charts.Chart) -> str:
    language = get_language() or "es"
    twin = charts.table(figure, language)
    values = {
        "figure": figure,
        "svg": mark_safe(charts.svg(figure, language, twin)),
        "table": twin,
        "head": _head_of((label, place > 0) for place, label in enumerate(twin.header)),
        "rows": _rows_of(twin),
    }
    return render(context, "chart", values)


@register.simple_tag(takes_context=True)
def figure_table(context: Context, table: FigureTable, told: bool = False) -> str:
    """Figures with a row for each thing; cards on a phone. `told`: the caption is seen."""
    _heading, *others = table.columns
    opened = [f'<td class="{column.css}" data-label="{escaped(column.label)}">' for column in others]
    lines = []
    for heading, *cells in table.rows:
        shown = "".join(f"{tag}{escaped(cell)}</td>" for tag, cell in zip(opened, cells, strict=True))
        lines.append(f'<tr><th scope="row">{escaped(heading)}</th>{shown}</tr>')
    values = {
        "table": table,
        "told": told,
        "head": _head_of((column.label, column.is_number) for column in table.columns),
        "rows": mark_safe("".join(lines)),
    }
    return render(context, "figure_table", values)


def _head_of(columns: Iterable[tuple[Any, bool]]) -> SafeString:
    """The headings, each with whether figures stand below it."""
    opened = {False: '<th scope="col">', True: '<th scope="col" class="num">'}
    return mark_safe("".join(f"{opened[is_number]}{escaped(label)}</th>" for label, is_number in columns))


def _rows_of(twin: charts.Table) -> SafeString:
    """Put together here, as the cells of lists are: for a page of charts it takes the template as long as the drawings."""
    lines = []
    for heading, *cells in twin.rows:
        figures = "".join(f'<td class="num">{escaped(cell)}</td>' for cell in cells)
        lines.append(f'<tr><th scope="row">{escaped(heading)}</th>{figures}</tr>')
    return mark_safe("".join(lines))


@register.simple_tag
def chart_svg(figure: charts.Chart, language: str = "") -> str:
    return mark_safe(charts.svg(figure, language or get_language() or "es"))


@register.simple_tag(takes_context=True)
def table(context: Context, table: Any) -> str:
    """A `lists.Table` inside a page: sortable, without filters or pages."""
    request = context["request"]
    RequestConfig(request, paginate=False).configure(table)
    return str(table.as_html(request))


@register.simple_tag(takes_context=True)
def panels(context: Context, place: str, obj: Any, fold: bool = False) -> str:
    """What upper floors show of the object; folded, with what is due first, where a page has many of them."""
    request = context["request"]
    found = panel_registry.panels_for(place, request, obj)
    shown = []
    for panel in sorted(found, key=lambda each: not each.is_due) if fold else found:
        body = render_to_string(panel.template, dict(panel.context), request=request)
        values: dict[str, Any] = {
            "title": panel.title,
            "id": slugify(str(panel.title)) or "panel",
            "body": body,
        }
        shown.append(values | {"brief": panel.brief, "due": panel.is_due})
        _note_section(context, f"panel-{values['id']}", panel.title, panel.brief if panel.is_due else "")
    return render(context, "panels", {"panels": shown, "fold": fold})


@register.simple_tag(takes_context=True)
def query(context: Context, *pairs: Any) -> str:
    """`{% query "page" 2 "sort" None %}`: this address with parameters replaced."""
    return lists.with_query(context["request"], **dict(zip(pairs[::2], pairs[1::2], strict=True)))
