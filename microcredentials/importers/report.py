"""What an import answers: to programs as JSON, to people row by row."""

from __future__ import annotations

from dataclasses import dataclass, field
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
class ImportReport:
    """The answer of an import. With anything rejected nothing was written, and nothing counts as created."""

    sha256: str
    rows: int = 0
    created: int = 0
    updated: int = 0
    editions: int = 0
    rejected: list[RowError] = field(default_factory=list)
    notes: list[RowNote] = field(default_factory=list)
    unread_columns: tuple[str, ...] = ()
    names: dict[int, str] = field(default_factory=dict)
    written: bool = False

    def as_json(self) -> dict[str, Any]:
        """The shape that programs rely on; the message names the article of the law, where there is one."""
        return {
            "rows": self.rows,
            "created": self.created,
            "updated": self.updated,
            "rejected": [
                {"row": e.row, "field": e.field, "code": e.code, "message": str(e.message)}
                for e in self.rejected
            ],
        }

    def rejected_by_row(self) -> list[tuple[int, str, list[RowError]]]:
        return [
            (row, self.names.get(row, ""), list(errors))
            for row, errors in groupby(self.rejected, key=lambda e: e.row)
        ]
