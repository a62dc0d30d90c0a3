from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from feedback.forms.campaigns import language_choices
from feedback.importers.recipients import Recipients, addresses_in, read_file, read_pasted
from feedback.selectors.register import Known
from feedback.services.invitations import LINKS_ON_A_SHEET
from microcredentials.models import Enrolment, PartnerContact

LARGEST_FILE = 5 * 1024 * 1024
PROBLEMS_SHOWN = 20


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


class ReturnedForm(forms.Form):
    """The addresses that mail came back from."""

    addresses = forms.CharField(
        label=_("E-mail addresses"),
        max_length=1_000_000,
        widget=forms.Textarea(attrs={"rows": 10, "spellcheck": "false"}),
        help_text=_("As they stand in the messages that came back; other words may stand around them."),
    )

    def clean_addresses(self) -> list[str]:
        return addresses_in(self.cleaned_data["addresses"])


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


class RegisterForm(forms.Form):
    """Which learners of the register to invite, by the state of their enrolment."""

    states = forms.MultipleChoiceField(label=_("Learners who are"), widget=forms.CheckboxSelectMultiple)
    by_edition = forms.BooleanField(
        label=_("Compare the editions"),
        required=False,
        help_text=_("Each edition becomes a group. Then answers are mixed once, when the campaign closes."),
    )

    def __init__(self, *args: Any, known: Mapping[str, Known], pooled: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = dict(Enrolment.State.choices)
        self.fields["states"].choices = [  # type: ignore[attr-defined]
            (state, self._label(names[state], found)) for state, found in known.items()
        ]
        if not pooled:
            del self.fields["by_edition"]

    @staticmethod
    def _label(name: Any, found: Known) -> str:
        return ngettext(
            "%(name)s: %(count)s person, %(reachable)s with an address",
            "%(name)s: %(count)s people, %(reachable)s with an address",
            found.people,
        ) % {"name": name, "count": found.people, "reachable": found.reachable}


class ContactsField(forms.ModelMultipleChoiceField):
    def label_from_instance(self, contact: Any) -> str:
        position = f", {contact.position}" if contact.position else ""
        return f"{contact.partner.name}: {contact.name}{position}"


class ContactsForm(forms.Form):
    """Which contacts of the partners to invite."""

    contacts = ContactsField(
        label=_("Contacts"), queryset=PartnerContact.objects.none(), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, contacts: QuerySet[PartnerContact], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["contacts"].queryset = contacts  # type: ignore[attr-defined]


class PosterForm(forms.Form):
    """In which language a poster speaks."""

    language = forms.ChoiceField(label=_("Language"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"].choices = language_choices()  # type: ignore[attr-defined]
