"""Answers of another system: their import in a fresh process, and the results page of the largest course."""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from tests.bench.house import ROOT, House

if TYPE_CHECKING:
    from tests.bench.pages import PageCase

MAPPING = ROOT / "iqas" / "demo" / "mappings" / "turkiye.yaml"
REAL = ROOT.parent / "shared" / "data" / "feedback-turkiye" / "responses.csv"
ROWS, COURSES = 5_820, 13


def responses(house: House) -> Iterator[dict[str, Any]]:
    """The file of the Turkiye Student Evaluation, or one of its size and shape where it is absent."""
    real = REAL.exists() and not house.small
    file = REAL if real else invented(house.folder / "responses.csv", ROWS // (100 if house.small else 1))
    house.manage("migrate", "--verbosity=0")
    spent = house.manage("import_responses", str(file), "--mapping", str(MAPPING), "--json")
    expected = sum(1 for _row in file.open(encoding="utf-8")) - 1
    yield {
        "kind": "responses",
        "name": "Turkiye Student Evaluation" if real else "an invented file of the same shape",
        "rows": expected,
        **spent.figures,
        "right": spent.answer["rows"] == expected and not spent.answer["rejected"],
    }
    yield from house.lines("results")


def invented(target: Path, rows: int) -> Path:
    """As many rows of 28 ratings; a quarter in the first course, the rest spread."""
    chance = random.Random("responses")
    columns = list(yaml.safe_load(MAPPING.read_text(encoding="utf-8"))["items"].values())
    with target.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["course code", *columns])
        for number in range(rows):
            course = 1 if number % 4 == 0 else number % COURSES + 1
            writer.writerow([course, *(chance.randint(1, 5) for _column in columns)])
    return target


def pages() -> Iterator[PageCase]:
    """As an officer of the university opens it."""
    from django.urls import reverse

    from feedback.models import Campaign
    from tests.bench.pages import PageCase
    from tests.factories.accounts import make_staff

    make_staff("quality_officer")
    largest = Campaign.objects.filter(mode="imported").order_by("-responses_count")[0]
    address = reverse("feedback:campaign-results", args=[largest.code])
    yield PageCase("results", "quality_officer", address)
