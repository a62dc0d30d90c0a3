from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from feedback.importers.recipients import Recipients, read_file, read_pasted
from feedback.models import Campaign, QuestionnaireVersion
from feedback.selectors.campaigns import usable_versions
from feedback.services.invitations import LINKS_ON_A_SHEET
from iqas.core import clock
from iqas.organisation.models import University
from microcredentials.models import Edition

USUAL_DAYS = 14
LARGEST_FILE = 5 * 1024 * 1024
PROBLEMS_SHOWN = 20


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


class InviteForm(forms.Form):
    """A list of people, pasted or as a file."""

    addresses = forms.CharField(
        label=_("E-mail addresses"),
        required=False,
        max_length=1_000_000,
        widget=forms.Textarea(attrs={"rows": 10, "spellcheck": "false"}),
        help_text=_(
            "One person a line, as mail programs copy them: “Ana &lt;ana@example.org&gt;”. A group may follow: “ana@example.org; Morning”."
        ),
    )
    file = forms.FileField(
        label=_("Or a file"),
        required=False,
        allow_empty_file=True,
        help_text=_("CSV or XLSX with a column “email” and, if you like, one “group”."),
    )
    people: Recipients

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        pasted, file = cleaned.get("addresses", ""), cleaned.get("file")
        if self.errors:
            return cleaned
        if bool(pasted.strip()) == (file is not None):
            raise ValidationError(
                _("Paste the addresses or choose a file: one of the two."), code="one-source"
            )
        if file is not None and file.size > LARGEST_FILE:
            raise ValidationError({"file": _("The file is larger than 5 MiB.")})
        self.people = read_file(file.read()) if file is not None else read_pasted(pasted)
        field = "file" if file is not None else "addresses"
        for problem in self.people.problems[:PROBLEMS_SHOWN]:
            place = _("Row %(row)s: ") % {"row": problem.row} if problem.row else ""
            self.add_error(field, ValidationError(f"{place}{problem.message}", code=problem.code))
        if (rest := len(self.people.problems) - PROBLEMS_SHOWN) > 0:
            self.add_error(
                field, ngettext("And %(count)s row more.", "And %(count)s rows more.", rest) % {"count": rest}
            )
        return cleaned


class PrintForm(forms.Form):
    """How many links without address to print."""

    count = forms.IntegerField(
        label=_("Number of links"),
        min_value=1,
        max_value=LINKS_ON_A_SHEET,
        help_text=_("One for each person."),
    )
    group = forms.CharField(
        label=_("Group"), max_length=60, required=False, help_text=_("Only if results are wanted by group.")
    )


class ExtendForm(forms.Form):
    closes = forms.DateField(label=_("New last day"), widget=date_input())
