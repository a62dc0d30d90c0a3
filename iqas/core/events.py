"""Domain events: a lower floor says what happened, an upper floor reacts, in the same transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any

Handler = Callable[..., None]
_handlers: dict[str, list[Handler]] = defaultdict(list)


def on(name: str) -> Callable[[Handler], Handler]:
    """Declares a handler of the event, in `<app>/handlers.py`. Long work belongs in a job."""

    def declare(handler: Handler) -> Handler:
        if handler not in _handlers[name]:
            _handlers[name].append(handler)
        return handler

    return declare


def emit(name: str, **facts: Any) -> None:
    """Tells all handlers, in the order of the floors. An exception of a handler undoes the caller's transaction."""
    for handler in _handlers.get(name, ()):
        handler(**facts)
