"""Handing in, recording what a body decided, returning with reasons, commenting, publishing, the annual programme."""

from __future__ import annotations

import datetime as dt
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Fieldset, Layout
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from iqas.core import clock
from iqas.core.access import allowed
from iqas.core.files import DOCUMENTS
from iqas.evidence.models import EvidenceVersion
from iqas.organisation.models import AcademicYear, Scope
from iqas.organisation.scopes import ancestors
from iqas.ui.forms import day_field
from microcredentials.models import ApprovalAct, ApprovalStep, Document, Submission
from microcredentials.sections import SECTIONS

Outcome = ApprovalAct.Outcome
KINDS = ("approval", "minutes", "review-report")
REASON = "reason_"


def text_area(label: Any, *, rows: int = 3, required: bool = False, help_text: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        required=required,
        max_length=4000,
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": rows}),
    )


def documents_for(user: Any, scope: Scope) -> Any:
    """The documents of acts that this person sees, of the scope and of those above it, the latest first."""
    scopes = [scope, *ancestors(scope)]
    return (
        EvidenceVersion.objects.filter(
            evidence__in=allowed(user, "evidence.view").filter(scope__in=scopes, kind__code__in=KINDS)
        )
        .exclude(state=EvidenceVersion.State.WITHDRAWN)
        .select_related("evidence")
        .order_by("-uploaded_at")
    )


class DocumentField(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: EvidenceVersion) -> str:
        return f"{obj} · {obj.evidence.title}"


class MadeField(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Document) -> str:
        filed = f" · {obj.filed_as}" if obj.is_filed else ""
        return f"{obj.code} · {obj.get_kind_display()} ({obj.get_language_display()}){filed}"


class DecisionForm(forms.Form):
    """When which body decided, and the document that proves it: filed before, made here, or uploaded now.

    `day` names the field of the day.
    """

    day = "held_on"
    held_on = day_field(_("Date of the act"))
    body = forms.CharField(label=_("Body"), max_length=200, required=False)
    document = DocumentField(
        label=_("Document, among the evidence"), queryset=EvidenceVersion.objects.none(), required=False
    )
    made = MadeField(
        label=_("Or one that was made here"),
        queryset=Document.objects.none(),
        required=False,
        help_text=_("It is filed as evidence with the act, the same file under the same SHA-256."),
    )
    upload = forms.FileField(
        label=_("Or upload it"),
        required=False,
        help_text=_("It is filed as evidence; somebody else approves it there."),
        widget=forms.ClearableFileInput(attrs={"accept": ",".join(sorted(DOCUMENTS))}),
    )

    def __init__(
        self,
        *args: Any,
        user: Any,
        scope: Scope,
        body: str,
        made: QuerySet[Document] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields[self.day].widget.attrs["max"] = clock.today().isoformat()
        self.fields["body"].initial = body
        self.fields["document"].queryset = documents_for(user, scope)  # type: ignore[attr-defined]
        if made is not None and made.exists():
            self.fields["made"].queryset = made  # type: ignore[attr-defined]
        else:
            del self.fields["made"]

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if given.get("made") and given.get("document"):
            self.add_error("made", _("Choose a document or upload one, one of the two."))
        return given

    def decision(self) -> dict[str, Any]:
        given = self.cleaned_data
        return {name: given[name] for name in ("held_on", "body", "upload")} | {
            "document": given.get("made") or given["document"]
        }


class ActForm(DecisionForm):
    outcome = forms.ChoiceField(
        label=_("Outcome"),
        choices=[choice for choice in Outcome.choices if choice[0] != Outcome.RETURNED],
        initial=Outcome.FAVOURABLE,
        widget=forms.RadioSelect,
    )
    conditions = text_area(_("Conditions, or reasons of a rejection"))
    field_order = ("outcome", "conditions", "held_on", "body", "document", "made", "upload")

    def decision(self) -> dict[str, Any]:
        return super().decision() | {name: self.cleaned_data[name] for name in ("outcome", "conditions")}


class ReturnForm(DecisionForm):
    """One field for each section: an empty one is in order."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for section in SECTIONS:
            self.fields[REASON + section.code] = text_area(section.title, rows=2)
        self.helper = FormHelper()
        self.helper.layout = Layout(
            Fieldset(
                _("What has to change, section by section"), *(REASON + section.code for section in SECTIONS)
            ),
            Fieldset(_("The act"), *(name for name in DecisionForm.base_fields if name in self.fields)),
        )

    def decision(self) -> dict[str, Any]:
        reasons = {section.code: self.cleaned_data[REASON + section.code] for section in SECTIONS}
        return super().decision() | {"outcome": Outcome.RETURNED, "reasons": reasons}


class SubmitForm(forms.Form):
    note = text_area(_("Note for those who decide"))


class RemarkForm(forms.Form):
    text = text_area(_("Comment"), required=True)


class FulfilForm(forms.Form):
    on = day_field(_("Fulfilled on"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].initial = clock.today()


class PublishForm(forms.Form):
    """Since when. Publishing is no act of a body and needs no reason."""

    on = day_field(_("As of"))
    reason = text_area(_("Reason"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].initial = clock.today()


class StandingForm(DecisionForm):
    """Which body suspended, resumed or extinguished it, since when, why, on which conditions, by which document."""

    held_on = None  # type: ignore[assignment]
    day = "on"
    on = day_field(_("As of"))
    reason = text_area(_("Reason"), required=True)
    conditions = text_area(
        _("Conditions"),
        help_text=_(
            "What must happen before it is offered again, or what is kept for those who are enrolled."
        ),
    )
    field_order = ("on", "body", "reason", "conditions", "document", "upload")

    def __init__(self, *args: Any, needs_document: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].initial = clock.today()
        if needs_document:
            self.fields["document"].help_text = _("It is needed: choose it here, or upload it below.")


class ProgrammeForm(forms.Form):
    year = forms.ModelChoiceField(label=_("Academic year"), queryset=AcademicYear.objects.none())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        since = clock.today() - dt.timedelta(days=366)
        self.fields["year"].queryset = AcademicYear.objects.filter(ends__gte=since)  # type: ignore[attr-defined]


class ProgrammeActForm(DecisionForm):
    """The act on all that are chosen; those that the person wrote are not offered."""

    submissions = forms.ModelMultipleChoiceField(
        label=_("Micro-credentials"),
        queryset=Submission.objects.none(),
        widget=forms.CheckboxSelectMultiple,
    )
    field_order = ("submissions", "held_on", "body", "document", "made", "upload")

    def __init__(self, *args: Any, offered: list[Submission], continues: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["submissions"]
        field.required = not continues
        field.queryset = Submission.objects.filter(
            pk__in=[submission.pk for submission in offered]
        ).select_related("version__microcredential__centre")
        field.label_from_instance = self.words
        field.initial = [submission.pk for submission in offered]

    @staticmethod
    def words(submission: Submission) -> str:
        version = submission.version
        centre = version.microcredential.centre.name
        return f"{version.microcredential.code} · {version.title} · {centre}"

    def decision(self) -> dict[str, Any]:
        return super().decision() | {"submissions": list(self.cleaned_data["submissions"])}


def body_of(steps: list[ApprovalStep]) -> str:
    return next((step.body for step in steps), "")
