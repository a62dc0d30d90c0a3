"""Forms: refusals of a service as form errors, the error summary, the confirmation page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render, resolve_url
from django.utils.translation import gettext_lazy as _

from iqas.core.refusals import AccessDenied, RuleViolation, StaleVersion

UNPROCESSABLE = 422


def day_field(label: Any, *, required: bool = True, **more: Any) -> forms.DateField:
    """A date, chosen in the browser's own calendar."""
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    return forms.DateField(label=label, required=required, widget=widget, **more)


@dataclass(frozen=True)
class Problem:
    """A line of the error summary: what is wrong, and the id of the field it is wrong in."""

    message: Any
    target: str = ""


def problems(form: Any) -> list[Problem]:
    """Every error of a bound form (or formset), those of the whole form first."""
    if not form.is_bound or not form.errors:
        return []
    if hasattr(form, "forms"):
        own = [Problem(message) for message in form.non_form_errors()]
        return own + [problem for part in form.forms for problem in problems(part)]
    found = [Problem(message) for message in form.non_field_errors()]
    for field in form:
        found += [
            Problem(f"{field.label}: {message}", field.id_for_label or field.auto_id)
            for message in field.errors
        ]
    return found


def plain_helper(form: Any) -> FormHelper:
    """The form's own helper if it has one; without a `<form>` of its own, for the page writes it."""
    helper = getattr(form, "helper", None) or FormHelper()
    helper.form_tag = False
    helper.disable_csrf = True
    helper.form_show_errors = True
    return helper


@contextmanager
def refusals(form: forms.BaseForm) -> Iterator[None]:
    """Shows what a service refuses as an error of the form, on the field it names where the form has it.

    What the person may not do at all, and a lost race, are pages of their own and pass through.
    """
    try:
        yield
    except (AccessDenied, StaleVersion):
        raise
    except RuleViolation as refusal:
        field = refusal.field if refusal.field in form.fields else None
        form.add_error(field, forms.ValidationError(str(refusal.message), code=refusal.code))


def posted(request: HttpRequest) -> QueryDict | None:
    """What was sent, an empty form too; None where nothing was."""
    return request.POST if request.method == "POST" else None


def form_status(form: Any) -> int:
    """422 for a form that was refused, so that programs and htmx see it too."""
    return UNPROCESSABLE if form.is_bound and form.errors else 200


class ConfirmForm(forms.Form):
    """The form of a step that cannot be undone; `reason` is kept in the history."""

    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2000)

    def __init__(self, *args: Any, reason_required: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = reason_required


def confirm_page(
    request: HttpRequest,
    *,
    title: Any,
    message: Any,
    verb: Any,
    cancel_url: str,
    form: forms.BaseForm | None = None,
    consequences: Sequence[Any] | Iterable[Any] = (),
    danger: bool = True,
    about: Any = "",
) -> HttpResponse:
    """A page, not a pop-up: what will happen, what follows from it, and the way back to what it is `about`."""
    form = form if form is not None else forms.Form()
    context = {
        "title": title,
        "message": message,
        "verb": verb,
        "cancel_url": cancel_url,
        "form": form,
        "consequences": list(consequences),
        "danger": danger,
        "about": about,
    }
    return render(request, "ui/confirm.html", context, status=form_status(form))


def confirm_step(
    request: HttpRequest,
    form: forms.BaseForm,
    step: Callable[..., object],
    *,
    said: Any,
    back: Any,
    **words: Any,
) -> HttpResponse:
    """Asks before a step of an object's life, takes it once confirmed, says so and goes `back`.

    `step` gets what the form holds; what it refuses is shown on the page, whose `words` are those of `confirm_page`.
    """
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            step(**form.cleaned_data)
            messages.success(request, said)
            return redirect(back)
    about = back if hasattr(back, "get_absolute_url") else ""
    return confirm_page(request, form=form, cancel_url=resolve_url(back), about=about, **words)
