"""Every address of the product with what it asks of a person."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RoutePattern

from iqas.core.views import Access

ALLAUTH = ("allauth.",)
SELF_GUARDED = Access("signed-in", reason="allauth guards its own pages")


@dataclass(frozen=True)
class Route:
    """One address. `kwargs` are the names of its parameters."""

    name: str
    path: str
    kwargs: tuple[str, ...]
    methods: tuple[str, ...]
    access: str

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def routes() -> list[Route]:
    return [
        Route(name, path, kwargs, methods_of(callback), str(access_of(callback) or "undeclared"))
        for name, path, kwargs, callback in _walk(get_resolver().url_patterns, "/", "", ())
    ]


def undeclared() -> list[str]:
    return [
        f"{path} ({name})"
        for name, path, _kwargs, callback in _walk(get_resolver().url_patterns, "/", "", ())
        if access_of(callback) is None
    ]


def access_of(callback: Any) -> Access | None:
    for holder in _holders(callback):
        declared = getattr(holder, "access", None)
        if isinstance(declared, Access):
            return declared
    if getattr(callback, "__module__", "").startswith(ALLAUTH):
        return (
            Access("public", reason="sign-in")
            if getattr(callback, "login_required", True) is False
            else SELF_GUARDED
        )
    return None


def methods_of(callback: Any) -> tuple[str, ...]:
    declared = getattr(callback, "methods", None)
    if declared:
        return tuple(declared)
    actions = getattr(callback, "actions", None)
    if actions:
        return tuple(sorted(verb.upper() for verb in actions))
    for holder in _holders(callback):
        names = getattr(holder, "http_method_names", None)
        if names:
            return tuple(verb.upper() for verb in names if hasattr(holder, verb) and verb != "options")
    return ("GET", "HEAD", "POST")


def _holders(callback: Any) -> Iterator[Any]:
    yield callback
    for attribute in ("cls", "view_class"):
        if hasattr(callback, attribute):
            yield getattr(callback, attribute)


def _walk(
    patterns: list[Any], prefix: str, namespace: str, kwargs: tuple[str, ...]
) -> Iterator[tuple[str, str, tuple[str, ...], Any]]:
    for entry in patterns:
        part = (
            str(entry.pattern) if isinstance(entry.pattern, RoutePattern) else str(entry.pattern).strip("^$")
        )
        names = (*kwargs, *_parameters(entry))
        if isinstance(entry, URLResolver):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from _walk(entry.url_patterns, prefix + part, inner, names)
        elif isinstance(entry, URLPattern):
            yield f"{namespace}{entry.name or ''}", prefix + part, names, entry.callback


def _parameters(entry: Any) -> tuple[str, ...]:
    return tuple(entry.pattern.regex.groupindex)
