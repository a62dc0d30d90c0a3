"""Partners, their agreements and contacts, where they take part, and merging duplicates."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from iqas.core.access import allowed
from iqas.evidence.models import EvidenceVersion
from iqas.improvement.forms import proofs_for
from iqas.ui.forms import day_field
from microcredentials.models import Agreement, Participation, Partner, PartnerContact
from microcredentials.services.partners import AGREEMENT_FIELDS, CONTACT_FIELDS, FIELDS

CHOOSE = ("", _("choose one"))


class PartnerForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=200)
    kind = forms.ChoiceField(label=_("Kind"), choices=[CHOOSE, *Partner.Kind.choices])
    tax_id = forms.CharField(
        label=_("Tax number"), max_length=30, required=False, help_text=_("Helps to find duplicates.")
    )
    country = forms.CharField(label=_("Country"), max_length=2, help_text=_("Two letters, as ES."))
    website = forms.URLField(label=_("Website"), max_length=300, required=False, assume_scheme="https")
    notes = forms.CharField(
        label=_("Notes"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Everybody who sees the register reads them: nothing about persons."),
    )
    is_active = forms.BooleanField(label=_("Active"), required=False, initial=True)
    seen_version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def clean_country(self) -> str:
        return str(self.cleaned_data["country"]).upper()

    @staticmethod
    def initial_of(partner: Partner) -> dict[str, Any]:
        return {name: getattr(partner, name) for name in FIELDS} | {"seen_version": partner.version}

    def fields_given(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in FIELDS}


class AgreementForm(forms.Form):
    title = forms.CharField(label=_("Title"), max_length=200)
    starts = day_field(_("From"))
    ends = day_field(_("Until"), required=False)
    evidence = forms.ModelChoiceField(
        label=_("Evidence"),
        queryset=EvidenceVersion.objects.none(),
        required=False,
        help_text=_("The signed document. File it first if it is not listed."),
    )
    is_final = forms.BooleanField(
        label=_("Will not be renewed"), required=False, help_text=_("Then nobody is reminded when it ends.")
    )
    seen_version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ends"].help_text = _("Empty if it does not expire.")
        self.fields["evidence"].queryset = proofs_for(user)  # type: ignore[attr-defined]

    @staticmethod
    def initial_of(agreement: Agreement) -> dict[str, Any]:
        values = {name: getattr(agreement, name) for name in AGREEMENT_FIELDS}
        return values | {"evidence": agreement.evidence_id, "seen_version": agreement.version}

    def fields_given(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in AGREEMENT_FIELDS}


class ContactForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=150)
    position = forms.CharField(label=pgettext_lazy("person", "Post"), max_length=150, required=False)
    email = forms.EmailField(label=_("E-mail"), required=False)
    phone = forms.CharField(label=_("Telephone"), max_length=40, required=False)
    basis = forms.ChoiceField(
        label=_("Why these data may be kept"),
        choices=[CHOOSE, *PartnerContact.Basis.choices],
        help_text=_("Legal basis (GDPR art. 6.1)."),
    )
    basis_on = day_field(_("Since"))
    seen_version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    @staticmethod
    def initial_of(contact: PartnerContact) -> dict[str, Any]:
        return {name: getattr(contact, name) for name in CONTACT_FIELDS} | {"seen_version": contact.version}

    def fields_given(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in CONTACT_FIELDS}


class ParticipationForm(forms.Form):
    """A partner of the register, or a new one in two words."""

    partner = forms.ModelChoiceField(
        label=_("Partner"), queryset=Partner.objects.none(), required=False, empty_label=_("choose one")
    )
    new_name = forms.CharField(
        label=_("Or a new one: its name"),
        max_length=200,
        required=False,
        help_text=_("It joins the register."),
    )
    new_kind = forms.ChoiceField(
        label=_("Kind of the new one"), choices=[CHOOSE, *Partner.Kind.choices], required=False
    )
    role = forms.ChoiceField(label=_("What it does"), choices=[CHOOSE, *Participation.Role.choices])
    since = day_field(_("Since"))
    note = forms.CharField(label=_("Note"), max_length=500, required=False)

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        active = allowed(user, "partner.view").filter(is_active=True).order_by("sort_name")
        self.fields["partner"].queryset = active  # type: ignore[attr-defined]
        self.fields["partner"].label_from_instance = lambda one: f"{one.name} ({one.code})"  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if bool(data.get("partner")) == bool(data.get("new_name")):
            self.add_error("partner", _("Choose a partner of the register, or name a new one."))
        elif data.get("new_name") and not data.get("new_kind"):
            self.add_error("new_kind", _("Say what kind of partner it is."))
        return data


class MergeForm(forms.Form):
    duplicate = forms.ModelChoiceField(
        label=_("The duplicate"),
        queryset=Partner.objects.none(),
        empty_label=_("choose one"),
        help_text=_("Its code will lead to the partner that is kept."),
    )
    reason = forms.CharField(
        label=_("Reason"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, kept: Partner, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = allowed(user, "partner.merge").filter(merged_into=None).exclude(pk=kept.pk)
        self.fields["duplicate"].queryset = others.order_by("sort_name")  # type: ignore[attr-defined]
