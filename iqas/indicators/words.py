"""Values, targets and states in words: the same on every page, in every export and in the dossier."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from iqas.indicators.models import Target
from iqas.indicators.status import Aim, Status
from iqas.ui.formats import NOTHING, decimal, percent

SHARES = frozenset({"share", "percent", "%"})
COUNTS = frozenset({"count", "number"})
SIGNS = {"at_least": "≥", "at_most": "≤"}
STATES: Mapping[str, Any] = {
    Status.MET: _("met"),
    Status.PARTLY: _("just missed"),
    Status.UNMET: _("not met"),
    Status.NO_TARGET: _("no target"),
    Status.NOT_APPLICABLE: _("not applicable"),
    Status.SUPPRESSED: _("withheld: small group"),
    Status.NO_DATA: _("no data yet"),
}


def value_words(value: Decimal | float | None, unit: str) -> str:
    """Shares in percent with one decimal, means with two, counts whole."""
    if value is None:
        return NOTHING
    if unit in SHARES:
        return percent(value, 1)
    return decimal(value, 0 if unit in COUNTS else 2)


def target_words(kind: str, value: Decimal, upper: Decimal | None, unit: str) -> str:
    """`≥ 80 %`, `≤ 4,25`, `15 % – 20 %`: with the decimals that the target has, never rounded to others."""
    if kind == "range":
        return f"{_tidy(value, unit)} – {_tidy(value if upper is None else upper, unit)}"
    return f"{SIGNS[kind]}\u00a0{_tidy(value, unit)}"


def aim_words(aim: Aim | Target | None, unit: str) -> str:
    return "" if aim is None else target_words(aim.kind, aim.value, aim.upper, unit)


def _tidy(value: Decimal, unit: str) -> str:
    shown = (value * 100 if unit in SHARES else value).normalize()
    decimals = max(0, -int(shown.as_tuple().exponent))
    return percent(value, decimals) if unit in SHARES else decimal(value, decimals)
