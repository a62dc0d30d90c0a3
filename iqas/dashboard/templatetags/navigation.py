"""`{% navigation as groups %}` and `{% scope_switch as scope %}` for the skeleton of staff pages."""

from __future__ import annotations

from django import template
from django.template import Context

from iqas.dashboard.navigation import Group, Reach, menu_of, reach_of
from iqas.organisation.scope_switch import chosen

register = template.Library()


@register.simple_tag(takes_context=True)
def navigation(context: Context) -> list[Group]:
    request = context.get("request")
    return list(menu_of(context.get("user"), request.path if request else ""))


@register.simple_tag(takes_context=True)
def scope_switch(context: Context) -> Reach:
    return reach_of(context.get("user"), chosen(context.get("request")))
