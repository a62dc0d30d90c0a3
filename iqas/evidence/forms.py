from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from iqas.core import clock
from iqas.core.access import allowed
from iqas.core.files import DOCUMENTS
from iqas.evidence.models import Evidence
from iqas.frameworks import selectors as frameworks
from iqas.frameworks.models import Criterion, EvidenceKind
from iqas.organisation.models import Scope
from iqas.ui.forms import day_field


class HeaderForm(forms.Form):
    """What an evidence is and what it is said to prove."""

    title = forms.CharField(label=_("Title"), max_length=200)
    kind: forms.ModelChoiceField[EvidenceKind] = forms.ModelChoiceField(
        label=_("Kind"), queryset=EvidenceKind.objects.none()
    )
    dimensions = forms.MultipleChoiceField(
        label=_("What it proves: four dimensions"), widget=forms.CheckboxSelectMultiple, required=False
    )
    others = forms.MultipleChoiceField(
        label=_("What it proves: other frameworks"),
        required=False,
        help_text=_("Several may be chosen."),
        widget=forms.SelectMultiple(attrs={"size": 10}),
    )
    description = forms.CharField(
        label=_("Description"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Markdown."),
    )
    personal_data = forms.BooleanField(
        label=_("Contains personal data"),
        required=False,
        help_text=_("Then only people of this very scope and above see it."),
    )
    redaction_note = forms.CharField(
        label=_("How personal data are protected or blacked out"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].queryset = EvidenceKind.objects.order_by("order")  # type: ignore[attr-defined]
        self._criteria = {str(criterion.pk): criterion for criterion in frameworks.current_assessable()}
        dimensions, others = grouped(self._criteria.values())
        self.fields["dimensions"].choices = dimensions  # type: ignore[attr-defined]
        self.fields["others"].choices = others  # type: ignore[attr-defined]

    def header(self) -> dict[str, Any]:
        """The keywords of `services.add_evidence` and `change_evidence`."""
        data = self.cleaned_data
        chosen = [*data["dimensions"], *data["others"]]
        return {
            "title": data["title"],
            "kind": data["kind"],
            "criteria": [self._criteria[key] for key in chosen],
            "description": data["description"],
            "personal_data": data["personal_data"],
            "redaction_note": data["redaction_note"],
        }


class EditForm(HeaderForm):
    seen_version = forms.IntegerField(widget=forms.HiddenInput)

    @staticmethod
    def initial_of(evidence: Evidence) -> dict[str, Any]:
        criteria = [str(pk) for pk in evidence.criterion_links.values_list("criterion_id", flat=True)]
        return {
            "title": evidence.title,
            "kind": evidence.kind_id,
            "dimensions": criteria,
            "others": criteria,
            "description": evidence.description,
            "personal_data": evidence.personal_data,
            "redaction_note": evidence.redaction_note,
            "seen_version": evidence.version,
        }


class VersionForm(forms.Form):
    upload = forms.FileField(
        label=_("File"),
        required=False,
        help_text=_("PDF, Word, Excel, PowerPoint, OpenDocument, PNG, JPEG, CSV, JSON or plain text."),
        widget=forms.ClearableFileInput(attrs={"accept": ",".join(sorted(DOCUMENTS))}),
    )
    url = forms.CharField(
        label=_("Or an address"),
        required=False,
        max_length=1000,
        help_text=_("A page can change or vanish; a file is better proof."),
        widget=forms.URLInput,
    )
    date_of_fact = day_field(
        _("Date of fact"),
        help_text=_("When what it proves happened or was agreed, not when it is uploaded."),
    )
    valid_until = day_field(
        _("Valid until"),
        required=False,
        help_text=_("Empty if it does not expire."),
    )
    note = forms.CharField(label=_("Note on this version"), required=False, max_length=500)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["date_of_fact"].widget.attrs["max"] = clock.today().isoformat()

    def version(self) -> dict[str, Any]:
        """The keywords of `services.add_version`."""
        return {
            name: self.cleaned_data[name] for name in ("upload", "url", "date_of_fact", "valid_until", "note")
        }


class AddForm(VersionForm, HeaderForm):
    """A new evidence with its first version, on one page."""

    scope = forms.ModelChoiceField(label=_("Where it belongs"), queryset=Scope.objects.none())
    field_order = (
        "title",
        "scope",
        "kind",
        "upload",
        "url",
        "date_of_fact",
        "valid_until",
        "dimensions",
        "others",
        "description",
        "personal_data",
        "redaction_note",
        "note",
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        scopes = allowed(user, "evidence.add").exclude(kind=Scope.Kind.DOSSIER).order_by("path")
        self.fields["scope"].queryset = scopes  # type: ignore[attr-defined]


def grouped(criteria: Iterable[Criterion]) -> tuple[list[tuple[str, Any]], list[tuple[str, Any]]]:
    """Choices by dimension, and those of all other frameworks by framework."""
    dimensions: dict[str, list[tuple[str, str]]] = {}
    others: dict[str, list[tuple[str, str]]] = {}
    for criterion in criteria:
        choice = (str(criterion.pk), f"{criterion.code} {criterion.title}")
        if criterion.framework.code == frameworks.FOUR_DIMENSIONS and criterion.parent:
            dimensions.setdefault(str(criterion.parent), []).append(choice)
        else:
            others.setdefault(criterion.framework.name, []).append(choice)
    return list(dimensions.items()), list(others.items())
