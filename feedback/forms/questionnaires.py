from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from feedback.answer_scales import READY, Answers, Scale, Written, answers_of, in_lines, scale_of
from feedback.models import Item, Questionnaire, QuestionnaireVersion, Section
from feedback.services.drafting import Heading
from feedback.services.item_editing import ItemTerms
from iqas.frameworks.models import Criterion

COMMON_CODES = "common-codes"  # id of the list that the browser offers
CHOICE = (Item.Kind.SINGLE, Item.Kind.MULTIPLE)


def _lines(rows: int = 2) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class SeenForm(forms.Form):
    """A step of a draft, on the version that was seen."""

    seen_version = forms.IntegerField(widget=forms.HiddenInput, initial=0)

    @property
    def seen(self) -> int:
        return int(self.cleaned_data["seen_version"])


class HeadingForm(forms.Form):
    """What a version is called; `seen_version` is the one that the form was opened with, 0 for a new one."""

    seen_version = forms.IntegerField(widget=forms.HiddenInput, initial=0)
    title_es = forms.CharField(label=_("Title in Spanish"), max_length=200)
    title_en = forms.CharField(label=_("Title in English"), max_length=200)
    intro_es = forms.CharField(
        label=_("Introduction in Spanish"),
        max_length=2000,
        required=False,
        widget=_lines(3),
        help_text=_("Two sentences before the first question: what it is for, how long it takes."),
    )
    intro_en = forms.CharField(
        label=_("Introduction in English"), max_length=2000, required=False, widget=_lines(3)
    )
    source = forms.CharField(
        label=_("Source"),
        max_length=300,
        required=False,
        help_text=_("Where the questions come from, if they are not your own."),
    )
    about_persons = forms.BooleanField(
        label=_("It judges persons who can be named"),
        required=False,
        help_text=_("Such as a teacher. Its results need larger groups, in all campaigns to come."),
    )

    @staticmethod
    def initial_of(version: QuestionnaireVersion) -> dict[str, Any]:
        names = ("title_es", "title_en", "intro_es", "intro_en", "source")
        return {
            "seen_version": version.version,
            "about_persons": version.questionnaire.about_persons,
            **{name: getattr(version, name) or "" for name in names},
        }

    def heading(self) -> Heading:
        given = self.cleaned_data
        return Heading(
            title={"es": given["title_es"], "en": given["title_en"]},
            intro={"es": given["intro_es"], "en": given["intro_en"]},
            source=given["source"],
        )


class QuestionnaireForm(HeadingForm):
    """A new questionnaire."""

    code = forms.CharField(
        label=_("Code"),
        max_length=40,
        help_text=_("Short and lasting, in capitals: EMPLOYER-2. It stays when the questions change."),
    )
    audience = forms.ChoiceField(label=_("Audience"), choices=Questionnaire.Audience.choices)
    field_order = ("code", "audience", "about_persons")

    def clean_code(self) -> str:
        return str(self.cleaned_data["code"]).strip().upper()


class SectionForm(forms.Form):
    """A section: one screen of the survey."""

    seen_version = forms.IntegerField(widget=forms.HiddenInput, initial=0)
    title_es = forms.CharField(label=_("Title in Spanish"), max_length=200)
    title_en = forms.CharField(label=_("Title in English"), max_length=200)

    @staticmethod
    def initial_of(section: Section, version: QuestionnaireVersion) -> dict[str, Any]:
        return {
            "seen_version": version.version,
            "title_es": section.title_es,  # type: ignore[attr-defined]
            "title_en": section.title_en,  # type: ignore[attr-defined]
        }

    def title(self) -> dict[str, str]:
        return {"es": self.cleaned_data["title_es"], "en": self.cleaned_data["title_en"]}


