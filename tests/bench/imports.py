"""The lists of a student system, imported by the product's command: new, again, as a spreadsheet, with a bad row."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.bench.house import House

ENROLMENTS = 10_000


def enrolments(house: House) -> Iterator[dict[str, Any]]:
    rows = ENROLMENTS // (100 if house.small else 1)
    for name, file, expected in (
        ("a list with one bad row", "bad.csv", {"created": 0, "unchanged": 0, "rejected": 1}),
        ("CSV, everybody new", "first.csv", {"created": rows, "unchanged": 0, "rejected": 0}),
        ("the same CSV again", "first.csv", {"created": 0, "unchanged": rows, "rejected": 0}),
        ("XLSX, everybody new", "second.xlsx", {"created": rows, "unchanged": 0, "rejected": 0}),
    ):
        before = int(house.inside("count"))
        spent = house.manage("import_enrolments", str(house.folder / file), "--json")
        found = {
            "created": spent.answer["created"],
            "unchanged": spent.answer["unchanged"],
            "rejected": len(spent.answer["rejected"]),
        }
        grown = int(house.inside("count")) - before
        yield {
            "kind": "enrolments",
            "name": name,
            "rows": spent.answer["rows"],
            **spent.figures,
            "right": found == expected and grown == expected["created"],
        }
