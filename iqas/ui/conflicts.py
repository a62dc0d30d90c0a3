"""Two people saved the same record: both texts side by side, and nothing lost (design §3)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.formats import localize
from django.utils.translation import gettext_lazy as _

from iqas.core.refusals import StaleVersion
from iqas.ui.forms import form_status, refusals

CONFLICT = 409


@dataclass(frozen=True, slots=True)
class Conflict:
    """A field in which the reader's text differs from the one that was saved meanwhile."""

    label: Any
    mine: str
    theirs: str


def edit_page(
    request: HttpRequest,
    form: forms.Form,
    save: Callable[[], object],
    *,
    initial_of: Callable[[Any], Mapping[str, Any]],
    back: Any,
    template: str,
    shown_with: Mapping[str, Any],
) -> HttpResponse:
    """The form of a record that carries a version: saves it, or shows what is wrong, or both texts (409)."""
    found = {**shown_with, "form": form}
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            try:
                save()
            except StaleVersion as stale:
                found |= context(form, initial_of(stale.current), seen=stale.current.version)
                return render(request, template, found, status=CONFLICT)
            messages.success(request, _("Saved."))
            return redirect(back)
    return render(request, template, found, status=form_status(form))


def context(form: forms.Form, current: Mapping[str, Any], *, seen: int) -> dict[str, Any]:
    """For `ui/conflict.html`: the fields that differ. The form now carries the version seen in this comparison,

    so that saving again is a decision. `current` are the stored values as the form's initial values.
    """
    form.data = _with(form.data, form.add_prefix("seen_version"), str(seen))
    found = []
    for name, field in form.fields.items():
        if name == "seen_version" or name not in current:
            continue
        sent = form[name].value()
        mine, theirs = shown(field, sent), shown(field, current[name])
        if mine != theirs and field.has_changed(current[name], sent):
            found.append(Conflict(field.label, mine, theirs))
    return {"conflicts": found, "has_errors": True}


def _with(data: Any, name: str, value: str) -> Any:
    changed = data.copy()
    changed[name] = value
    return changed


def shown(field: forms.Field, value: Any) -> str:
    """A value as a person reads it: the labels of choices, not their keys."""
    if value in (None, ""):
        return ""
    if isinstance(value, Decimal):
        return localize(value)
    choices = getattr(field, "choices", None)
    if choices is None:
        return str(value)
    wanted = {str(item) for item in (value if isinstance(value, list | tuple) else [value])}
    return ", ".join(label for key, label in _flat(choices) if str(key) in wanted)


def _flat(choices: Any) -> list[tuple[Any, str]]:
    found: list[tuple[Any, str]] = []
    for key, label in choices:
        if isinstance(label, list | tuple):
            found += [(inner, str(text)) for inner, text in label]
        else:
            found.append((key, str(label)))
    return found
