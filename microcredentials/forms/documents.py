"""Filing a document that was made here as evidence."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from iqas.core import clock
from iqas.frameworks.models import EvidenceKind
from iqas.ui import formats
from iqas.ui.forms import day_field
from microcredentials.models import Document

Kind = Document.Kind
USUAL = {
    Kind.APPLICATION: "specification",
    Kind.QUALITY_REPORT: "review-report",
    Kind.SELF_ASSESSMENT: "review-report",
    Kind.SHEET: "public-page",
    Kind.EDITION_REPORT: "review-report",
    Kind.PROGRAMME: "approval",
}


class FilingForm(forms.Form):
    title = forms.CharField(label=_("Title"), max_length=200)
    kind: forms.ModelChoiceField[EvidenceKind] = forms.ModelChoiceField(
        label=_("Kind of evidence"), queryset=EvidenceKind.objects.none()
    )
    date_of_fact = day_field(_("Date of fact"))

    def __init__(self, *args: Any, document: Document, title: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = EvidenceKind.objects.order_by("order")
        self.fields["kind"].queryset = kinds  # type: ignore[attr-defined]
        self.fields["kind"].initial = kinds.filter(code=USUAL[Kind(document.kind)]).first()
        self.fields["title"].initial = title
        self.fields["date_of_fact"].initial = formats.as_date(document.as_of)
        self.fields["date_of_fact"].help_text = _(
            "When what it proves happened or was agreed, not when it is filed."
        )
        self.fields["date_of_fact"].widget.attrs["max"] = clock.today().isoformat()

    def filing(self) -> dict[str, Any]:
        """The keywords of `services.filing.file_document`."""
        return {**self.cleaned_data, "kind": self.cleaned_data["kind"].code}
