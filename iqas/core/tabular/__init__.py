"""Tables of any origin: read CSV and XLSX row by row, convert cells strictly, write without formulas.

problems: list[RowError] = []
for row in read_rows(path, headers=HEADERS, required=["title"], problems=problems):
    ects = to_decimal(row["ects"])
"""

from iqas.core.tabular.cells import CellError, shown, to_boolean, to_date, to_decimal, to_whole
from iqas.core.tabular.headers import Headers, folded
from iqas.core.tabular.reading import read_rows
from iqas.core.tabular.rows import Row, RowError, UnreadableTable
from iqas.core.tabular.weighing import is_light
from iqas.core.tabular.writing import csv_lines, guarded, without_guard, write_workbook, write_xlsx

__all__ = [
    "CellError",
    "Headers",
    "Row",
    "RowError",
    "UnreadableTable",
    "csv_lines",
    "folded",
    "guarded",
    "is_light",
    "read_rows",
    "shown",
    "to_boolean",
    "to_date",
    "to_decimal",
    "to_whole",
    "without_guard",
    "write_workbook",
    "write_xlsx",
]
