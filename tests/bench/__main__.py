"""Measures what the product promises of its speed, on both databases.

    python -m tests.bench                    everything on both engines
    python -m tests.bench --only sqlite      one of them (or: --only postgres); the other's figures are kept
    python -m tests.bench --part surveys     one part; the figures of the others are kept

PostgreSQL: the server of TEST_DATABASE_URL, in a database made for this run and dropped after it, else one started here.
Fails where a promise is broken.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from tests.bench import answers, dossier, imports, report, surveys
from tests.bench.house import House, house_of

Line = dict[str, Any]


def catalogue(house: House) -> Iterator[Line]:
    house.inside("build")
    yield from imports.enrolments(house)
    yield from house.lines("pages")


PARTS: dict[str, tuple[tuple[str, ...], Callable[[House], Iterator[Line]]]] = {
    "catalogue": (report.ENGINES, catalogue),
    "answers": (report.ENGINES, answers.responses),
    "dossier": (("sqlite",), dossier.printed),
    "surveys": (("postgres",), surveys.load),
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__.splitlines()[0])
    parser.add_argument("--only", choices=report.ENGINES)
    parser.add_argument("--part", choices=PARTS)
    parser.add_argument(
        "--small", action="store_true", help="a hundredth of everything, and no report: a try"
    )
    options = parser.parse_args()
    lines: list[Line] = []
    for engine in [options.only] if options.only else report.ENGINES:
        for part in [options.part] if options.part else PARTS:
            engines, measured = PARTS[part]
            if engine not in engines:
                continue
            found = list(run(engine, part, measured, small=options.small))
            if not options.small:
                report.write(found)  # at once: a bench that is interrupted later keeps what it measured
            lines += found
    broken = [line for line in lines if not line["kept"]]
    for line in broken:
        print(f"BROKEN on {line['engine']}: {line['kind']}: {line['name']}", file=sys.stderr)
    return 1 if broken else 0


def run(
    engine: str, part: str, measured: Callable[[House], Iterator[Line]], *, small: bool
) -> Iterator[Line]:
    """One part, from an empty database on."""
    print(f"\n=== {engine}: {part}", flush=True)
    with (
        tempfile.TemporaryDirectory(prefix="iqas-bench-") as folder,
        house_of(engine, Path(folder), small=small) as house,
    ):
        for found in measured(house):
            line = {"engine": engine, "part": part, **found}
            line["kept"] = report.is_kept(line)
            print(report.in_words(line), flush=True)
            yield line


if __name__ == "__main__":
    sys.exit(main())
