"""What results are chosen by."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from feedback.models import Questionnaire
from feedback.selectors.pooling import Choice
from iqas.ui import lists


class PlaceForm(lists.SiftForm):
    """Which questionnaire and which year, of those that were asked there."""

    questionnaire = forms.ChoiceField(label=_("Questionnaire"), required=False)
    year = forms.ChoiceField(label=_("Academic year"), required=False)

    def __init__(self, *args: Any, choices: Sequence[Choice], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        audiences = dict(Questionnaire.Audience.choices)
        asked = {one.questionnaire: one.audience for one in choices}
        self.fields["questionnaire"].choices = [
            (code, f"{code} · {audiences.get(audience, audience)}")
            for code, audience in sorted(asked.items())
        ]
        years = sorted({one.year for one in choices}, reverse=True)
        self.fields["year"].choices = [(year, year or _("without year")) for year in years]
