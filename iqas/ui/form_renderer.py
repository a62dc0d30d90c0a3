"""Widgets are drawn by Django's templates, but for lists of choices.

A filter of 25 choices includes 50 templates, which took longer than reading the rows of its list.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.forms.renderers import TemplatesSetting
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from iqas.ui.markup import escaped

SELECT = "django/forms/widgets/select.html"
OPTION = "django/forms/widgets/select_option.html"
NOTHING_CHOSEN = "---------"


class FormRenderer(TemplatesSetting):
    def render(self, template_name: str, context: dict[str, Any], request: Any = None) -> SafeString:
        if template_name == SELECT and _is_plain(context["widget"]):
            return select_html(context["widget"])
        return SafeString(super().render(template_name, context, request))


def select_html(widget: Mapping[str, Any]) -> SafeString:
    """As the template: a `<select>` with its groups of options; the empty choice asks to choose."""
    groups = "".join(_group(name, options) for name, options, _index in widget["optgroups"])
    name = escaped(widget["name"])
    return mark_safe(f'<select name="{name}"{_attributes(widget["attrs"])}>{groups}\n</select>')


def _is_plain(widget: Mapping[str, Any]) -> bool:
    return all(
        option["template_name"] == OPTION for _n, options, _i in widget["optgroups"] for option in options
    )


def _group(name: Any, options: Iterable[Mapping[str, Any]]) -> str:
    drawn = "".join(map(_option, options))
    if not name:
        return drawn
    return f'\n  <optgroup label="{escaped(name)}">{drawn}\n  </optgroup>'


def _option(option: Mapping[str, Any]) -> str:
    label = _("Choose…") if option["label"] == NOTHING_CHOSEN else option["label"]
    value = escaped(option["value"])
    return f'\n  <option value="{value}"{_attributes(option["attrs"])}>{escaped(label)}</option>'


def _attributes(attributes: Mapping[str, Any]) -> str:
    return "".join(
        f" {escaped(name)}" if value is True else f' {escaped(name)}="{escaped(value)}"'
        for name, value in attributes.items()
        if value is not False
    )