class ItemForm(forms.Form):
    """A question. Which answers it offers is said by a ready made scale or by words, one a line."""

    seen_version = forms.IntegerField(widget=forms.HiddenInput, initial=0)
    code = forms.CharField(
        label=_("Code"),
        max_length=20,
        help_text=_(
            "The same in every version: years are compared by it. Another question has another code."
        ),
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=Item.Kind.choices)
    text_es = forms.CharField(label=_("Question in Spanish"), max_length=1000, widget=_lines())
    text_en = forms.CharField(label=_("Question in English"), max_length=1000, widget=_lines())
    help_es = forms.CharField(label=_("Help in Spanish"), max_length=1000, required=False, widget=_lines())
    help_en = forms.CharField(label=_("Help in English"), max_length=1000, required=False, widget=_lines())
    scale = forms.ChoiceField(
        label=_("Scale"),
        choices=Scale.choices,
        initial=Scale.AGREEMENT,
        required=False,
        help_text=_("Of a question of agreement. Any other labelled scale: “own words”."),
    )
    words_es = forms.CharField(
        label=_("Answers in Spanish"),
        max_length=4000,
        required=False,
        widget=_lines(5),
        help_text=_(
            "One a line, from the first on. Where only some points have words, write the point before: 0 = Nada."
        ),
    )
    words_en = forms.CharField(
        label=_("Answers in English"), max_length=4000, required=False, widget=_lines(5)
    )
    low = forms.IntegerField(
        label=_("First number"),
        required=False,
        help_text=_("Of a number, or of a scale that does not begin with 1."),
    )
    high = forms.IntegerField(label=_("Last number"), required=False)
    reverse = forms.BooleanField(
        label=_("A low answer is favourable"),
        required=False,
        help_text=_("For statements such as “The workload was too high”."),
    )
    required = forms.BooleanField(
        label=_("It must be answered"),
        required=False,
        help_text=_("Rarely right: who may leave nothing open leaves the survey."),
    )
    no_answer_allowed = forms.BooleanField(
        label=_("It offers “I cannot judge”"), required=False, initial=True
    )
    criterion_code = forms.ChoiceField(
        label=_("Criterion"),
        required=False,
        help_text=_("Of the four dimensions: what the answers are evidence of."),
    )
    common_code = forms.CharField(
        label=_("Common code"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"list": COMMON_CODES}),
        help_text=_(
            "The same in the questionnaires of other audiences that ask the same, so that they can be contrasted."
        ),
    )
    importance_of = forms.ChoiceField(
        label=_("It asks how important this is"),
        required=False,
        help_text=_("A rating of the same section: importance against satisfaction."),
    )

    def __init__(
        self, *args: Any, criteria: Iterable[Criterion], ratings: Sequence[Item], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        initial = self.initial or {}
        known = [(one.code, f"{one.code} {one.title}") for one in criteria]
        kept = initial.get("criterion_code", "")
        if kept and kept not in dict(known):
            known.append((kept, kept))
        self.fields["criterion_code"].choices = [("", _("none")), *known]  # type: ignore[attr-defined]
        pairs = [(one.code, f"{one.code} {one.text[:60]}") for one in ratings]
        paired = initial.get("importance_of", "")
        if paired and paired not in dict(pairs):
            pairs.append((paired, paired))
        self.fields["importance_of"].choices = [("", _("none")), *pairs]  # type: ignore[attr-defined]

    @staticmethod
    def initial_of(item: Item, version: QuestionnaireVersion) -> dict[str, Any]:
        names = (
            "code", "kind", "text_es", "text_en", "help_es", "help_en", "reverse", "required", "no_answer_allowed",
            "criterion_code", "common_code", "importance_of",
        )  # fmt: skip
        has_words = item.labels and not _is_usual(item)
        return {
            "seen_version": version.version,
            **{name: getattr(item, name) if getattr(item, name) is not None else "" for name in names},
            "scale": scale_of(item) if item.kind == Item.Kind.LIKERT else Scale.AGREEMENT,
            "words_es": in_lines(item, "es") if has_words else "",
            "words_en": in_lines(item, "en") if has_words else "",
            "low": item.scale_min if has_words or item.kind == Item.Kind.NUMBER else None,
            "high": item.scale_max if item.kind == Item.Kind.NUMBER else None,
        }

    def clean_code(self) -> str:
        return str(self.cleaned_data["code"]).strip().upper()

    def clean_common_code(self) -> str:
        return str(self.cleaned_data["common_code"]).strip().upper()

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        worded = given.get("words_es") or given.get("words_en")
        if worded and given.get("kind") == Item.Kind.LIKERT and given.get("scale") in READY:
            self.add_error(
                "scale", _("This scale has its words. Choose “own words”, or leave the answers empty.")
            )
        if worded and given.get("kind") in (Item.Kind.TEXT, Item.Kind.NUMBER):
            self.add_error(
                "words_es", _("A comment or a number offers no answers to choose: leave them empty.")
            )
        return given

    def terms(self) -> ItemTerms:
        given = self.cleaned_data
        return ItemTerms(
            code=given["code"],
            kind=given["kind"],
            text={"es": given["text_es"], "en": given["text_en"]},
            help={"es": given["help_es"], "en": given["help_en"]},
            scale=given["scale"] or Scale.OWN,
            written=Written({"es": given["words_es"], "en": given["words_en"]}, given["low"], given["high"]),
            reverse=given["reverse"],
            required=given["required"],
            no_answer_allowed=given["no_answer_allowed"],
            criterion_code=given["criterion_code"],
            common_code=given["common_code"],
            importance_of=given["importance_of"],
        )


class ConditionForm(forms.Form):
    """The answers to another question that lead to this one."""

    seen_version = forms.IntegerField(widget=forms.HiddenInput, initial=0)
    values = forms.TypedMultipleChoiceField(
        label=_("Asked of those who answered"), coerce=int, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, answers: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["values"].choices = answers  # type: ignore[attr-defined]


def _is_usual(item: Item) -> bool:
    """Whether the answers are those that its kind, or a ready made scale, has anyway."""
    if item.kind == Item.Kind.LIKERT:
        return scale_of(item) != Scale.OWN
    if item.kind in (*CHOICE, Item.Kind.NUMBER, Item.Kind.TEXT):
        return False
    return answers_of(item.kind, "", Written({})) == Answers.of(item)
