"""The evidence, as it was cited."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from audits.dossier.content.translated import Json, day


@dataclass(frozen=True, slots=True)
class Exhibit:
    """One version of one piece of evidence, as it was cited on the day of the freeze."""

    code: str
    number: int
    title: str
    kind: str
    name: str
    url: str
    media_type: str
    size: int
    sha256: str
    date_of_fact: date | None
    valid_until: date | None
    approved_on: date | None
    approved_by: str
    expired: bool
    withdrawn: bool
    cited_by: tuple[str, ...]

    @property
    def label(self) -> str:
        return f"{self.code} v{self.number}"

    @property
    def anchor(self) -> str:
        return f"evidence-{self.code}-{self.number}"

    @property
    def hash_lines(self) -> tuple[str, ...]:
        """The SHA-256 broken into four lines of sixteen, so that no table has to measure a long word."""
        return tuple(self.sha256[start : start + 16] for start in range(0, len(self.sha256), 16))


def read_exhibit(row: Json) -> Exhibit:
    return Exhibit(
        code=row["code"],
        number=row["number"],
        title=row["title"],
        kind=row["kind"],
        name=row["original_name"],
        url=row["url"],
        media_type=row["media_type"],
        size=row["size"],
        sha256=row["sha256"],
        date_of_fact=day(row["date_of_fact"]),
        valid_until=day(row["valid_until"]),
        approved_on=day(row["approved_on"]),
        approved_by=row["approved_by"],
        expired=row["expired"],
        withdrawn=row["withdrawn"],
        cited_by=tuple(row["cited_by"]),
    )
