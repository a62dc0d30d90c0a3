"""The shape of a questionnaire pack, checked before a word of it is stored."""

from __future__ import annotations

from typing import Annotated, Any, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    StringConstraints,
    model_serializer,
    model_validator,
)

from feedback.models import Item, Questionnaire

LANGUAGES = ("es", "en", "ca", "gl", "eu")
REQUIRED_LANGUAGES = ("es", "en")

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Translated(Strict):
    """A text in every language of the house; Spanish and English are never missing."""

    es: Text
    en: Text
    ca: Text | None = None
    gl: Text | None = None
    eu: Text | None = None


class ScalePack(Strict):
    """Points of an answer and their words: all in order, or only some (`{0: …, 10: …}`)."""

    points: tuple[int, int]
    labels: dict[str, list[Text] | dict[int, Text]]

    @model_validator(mode="after")
    def labels_fit_points(self) -> Self:
        low, high = self.points
        if not low < high:
            raise ValueError("a scale needs at least two points, the lower one first")
        for language in REQUIRED_LANGUAGES:
            if language not in self.labels:
                raise ValueError(f"labels in {language!r} are missing")
        for language, labels in self.labels.items():
            if language not in LANGUAGES:
                raise ValueError(f"{language!r} is no language of the house")
            if isinstance(labels, list) and len(labels) != high - low + 1:
                raise ValueError(f"{len(labels)} labels in {language!r} for {high - low + 1} points")
            if isinstance(labels, dict) and not set(labels) <= set(range(low, high + 1)):
                raise ValueError(f"a label in {language!r} stands off the scale {low} to {high}")
        return self

    def labels_by_point(self) -> dict[str, dict[str, str]]:
        return {
            language: {
                str(point): label
                for point, label in (
                    labels.items() if isinstance(labels, dict) else enumerate(labels, self.points[0])
                )
            }
            for language, labels in self.labels.items()
        }


MOST_OPTIONS = 60  # what a person can still read on a phone

Code = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9_-]{0,19}$")]


class ShownIf(Strict):
    """Who is asked: those who gave one of `values` to `item`, a closed question of an earlier section."""

    item: Code
    values: Annotated[list[int], Field(min_length=1)]


class ItemPack(Strict):
    code: Code
    kind: Item.Kind
    text: Translated
    help: Translated | None = None
    scale: str | None = None
    reverse: bool = False
    required: bool = False
    no_answer_allowed: bool = True
    criterion: str = ""
    common: Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9-]{0,39}$")] | None = None
    importance_of: Code | None = None
    shown_if: ShownIf | None = None

    @model_serializer(mode="wrap")
    def without_later_fields(self, serialize: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """What a pack does not use does not enter its hash: a pack written before these fields keeps the hash it has."""
        later = ("common", "importance_of", "shown_if")
        return {
            field: value
            for field, value in serialize(self).items()
            if field not in later or value is not None
        }

    @model_validator(mode="after")
    def scale_fits_kind(self) -> Self:
        if (self.scale is None) != (self.kind == Item.Kind.TEXT):
            raise ValueError("every question but a comment names a scale, and a comment names none")
        if self.reverse and self.kind not in Item.ORDERED:
            raise ValueError("only a scale with an order has a direction")
        if self.shown_if and self.required:
            raise ValueError("a question that only some are asked cannot be required")
        return self


class SectionPack(Strict):
    title: Translated
    items: Annotated[list[ItemPack], Field(min_length=1)]


class QuestionnairePack(Strict):
    """A version with its questions. `about_persons` is said of the questionnaire and is no part of a version's hash."""

    code: Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9-]{1,39}$")]
    version: Annotated[int, Field(ge=1)]
    audience: Questionnaire.Audience
    about_persons: bool = False
    source: str = ""
    title: Translated
    intro: Translated
    scales: dict[str, ScalePack]
    sections: Annotated[list[SectionPack], Field(min_length=1)]

    @property
    def items(self) -> list[ItemPack]:
        return [item for section in self.sections for item in section.items]

    @model_validator(mode="after")
    def items_are_whole(self) -> Self:
        codes = [item.code for item in self.items]
        twice = sorted({code for code in codes if codes.count(code) > 1})
        if twice:
            raise ValueError(f"item codes used twice: {', '.join(twice)}")
        unknown = sorted({item.scale for item in self.items if item.scale and item.scale not in self.scales})
        if unknown:
            raise ValueError(f"scales that are not declared: {', '.join(unknown)}")
        return self

    @model_validator(mode="after")
    def options_can_be_read(self) -> Self:
        for item in self.items:
            if item.kind in (Item.Kind.TEXT, Item.Kind.NUMBER):
                continue
            low, high = self._points(item)
            if high - low + 1 > MOST_OPTIONS:
                raise ValueError(f"{item.code} offers {high - low + 1} answers, more than {MOST_OPTIONS}")
        return self

    @model_validator(mode="after")
    def pairs_belong_together(self) -> Self:
        for section in self.sections:
            ratings = {item.code: item for item in section.items if item.kind == Item.Kind.LIKERT}
            for item in section.items:
                if item.importance_of is None:
                    continue
                satisfaction = ratings.get(item.importance_of)
                if item.code not in ratings or satisfaction is None or satisfaction.importance_of:
                    raise ValueError(
                        f"{item.code} asks how important {item.importance_of} is: two ratings of one section"
                    )
                if self._points(item) != self._points(satisfaction):
                    raise ValueError(
                        f"{item.code} and {item.importance_of} are compared and need scales of the same points"
                    )
        return self

    @model_validator(mode="after")
    def conditions_look_back(self) -> Self:
        """A condition is decided before its section is shown, and whoever answers knows which section is the last."""
        earlier: dict[str, ItemPack] = {}
        for section in self.sections:
            for item in section.items:
                if item.shown_if is None:
                    continue
                asked = earlier.get(item.shown_if.item)
                if asked is None or asked.kind in (Item.Kind.TEXT, Item.Kind.NUMBER):
                    raise ValueError(
                        f"{item.code} depends on {item.shown_if.item}: no choice of an earlier section"
                    )
                low, high = self._points(asked)
                if not all(low <= value <= high for value in item.shown_if.values):
                    raise ValueError(f"{item.code} depends on an answer that {asked.code} does not offer")
            earlier |= {item.code: item for item in section.items}
        if all(item.shown_if for item in self.sections[-1].items):
            raise ValueError("the last section needs a question that everybody is asked")
        return self

    def _points(self, item: ItemPack) -> tuple[int, int]:
        return self.scales[item.scale or ""].points
