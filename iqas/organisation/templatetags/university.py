"""`{% university_logo %}`: whose page this is. Nothing where no logo was uploaded."""

from __future__ import annotations

from typing import Any

from django import template

from iqas.organisation.models import University

register = template.Library()


@register.inclusion_tag("organisation/_logo.html")
def university_logo(university: University | None = None, *, named: bool = False) -> dict[str, Any]:
    """The logo of `university`, or of the one that is looked up; `named` where its name stands beside it already."""
    return {"university": university or University.objects.first(), "named": named}
