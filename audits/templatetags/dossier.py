"""How a dossier writes numbers, states, charts and the verification code."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import segno
from django import template
from django.template.defaultfilters import filesizeformat
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from audits.dossier.content import Breakdown, Figure, Indicator, Level
from iqas.ui import charts, states
from iqas.ui.pdf.prose import prose as prose_html

register = template.Library()

FIGURE_STATES = {
    "met": ("✓", _("Target met")),
    "partly": ("◐", _("Just missed")),
    "unmet": ("✕", _("Target missed")),
    "suppressed": ("–", _("Withheld: small group")),
    "not_applicable": ("–", _("Not applicable")),
    "no_data": ("–", _("No data")),
    "no_target": ("–", _("No target")),
}
TARGET_STATES = frozenset({"met", "partly", "unmet"})
ACTION_STATES = {
    "open": _("Open"),
    "in_progress": _("In progress"),
    "done": _("Done"),
    "verified": _("Verified"),
    "cancelled": _("Cancelled"),
}
STEP_KINDS = {
    "started": _("The self-assessment was opened"),
    "submitted": _("The text was submitted for review"),
    "returned": _("The review returned the text to its authors"),
    "frozen": _("The self-assessment was frozen"),
}
TAGS = {
    "S": _("Sourced from the published standard"),
    "K": _("Usual practice: check with your agency"),
    "I": _("Own wording: check with your agency"),
}
PARTLY_MARK = "◐"
SHARE_UNITS = frozenset({"share", "percent", "%"})


@register.filter
def prose(text: str) -> SafeString:
    return mark_safe(prose_html(text))


@register.filter
def measure(value: Decimal | None, unit: str) -> str:
    """A value in its unit: shares as percentages with one decimal, means with two, counts whole."""
    if value is None:
        return "–"
    if unit in SHARE_UNITS:
        return f"{_rounded(value * 100, 1)} %"
    return _rounded(value, 0 if value == value.to_integral_value() and unit in {"count", "number"} else 2)


@register.filter
def plain(count: int | None) -> str:
    """A numerator or denominator."""
    return "–" if count is None else number_format(count)


def _rounded(value: Decimal, places: int) -> str:
    return number_format(
        value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP), decimal_pos=places
    )


@register.filter
def target(figure: Figure, unit: str) -> str:
    if figure.target is None:
        return "–"
    if figure.target_kind == "range":
        return f"{measure(figure.target, unit)} – {measure(figure.target_upper, unit)}"
    return f"{'≤' if figure.target_kind == 'at_most' else '≥'} {measure(figure.target, unit)}"


@register.filter
def figure_state(figure: Figure) -> SafeString:
    mark, word = FIGURE_STATES[figure.status]
    return format_html('<span class="state state-{}">{} {}</span>', figure.status, mark, word)


@register.filter
def figure_tag(figure: Figure) -> SafeString:
    """The state of a figure as a tag of the interface."""
    state = states.describe(
        figure.status if figure.status in TARGET_STATES else states.NONE, FIGURE_STATES[figure.status][1]
    )
    return format_html(
        '<span class="state state--{}"><span aria-hidden="true">{}</span> {}</span>',
        state.tone,
        state.sign,
        state.label,
    )


@register.filter
def action_state(state: str) -> str:
    return str(ACTION_STATES.get(state, state))


@register.filter
def step_words(kind: str) -> str:
    return str(STEP_KINDS.get(kind, kind))


@register.filter
def tag_words(tag: str) -> str:
    return str(TAGS.get(tag, tag))


@register.filter
def tone(level: Level) -> str:
    """The colour that goes with the level's own mark and word."""
    if level.is_pass is None:
        return "none"
    if PARTLY_MARK in level.symbol:
        return "partly"
    return "met" if level.is_pass else "missed"


@register.filter
def size(count: int) -> str:
    return filesizeformat(count)


@register.filter
def in_fours(code: str) -> str:
    """A verification code in groups of four, as it is printed and typed."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


@register.simple_tag
def qr_code(address: str, title: str) -> SafeString:
    """The address as an inline SVG square with a title, so that it has an alternative text."""
    svg = segno.make(address, error="m", micro=False).svg_inline(
        scale=3, border=0, dark="#16282C", title=title, omitsize=True
    )
    return mark_safe(svg)


@register.simple_tag
def trend_chart(indicator: Indicator) -> SafeString:
    """Three years against the target; what is withheld or missing is named, never drawn as zero."""
    latest = indicator.latest
    chart = charts.Trend(
        title=_finding(indicator),
        subtitle=indicator.title,
        points=tuple(
            charts.TrendPoint(
                label=figure.year,
                value=_plotted(figure.value),
                n=figure.n,
                missing="" if figure.value is not None else str(FIGURE_STATES[figure.status][1]),
            )
            for figure in indicator.figures
        ),
        percent=indicator.unit in SHARE_UNITS,
        decimals=1,
        target=_plotted(latest.target) if latest else None,
    )
    return mark_safe(charts.svg(chart, language=get_language() or "es"))


@register.simple_tag
def comparison_chart(indicator: Indicator) -> SafeString:
    """The latest value of each micro-credential against the target."""
    chart = charts.Bar(
        title=gettext("The same figure in each micro-credential"),
        subtitle=f"{indicator.title}, {indicator.latest.year}" if indicator.latest else indicator.title,
        bars=tuple(_bar(row) for row in indicator.breakdown),
        percent=indicator.unit in SHARE_UNITS,
        decimals=1,
        target=_plotted(indicator.latest.target) if indicator.latest else None,
    )
    return mark_safe(charts.svg(chart, language=get_language() or "es"))


def _bar(row: Breakdown) -> charts.BarItem:
    figure = row.figures[-1]
    missing = "" if figure.value is not None else str(FIGURE_STATES[figure.status][1])
    return charts.BarItem(label=row.code, value=_plotted(figure.value), n=figure.n, missing=missing)


def _plotted(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


def _finding(indicator: Indicator) -> str:
    """The trend in one sentence."""
    known = [figure for figure in indicator.figures if figure.value is not None]
    latest = indicator.latest
    if latest is None or not known:
        return gettext("There is no figure to show yet")
    if latest.value is None:
        return gettext("The latest figure is not available")
    value = measure(latest.value, indicator.unit)
    words = {"year": latest.year, "value": value, "target": target(latest, indicator.unit)}
    if latest.status == "met":
        return gettext("%(year)s reaches the target: %(value)s (target %(target)s)") % words
    if latest.status == "partly":
        return gettext("%(year)s just misses the target: %(value)s (target %(target)s)") % words
    if latest.status == "unmet":
        return gettext("%(year)s misses the target: %(value)s (target %(target)s)") % words
    return gettext("%(year)s: %(value)s, without a target") % words
