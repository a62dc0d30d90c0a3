"""What a table is made of once it has been read, and how a table says what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from iqas.core.refusals import RuleViolation


@dataclass(frozen=True, slots=True)
class RowError:
    """`row` is the row of the file, the header being 1; `field` the name the code uses ("" for the whole row).

    `article` is the law behind it, where a rule of law refuses the row.
    """

    row: int
    field: str
    code: str
    message: str
    article: str = ""

    @classmethod
    def of(cls, row: int, refusal: RuleViolation, field: str | None = None) -> RowError:
        """The refusal, as one of this row; `field` where the file calls it otherwise."""
        named = refusal.field or "" if field is None else field
        return cls(row, named, refusal.code, str(refusal.message), refusal.article)


@dataclass(frozen=True, slots=True)
class Row:
    """One data row: `number` in the file (the header is 1) and the stripped text of every column."""

    number: int
    values: Mapping[str, str]

    def __getitem__(self, field: str) -> str:
        return self.values[field]

    def get(self, field: str, default: str = "") -> str:
        return self.values.get(field, default)

    def error(self, field: str, code: str, message: str) -> RowError:
        return RowError(self.number, field, code, message)


class UnreadableTable(RuleViolation):
    """The file, or a row that nobody asked to collect, cannot be read."""

    status = 400

    def __init__(self, code: str, message: str, *, row: int = 0, field: str = "") -> None:
        super().__init__(code, message, field=field, row=row)

    @property
    def error(self) -> RowError:
        return RowError(self.row or 0, self.field or "", self.code, str(self.message))
