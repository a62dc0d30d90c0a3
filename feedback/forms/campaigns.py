from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from feedback.models import Campaign, QuestionnaireVersion
from feedback.selectors.campaigns import usable_versions
from iqas.core import clock
from iqas.organisation.models import University
from microcredentials.models import Edition

USUAL_DAYS = 14


def date_input() -> forms.DateInput:
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class EditionField(forms.ModelChoiceField):
    def label_from_instance(self, edition: Any) -> str:
        return f"{edition.code} · {edition.version.title}"


class QuestionnaireField(forms.ModelChoiceField):
    def label_from_instance(self, version: Any) -> str:
        return f"{version.title} ({version})"


class TermsForm(forms.Form):
    """When a campaign runs and what it is called."""

    opens = forms.DateField(label=_("First day"), widget=date_input())
    closes = forms.DateField(
        label=_("Last day"), widget=date_input(), help_text=_("Answers are taken until midnight.")
    )
    threshold = forms.IntegerField(
        label=_("Minimum group size"),
        min_value=3,
        max_value=100,
        help_text=_("Nothing is shown about fewer people. The university's minimum, or more."),
    )
    mail_language = forms.ChoiceField(label=_("Language of the messages"))
    title_es = forms.CharField(label=_("Title in Spanish"), max_length=300, required=False)
    title_en = forms.CharField(
        label=_("Title in English"),
        max_length=300,
        required=False,
        help_text=_("Left empty, titles are made of the questionnaire and the edition."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = dict(settings.LANGUAGES)
        self.fields["mail_language"].choices = [  # type: ignore[attr-defined]
            (code, names[code]) for code in settings.INTERFACE_LANGUAGES
        ]

    def terms(self) -> dict[str, Any]:
        """The keywords of the services that set them."""
        given = self.cleaned_data
        return {
            "opens": given["opens"],
            "closes": given["closes"],
            "threshold": given["threshold"],
            "mail_language": given["mail_language"],
            "titles": {"es": given["title_es"], "en": given["title_en"]},
        }


class AddForm(TermsForm):
    """A new campaign on an edition."""

    edition = EditionField(
        label=_("Edition"), queryset=Edition.objects.none(), to_field_name="code", empty_label=_("Choose")
    )
    questionnaire_version = QuestionnaireField(
        label=_("Questionnaire"), queryset=QuestionnaireVersion.objects.none(), empty_label=_("Choose")
    )
    field_order = ("edition", "questionnaire_version")

    def __init__(self, *args: Any, editions: QuerySet[Edition], **kwargs: Any) -> None:
        today = clock.today()
        kwargs["initial"] = {
            "opens": today,
            "closes": today + dt.timedelta(days=USUAL_DAYS),
            "threshold": University.current().threshold,
            **kwargs.get("initial", {}),
        }
        super().__init__(*args, **kwargs)
        self.fields["edition"].queryset = editions  # type: ignore[attr-defined]
        self.fields["questionnaire_version"].queryset = usable_versions()  # type: ignore[attr-defined]


class EditForm(TermsForm):
    """The terms of a campaign that is not open yet; `seen` is the version the form was opened with."""

    seen = forms.IntegerField(widget=forms.HiddenInput)

    @staticmethod
    def initial_of(campaign: Campaign) -> dict[str, Any]:
        names = ("opens", "closes", "threshold", "mail_language", "title_es", "title_en")
        return {"seen": campaign.version, **{name: getattr(campaign, name) for name in names}}


class ExtendForm(forms.Form):
    closes = forms.DateField(label=_("New last day"), widget=date_input())
