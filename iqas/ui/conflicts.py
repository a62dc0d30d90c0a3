"""Two people saved the same record: both texts side by side, and nothing lost (design §3). The only place that does so."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from iqas.core.refusals import StaleVersion
from iqas.ui import formats
from iqas.ui.forms import form_status, refusals

CONFLICT = 409
SEEN = "seen_version"  # the hidden field of every form that carries a version

InitialOf = Callable[[Any], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Conflict:
    """A field in which the reader's text differs from the one that was saved meanwhile."""

    label: Any
    mine: str
    theirs: str


def edit_page(
    request: HttpRequest,
    form: Any,
    save: Callable[[], Any],
    *,
    template: str,
    shown_with: Mapping[str, Any],
    initial_of: InitialOf | None = None,
    back: Any = None,
) -> HttpResponse:
    """The form of a record that carries a version: saves it, or shows what is wrong, or both texts (409).

    `initial_of` gives the form's initial values for the record as it is stored, with its version as `seen_version`; without it
    nobody can have saved meanwhile. `back` is where a saved form leads: to what `save` answers, unless told.
    """
    found = {**shown_with, "form": form}
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            try:
                saved = save()
            except StaleVersion as stale:
                if initial_of is None:
                    raise
                found |= context(form, initial_of(stale.current))
                return render(request, template, found, status=CONFLICT)
            if not form.errors:
                messages.success(request, _("Saved."))
                return redirect(back or saved)
    return render(request, template, found, status=form_status(form))


def context(form: Any, current: Mapping[str, Any], *, by: str = "") -> dict[str, Any]:
    """For `ui/conflict.html`: the fields of a valid form that differ from the stored ones, and who saved those.

    The form now carries the version seen in this comparison, so that saving again is a decision. `current` are the stored
    values as the form's initial values.
    """
    form.data = form.data.copy()
    form.data[form.add_prefix(SEEN)] = str(current[SEEN])
    return told(
        (
            Conflict(field.label, shown(field, form.cleaned_data.get(name)), shown(field, current[name]))
            for name, field in form.fields.items()
            if name != SEEN and name in current
        ),
        by=by,
    )


def told(conflicts: Iterable[Conflict], *, by: str = "") -> dict[str, Any]:
    """The same for texts that are no fields of one form."""
    differing = [conflict for conflict in conflicts if conflict.mine != conflict.theirs]
    return {"conflicts": differing, "conflict_by": by, "has_errors": True}


def shown(field: forms.Field, value: Any) -> str:
    """A value as a person reads it: the labels of choices, not their keys; yes and no; days and numbers as they are written."""
    if isinstance(field, forms.BooleanField) and not isinstance(field, forms.NullBooleanField):
        return str(_("Yes") if value else _("No"))
    if value in (None, ""):
        return ""
    if getattr(field, "choices", None) is not None:
        chosen = value if isinstance(value, QuerySet | list | tuple | set) else [value]
        wanted = {str(one.pk if isinstance(one, Model) else one) for one in chosen}
        return ", ".join(label for key, label in _flat(field.choices) if str(key) in wanted)
    if isinstance(value, date):
        return formats.day(value)
    if isinstance(value, Decimal):
        decimals = max(0, -int(value.normalize().as_tuple().exponent))
        return formats.decimal(value, decimals)
    return "\n".join(str(value).splitlines())


def _flat(choices: Any) -> list[tuple[Any, str]]:
    found: list[tuple[Any, str]] = []
    for key, label in choices:
        if isinstance(label, list | tuple):
            found += [(inner, str(text)) for inner, text in label]
        else:
            found.append((key, str(label)))
    return found
