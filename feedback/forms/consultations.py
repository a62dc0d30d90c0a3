from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from feedback.forms.campaigns import ScopeField
from feedback.forms.complaints import criterion_choices
from feedback.models import Consultation, ConsultationPoint
from feedback.selectors.consultations import PEERS
from feedback.selectors.reach import editions_of, scopes_of
from iqas.core import clock
from iqas.core.access import allowed
from iqas.evidence.models import EvidenceVersion
from iqas.improvement.forms import proofs_for
from iqas.improvement.models import Action
from iqas.organisation.models import Scope
from iqas.ui.forms import day_field
from microcredentials.models import Edition, Partner

LONGEST = 10_000


class ConsultationForm(forms.Form):
    """Minutes; `seen_version` is the one that the form was opened with, 0 for new ones."""

    seen_version = forms.IntegerField(widget=forms.HiddenInput, initial=0)
    title = forms.CharField(label=_("Title"), max_length=200)
    kind = forms.ChoiceField(label=_("Kind"), choices=Consultation.Kind.choices)
    held_on = day_field(_("Held on"))
    scope = ScopeField(
        label=_("Of"),
        queryset=Scope.objects.none(),
        to_field_name="code",
        empty_label=None,
        help_text=_("A micro-credential, or the centre or the university where it was about more."),
    )
    edition = forms.ModelChoiceField(
        label=_("Edition"), queryset=Edition.objects.none(), to_field_name="code", required=False
    )
    partners = forms.ModelMultipleChoiceField(
        label=_("Partners"),
        queryset=Partner.objects.none(),
        to_field_name="code",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    participants = forms.CharField(
        label=_("Participants"),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("One a line."),
    )
    summary = forms.CharField(
        label=_("Summary"), required=False, max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 6})
    )
    evidence = forms.ModelChoiceField(
        label=_("Minutes"),
        queryset=EvidenceVersion.objects.none(),
        required=False,
        help_text=_("The signed document, filed as evidence."),
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"held_on": clock.today(), **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["scope"].queryset = scopes_of(user, "consultation.edit")
        fields["edition"].queryset = editions_of(user, "consultation.edit")
        fields["partners"].queryset = Partner.objects.filter(merged_into=None).order_by("sort_name")
        fields["evidence"].queryset = proofs_for(user)

    @staticmethod
    def initial_of(consultation: Consultation) -> dict[str, Any]:
        names = ("title", "kind", "held_on", "participants", "summary")
        return {
            "seen_version": consultation.version,
            "scope": consultation.scope.code,
            "edition": consultation.edition.code if consultation.edition else None,
            "evidence": consultation.evidence_id,
            "partners": [partner.code for partner in consultation.partners.all()],
            **{name: getattr(consultation, name) for name in names},
        }

    def given(self) -> dict[str, Any]:
        """The keywords of the services."""
        found = {name: value for name, value in self.cleaned_data.items() if name != "seen_version"}
        return found | {"partners": list(found["partners"])}


class PointForm(forms.Form):
    """A point that was raised; `seen_version` is the consultation's."""

    seen_version = forms.IntegerField(widget=forms.HiddenInput)
    text = forms.CharField(
        label=_("Point raised"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 3})
    )
    criterion_code = forms.ChoiceField(label=_("Criterion"), required=False)
    answer = forms.CharField(
        label=_("What came of it"),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    action = forms.ModelChoiceField(
        label=_("Improvement action"), queryset=Action.objects.none(), to_field_name="code", required=False
    )

    def __init__(self, *args: Any, user: Any, consultation: Consultation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        everything = criterion_choices()
        peers = [one for one in everything if one[0].startswith(PEERS)]
        others = [one for one in everything[1:] if one not in peers]
        fields["criterion_code"].choices = [everything[0], *peers, *others]
        path = consultation.scope.path
        near = allowed(user, "improvement.view").select_related("scope").order_by("code")
        fields["action"].queryset = near.filter(scope__path__startswith=path)

    @staticmethod
    def initial_of(consultation: Consultation, point: ConsultationPoint) -> dict[str, Any]:
        return {
            "seen_version": consultation.version,
            "text": point.text,
            "criterion_code": point.criterion_code,
            "answer": point.answer,
            "action": point.action.code if point.action else None,
        }

    def given(self) -> dict[str, Any]:
        """The keywords of `services.consultations.save_point`."""
        return {name: value for name, value in self.cleaned_data.items() if name != "seen_version"}
