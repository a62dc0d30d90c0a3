from collections.abc import Iterable, Mapping
from typing import Any

from django import template

from iqas.indicators.presentation import Line

register = template.Library()


@register.filter
def at(mapping: Mapping[str, Any], key: str) -> Any:
    """`mapping|at:key`, empty where there is none."""
    return mapping.get(key, ())


@register.filter
def is_protected(line: Line) -> bool:
    """Whether a figure of the line is hidden, so that the page says why."""
    return any(cell.figure.suppressed and not cell.blank for cell in line.cells)


@register.filter
def any_protected(lines: Iterable[Line]) -> bool:
    return any(map(is_protected, lines))
