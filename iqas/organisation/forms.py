"""Forms of the university, its centres and years."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Fieldset, Layout
from django import forms
from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from iqas.core.access import allowed
from iqas.organisation.models import AcademicYear, Centre, University
from iqas.organisation.scope_switch import Choice
from iqas.ui.forms import day_field


class UniversityForm(forms.ModelForm):  # type: ignore[type-arg]
    """What the university has decided. `seen_version` is the version that the person had before them."""

    seen_version = forms.IntegerField(widget=forms.HiddenInput)
    logo = forms.FileField(
        label=_("Logo"), required=False, help_text=_("PNG or JPEG. An empty field keeps the present one.")
    )

    class Meta:
        model = University
        fields = (
            "name",
            "short_name",
            "is_public",
            "threshold",
            "min_enrolment",
            "dpo_email",
            "complaints_email",
            "retention_days",
            "year_start_month",
            "year_start_day",
            "results_deadline_days",
            "report_deadline_months",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["seen_version"] = self.instance.version
        self.fields["logo"].widget.attrs["accept"] = ".png,.jpg,.jpeg"
        self.helper = FormHelper()
        self.helper.layout = Layout(
            "seen_version",
            Fieldset(_("Identity"), "name", "short_name", "logo", "is_public"),
            Fieldset(_("Small groups and editions"), "threshold", "min_enrolment"),
            Fieldset(_("Contacts and data protection"), "dpo_email", "complaints_email", "retention_days"),
            Fieldset(_("Academic year"), "year_start_month", "year_start_day"),
            Fieldset(_("Deadlines"), "results_deadline_days", "report_deadline_months"),
        )

    @classmethod
    def initial_of(cls, university: University) -> dict[str, Any]:
        stored = forms.model_to_dict(university, fields=cls.Meta.fields)
        return stored | {"seen_version": university.version}

    def decided(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.Meta.fields}


class CentreForm(forms.Form):
    code = forms.RegexField(
        r"^[A-Z0-9][A-Z0-9-]{0,19}$",
        label=_("Code"),
        help_text=_("Up to 20 capitals, digits and hyphens. It never changes."),
        error_messages={"invalid": _("Use capitals, digits and hyphens only.")},
    )
    name_es = forms.CharField(label=_("Name (Spanish)"), max_length=200)
    name_en = forms.CharField(label=_("Name (English)"), max_length=200, required=False)
    kind = forms.ChoiceField(label=_("Kind"), choices=Centre.Kind.choices)
    municipality = forms.CharField(
        label=_("Municipality"),
        max_length=80,
        required=False,
        help_text=_("Where it stands; SIIU counts learners by it (RD 640/2021 art. 18.1.a)."),
    )


class CentreEditForm(CentreForm):
    code = None  # type: ignore[assignment]
    seen_version = forms.IntegerField(widget=forms.HiddenInput)

    @staticmethod
    def initial_of(centre: Centre) -> dict[str, Any]:
        return {
            "seen_version": centre.version,
            "name_es": centre.name_es,  # type: ignore[attr-defined]
            "name_en": centre.name_en,  # type: ignore[attr-defined]
            "kind": centre.kind,
            "municipality": centre.municipality,
        }


class ScopeForm(forms.Form):
    """The scope switch: codes, of centres that the person may see; empty means all of them."""

    centre = forms.ModelChoiceField(Centre.objects.none(), to_field_name="code", required=False)
    year = forms.ModelChoiceField(AcademicYear.objects.all(), to_field_name="code", required=False)
    next = forms.CharField(required=False)

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["centre"].queryset = allowed(user, "centre.view")

    def choice(self) -> Choice:
        centre, year = self.cleaned_data["centre"], self.cleaned_data["year"]
        return Choice(centre.code if centre else "", year.code if year else "")

    def back(self, request: HttpRequest) -> str:
        """The page that was left, without what it filtered by, so that it begins with the choice."""
        left = self.cleaned_data["next"]
        if not url_has_allowed_host_and_scheme(left, allowed_hosts={request.get_host()}):
            return "/"
        address = urlsplit(left)
        kept = [
            pair for pair in parse_qsl(address.query) if pair[0] not in {"centre", "year", "scope", "page"}
        ]
        return f"{address.path}?{urlencode(kept)}".rstrip("?")


class YearForm(forms.Form):
    date = day_field(
        _("A day of that year"),
        help_text=_("The year is made from the bounds that the university has decided."),
    )
