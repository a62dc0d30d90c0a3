"""A new micro-credential: its centre and its name; the rest is written section by section."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from iqas.organisation.models import Centre


class CreateForm(forms.Form):
    centre = forms.ModelChoiceField(label=_("Centre"), queryset=Centre.objects.none())
    title_es = forms.CharField(
        label=_("Title (Spanish)"),
        max_length=300,
        widget=forms.TextInput({"lang": "es"}),
        help_text=_("Not a name that could pass for an official degree (RD 822/2021 art. 36)."),
    )
    title_en = forms.CharField(
        label=_("Title (English)"), max_length=300, required=False, widget=forms.TextInput({"lang": "en"})
    )

    def __init__(self, *args: Any, centres: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["centre"]
        field.queryset = centres  # type: ignore[attr-defined]
        only = list(centres[:2])
        if len(only) == 1:
            field.initial = only[0]
