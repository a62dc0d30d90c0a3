"""The tables of a page of results as files."""

from __future__ import annotations

from collections.abc import Iterable

from feedback.exporters import table_names
from iqas.ui.components import Link


def csv_links(export_url: str, tables: Iterable[str]) -> list[Link]:
    """One CSV file for each of the tables, by the address of the workbook that holds them all."""
    names = table_names()
    joint = "&" if "?" in export_url else "?"
    return [Link(names[table], f"{export_url}{joint}format=csv&table={table}") for table in tables]
