"""A pathway, and its steps as rows."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from iqas.core.access import allowed
from iqas.organisation.models import Centre
from microcredentials.forms.fields import DecimalField
from microcredentials.models import Pathway
from microcredentials.services.pathways import FIELDS, Step

SUGGESTED = 500
CODES = "pathway-codes"


class PathwayForm(forms.Form):
    name_es = forms.CharField(
        label=_("Name (Spanish)"), max_length=200, widget=forms.TextInput(attrs={"lang": "es"})
    )
    name_en = forms.CharField(
        label=_("Name (English)"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"lang": "en"}),
    )
    target = forms.ChoiceField(label=_("Leads to"), choices=Pathway.Target.choices)
    target_name = forms.CharField(label=_("Name of the target"), max_length=200)
    target_ects = DecimalField(
        label=_("Credits of its plan"), help_text=_("All its ECTS credits, as 240 for most degrees.")
    )
    other_ects = DecimalField(
        label=_("Credits recognised otherwise"),
        required=False,
        help_text=_(
            "For work experience or other own studies; they share the 15 % with the pathway (RD 822/2021 art. 10.5)."
        ),
    )
    replaces_own_title = forms.BooleanField(
        label=_("The degree replaces an extinguished own title"),
        required=False,
        help_text=_("Then the 15 % does not apply (RD 822/2021 art. 10.6)."),
    )
    note = forms.CharField(
        label=_("Note"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 3})
    )
    seen_version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    @staticmethod
    def initial_of(pathway: Pathway) -> dict[str, Any]:
        return {name: getattr(pathway, name) for name in FIELDS} | {"seen_version": pathway.version}

    def clean_target_ects(self) -> Any:
        return _storable(self.cleaned_data["target_ects"])

    def clean_other_ects(self) -> Any:
        return _storable(self.cleaned_data["other_ects"] or 0)

    def fields_given(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in FIELDS}


class CreatePathwayForm(PathwayForm):
    centre = forms.ModelChoiceField(label=_("Centre"), queryset=Centre.objects.none())
    field_order = ("centre",)

    def __init__(self, *args: Any, centres: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["centre"]
        field.queryset = centres  # type: ignore[attr-defined]
        only = list(centres[:2])
        if len(only) == 1:
            field.initial = only[0]


class StepForm(forms.Form):
    number = forms.IntegerField(label=_("Step"), min_value=1, max_value=99)
    code = forms.CharField(
        label=_("Code of the micro-credential"),
        max_length=30,
        widget=forms.TextInput(attrs={"list": CODES, "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_code(self) -> Any:
        code = self.cleaned_data["code"].strip().split(" ")[0].upper()
        found = allowed(self.user, "microcredential.view").filter(code=code).first()
        if found is None:
            raise forms.ValidationError(_("There is no micro-credential %(code)s.") % {"code": code})
        return found


class StepRows(forms.BaseFormSet):  # type: ignore[type-arg]
    @staticmethod
    def initial_of(pathway: Pathway) -> list[dict[str, Any]]:
        rows = pathway.steps.select_related("microcredential").order_by("number", "microcredential__code")
        return [{"number": row.number, "code": row.microcredential.code} for row in rows]

    def steps(self) -> list[Step]:
        rows = [
            form.cleaned_data for form in self.forms if form.cleaned_data and form not in self.deleted_forms
        ]
        return [(row["number"], row["code"]) for row in rows]

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        if "DELETE" in form.fields:
            form.fields["DELETE"].label = _("Remove")


StepFormSet = forms.formset_factory(
    StepForm, formset=StepRows, extra=3, can_delete=True, can_delete_extra=False, max_num=40
)


def _storable(value: Any) -> Any:
    if value is not None and (value >= 1000 or value != round(value, 2)):
        raise forms.ValidationError(_("Less than 1,000 credits, with two decimals at most."))
    return value
