"""What was measured, as lines for programs and as tables for people; what is promised of it, in one table: KINDS."""

from __future__ import annotations

import json
import os
import platform
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

REFERENCE = Path(__file__).resolve().parents[2] / "docs" / "reference"
LINES, PAGE = REFERENCE / "benchmarks.jsonl", REFERENCE / "benchmarks.md"
ENGINES = ("sqlite", "postgres")
NAMES = {"sqlite": "SQLite", "postgres": "PostgreSQL"}


class Column(NamedTuple):
    """A figure of a line, what it is called and counted in, and what it may at most (or must at least) be."""

    figure: str
    heading: str
    unit: str = ""
    most: float | None = None
    least: float | None = None

    def holds(self, line: dict[str, Any]) -> bool:
        value = line[self.figure]
        return (self.most is None or value <= self.most) and (self.least is None or value >= self.least)

    @property
    def promise(self) -> str:
        if self.most is None and self.least is None:
            return ""
        bound = f"at most {self.most:,}" if self.most is not None else f"at least {self.least:,}"
        return f"{self.heading}: {bound}{' ' if self.unit else ''}{self.unit}"


@dataclass(frozen=True)
class Kind:
    """Measurements of one kind: the issue that promises something of them, and their columns."""

    issue: int
    title: str
    columns: tuple[Column, ...]


def _page(*, statements: int, cpu_ms: int | None = None) -> tuple[Column, ...]:
    return (
        Column("role", "read by"),
        Column("statements", "statements", most=statements),
        Column("cpu_ms_p50", "CPU, median", "ms", most=cpu_ms),
        Column("cpu_ms_p95", "CPU, 95th percentile", "ms"),
        Column("wall_ms_p50", "by the clock, median", "ms"),
    )


def _import(*, seconds: int, megabytes: int) -> tuple[Column, ...]:
    return (
        Column("rows", "rows"),
        Column("seconds", "by the clock", "s", most=seconds),
        Column("cpu_seconds", "CPU", "s"),
        Column("megabytes", "peak memory", "MB", most=megabytes),
    )


def _served(
    *, cpu_ms: int | None, statements: int | None = None, kilobytes: int | None = None
) -> tuple[Column, ...]:
    return (
        Column("statements", "statements", most=statements),
        Column("cpu_ms", "CPU, web and database", "ms", most=cpu_ms),
        Column("web_ms", "of the web", "ms"),
        Column("database_ms", "of the database", "ms"),
        Column("wall_ms_p50", "by the clock, median", "ms"),
        Column("wall_ms_p95", "95th percentile", "ms"),
        Column("kilobytes", "sent", "kB", most=kilobytes),
    )


def _rush() -> tuple[Column, ...]:
    return (
        Column("clients", "at a time"),
        Column("sent", "answers sent"),
        Column("twice", "sent twice"),
        Column("kills", "workers killed"),
        Column("broken", "connections broken"),
        Column("errors", "errors", most=0),
        Column("lost", "answers lost or doubled", most=0),
        Column("wall_ms_p50", "by the clock, median", "ms"),
        Column("wall_ms_p95", "95th percentile", "ms"),
        Column("seconds", "all of them", "s"),
        Column("mixed_seconds", "closing and mixing", "s"),
    )


KINDS: dict[str, Kind] = {
    "responses": Kind(2, "Import of answers", _import(seconds=15, megabytes=300)),
    "results": Kind(2, "Results page of the largest imported course", _page(statements=12)),
    "dossier": Kind(
        2,
        "Dossier of the demo university",
        (
            Column("pages", "pages", least=40),
            Column("cpu_ms_a_page", "CPU a page", "ms", most=110),
            Column("cpu_seconds", "CPU", "s"),
            Column("megabytes", "peak memory", "MB"),
        ),
    ),
    "first view": Kind(
        2,
        "First view of a learner's survey: HTML, CSS and scripts, compressed, without fonts",
        (
            Column("kilobytes", "sent", "kB", most=60),
            Column("html_kilobytes", "HTML", "kB"),
            Column("files_kilobytes", "CSS and scripts", "kB"),
        ),
    ),
    "list": Kind(3, "Lists", _page(statements=12, cpu_ms=60)),
    "people": Kind(3, "Lists of 20,000 learners and their enrolments", _page(statements=12)),
    "object": Kind(3, "Pages of an object", _page(statements=20)),
    "enrolments": Kind(3, "Import of enrolments", _import(seconds=20, megabytes=300)),
    "open": Kind(4, "Opening a questionnaire", _served(cpu_ms=20, statements=10)),
    "submit": Kind(4, "Submitting the answers", _served(cpu_ms=15, statements=8)),
    "results list": Kind(4, "Lists of surveys", _served(cpu_ms=40, kilobytes=100)),
    "course results": Kind(4, "Results of one course", _served(cpu_ms=40, statements=12)),
    "place results": Kind(
        4,
        "Results of an edition, a centre and the university: by years, against the places around it and other audiences",
        _served(cpu_ms=None, statements=12),
    ),
    "export": Kind(4, "Export of forty surveys (XLSX)", _served(cpu_ms=300, statements=19)),
    "growth": Kind(4, "Results of one survey as its answers grow", _served(cpu_ms=40, statements=12)),
    "class": Kind(4, "A class that votes at once", _rush()),
    "crowd": Kind(4, "Ten thousand invited: one in five sends twice, web workers are killed", _rush()),
}
INTRODUCTION = """# Benchmarks

<!-- Written by `make bench`. Do not edit. -->

`make bench` measures what is promised of the product's speed, on both engines. It builds a university of 2,000
micro-credentials and 6,000 editions, imports 10,000 enrolments and 5,820 answers, prints the dossier of the demo university,
and puts the load of a season of surveys on the server of production: gunicorn with two workers, PostgreSQL and Redis. The
figures as lines of JSON: [benchmarks.jsonl](benchmarks.jsonl).

How it is measured:

- **Pages** (lists, objects) within one process: CPU is that of the web process, so it includes the database on SQLite and not
  on PostgreSQL. The median is held to the promise, of the quietest of three rounds; the 95th percentile tells of the machine
  as well.
- **Imports** each in a fresh process. The promise is held to the clock, on the machine as it was; CPU stands beside it.
- **Surveys** through HTTP, one client at a time: CPU is what `/proc` says that the workers of gunicorn and the processes of
  PostgreSQL spent, divided by the requests, of the quietest of three rounds. No page is warmed up by a cache: none is kept.
- Statements are counted by Django and tested as well; time is only ever measured here.
- A machine that others use at the same time spends more CPU on the same work. How much says the time of a million calls of an
  empty function, taken when the figures are written.

| promised in | of | what |
|--:|---|---|
"""


