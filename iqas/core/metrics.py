"""What a monitor may measure of this installation: numbers of its work, never of a person and never of a survey.

They are read from the database, so that it does not matter which process answers (decision 0013).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from iqas.core import health

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"


@dataclass(frozen=True)
class Gauge:
    """One measure. `values` has a number for each set of labels; durations are in seconds, as the name says."""

    name: str
    doc: str
    values: tuple[tuple[Mapping[str, str], float], ...]


Source = Callable[[], Iterable[Gauge]]
_sources: list[Source] = []


def metrics_source(source: Source) -> Source:
    """Registers, in `<app>/checks.py`, what else is measured."""
    if source not in _sources:
        _sources.append(source)
    return source


def gauges() -> Iterable[Gauge]:
    problem = health.readiness_problems()
    yield Gauge("iqas_ready", "Whether /readyz says yes.", (({}, 0 if problem else 1),))
    if not health.database_problem():
        for source in _sources:
            yield from source()


def exposition(measured: Iterable[Gauge]) -> str:
    """The text format of Prometheus, version 0.0.4."""
    lines = []
    for gauge in measured:
        lines += [f"# HELP {gauge.name} {gauge.doc}", f"# TYPE {gauge.name} gauge"]
        lines += [f"{gauge.name}{_labels(labels)} {value:g}" for labels, value in gauge.values]
    return "\n".join(lines) + "\n"


def _labels(labels: Mapping[str, str]) -> str:
    pairs = ",".join(f'{name}="{_escaped(value)}"' for name, value in labels.items())
    return f"{{{pairs}}}" if pairs else ""


def _escaped(value: str) -> str:
    return value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
