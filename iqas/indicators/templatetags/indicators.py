from collections.abc import Mapping
from typing import Any

from django import template

register = template.Library()


@register.filter
def at(mapping: Mapping[str, Any], key: str) -> Any:
    """`mapping|at:key`, empty where there is none."""
    return mapping.get(key, ())
