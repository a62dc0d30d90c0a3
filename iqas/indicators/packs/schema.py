"""The shape of a pack of indicators."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from feedback.packs.schema import Translated
from iqas.indicators.models import Definition

OF_LEARNERS = (
    Definition.Computation.COMPLETION,
    Definition.Computation.SUCCESS,
    Definition.Computation.COVERAGE,
)


class DefinitionPack(BaseModel):
    """One version of an indicator. `points` are the answers that count; without them, the two most favourable ones."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{1,39}$")]
    version: Annotated[int, Field(ge=1)]
    computation: Definition.Computation
    disclosure: Definition.Disclosure
    better: Definition.Better = Definition.Better.UP
    tolerance: Annotated[Decimal, Field(ge=0, lt=1)] = Decimal(0)
    items: dict[str, list[str]] = Field(default_factory=dict)
    points: list[int] = Field(default_factory=list)
    title: Translated
    formula: Translated

    @model_validator(mode="after")
    def items_feed_answers(self) -> Self:
        if bool(self.items) != (self.computation == Definition.Computation.FAVOURABLE):
            raise ValueError("an indicator of favourable answers names its questions, and no other does")
        if self.points and not self.items:
            raise ValueError("points are those of questions")
        return self

    @model_validator(mode="after")
    def counts_of_learners_are_protected(self) -> Self:
        if (self.disclosure == Definition.Disclosure.HIDDEN) != (self.computation in OF_LEARNERS):
            raise ValueError("an indicator of counts of learners hides small groups, and no other does")
        return self


class IndicatorPack(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    indicators: Annotated[list[DefinitionPack], Field(min_length=1)]
