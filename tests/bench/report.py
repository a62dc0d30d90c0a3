"""What was measured, as lines for programs and as tables for people; what is promised of it."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

REFERENCE = Path(__file__).resolve().parents[2] / "docs" / "reference"
LINES, PAGE = REFERENCE / "benchmarks.jsonl", REFERENCE / "benchmarks.md"
ENGINES = ("sqlite", "postgres")
NAMES = {"sqlite": "SQLite", "postgres": "PostgreSQL"}
MOST_CPU_MS, MOST_SECONDS, MOST_MEGABYTES = 60, 20, 300
INTRODUCTION = f"""# Benchmarks

<!-- Written by `make bench`. Do not edit. -->

`make bench` builds a university of 2,000 micro-credentials and 6,000 editions, imports 10,000 enrolments (twice, and once
with one bad row), and measures what a person waits for. The figures as lines of JSON: [benchmarks.jsonl](benchmarks.jsonl).

Promised: a list in at most 12 SQL statements and {MOST_CPU_MS} ms of CPU at any page, the page of an object in at most 20
statements; an import of 10,000 enrolments in {MOST_SECONDS} s and {MOST_MEGABYTES} MB. The median of the CPU is what is
held to the promise, of the quietest of three rounds; the 95th percentile tells of the machine as well. CPU is that of the web process: it includes the
database on SQLite and not on PostgreSQL. The statements are tested as well
(`tests/integration/test_large_university.py`); time is only ever measured here.
"""


def is_kept(line: dict[str, Any]) -> bool:
    if line["kind"] == "page":
        quick = line["most_statements"] > 12 or line["cpu_ms_p50"] <= MOST_CPU_MS
        return bool(quick and line["statements"] <= line["most_statements"])
    return bool(line["right"] and line["seconds"] <= MOST_SECONDS and line["megabytes"] <= MOST_MEGABYTES)


def in_words(line: dict[str, Any]) -> str:
    if line["kind"] == "page":
        figures = f"{line['statements']:3} statements  {line['cpu_ms_p50']:3} / {line['cpu_ms_p95']:3} ms CPU"
    else:
        figures = f"{line['seconds']:5.1f} s  {line['cpu_seconds']:5.1f} s CPU  {line['megabytes']:4} MB  {line['rows']} rows"
    return f"{figures}   {line['name']}{'' if line['kept'] else '   BROKEN'}"


def write(lines: list[dict[str, Any]]) -> None:
    """Both files; an engine that was not measured now keeps its figures."""
    measured = {line["engine"] for line in lines}
    about = {"on": datetime.now(UTC).date().isoformat(), **machine()}
    kept = [line for line in _written() if line["engine"] not in measured]
    everything = kept + [line | about for line in lines]
    everything.sort(key=lambda line: ENGINES.index(line["engine"]))
    LINES.write_text("".join(json.dumps(line) + "\n" for line in everything), encoding="utf-8")
    PAGE.write_text(INTRODUCTION + "\n".join(_tables(everything)) + "\n", encoding="utf-8")
    print(f"\n{PAGE.relative_to(REFERENCE.parents[1])}")


def machine() -> dict[str, str]:
    model = platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        found = [
            line.partition(":")[2].strip()
            for line in cpuinfo.read_text().splitlines()
            if "model name" in line
        ]
        model = found[0] if found else model
    load = f"{os.getloadavg()[2]:.1f}" if hasattr(os, "getloadavg") else "?"
    return {"machine": f"{os.cpu_count()} × {model}", "python": platform.python_version(), "load": load}


def _written() -> list[dict[str, Any]]:
    if not LINES.exists():
        return []
    return [json.loads(text) for text in LINES.read_text(encoding="utf-8").splitlines()]


def _tables(lines: list[dict[str, Any]]) -> Iterator[str]:
    for engine in ENGINES:
        own = [line for line in lines if line["engine"] == engine]
        if not own:
            continue
        yield f"\n## {NAMES[engine]}\n"
        yield f"Measured on {own[0]['on']}: {own[0]['machine']}, Python {own[0]['python']}, "
        yield f"load {own[0]['load']} over the last quarter of an hour.\n"
        yield from _pages(line for line in own if line["kind"] == "page")
        yield ""
        yield from _imports(line for line in own if line["kind"] == "import")


def _pages(lines: Iterable[dict[str, Any]]) -> Iterator[str]:
    yield "| page | read by | statements | CPU, median | CPU, 95th percentile | by the clock, median | kept |"
    yield "|---|---|--:|--:|--:|--:|:-:|"
    for line in lines:
        yield (
            f"| `{line['name']}` | {line['role'].replace('_', ' ')} | {line['statements']} | {line['cpu_ms_p50']} ms "
            f"| {line['cpu_ms_p95']} ms | {line['wall_ms_p50']} ms | {_sign(line)} |"
        )


def _imports(lines: Iterable[dict[str, Any]]) -> Iterator[str]:
    yield "| import of enrolments | rows | by the clock | CPU | peak memory | kept |"
    yield "|---|--:|--:|--:|--:|:-:|"
    for line in lines:
        yield (
            f"| {line['name']} | {line['rows']:,} | {line['seconds']} s | {line['cpu_seconds']} s | {line['megabytes']} MB | {_sign(line)} |"
        )


def _sign(line: dict[str, Any]) -> str:
    return "yes" if line["kept"] else "**no**"
