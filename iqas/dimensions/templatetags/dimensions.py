from __future__ import annotations

from typing import Any

from django import template
from django.urls import reverse

register = template.Library()


@register.simple_tag
def dimension_url(dimension: Any, microcredential: Any = None, chosen: Any = None) -> str:
    """The page of a dimension, or of one micro-credential in it, with the filters in force."""
    if microcredential is None:
        url = reverse(f"dimensions:{dimension.slug}-detail")
    else:
        url = reverse(f"dimensions:{dimension.slug}-microcredential", args=[microcredential.code])
    return f"{url}?{chosen.query}" if chosen and chosen.query else url
