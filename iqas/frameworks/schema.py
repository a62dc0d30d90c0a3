"""What a pack of this app may say. Pure: checked before anything touches the database.

Every pack carries a source and a tag: S sourced, K background knowledge, I ours. Only S may be shown
without "check with your agency"; none of the texts is a quotation.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

if TYPE_CHECKING:
    from collections.abc import Iterator

LANGUAGES = ("es", "en", "ca", "gl", "eu")

Tag = Literal["S", "K", "I"]
Code = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9.\-]{0,39}$")]
Version = Annotated[str, Field(pattern=r"^[0-9A-Za-z][0-9A-Za-z.\-]{0,19}$")]
Words = Annotated[str, Field(min_length=1, max_length=2000)]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Text(Strict):
    """A text in every language of the interface; Spanish and English are compulsory."""

    es: Words
    en: Words
    ca: Words | None = None
    gl: Words | None = None
    eu: Words | None = None

    def columns(self, field: str) -> dict[str, str | None]:
        return {f"{field}_{language}": getattr(self, language) for language in LANGUAGES}


class Pack(Strict):
    """The header common to all packs. `binding` names the fields of an entry that a version may not change."""

    binding: ClassVar[frozenset[str]] = frozenset()
    additions_bind: ClassVar[bool] = False

    code: Code
    version: Version
    title: Text
    note: Text | None = None
    source: Words
    source_url: str = Field(default="", pattern=r"^(https?://\S+)?$")
    tag: Tag

    def content(self) -> dict[str, Any]:
        """The pack as JSON values, the thing that is hashed and compared."""
        return self.model_dump(mode="json", by_alias=True)

    def header(self) -> dict[str, Any]:
        return self.model_dump(mode="json", include={"title", "note", "source", "source_url", "tag"})

    def entries(self) -> dict[str, dict[str, Any]]:
        """What the pack lists, by code, flattened: the unit of comparison between two contents."""
        raise NotImplementedError


class CriterionEntry(Strict):
    code: Code
    title: Text
    text: Text
    note: Text | None = None
    tag: Tag | None = None
    text_tag: Tag | None = None
    source: Words | None = None
    source_url: str | None = Field(default=None, pattern=r"^(https?://\S+)?$")
    assessable: bool = True
    shared: bool = False
    time: Literal["design", "award"] | None = None
    evidence: tuple[Code, ...] = ()
    freshness_months: Annotated[int, Field(ge=1, le=120)] | None = None
    children: tuple[CriterionEntry, ...] = ()


@dataclass(frozen=True, slots=True)
class FlatCriterion:
    """A criterion with everything that it inherits from its parents and from the pack."""

    entry: CriterionEntry
    parent: str
    order: int
    tag: Tag
    text_tag: Tag
    source: str
    source_url: str


class Question(Strict):
    code: Code
    text: Text


class FrameworkPack(Pack):
    binding = frozenset({"parent", "assessable", "shared", "time"})

    pack: Literal["framework"]
    short_title: Text | None = None
    scale: Code
    questions: tuple[Question, ...] = ()
    questions_tag: Tag = "I"
    criteria: Annotated[tuple[CriterionEntry, ...], Field(min_length=1)]

    def flat(self) -> Iterator[FlatCriterion]:
        order = 0

        def walk(
            entries: tuple[CriterionEntry, ...], parent: str, tag: Tag, source: str, url: str
        ) -> Iterator[FlatCriterion]:
            nonlocal order
            for entry in entries:
                order += 1
                own_tag = entry.tag or tag
                own_source = source if entry.source is None else entry.source
                own_url = entry.source_url
                if own_url is None:
                    own_url = url if entry.source is None else ""
                yield FlatCriterion(
                    entry, parent, order, own_tag, entry.text_tag or own_tag, own_source, own_url
                )
                yield from walk(entry.children, entry.code, own_tag, own_source, own_url)

        yield from walk(self.criteria, "", self.tag, self.source, self.source_url)

    @model_validator(mode="after")
    def codes_are_unique(self) -> FrameworkPack:
        codes = [item.entry.code for item in self.flat()]
        repeated = sorted({code for code in codes if codes.count(code) > 1})
        if repeated:
            raise ValueError(f"criteria repeated: {', '.join(repeated)}")
        questions = [question.code for question in self.questions]
        if len(set(questions)) != len(questions):
            raise ValueError("guiding questions repeated")
        return self

    def header(self) -> dict[str, Any]:
        own = self.model_dump(mode="json", include={"short_title", "scale", "questions", "questions_tag"})
        return super().header() | own

    def entries(self) -> dict[str, dict[str, Any]]:
        return {
            item.entry.code: item.entry.model_dump(mode="json", exclude={"code", "children"})
            | {
                "parent": item.parent,
                "order": item.order,
                "tag": item.tag,
                "text_tag": item.text_tag,
                "source": item.source,
                "source_url": item.source_url,
            }
            for item in self.flat()
        }


class Level(Strict):
    code: Code
    label: Text
    descriptor: Text
    is_pass: bool | None
    symbol: Annotated[str, Field(min_length=1, max_length=3)]


class FindingTypeEntry(Strict):
    code: Code
    label: Text
    descriptor: Text
    symbol: Annotated[str, Field(min_length=1, max_length=3)]
    needs_action: bool
    blocks_certificate: bool


class ScalePack(Pack):
    """Levels of a rating, or types of finding; never both."""

    binding = frozenset({"order", "is_pass", "needs_action", "blocks_certificate"})
    additions_bind = True

    pack: Literal["scale"]
    levels: tuple[Level, ...] = ()
    finding_types: tuple[FindingTypeEntry, ...] = ()
    descriptor_tag: Tag

    def listed(self) -> tuple[Level | FindingTypeEntry, ...]:
        return (*self.levels, *self.finding_types)

    @model_validator(mode="after")
    def levels_or_findings(self) -> ScalePack:
        if bool(self.levels) == bool(self.finding_types):
            raise ValueError("a scale has either levels or finding types")
        codes = [item.code for item in self.listed()]
        if len(set(codes)) != len(codes):
            raise ValueError("codes repeated")
        return self

    def header(self) -> dict[str, Any]:
        return super().header() | {"descriptor_tag": self.descriptor_tag}

    def entries(self) -> dict[str, dict[str, Any]]:
        return {
            item.code: item.model_dump(mode="json", exclude={"code"}) | {"order": order}
            for order, item in enumerate(self.listed(), start=1)
        }


class CrosswalkPack(Pack):
    """Links from criteria of one framework to criteria of another; tag S only when an official table says so."""

    binding = frozenset({"relation"})

    pack: Literal["crosswalk"]
    from_: Code = Field(alias="from")
    from_version: Version
    to: Code
    to_version: Version
    relation: Literal["corresponds", "relates"]
    links: Annotated[tuple[tuple[Code, Code], ...], Field(min_length=1)]

    @model_validator(mode="after")
    def links_are_unique(self) -> CrosswalkPack:
        if len(set(self.links)) != len(self.links):
            raise ValueError("links repeated")
        return self

    def ends(self) -> tuple[tuple[str, str], tuple[str, str]]:
        """Code and version of the two frameworks that are linked."""
        return (self.from_, self.from_version), (self.to, self.to_version)

    def entries(self) -> dict[str, dict[str, Any]]:
        return {f"{source} → {target}": {"relation": self.relation} for source, target in self.links}


class Kind(Strict):
    code: Code
    title: Text


class EvidenceKindsPack(Pack):
    pack: Literal["evidence_kinds"]
    kinds: Annotated[tuple[Kind, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def kinds_are_unique(self) -> EvidenceKindsPack:
        codes = [kind.code for kind in self.kinds]
        if len(set(codes)) != len(codes):
            raise ValueError("kinds repeated")
        return self

    def entries(self) -> dict[str, dict[str, Any]]:
        return {
            kind.code: {"title": kind.title.model_dump(mode="json"), "order": order}
            for order, kind in enumerate(self.kinds, start=1)
        }
