from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from iqas.indicators.models import Target
from iqas.indicators.services.targets import NO_TARGET
from iqas.indicators.words import STATES
from iqas.organisation.models import Scope
from iqas.ui import lists


class IndicatorFilter(lists.SiftForm):
    """Whose indicators, and how they stand."""

    scope = forms.ChoiceField(label=_("Scope"), required=False)
    state = forms.ChoiceField(
        label=_("Latest figure"),
        required=False,
        choices=[("", _("All")), *((state.value, words) for state, words in STATES.items())],
    )

    def __init__(self, *args: Any, scopes: Sequence[Scope], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["scope"].choices = [(scope.code, _label(scope)) for scope in scopes]


def _label(scope: Scope) -> str:
    indent = "· " if scope.kind == Scope.Kind.MICROCREDENTIAL else ""
    return f"{indent}{scope.code} – {Truncator(scope.label).chars(70)}"


class TargetForm(forms.Form):
    """A target as people write it, in percent."""

    kind = forms.ChoiceField(label=_("Target"), choices=Target.Kind)
    value = forms.DecimalField(
        label=_("Percent"), min_value=0, max_value=1000, max_digits=6, decimal_places=2, localize=True
    )
    upper = forms.DecimalField(
        label=_("Upper bound in percent"),
        help_text=_("Only for a target between two bounds."),
        min_value=0,
        max_value=1000,
        max_digits=6,
        decimal_places=2,
        localize=True,
        required=False,
    )
    seen_version = forms.IntegerField(widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        is_range = cleaned.get("kind") == Target.Kind.RANGE
        if is_range and cleaned.get("upper") is None and "upper" not in self.errors:
            self.add_error("upper", _("Give the upper bound too."))
        if not is_range:
            cleaned["upper"] = None
        return cleaned

    def fractions(self) -> dict[str, Any]:
        """The cleaned target with fractions from 0 to 1 instead of percent."""
        upper = self.cleaned_data["upper"]
        return {
            "kind": self.cleaned_data["kind"],
            "value": self.cleaned_data["value"] / Decimal(100),
            "upper": None if upper is None else upper / Decimal(100),
        }

    @staticmethod
    def initial_of(target: Target | None) -> dict[str, Any]:
        """Of no target at all too: the conflict page shows one that was removed meanwhile as empty."""
        if target is None or target.version == NO_TARGET:
            return {"kind": None, "value": None, "upper": None, "seen_version": NO_TARGET}
        return {
            "kind": target.kind,
            "value": _percent(target.value),
            "upper": None if target.upper is None else _percent(target.upper),
            "seen_version": target.version,
        }


def _percent(fraction: Decimal) -> Decimal:
    return (fraction * 100).quantize(Decimal("0.01"))
