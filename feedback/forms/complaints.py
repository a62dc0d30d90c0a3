from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from feedback.forms.campaigns import ScopeField
from feedback.models import Complaint
from feedback.selectors.complaints import scopes_for_senders
from feedback.selectors.reach import editions_of, scopes_of
from feedback.services.complaints import LONGEST
from iqas.accounts.models import User
from iqas.core import clock
from iqas.core.access import allowed
from iqas.frameworks.selectors import assessable
from iqas.improvement.forms import people_of
from iqas.improvement.models import Action
from iqas.organisation.models import Scope
from iqas.ui.forms import day_field
from microcredentials.models import Edition


def criterion_choices(prefix: str = "") -> list[tuple[str, str]]:
    """The criteria of the four dimensions, or of the one whose letter is given."""
    rows = assessable().filter(code__startswith=prefix) if prefix else assessable()
    return [("", "–"), *((row.code, f"{row.code} {row.title}") for row in rows)]


class ComplaintForm(forms.Form):
    """What was received. `sender` is asked for only when it is written down first."""

    seen_version = forms.IntegerField(widget=forms.HiddenInput, initial=0)
    kind = forms.ChoiceField(label=_("Kind"), choices=Complaint.Kind.choices)
    channel = forms.ChoiceField(
        label=_("Received by"),
        choices=[choice for choice in Complaint.Channel.choices if choice[0] != Complaint.Channel.FORM],
    )
    received_on = day_field(_("Received"))
    due_on = day_field(_("Answer due"), required=False, help_text=_("Left empty: 20 working days."))
    scope = ScopeField(label=_("Of"), queryset=Scope.objects.none(), to_field_name="code", empty_label=None)
    edition = forms.ModelChoiceField(
        label=_("Edition"), queryset=Edition.objects.none(), to_field_name="code", required=False
    )
    criterion_code = forms.ChoiceField(label=_("Criterion"), required=False)
    text = forms.CharField(
        label=_("Text"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("Only what is needed to answer it."),
    )
    is_urgent = forms.BooleanField(
        label=_("Urgent"),
        required=False,
        help_text=_(
            "Somebody may be in danger or was harmed. Only the persons named for safeguarding see it from then on."
        ),
    )
    responsible = forms.ModelChoiceField(
        label=_("Responsible"), queryset=Scope.objects.none(), required=False
    )
    action = forms.ModelChoiceField(
        label=_("Improvement action"), queryset=Action.objects.none(), to_field_name="code", required=False
    )
    sender = forms.EmailField(
        label=_("E-mail of the sender"),
        required=False,
        max_length=254,
        help_text=_("Kept encrypted, for the answer alone."),
    )

    def __init__(self, *args: Any, user: Any, is_new: bool, **kwargs: Any) -> None:
        kwargs["initial"] = {"received_on": clock.today(), **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        scopes = scopes_of(user, "complaint.edit")
        fields["scope"].queryset = scopes
        fields["edition"].queryset = editions_of(user, "complaint.edit")
        fields["criterion_code"].choices = criterion_choices()
        if is_new:
            del fields["responsible"], fields["action"]
        else:
            fields["responsible"].queryset = people_of(scopes)
            fields["action"].queryset = allowed(user, "improvement.view").order_by("code")
            del fields["sender"]
            if kwargs["initial"].get("channel") == Complaint.Channel.FORM:
                del fields["channel"]

    @staticmethod
    def initial_of(complaint: Complaint) -> dict[str, Any]:
        names = ("kind", "channel", "received_on", "due_on", "criterion_code", "text", "is_urgent")
        return {
            "seen_version": complaint.version,
            "scope": complaint.scope.code,
            "edition": complaint.edition.code if complaint.edition else None,
            "responsible": complaint.responsible_id,
            "action": complaint.action.code if complaint.action else None,
            **{name: getattr(complaint, name) for name in names},
        }

    def given(self) -> dict[str, Any]:
        """The keywords of the services."""
        return {name: value for name, value in self.cleaned_data.items() if name != "seen_version"}


class SafeguardingForm(forms.Form):
    """One more person who reads what is urgent."""

    scope = ScopeField(
        label=_("About"), queryset=Scope.objects.none(), to_field_name="code", empty_label=None
    )
    user = forms.ModelChoiceField(label=_("Person"), queryset=User.objects.none(), empty_label=_("Choose"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        scopes = scopes_for_senders()
        self.fields["scope"].queryset = scopes  # type: ignore[attr-defined]
        self.fields["user"].queryset = people_of(scopes)  # type: ignore[attr-defined]


class AnswerForm(forms.Form):
    """The answer; `seen_version` is the one that the form was opened with."""

    seen_version = forms.IntegerField(widget=forms.HiddenInput)
    answer = forms.CharField(
        label=_("Answer"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_(
            "It is sent as it stands where the sender left an address, and shown to who has the secret code."
        ),
    )
    dismissed = forms.BooleanField(label=_("It is not admitted"), required=False)


class SendForm(forms.Form):
    """The public form. `website` is a trap for programs: people do not see it."""

    kind = forms.ChoiceField(
        label=_("What is it?"),
        choices=Complaint.Kind.choices,
        widget=forms.Select(attrs={"class": "answer"}),
    )
    scope = ScopeField(
        label=_("About whom?"),
        queryset=Scope.objects.none(),
        to_field_name="code",
        empty_label=None,
        widget=forms.Select(attrs={"class": "answer"}),
    )
    text = forms.CharField(
        label=_("What happened, or what do you suggest?"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 8, "class": "answer"}),
    )
    email = forms.EmailField(
        label=_("Your e-mail address"),
        required=False,
        max_length=254,
        help_text=_("Only if you want an answer. It is kept encrypted and forgotten afterwards."),
    )
    is_urgent = forms.BooleanField(
        label=_("Somebody is in danger or was harmed"),
        required=False,
        help_text=_("Where somebody is in danger, a named person reads it first. In an emergency call 112."),
    )
    website = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["scope"].queryset = scopes_for_senders()  # type: ignore[attr-defined]

    def clean_website(self) -> str:
        if self.cleaned_data["website"]:
            raise forms.ValidationError(_("Leave this empty."))
        return ""

    def given(self) -> dict[str, Any]:
        """The keywords of `services.complaints.send_in`."""
        return {name: self.cleaned_data[name] for name in ("kind", "scope", "text", "email", "is_urgent")}
