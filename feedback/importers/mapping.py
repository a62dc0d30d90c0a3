"""What a mapping says of a file of answers: which columns are the edition, which are items, and whose they are."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator, model_validator

from feedback.packs.schema import Text, Translated
from iqas.organisation.models import Centre

PLACEHOLDER = re.compile(r"\{([^{}]+)\}")
NO_ANSWER = ("",)


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class UniversityMapping(Strict):
    """The university to begin where the installation has none yet; else the existing one is used."""

    name: Text
    short_name: str = ""


class CentreMapping(Strict):
    code: Annotated[str, StringConstraints(pattern=r"^[A-Z0-9][A-Z0-9-]{0,19}$")]
    kind: Centre.Kind = Centre.Kind.FACULTY
    title: Translated


class EditionMapping(Strict):
    """The columns that tell editions apart; `code` and `title` name them as `{column}`."""

    columns: Annotated[list[Text], Field(min_length=1)]
    code: Text
    title: Translated

    @model_validator(mode="after")
    def code_tells_editions_apart(self) -> Self:
        missing = [column for column in self.columns if column not in PLACEHOLDER.findall(self.code)]
        if missing:
            raise ValueError(f"the code does not name the columns {', '.join(missing)}")
        return self


class CampaignMapping(Strict):
    title: Translated


class ItemMapping(Strict):
    """The column of one item, and how it is coded there."""

    column: Text
    scale: tuple[int, int] | None = None
    reverse: bool | None = None


class ResponsesMapping(Strict):
    """`scale` and `reverse` hold for every item that does not say its own; `no_answer` are cells that mean none."""

    questionnaire: Text
    version: Annotated[int, Field(ge=1)]
    university: UniversityMapping
    centre: CentreMapping
    year: Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}$")]
    edition: EditionMapping
    campaign: CampaignMapping
    scale: tuple[int, int]
    reverse: bool = False
    no_answer: list[str] = Field(default_factory=list)
    items: Annotated[dict[str, ItemMapping], Field(min_length=1)]

    @field_validator("items", mode="before")
    @classmethod
    def bare_columns(cls, items: object) -> object:
        """`Q1: Orientation` is short for `Q1: {column: Orientation}`."""
        if not isinstance(items, Mapping):
            return items
        return {code: {"column": item} if isinstance(item, str) else item for code, item in items.items()}

    @field_validator("year")
    @classmethod
    def year_spans_two(cls, year: str) -> str:
        if (int(year[:4]) + 1) % 100 != int(year[5:]):
            raise ValueError(f"{year} is no academic year such as 2025-26")
        return year

    @model_validator(mode="after")
    def each_column_once(self) -> Self:
        used = self.columns
        twice = sorted({column for column in used if used.count(column) > 1})
        if twice:
            raise ValueError(f"columns used twice: {', '.join(twice)}")
        for text in (self.edition.code, *_texts(self.edition.title), *_texts(self.campaign.title)):
            unknown = [name for name in PLACEHOLDER.findall(text) if name not in self.edition.columns]
            if unknown:
                raise ValueError(f"“{text}” names {', '.join(unknown)}, which is no column of the edition")
        return self

    @property
    def columns(self) -> list[str]:
        return [*self.edition.columns, *(item.column for item in self.items.values())]

    @property
    def empty_cells(self) -> frozenset[str]:
        return frozenset((*NO_ANSWER, *self.no_answer))

    def scale_of(self, code: str) -> tuple[int, int]:
        return self.items[code].scale or self.scale

    def is_reversed(self, code: str) -> bool:
        own = self.items[code].reverse
        return self.reverse if own is None else own


def filled(text: str, values: Mapping[str, str]) -> str:
    """`TR-{course code}` with the values of one edition. Nothing but names is understood between the braces."""
    return PLACEHOLDER.sub(lambda found: values[found[1]], text)


def _texts(text: Translated) -> list[str]:
    return [value for value in text.model_dump().values() if value]
