"""The rows of a section as rows of a form. Keys are only matched within the version that is edited."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from iqas.ui.forms import day_field
from microcredentials.forms.fields import DecimalField, EscoField, EvidenceField, LinesField, PartnerField
from microcredentials.models import LearningOutcome, MicroCredentialVersion, Teacher
from microcredentials.selectors.partners import partner_named
from microcredentials.services.writing import MAX_ROWS, Body, Evaluation, Outcome, Support, Teaching

NOT_SAID = ("", _("not said"))


def text(
    label: Any, *, rows: int = 2, lang: str = "", limit: int = 4000, required: bool = False
) -> LinesField:
    widget = forms.Textarea(attrs={"rows": rows, **({"lang": lang} if lang else {})})
    return LinesField(label=label, widget=widget, max_length=limit, required=required)


class RowForm(forms.Form):
    """One row. `words` are the fields without which it is an empty row; those of `english` are folded away."""

    words: tuple[str, ...] = ()
    english: tuple[str, ...] = ()

    def __init__(
        self, *args: Any, user: Any, outcomes: list[tuple[str, str]] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.empty_permitted = True
        self.use_required_attribute = False
        for field in self.fields.values():
            if isinstance(field, EvidenceField):
                field.user = user
        if "outcomes" in self.fields:
            self.fields["outcomes"].choices = outcomes or []  # type: ignore[attr-defined]

    def has_changed(self) -> bool:
        return any(str(self.data.get(self.add_prefix(name)) or "").strip() for name in self.words)

    @property
    def shown(self) -> list[Any]:
        return [self[name] for name in self.fields if name not in {"id", "ORDER", "DELETE", *self.english}]

    @property
    def folded(self) -> list[Any]:
        return [self[name] for name in self.english]

    @property
    def is_english_open(self) -> bool:
        return any(self[name].errors or self[name].value() for name in self.english)


class BodyRow(RowForm):
    words = ("name", "agreement_id", "country", "region")
    name = forms.CharField(label=_("Awarding body"), max_length=200)
    is_coordinating = forms.BooleanField(label=_("It coordinates"), required=False)
    agreement_id = EvidenceField(label=_("Agreement"))
    country = forms.RegexField(
        r"^[A-Za-z]{2}\Z",
        label=_("Country"),
        required=False,
        help_text=_("Two letters; only where it is another."),
        error_messages={"invalid": _("Two letters, as ES.")},
    )
    region = forms.CharField(
        label=_("Region"), required=False, max_length=120, help_text=_("Only where it is another.")
    )


class SupporterRow(RowForm):
    words = ("name", "interest", "evidence_id", "expressed_on")
    id = forms.UUIDField(required=False, widget=forms.HiddenInput)
    name = forms.CharField(label=_("Stakeholder"), max_length=200)
    interest = text(_("Expression of interest"), rows=3)
    expressed_on = day_field(_("Expressed on"), required=False)
    evidence_id = EvidenceField(label=_("Evidence"))
    partner_id = PartnerField(label=_("Partner of the register"))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("name") and data.get("partner_id") is None and "partner_id" not in self.errors:
            data["partner_id"] = partner_named(data["name"])
        return data


class TeacherRow(RowForm):
    words = ("name", "institution", "hours")
    id = forms.UUIDField(required=False, widget=forms.HiddenInput)
    name = forms.CharField(label=_("Name"), max_length=150)
    role = forms.ChoiceField(label=_("Role"), choices=Teacher.Role.choices, initial=Teacher.Role.TEACHER)
    is_external = forms.BooleanField(label=_("From outside the university"), required=False)
    institution = forms.CharField(label=_("Institution"), max_length=200, required=False)
    hours = DecimalField(label=_("Hours of teaching"), required=False)


class OutcomeRow(RowForm):
    words = ("text_es", "text_en", "esco_uri")
    english = ("text_en",)
    id = forms.UUIDField(required=False, widget=forms.HiddenInput)
    text_es = text(_("Learning outcome (Spanish)"), lang="es", limit=2000, required=True)
    kind = forms.ChoiceField(
        label=_("Kind"), choices=[NOT_SAID, *LearningOutcome.Kind.choices], required=False
    )
    esco_uri = EscoField(
        label=_("ESCO skill"),
        required=False,
        max_length=200,
        help_text=_("Optional: its address, http://data.europa.eu/esco/skill/…"),
        widget=forms.TextInput(attrs={"inputmode": "url", "spellcheck": "false"}),
    )
    text_en = text(_("Learning outcome (English)"), lang="en", limit=2000)


class AssessmentRow(RowForm):
    words = ("name_es", "name_en", "criteria_es", "criteria_en", "weight")
    english = ("name_en", "criteria_en")
    id = forms.UUIDField(required=False, widget=forms.HiddenInput)
    name_es = forms.CharField(
        label=_("Type of assessment (Spanish)"), max_length=200, widget=forms.TextInput({"lang": "es"})
    )
    criteria_es = text(_("Criteria (Spanish)"), rows=3, lang="es")
    weight = forms.IntegerField(label=_("Weight (%)"), required=False, min_value=1, max_value=100)
    outcomes = forms.TypedMultipleChoiceField(
        label=_("Outcomes that it assesses"),
        required=False,
        coerce=UUID,
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "invalid_choice": _("One of the outcomes that you ticked is no longer there: tick them again.")
        },
    )
    name_en = forms.CharField(
        label=_("Type of assessment (English)"),
        max_length=200,
        required=False,
        widget=forms.TextInput({"lang": "en"}),
    )
    criteria_en = text(_("Criteria (English)"), rows=3, lang="en")


class BaseRows(forms.BaseFormSet):  # type: ignore[type-arg]
    """Rows of one kind; an emptied or removed row goes."""

    name = ""
    title: Any = ""
    row_title: Any = ""

    def kept(self) -> list[Any]:
        """The forms of the rows that stay, in the order that their author gave."""
        forms_kept = [form for form in self.forms if form.cleaned_data and form not in self.deleted_forms]
        if not self.can_order:
            return forms_kept
        return sorted(
            forms_kept, key=lambda form: (form.cleaned_data["ORDER"] is None, form.cleaned_data["ORDER"] or 0)
        )

    def written(self) -> list[Any]:
        return [self.write(form.cleaned_data) for form in self.kept()]

    @staticmethod
    def write(row: dict[str, Any]) -> Any:
        raise NotImplementedError

    @staticmethod
    def read(version: MicroCredentialVersion) -> list[dict[str, Any]]:
        raise NotImplementedError

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        if self.can_order:
            form.fields["ORDER"].label = _("Position")
        form.fields["DELETE"].label = _("Remove")


class BodyRows(BaseRows):
    name, title, row_title = "awarding_bodies", _("Awarding bodies"), _("Awarding body")

    @staticmethod
    def read(version: MicroCredentialVersion) -> list[dict[str, Any]]:
        return [
            {
                "name": row.name,
                "is_coordinating": row.is_coordinating,
                "agreement_id": row.agreement.code if row.agreement else "",
                "country": row.country,
                "region": row.region,
            }
            for row in version.awarding_bodies.select_related("agreement")
        ]

    @staticmethod
    def write(row: dict[str, Any]) -> Body:
        return Body(
            " ".join(row["name"].split()),
            row["is_coordinating"],
            row["agreement_id"],
            row["country"].upper(),
            row["region"],
        )


class SupporterRows(BaseRows):
    name, title, row_title = "supporters", _("Stakeholders behind the need"), _("Stakeholder")

    @staticmethod
    def read(version: MicroCredentialVersion) -> list[dict[str, Any]]:
        return [
            {
                "id": row.pk,
                "name": row.name,
                "interest": row.interest,
                "expressed_on": row.expressed_on,
                "evidence_id": row.evidence.code if row.evidence else "",
                "partner_id": row.partner.code if row.partner else "",
            }
            for row in version.supporters.select_related("evidence", "partner")
        ]

    @staticmethod
    def write(row: dict[str, Any]) -> Support:
        return Support(
            row["name"],
            row["interest"],
            row["expressed_on"],
            row["evidence_id"],
            row["id"],
            row["partner_id"],
        )


class TeacherRows(BaseRows):
    name, title, row_title = "teachers", _("Who teaches"), _("Teacher")

    @staticmethod
    def read(version: MicroCredentialVersion) -> list[dict[str, Any]]:
        names = ("id", "name", "role", "is_external", "institution", "hours")
        return [{name: getattr(row, name) for name in names} for row in version.teachers.all()]

    @staticmethod
    def write(row: dict[str, Any]) -> Teaching:
        return Teaching(
            row["name"], row["role"], row["is_external"], row["institution"], row["hours"], row["id"]
        )


class OutcomeRows(BaseRows):
    name, title, row_title = "outcomes", _("Learning outcomes"), _("Outcome")

    @staticmethod
    def read(version: MicroCredentialVersion) -> list[dict[str, Any]]:
        names = ("id", "text_es", "text_en", "kind", "esco_uri")
        return [{name: getattr(row, name) for name in names} for row in version.outcomes.all()]

    @staticmethod
    def write(row: dict[str, Any]) -> Outcome:
        texts = {name: row[name] for name in ("text_es", "text_en")}
        return Outcome(texts, kind=row["kind"], esco_uri=row["esco_uri"], id=row["id"])


class AssessmentRows(BaseRows):
    name, title, row_title = "assessments", _("Assessments"), _("Assessment of learning")

    @staticmethod
    def read(version: MicroCredentialVersion) -> list[dict[str, Any]]:
        texts = ("name_es", "name_en", "criteria_es", "criteria_en")
        return [
            {name: getattr(row, name) for name in ("id", "weight", *texts)}
            | {"outcomes": [str(outcome.pk) for outcome in row.outcomes.all()]}
            for row in version.assessments.prefetch_related("outcomes")
        ]

    @staticmethod
    def write(row: dict[str, Any]) -> Evaluation:
        texts = {name: row[name] for name in ("name_es", "name_en", "criteria_es", "criteria_en")}
        return Evaluation(texts, outcomes=tuple(sorted(row["outcomes"])), weight=row["weight"], id=row["id"])


def formset(row: type[RowForm], rows: type[BaseRows], *, ordered: bool = False) -> Any:
    return forms.formset_factory(
        row,
        formset=rows,
        extra=1,
        can_delete=True,
        can_order=ordered,
        max_num=MAX_ROWS,
        absolute_max=MAX_ROWS + 20,
    )


ROWS: dict[str, Any] = {
    "awarding_bodies": formset(BodyRow, BodyRows),
    "supporters": formset(SupporterRow, SupporterRows),
    "teachers": formset(TeacherRow, TeacherRows),
    "outcomes": formset(OutcomeRow, OutcomeRows, ordered=True),
    "assessments": formset(AssessmentRow, AssessmentRows, ordered=True),
}


def rows_for(name: str, version: MicroCredentialVersion, data: Any, user: Any) -> BaseRows:
    made = ROWS[name]
    known = (
        [(str(outcome.pk), str(outcome)) for outcome in version.outcomes.all()]
        if name == "assessments"
        else None
    )
    rows: BaseRows = made(
        data, prefix=name, initial=made.read(version), form_kwargs={"user": user, "outcomes": known}
    )
    return rows
