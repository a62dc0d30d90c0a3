"""`{% url "name" %}` as Django's, which looks a name up anew each time: a dozen of every page's addresses are constant."""

from __future__ import annotations

from functools import lru_cache

from django import template
from django.template import Context
from django.template.base import Parser, Token
from django.template.defaulttags import URLNode
from django.template.defaulttags import url as django_url
from django.urls import get_script_prefix, get_urlconf, reverse

from iqas.ui.markup import escaped

register = template.Library()


@register.tag
def url(parser: Parser, token: Token) -> URLNode:
    node = django_url(parser, token)
    return KnownURLNode(node.view_name, node.args, node.kwargs, node.asvar)


class KnownURLNode(URLNode):
    def render(self, context: Context) -> str:
        if self.args or self.kwargs or self.asvar:
            return super().render(context)
        return _known(str(self.view_name.resolve(context)), get_script_prefix(), get_urlconf())


@lru_cache(maxsize=1024)
def _known(name: str, _prefix: str, urlconf: str | None) -> str:
    return escaped(reverse(name, urlconf))
