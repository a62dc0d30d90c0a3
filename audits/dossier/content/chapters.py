"""The chapters: what is said, rated, measured and cited for each criterion."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from audits.dossier.content.exhibits import Exhibit
from audits.dossier.content.indicators import Indicator
from audits.dossier.content.translated import Json, Translated


@dataclass(frozen=True, slots=True)
class Level:
    """One point of the rating scale with its written descriptor."""

    code: str
    label: str
    descriptor: str
    symbol: str
    is_pass: bool | None


@dataclass(frozen=True, slots=True)
class Chapter:
    """One assessable criterion with everything the self-assessment says about it."""

    code: str
    title: str
    text: str
    tag: str
    source: str
    group: str
    narrative: str
    strengths: str
    weaknesses: str
    rating: Level | None
    indicators: tuple[Indicator, ...]
    exhibits: tuple[Exhibit, ...]

    @property
    def anchor(self) -> str:
        return f"criterion-{self.code}"


@dataclass(frozen=True, slots=True)
class Part:
    """Chapters under one heading: a dimension of a framework in two floors, or the whole of a flat one."""

    code: str
    title: str
    text: str
    chapters: tuple[Chapter, ...]

    @property
    def anchor(self) -> str:
        return f"part-{self.code}"


def read_levels(scale: Json, text: Translated) -> tuple[Level, ...]:
    return tuple(
        Level(
            code=row["code"],
            label=text(row, "label"),
            descriptor=text(row, "descriptor"),
            symbol=row["symbol"],
            is_pass=row["is_pass"],
        )
        for row in scale["levels"]
    )


@dataclass(frozen=True, slots=True)
class Bookbinder:
    """Puts the criteria in order and hands each chapter its level, indicators and exhibits."""

    criteria: tuple[Json, ...]
    levels: Mapping[str, Level]
    indicators: Mapping[str, Indicator]
    exhibits: Mapping[tuple[str, int], Exhibit]
    text: Translated

    def parts(self) -> tuple[Part, ...]:
        """Two floors when no criterion of the top floor is assessed itself; otherwise one part with every chapter."""
        tops = [row for row in self.criteria if not row["parent"]]
        if any(row["assessable"] for row in tops):
            return (Part(code="all", title="", text="", chapters=tuple(self._chapters(self.criteria))),)
        return tuple(
            Part(
                code=top["code"],
                title=self.text(top, "title"),
                text=self.text(top, "text"),
                chapters=tuple(self._chapters(row for row in self.criteria if self._top_of(row) is top)),
            )
            for top in tops
        )

    def _chapters(self, rows: Iterable[Json]) -> Iterator[Chapter]:
        for row in rows:
            if not row["assessable"]:
                continue
            parent = self._parent_of(row)
            yield Chapter(
                code=row["code"],
                title=self.text(row, "title"),
                text=self.text(row, "text"),
                tag=row["tag"],
                source=row["source"],
                group=f"{parent['code']} {self.text(parent, 'title')}" if parent else "",
                narrative=row["narrative"],
                strengths=row["strengths"],
                weaknesses=row["weaknesses"],
                rating=self.levels.get(row["rating"]),
                indicators=tuple(self.indicators[code] for code in row["indicators"]),
                exhibits=tuple(self.exhibits[item["code"], item["number"]] for item in row["citations"]),
            )

    def _parent_of(self, row: Json) -> Json | None:
        return next((other for other in self.criteria if other["code"] == row["parent"]), None)

    def _top_of(self, row: Json) -> Json:
        parent = self._parent_of(row)
        return self._top_of(parent) if parent else row
