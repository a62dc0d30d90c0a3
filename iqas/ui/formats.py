"""Numbers and dates as people read them, in the reader's language; `None` is an en dash."""

from __future__ import annotations

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Any

from django.utils import formats, timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from iqas.core import clock

NOTHING = "–"
UNBROKEN_EQUALS = "\u00a0=\u00a0"
PERCENT_SIGN = (
    "\u00a0%"  # the no-break space stands in Spanish (Ortografía RAE, VIII 2.2) and does no harm in English
)


def decimal(value: Any, decimals: int = 1) -> str:
    """4.25 → "4,3" in Spanish (half away from zero, as people round)."""
    if value is None or value == "":
        return NOTHING
    return _written(str(rounded(value, decimals)), decimals, get_language() or "")


@lru_cache(maxsize=4096)
def _written(value: str, decimals: int, _language: str) -> str:
    """A page of results writes the same few numbers hundreds of times."""
    return formats.number_format(Decimal(value), decimal_pos=decimals, use_l10n=True, force_grouping=True)


def number(value: Any) -> str:
    """A count, with thousands grouped."""
    return decimal(value, 0)


def percent(value: Any, decimals: int = 0) -> str:
    """A fraction from 0 to 1 in percent."""
    if value is None or value == "":
        return NOTHING
    return decimal(Decimal(str(value)) * 100, decimals) + PERCENT_SIGN


def rounded(value: Any, decimals: int) -> Decimal:
    return Decimal(str(value)).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)


def as_date(value: date | datetime) -> date:
    if isinstance(value, datetime):
        return timezone.localtime(value).date() if timezone.is_aware(value) else value.date()
    return value


def day(value: date | datetime | None) -> str:
    """30 de junio de 2026."""
    return NOTHING if not value else formats.date_format(as_date(value), "DATE_FORMAT")


def short_day(value: date | datetime | None) -> str:
    """30/06/2026, the same in both languages, so that columns line up and nobody reads month for day."""
    return NOTHING if not value else as_date(value).strftime("%d/%m/%Y")


def days_left(value: date | datetime | None) -> str:
    """How far a date is from today, in words."""
    if not value:
        return NOTHING
    days = (as_date(value) - clock.today()).days
    if days == 0:
        return _("today")
    if days == 1:
        return _("tomorrow")
    if days > 0:
        return ngettext("in %(days)s day", "in %(days)s days", days) % {"days": days}
    return ngettext("%(days)s day late", "%(days)s days late", -days) % {"days": -days}


def is_past(value: date | datetime | None) -> bool:
    return bool(value) and as_date(value) < clock.today()  # type: ignore[arg-type]
