"""What an import answers: to programs as JSON, to people row by row. One shape for catalogue, enrolments and partners."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from itertools import groupby
from typing import Any

from iqas.core.tabular import RowError


@dataclass(frozen=True)
class RowNote:
    """What happened to an accepted row, and what its record still lacks before it can be approved."""

    row: int
    name: str
    code: str
    outcome: str
    missing: tuple[RowError, ...]


@dataclass
class Report:
    """The answer of an import. With anything rejected nothing was written, and nothing counts as created."""

    sha256: str = ""
    rows: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: list[RowError] = field(default_factory=list)
    unread_columns: tuple[str, ...] = ()
    written: bool = False

    def settle(self, *, dry_run: bool) -> bool:
        """Whether what was done stays: a dry run and a rejected file take it back."""
        self.written = not (dry_run or self.rejected)
        return self.written

    def tidy(self) -> None:
        """Rejections in the order of the file; beside one, nothing was created or changed."""
        self.rejected.sort(key=lambda error: error.row)
        if self.rejected:
            self.created = self.updated = self.unchanged = 0

    def as_json(self) -> dict[str, Any]:
        """The shape that programs rely on; the message names the article of the law, where there is one."""
        return {
            "rows": self.rows,
            "created": self.created,
            "updated": self.updated,
            "unchanged": self.unchanged,
            "sha256": self.sha256,
            "written": self.written,
            "rejected": rejected_as_json(self.rejected),
        }

    def rejected_by_row(self) -> list[tuple[int, list[RowError]]]:
        return [(row, list(errors)) for row, errors in groupby(self.rejected, key=lambda e: e.row)]

    def told(self) -> dict[str, Any]:
        """All of it as plain JSON: what is kept of an import for its page."""
        kept = asdict(self)
        kept["rejected"] = [asdict(error) | {"message": str(error.message)} for error in self.rejected]
        return kept


@dataclass
class ImportReport(Report):
    """Of a catalogue: `notes` tells every accepted row, `names` what each row calls its micro-credential."""

    editions: int = 0
    notes: list[RowNote] = field(default_factory=list)
    names: dict[int, str] = field(default_factory=dict)

    def tidy(self) -> None:
        super().tidy()
        if self.rejected:
            self.editions = 0
            self.notes.clear()

    def as_json(self) -> dict[str, Any]:
        return {
            "rows": self.rows,
            "created": self.created,
            "updated": self.updated,
            "rejected": rejected_as_json(self.rejected),
        }

    def told(self) -> dict[str, Any]:
        bad = {error.row for error in self.rejected}
        return super().told() | {"names": {str(row): self.names[row] for row in bad & set(self.names)}}


def rejected_as_json(rejected: list[RowError]) -> list[dict[str, Any]]:
    return [
        {"row": error.row, "field": error.field, "code": error.code, "message": str(error.message)}
        for error in rejected
    ]