def is_kept(line: dict[str, Any]) -> bool:
    """Whether every promise of its kind holds, and what was done was right."""
    return line.get("right", True) and all(column.holds(line) for column in KINDS[line["kind"]].columns)


def in_words(line: dict[str, Any]) -> str:
    figures = "  ".join(
        f"{_shown(line[column.figure], column.unit)} {column.heading}"
        for column in KINDS[line["kind"]].columns
        if column.figure != "role"
    )
    return f"{line['kind']}: {line['name']}   {figures}{'' if line['kept'] else '   BROKEN'}"


def write(lines: list[dict[str, Any]]) -> None:
    """Both files; what was not measured now (an engine, a part) keeps its figures."""
    measured = {(line["engine"], line["part"]) for line in lines}
    about = {"on": datetime.now(UTC).date().isoformat(), **machine()}
    kept = [line for line in _written() if (line["engine"], line["part"]) not in measured]
    everything = kept + [line | about for line in lines]
    kinds = list(KINDS)
    everything.sort(key=lambda line: (ENGINES.index(line["engine"]), kinds.index(line["kind"])))
    LINES.write_text("".join(json.dumps(line) + "\n" for line in everything), encoding="utf-8")
    PAGE.write_text(INTRODUCTION + "\n".join([*_promises(), *_tables(everything)]) + "\n", encoding="utf-8")
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
    return {
        "machine": f"{os.cpu_count()} × {model}",
        "python": platform.python_version(),
        "load": load,
        "million_calls_ms": str(million_calls_ms()),
    }


def million_calls_ms() -> int:
    """CPU that a million calls of an empty function take now: a machine that others use is slower by as much."""

    def nothing() -> None: ...

    began = time.process_time()
    for _ in range(1_000_000):
        nothing()
    return round((time.process_time() - began) * 1000)


def _written() -> list[dict[str, Any]]:
    if not LINES.exists():
        return []
    return [json.loads(text) for text in LINES.read_text(encoding="utf-8").splitlines()]


def _promises() -> Iterator[str]:
    for kind in KINDS.values():
        promised = "; ".join(column.promise for column in kind.columns if column.promise)
        yield f"| issue {kind.issue} | {kind.title} | {promised} |"


def _tables(lines: list[dict[str, Any]]) -> Iterator[str]:
    for engine in ENGINES:
        own = [line for line in lines if line["engine"] == engine]
        if not own:
            continue
        yield f"\n## {NAMES[engine]}"
        for name, kind in KINDS.items():
            if found := [line for line in own if line["kind"] == name]:
                yield f"\n### {kind.title}\n"
                yield f"Measured on {found[0]['on']}: {found[0]['machine']}, Python {found[0]['python']}, "
                yield f"load {found[0]['load']} over the last quarter of an hour, "
                yield f"{found[0]['million_calls_ms']} ms of CPU for a million calls of an empty function.\n"
                yield from _table(kind.columns, found)


def _table(columns: Sequence[Column], lines: list[dict[str, Any]]) -> Iterator[str]:
    headings = ["what", *(column.heading for column in columns), "kept"]
    yield f"| {' | '.join(headings)} |"
    yield f"|---|{'--:|' * len(columns)}:-:|"
    for line in lines:
        name = f"`{line['name']}`" if line["name"].startswith("/") else line["name"]
        cells = [_shown(line[column.figure], column.unit) for column in columns]
        yield f"| {' | '.join([name, *cells, 'yes' if line['kept'] else '**no**'])} |"


def _shown(value: Any, unit: str) -> str:
    shown = value.replace("_", " ") if isinstance(value, str) else f"{value:,}"
    return f"{shown} {unit}".strip()
