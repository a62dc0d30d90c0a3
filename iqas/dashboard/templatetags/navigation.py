"""`{% navigation as groups %}` and `{% scope_label as scope %}` for the skeleton of staff pages."""

from __future__ import annotations

from django import template
from django.template import Context

from iqas.dashboard.navigation import Group, Reach, menu_of, reach_of

register = template.Library()


@register.simple_tag(takes_context=True)
def navigation(context: Context) -> list[Group]:
    request = context.get("request")
    return list(menu_of(context.get("user"), request.path if request else ""))


@register.simple_tag(takes_context=True)
def scope_label(context: Context) -> Reach:
    return reach_of(context.get("user"))
