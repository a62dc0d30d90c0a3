"""Which figures belong to a centre's report, and which indicator speaks to which criterion."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from audits.selectors.languages import in_every_language, translated
from iqas.core.packs import read_yaml
from iqas.frameworks.models import Criterion
from iqas.frameworks.selectors import current_assessable
from iqas.indicators import selectors as indicators
from iqas.indicators.selectors import Figure
from iqas.indicators.trend import six_places
from iqas.organisation.models import AcademicYear, Scope

MAPPING = Path(__file__).resolve().parents[1] / "indicators.yaml"


def series_of(scope: Scope, years: Sequence[AcademicYear], *, breakdown: bool = True) -> list[dict[str, Any]]:
    """Every indicator in force for a centre over the years, as a snapshot holds it; with each micro-credential's own.

    Indicators that were never measured there are left out. Where a number is suppressed none is written.
    """
    rows = []
    for series in indicators.series_of(scope, years):
        if series.latest is None:
            continue
        branches = indicators.branches_of(series.definition, scope, years) if breakdown else []
        rows.append(
            {
                "code": series.definition.code,
                "version": str(series.definition.version),
                "unit": series.definition.unit,
                "better": series.definition.better,
                "figures": [_figure(figure) for figure in series.figures],
                "breakdown": [
                    {"code": branch.code, "figures": [_figure(figure) for figure in branch.figures]}
                    | in_every_language("title", branch.label)
                    for branch in branches
                ],
            }
            | translated(series.definition, "title", "formula")
        )
    return rows


def _figure(figure: Figure) -> dict[str, Any]:
    aim, value = figure.aim, figure.value
    return {
        "year": figure.year.code,
        "status": figure.status.value,
        "value": "" if value is None else str(six_places(value)),
        "numerator": figure.numerator,
        "denominator": figure.denominator,
        "n": figure.n,
        "left_out": figure.left_out,
        "target_kind": aim.kind if aim else "",
        "target": str(aim.value) if aim else "",
        "target_upper": str(aim.upper) if aim and aim.upper is not None else "",
        "source": figure.source,
        "computed_at": figure.computed_at.isoformat() if figure.computed_at else "",
    }


def indicators_of_criteria(
    framework: str, criteria: Iterable[Criterion], known: Iterable[str]
) -> dict[str, list[str]]:
    """For each criterion the codes of the indicators that speak to it and are measured, as `indicators.yaml` says.

    A criterion that is not named there inherits from its parent.
    """
    placed = _mapping().get(framework, {})
    measured = set(known)
    found: dict[str, list[str]] = {}
    for criterion in criteria:
        inherited = found.get(criterion.parent.code, []) if criterion.parent else []
        codes = placed.get(criterion.code)
        found[criterion.code] = inherited if codes is None else [code for code in codes if code in measured]
    return found


def criteria_of_indicator(code: str) -> list[Criterion]:
    """The criteria of the frameworks in force to which an indicator speaks, as `indicators.yaml` says; one query."""
    found = []
    for criterion in current_assessable():
        placed = _mapping().get(criterion.framework.code, {})
        above = placed.get(criterion.parent.code, []) if criterion.parent else []
        if code in placed.get(criterion.code, above):
            found.append(criterion)
    return found


@cache
def _mapping() -> dict[str, dict[str, list[str]]]:
    mapping: dict[str, dict[str, list[str]]] = read_yaml(MAPPING.read_bytes())
    return mapping
