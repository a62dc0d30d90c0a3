"""The report of `make bench`: a promise that is broken is said, and figures that were not measured again stay."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.bench import report


def line(kind: str, engine: str = "postgres", part: str = "surveys", **figures: Any) -> dict[str, Any]:
    """A line of which every promise holds, but for the figures given."""
    held = {
        column.figure: column.least if column.least is not None else column.most or 0
        for column in report.KINDS[kind].columns
    }
    found = {"engine": engine, "part": part, "kind": kind, "name": f"a {kind}", **held, "role": "officer"}
    found |= figures
    return found | {"kept": report.is_kept(found)}


@pytest.fixture
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    reference = tmp_path / "docs" / "reference"
    reference.mkdir(parents=True)
    monkeypatch.setattr(report, "REFERENCE", reference)
    monkeypatch.setattr(report, "LINES", reference / "benchmarks.jsonl")
    monkeypatch.setattr(report, "PAGE", reference / "benchmarks.md")
    return reference


@pytest.mark.parametrize(
    ("kind", "column"),
    [(name, column) for name, kind in report.KINDS.items() for column in kind.columns if column.promise],
)
def test_one_too_much_breaks_a_promise(kind: str, column: report.Column) -> None:
    assert line(kind)["kept"]
    beyond = column.most + 1 if column.most is not None else (column.least or 0) - 1
    assert not line(kind, **{column.figure: beyond})["kept"]


def test_every_kind_promises_something() -> None:
    for name, kind in report.KINDS.items():
        assert any(column.promise for column in kind.columns), name


def test_what_was_wrong_is_broken_however_quick() -> None:
    assert not line("enrolments", right=False)["kept"]


def test_the_page_shows_every_figure_and_what_is_broken(written: Path) -> None:
    report.write([line("open", cpu_ms=21.5), line("class")])
    page = (written / "benchmarks.md").read_text(encoding="utf-8")
    assert "21.5 ms" in page
    assert page.count("**no**") == 1
    assert "CPU, web and database: at most 20 ms" in page


def test_a_part_that_is_measured_again_leaves_the_others(written: Path) -> None:
    report.write([line("open", cpu_ms=11), line("list", part="catalogue", statements=9)])
    report.write([line("open", cpu_ms=12)])
    rows = [json.loads(text) for text in (written / "benchmarks.jsonl").read_text().splitlines()]
    assert {(row["kind"], row.get("cpu_ms"), row["statements"]) for row in rows} == {
        ("open", 12, 10),
        ("list", None, 9),
    }
    assert {row["part"] for row in rows} == {"surveys", "catalogue"}
