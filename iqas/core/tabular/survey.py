"""The raw XML of a sheet, read once by a streaming parser: what its values alone do not tell."""

from __future__ import annotations

from typing import Any
from xml.parsers import expat

from django.utils.translation import gettext as _
from openpyxl.utils.cell import range_boundaries

from iqas.core.tabular.rows import UnreadableTable

MAX_MERGED_ROWS = 200_000


def survey_of(sheet: Any, max_cell: int) -> Survey:
    """Survey a read-only openpyxl sheet; refuses an empty one. Nothing of the sheet stays in memory."""
    survey = Survey(max_cell)
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = survey.element_starts
    parser.EndElementHandler = survey.element_ends
    parser.CharacterDataHandler = survey.text_comes
    parser.StartDoctypeDeclHandler = survey.doctype_comes
    with sheet._get_source() as source:  # noqa: SLF001 (openpyxl offers no other way to the XML of one sheet)
        parser.ParseFile(source)
    if not survey.last_row:
        raise UnreadableTable("empty-file", _("The file is empty."))
    survey.note_merged_rows()
    return survey


def with_doctype() -> UnreadableTable:
    return UnreadableTable(
        "damaged", _("The workbook holds a document type declaration, which no workbook needs.")
    )


class Survey:
    """The last row and column with content, the formulas without a value, the rows with merged cells."""

    def __init__(self, max_cell: int) -> None:
        self.last_row = 0
        self.last_column = 0
        self.uncalculated: dict[int, int] = {}  # row → its first such column, from 0
        self.merged: dict[int, tuple[str, int]] = {}  # row → the range, its first column from 0
        self._max_cell = max_cell
        self._ranges: list[str] = []
        self._row = self._column = self._characters = 0
        self._is_text = self._has_formula = self._has_value = False

    def element_starts(self, name: str, attributes: dict[str, str]) -> None:
        match name.rpartition(" ")[2]:
            case "row":
                self._row, self._column = int(attributes.get("r") or self._row + 1), 0
            case "c":
                self._column = range_boundaries(attributes["r"])[0] if "r" in attributes else self._column + 1
                self._begin_cell(is_text=attributes.get("t") == "str")
            case "f":
                self._has_formula = True
            case "mergeCell":
                self._ranges.append(attributes["ref"])

    def text_comes(self, data: str) -> None:
        self._characters += len(data)
        if self._characters > 4 * self._max_cell:
            raise UnreadableTable("cell-too-long", _("A cell is too long."), row=self._row)

    def element_ends(self, name: str) -> None:
        match name.rpartition(" ")[2]:
            case "v" | "is":
                self._has_value = self._has_value or self._characters > 0 or self._is_text
            case "f":
                self._characters = 0
            case "c":
                self._finish_cell()

    def doctype_comes(self, *_declaration: object) -> None:
        raise with_doctype()

    def note_merged_rows(self) -> None:
        """Keep the ranges that touch rows with data; a band of merged cells below the table does no harm."""
        noted = 0
        for cell_range in self._ranges:
            left, top, _right, bottom = range_boundaries(cell_range)
            for row in range(top, min(bottom, self.last_row) + 1):
                self.merged.setdefault(row, (cell_range, left - 1))
                noted += 1
                if noted > MAX_MERGED_ROWS:
                    raise UnreadableTable(
                        "merged-cells", _("The sheet has too many merged cells: separate them.")
                    )

    def _begin_cell(self, *, is_text: bool) -> None:
        self._is_text = is_text
        self._has_formula = self._has_value = False
        self._characters = 0

    def _finish_cell(self) -> None:
        if self._has_value or self._has_formula:
            self.last_row = max(self.last_row, self._row)
            self.last_column = max(self.last_column, self._column)
        if self._has_formula and not self._has_value:
            self.uncalculated.setdefault(self._row, self._column - 1)
