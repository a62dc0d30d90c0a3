from __future__ import annotations

from datetime import timedelta

from django import template

from iqas.jobs import wording

register = template.Library()


@register.filter
def in_words(span: timedelta | None) -> str:
    """A duration as people say it: "40 seconds", "3 minutes". Empty for None."""
    return wording.duration(span) if span is not None else ""
