"""The shape of an approval route, checked before a word of it is stored."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from django.utils.translation import gettext as _
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from microcredentials.models import Change
from microcredentials.sections import SECTIONS

MOST_STEPS = 20


def _printable(text: str) -> str:
    if not text.isprintable():
        raise ValueError(_("it has characters that cannot be printed."))
    return text


Text = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200),
    AfterValidator(_printable),
]
Source = Annotated[str, StringConstraints(strip_whitespace=True, max_length=300), AfterValidator(_printable)]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,39}$")]
Permission = Literal["approval.report", "approval.centre", "approval.govern", "approval.price"]
COMPARED = frozenset(name for section in SECTIONS for name in (*section.fields, *section.rows))


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Translated(Strict):
    es: Text
    en: Text
    ca: Text | None = None
    gl: Text | None = None
    eu: Text | None = None


class StepPack(Strict):
    """`days` count from the act before. `by_programme`: the annual programme records it for many at once."""

    code: Slug
    name: Translated
    body: Translated
    permission: Permission
    needed_for: Annotated[list[Change], Field(min_length=1)]
    public_only: bool = False
    needs_document: bool = False
    document_kind: Slug = "approval"
    by_programme: bool = False
    days: Annotated[int, Field(ge=1, le=730)]


class RoutePack(Strict):
    """`substantial`: the fields and lists of a version whose change is a substantial one; any other is minor."""

    pack: Literal["approval_route"]
    code: Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9-]{1,39}$")]
    version: Annotated[int, Field(ge=1, le=9999)]
    title: Translated
    source: Source = ""
    substantial: list[str]
    steps: Annotated[list[StepPack], Field(min_length=1, max_length=MOST_STEPS)]

    @model_validator(mode="after")
    def is_whole(self) -> Self:
        codes = [step.code for step in self.steps]
        if twice := sorted({code for code in codes if codes.count(code) > 1}):
            raise ValueError(_("Steps named twice: %(codes)s.") % {"codes": ", ".join(twice)})
        if unknown := sorted(set(self.substantial) - COMPARED):
            raise ValueError(
                _("No section of a proposal has: %(names)s.") % {"names": ", ".join(unknown)[:300]}
            )
        for change in Change:
            if not any(change in step.needed_for and not step.public_only for step in self.steps):
                raise ValueError(
                    _("No step decides on a version that is %(change)s.") % {"change": change.value}
                )
        return self
