"""Earlier results from a file, with the mapping that says what its columns are."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

LONGEST_MAPPING = 50_000


class ImportForm(forms.Form):
    file = forms.FileField(
        label=_("File of answers"),
        help_text=_("CSV or XLSX: one row for each person who answered, one column for each question."),
    )
    mapping = forms.CharField(
        label=_("Mapping"),
        max_length=LONGEST_MAPPING,
        widget=forms.Textarea(attrs={"rows": 16, "class": "code", "spellcheck": "false"}),
        help_text=_(
            "YAML: questionnaire and version, centre, year, which columns are the edition and which one is each question."
        ),
    )
