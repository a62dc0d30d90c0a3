"""How a dossier writes numbers, states, charts and the verification code."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import segno
from django import template
from django.template.defaultfilters import capfirst, filesizeformat
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from audits.dossier.content import Figure, Indicator, Level
from iqas.indicators.status import Status
from iqas.indicators.trend import Year, trend_chart
from iqas.indicators.words import SHARES, STATES, target_words, value_words
from iqas.ui import charts, states
from iqas.ui.pdf.prose import prose as prose_html

register = template.Library()

NO_DATA = _("no data")  # what is frozen waits for nothing more
FIGURE_MARKS = {"met": "✓", "partly": "◐", "unmet": "✕"}
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


@register.filter
def prose(text: str) -> SafeString:
    return mark_safe(prose_html(text))


@register.filter
def measure(value: Decimal | None, unit: str) -> str:
    return value_words(value, unit)


@register.filter
def plain(count: int | None) -> str:
    """A numerator or denominator."""
    return "–" if count is None else number_format(count)


@register.filter
def target(figure: Figure, unit: str) -> str:
    if figure.target is None:
        return "–"
    return target_words(figure.target_kind, figure.target, figure.target_upper, unit)


@register.filter
def figure_state(figure: Figure) -> SafeString:
    mark = FIGURE_MARKS.get(figure.status, "–")
    return format_html('<span class="state state-{}">{} {}</span>', figure.status, mark, _word(figure))


def _word(figure: Figure) -> str:
    return capfirst(str(NO_DATA if figure.status == Status.NO_DATA else STATES[figure.status]))


@register.filter
def figure_tag(figure: Figure) -> SafeString:
    """The state of a figure as a tag of the interface."""
    tone = figure.status if figure.status in TARGET_STATES else states.NONE
    state = states.describe(tone, _word(figure))
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


@register.filter
def trend(indicator: Indicator) -> charts.Trend:
    """Three years against the target, byte for byte as the staff's page draws the same figures."""
    return trend_chart(indicator.title, indicator.unit, [_year(figure) for figure in indicator.figures])


def _year(figure: Figure) -> Year:
    return Year(
        label=figure.year,
        status=figure.status,
        value=figure.value,
        n=figure.n,
        target_kind=figure.target_kind,
        target=figure.target,
        target_upper=figure.target_upper,
    )


@register.filter
def comparison(indicator: Indicator) -> charts.Bar:
    """Each micro-credential against the target, in the year of the indicator's latest figure."""
    latest = indicator.latest or indicator.figures[-1]
    rows = [
        (row.code, next(figure for figure in row.figures if figure.year == latest.year))
        for row in indicator.breakdown
    ]
    return charts.Bar(
        title=_spread(rows, indicator.unit),
        subtitle=f"{indicator.title}, {latest.year}",
        bars=tuple(_bar(code, figure) for code, figure in rows),
        percent=indicator.unit in SHARES,
        decimals=1 if indicator.unit in SHARES else 2,
        target=_plotted(latest.target) if latest.target_kind != "range" else None,
    )


def _spread(rows: Sequence[tuple[str, Figure]], unit: str) -> str:
    """From the lowest to the highest, in one sentence."""
    known = sorted((figure.value, code) for code, figure in rows if figure.value is not None)
    if not known:
        return gettext("No micro-credential has a figure to show")
    (low, lowest), (high, highest) = known[0], known[-1]
    if low == high:
        return gettext("%(value)s wherever there is a figure") % {"value": value_words(low, unit)}
    return gettext("From %(low)s (%(lowest)s) to %(high)s (%(highest)s)") % {
        "low": value_words(low, unit),
        "lowest": lowest,
        "high": value_words(high, unit),
        "highest": highest,
    }


def _bar(code: str, figure: Figure) -> charts.BarItem:
    missing = "" if figure.value is not None else _word(figure)
    return charts.BarItem(label=code, value=_plotted(figure.value), n=figure.n, missing=missing)


def _plotted(value: Decimal | None) -> float | None:
    return None if value is None else float(value)
