"""One section of a proposal as a form: its fields and its rows. Shape only; the rules of law are the service's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import TextField
from django.utils.translation import gettext_lazy as _

from microcredentials.choices import LANGUAGES, SDGS
from microcredentials.forms.fields import DecimalField, LinesField
from microcredentials.forms.rows import BaseRows, rows_for
from microcredentials.models import MicroCredentialVersion
from microcredentials.reading import label_of
from microcredentials.sections import Section
from microcredentials.services.seen import Seen
from microcredentials.services.writing import MAX_TEXT, TRANSLATED, account_of

WRITTEN_IN = ("es", "en")
YES_NO = [("", _("not decided yet")), ("yes", _("Yes")), ("no", _("No"))]
TALL = {"need": 6, "contents": 6, "methods": 5, "quality_assurance": 4}
SPECIAL: dict[str, Any] = {
    "ects": lambda **words: DecimalField(
        **words | {"help_text": _("More than 0 and less than 15 (RD 822/2021 art. 37.8).")}
    ),
    "price": DecimalField,
    "cost": DecimalField,
    "languages": lambda **words: forms.MultipleChoiceField(
        choices=LANGUAGES, widget=forms.CheckboxSelectMultiple, **words
    ),
    "sdgs": lambda **words: forms.TypedMultipleChoiceField(
        choices=SDGS, coerce=int, widget=forms.CheckboxSelectMultiple, **words
    ),
    "requires_degree": lambda **words: forms.ChoiceField(choices=YES_NO, **words),
}
HELP = {
    "mode": _("RD 822/2021 art. 37.3."),
    "country": _("Two letters, as ES."),
    "responsible_name": _("A teacher of the university (RD 822/2021 art. 37.4)."),
}


def fields_in(section: Section) -> list[str]:
    """Form fields of a section, in its order: a translated one in Spanish, then in English."""
    names: list[str] = []
    for name in section.fields:
        if name in TRANSLATED:
            names += [f"{name}_{language}" for language in WRITTEN_IN]
        elif name != "responsible_teacher":
            names.append(name)
    return names


def field_for(name: str) -> forms.Field:
    """The form field of a field of the version."""
    base, _sep, language = name.rpartition("_")
    of_version = MicroCredentialVersion._meta.get_field(base if base in TRANSLATED else name)
    words: dict[str, Any] = {
        "label": label_of(name),
        "help_text": HELP.get(
            name, of_version.help_text if language != "en" or base not in TRANSLATED else ""
        ),  # type: ignore[union-attr]
        "required": name == "title_es",
    }
    if made := SPECIAL.get(name):
        field: forms.Field = made(**words)
    elif isinstance(of_version, TextField):
        rows = TALL.get(base if base in TRANSLATED else name, 3)
        field = LinesField(widget=forms.Textarea(attrs={"rows": rows}), max_length=MAX_TEXT, **words)
    else:
        field = of_version.formfield(**words)  # type: ignore[union-attr,assignment]
        if choices := getattr(field, "choices", None):
            field.choices = [("", _("not said")), *[choice for choice in choices if choice[0]]]  # type: ignore[attr-defined]
    if base in TRANSLATED:
        field.widget.attrs["lang"] = language
    return field


class SectionForm(forms.Form):
    """The fields of one section. `seen` says what each said when the page was made."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any, *, section: Section, version: MicroCredentialVersion) -> None:
        names = fields_in(section)
        initial = {name: getattr(version, name) for name in names}
        if "requires_degree" in initial:
            initial["requires_degree"] = {True: "yes", False: "no", None: ""}[version.requires_degree]
        if "responsible_name" in initial and version.responsible_teacher_id and not version.responsible_name:
            initial["responsible_name"] = str(version.responsible_teacher)
            initial["responsible_email"] = version.responsible_teacher.email  # type: ignore[union-attr]
        super().__init__(data, initial=initial)
        self.use_required_attribute = False
        self.fields |= {name: field_for(name) for name in names}

    def clean(self) -> None:
        if country := self.cleaned_data.get("country"):
            self.cleaned_data["country"] = str(country).upper()
        if "requires_degree" in self.cleaned_data:
            answer = self.cleaned_data["requires_degree"]
            self.cleaned_data["requires_degree"] = {"yes": True, "no": False}.get(answer)

    def design(self) -> dict[str, Any]:
        """The fields for the service. An e-mail of an account makes its owner the responsible teacher."""
        values = {name: value for name, value in self.cleaned_data.items() if name != "seen"}
        if "responsible_email" in values:
            values["responsible_teacher"] = account_of(values["responsible_email"])
        return values


@dataclass(frozen=True)
class Asked:
    """A field as the page shows it, with its English twin folded below it."""

    field: Any
    english: Any = None

    @property
    def is_open(self) -> bool:
        return bool(self.english and (self.english.errors or self.english.value()))


class SectionEditor:
    """Form and rows of a section as one: what pages, summaries of errors and refusals ask of a form."""

    def __init__(
        self, section: Section, version: MicroCredentialVersion, *, user: Any, data: Any = None
    ) -> None:
        self.section = section
        self.form = SectionForm(data, section=section, version=version)
        self.rows: dict[str, BaseRows] = {name: rows_for(name, version, data, user) for name in section.rows}
        self.forms = [self.form, *self.rows.values()]
        self.is_bound = data is not None
        if data is None:
            self.form.initial["seen"] = str(Seen.now(version, section.code))

    def is_valid(self) -> bool:
        return not self.errors

    @property
    def errors(self) -> list[Any]:
        if not self.is_bound:
            return []
        found = [part for part in (self.form.errors, *self.form.non_field_errors()) if part]
        for rows in self.rows.values():
            found += [errors for errors in (*rows.errors, *rows.non_form_errors()) if errors]
        return found

    def non_form_errors(self) -> list[Any]:
        return []

    def written(self) -> dict[str, list[Any]]:
        return {name: rows.written() for name, rows in self.rows.items()}

    def asked(self) -> Iterator[Asked]:
        for name in self.form.fields:
            base, _sep, language = name.rpartition("_")
            if name == "seen" or (base in TRANSLATED and language == "en"):
                continue
            yield Asked(self.form[name], self.form[f"{base}_en"] if base in TRANSLATED else None)
