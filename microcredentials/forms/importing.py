"""Uploading a catalogue, and confirming what its dry run said."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from iqas.organisation.models import Centre


class FileForm(forms.Form):
    file = forms.FileField(
        label=_("File"), help_text=_("CSV or XLSX, its first row with the names of the columns.")
    )


class UploadForm(FileForm):
    centre = forms.ModelChoiceField(label=_("Centre"), queryset=Centre.objects.none())
    drafts = forms.BooleanField(
        label=_("Accept rows that lack values, as drafts"),
        required=False,
        help_text=_("What is unknown stays empty; illegal values reject the file all the same."),
    )
    field_order = ("centre", "file", "drafts")

    def __init__(self, *args: Any, centres: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["centre"]
        field.queryset = centres  # type: ignore[attr-defined]
        only = list(centres[:2])
        if len(only) == 1:
            field.initial = only[0]
