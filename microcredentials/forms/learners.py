"""People and their enrolments."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Fieldset, Layout
from django import forms
from django.utils.formats import localize_input
from django.utils.translation import gettext_lazy as _

from iqas.core.tabular import CellError
from iqas.ui.forms import day_field
from microcredentials.identity import (
    LENGTHS,
    Identity,
    birth_year_of,
    country_of,
    document_of,
    email_of,
    name_of,
    residence_of,
    student_number_of,
)
from microcredentials.models import Enrolment, Learner, LearnerStatistics


class IdentityForm(forms.Form):
    """Who it is, and apart from it what is only counted. The statistics are never shown again: empty keeps them."""

    given_name = forms.CharField(label=_("Given name"), max_length=LENGTHS["given_name"])
    family_name = forms.CharField(label=_("Family name"), max_length=LENGTHS["family_name"])
    email = forms.CharField(label=_("E-mail"), required=False, max_length=LENGTHS["email"])
    document_kind = forms.ChoiceField(
        label=_("Identity document"), required=False, choices=[("", _("not said")), *Learner.Document.choices]
    )
    document_number = forms.CharField(
        label=_("Document number"), required=False, max_length=LENGTHS["document_number"]
    )
    student_number = forms.CharField(
        label=_("Student number"),
        required=False,
        max_length=LENGTHS["student_number"],
        help_text=_("Adults may have none: then an e-mail or an identity document recognises the person."),
    )
    sex = forms.ChoiceField(
        label=_("Sex"), required=False, choices=[("", _("not said")), *LearnerStatistics.Sex.choices]
    )
    birth_year = forms.CharField(label=_("Year of birth"), required=False, max_length=10)
    nationality = forms.CharField(
        label=_("Nationality"),
        required=False,
        max_length=40,
        help_text=_("The country, or its two letters (ISO 3166)."),
    )
    residence = forms.CharField(label=_("Place of residence"), required=False, max_length=80)
    access = forms.ChoiceField(
        label=_("Access route"),
        required=False,
        choices=[("", _("not said")), *LearnerStatistics.Access.choices],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].widget.input_type = "email"
        self.helper = FormHelper()
        self.helper.layout = Layout(
            *self.first_fields(),
            Fieldset(
                _("Who it is"),
                "given_name",
                "family_name",
                "email",
                "document_kind",
                "document_number",
                "student_number",
            ),
            Fieldset(_("Only counted, never shown"), *LearnerStatistics.FIELDS),
        )

    def first_fields(self) -> tuple[Any, ...]:
        return ()

    def clean(self) -> dict[str, Any]:
        data = dict(super().clean() or self.cleaned_data)
        for name in ("given_name", "family_name"):
            self._convert(data, name, lambda text, name=name: name_of(text, LENGTHS[name]))
        self._convert(data, "email", email_of)
        self._convert(data, "student_number", student_number_of)
        self._convert(data, "nationality", country_of)
        self._convert(data, "birth_year", birth_year_of)
        self._convert(data, "residence", residence_of)
        try:
            data["document_kind"], data["document_number"] = document_of(
                data.get("document_kind", ""), data.get("document_number", "")
            )
        except CellError as illegal:
            self.add_error("document_number", illegal.message)
        return data

    def _convert(self, data: dict[str, Any], name: str, convert: Callable[[str], Any]) -> None:
        if not data.get(name):
            return
        try:
            data[name] = convert(data[name])
        except CellError as illegal:
            self.add_error(name, illegal.message)

    def identity(self) -> Identity:
        return Identity(**{name: self.cleaned_data[name] for name in Learner.IDENTITY})

    def statistics(self) -> dict[str, Any]:
        return {name: value for name in LearnerStatistics.FIELDS if (value := self.cleaned_data[name])}


class EnrolForm(IdentityForm):
    """Enrolling somebody. Who was erased is enrolled once it is confirmed that they ask for it themselves."""

    enrolled_on = day_field(_("Enrolled on"), required=False)
    at_own_request = forms.BooleanField(
        label=_("The person asks for this enrolment themselves, and knows that their data are held again"),
        required=False,
        widget=forms.HiddenInput,
    )

    def first_fields(self) -> tuple[Any, ...]:
        return ("at_own_request", "enrolled_on")

    def ask_whether_they_ask(self) -> None:
        """Shows what has to be confirmed; until somebody was found to be erased, nothing is asked."""
        self.fields["at_own_request"].widget = forms.CheckboxInput()


class LearnerForm(IdentityForm):
    """Correcting a learner."""

    seen_version = forms.IntegerField(widget=forms.HiddenInput)

    def first_fields(self) -> tuple[Any, ...]:
        return ("seen_version",)

    @staticmethod
    def initial_of(learner: Learner) -> dict[str, Any]:
        return {
            "seen_version": learner.version,
            **{name: getattr(learner, name) for name in Learner.IDENTITY},
        }


class EnrolmentForm(forms.Form):
    """State, grade and dates of one enrolment. What was posted stays a choice: the service says whether it follows."""

    seen_version = forms.IntegerField(widget=forms.HiddenInput)
    state = forms.ChoiceField(label=_("State"))
    grade = forms.DecimalField(
        label=_("Grade"),
        required=False,
        min_value=0,
        max_value=10,
        max_digits=4,
        decimal_places=2,
        localize=True,
        help_text=_("From 0 to 10; optional."),
    )
    enrolled_on = day_field(_("Enrolled on"), required=False)
    state_on = day_field(_("In this state since"), required=False)
    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Needed for a correction. It stays in the history."),
    )

    def __init__(self, *args: Any, enrolment: Enrolment, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        targets = {
            step.target for step in enrolment.get_all_state_transitions() if step.source == enrolment.state
        } | {self.data.get("state")}
        self.fields["state"].choices = [
            (value, label)
            for value, label in Enrolment.State.choices
            if value == enrolment.state or value in targets
        ]

    @staticmethod
    def initial_of(enrolment: Enrolment) -> dict[str, Any]:
        return {
            "seen_version": enrolment.version,
            "grade": localize_input(enrolment.grade),
            **{name: getattr(enrolment, name) for name in ("state", "enrolled_on", "state_on")},
        }


class ChosenField(forms.MultipleChoiceField):
    """Rows of a list with the version that was shown of each, as `<key>.<version>`: gives key → version."""

    default_error_messages = {"invalid_choice": _("Choose from the list.")}

    def clean(self, value: Any) -> dict[UUID, int]:
        try:
            pairs = [str(one).rpartition(".") for one in value or ()]
            return {UUID(key): int(version) for key, _dot, version in pairs}
        except ValueError as illegal:
            raise forms.ValidationError(
                self.error_messages["invalid_choice"], code="invalid_choice"
            ) from illegal


class ChangeForm(forms.Form):
    """One state for several enrolments of an edition. A chosen one says which version of it the person saw."""

    state = forms.ChoiceField(label=_("Take them to"), choices=[("", _("Choose…")), *Enrolment.State.choices])
    on = day_field(_("Since"), required=False)
    reason = forms.CharField(label=_("Reason (for a correction)"), required=False, max_length=2000)
    everybody = forms.BooleanField(label=_("All that the filters show"), required=False)
    chosen = ChosenField(required=False)


class EnrolmentUploadForm(forms.Form):
    file = forms.FileField(
        label=_("File"), help_text=_("CSV or XLSX, its first row with the names of the columns.")
    )
