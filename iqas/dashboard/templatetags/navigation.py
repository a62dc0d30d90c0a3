"""`{% main_menu %}` and `{% scope_switch as scope %}` for the skeleton of staff pages."""

from __future__ import annotations

from functools import lru_cache

from django import template
from django.template import Context
from django.template.loader import render_to_string
from django.urls import get_script_prefix
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from iqas.core import access
from iqas.dashboard.navigation import Reach, current_of, menu_of, reach_of
from iqas.organisation.scope_switch import chosen

register = template.Library()


@register.simple_tag(takes_context=True)
def main_menu(context: Context) -> SafeString:
    """Drawn once for all who may do the same and stand at the same line: it was a tenth of every page."""
    request, user = context.get("request"), context.get("user")
    if not getattr(user, "is_authenticated", False):
        return render_to_string("ui/_rail.html")
    permissions = access.permissions_of(user)
    path = request.path if request else ""
    current = current_of(permissions, path)
    return _drawn(permissions, current, path == current, get_script_prefix(), get_language() or "")


@lru_cache(maxsize=1024)
def _drawn(
    permissions: frozenset[str], current: str, is_exact: bool, _prefix: str, _language: str
) -> SafeString:
    groups = menu_of(permissions, current, is_exact=is_exact)
    return render_to_string("ui/_rail.html", {"rail": groups})


@register.simple_tag(takes_context=True)
def scope_switch(context: Context) -> Reach:
    return reach_of(context.get("user"), chosen(context.get("request")))
