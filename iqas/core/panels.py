"""Panels: how a page of a lower floor shows something that only an upper floor knows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest
from django.utils.functional import Promise


@dataclass(frozen=True)
class Panel:
    """A titled part of somebody else's page, rendered from `template` with `context`.

    `brief` says in a few words what stands in it, for a page that folds it; `is_due` that something there waits for somebody.
    """

    title: str | Promise
    template: str
    context: Mapping[str, Any] = field(default_factory=dict)
    brief: str | Promise = ""
    is_due: bool = False


Builder = Callable[[HttpRequest, Any], Panel | None]
_builders: dict[str, list[tuple[int, Builder]]] = defaultdict(list)


def panel(place: str, *, order: int = 50) -> Callable[[Builder], Builder]:
    """Declares, in `<app>/panels.py`, a panel for the pages of `place`. The builder returns None to show nothing."""

    def declare(builder: Builder) -> Builder:
        if all(known is not builder for _, known in _builders[place]):
            _builders[place].append((order, builder))
            _builders[place].sort(key=lambda entry: entry[0])
        return builder

    return declare


def panels_for(place: str, request: HttpRequest, obj: Any) -> list[Panel]:
    return [built for _, builder in _builders.get(place, ()) if (built := builder(request, obj)) is not None]
