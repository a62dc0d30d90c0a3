"""What a person must do, and by when: each app tells it in `<app>/work.py`, "my work" shows it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from iqas.core.refusals import Text


@dataclass(frozen=True)
class WorkItem:
    """One thing to do: `verb` is the label of its one action, `due` None where nothing presses."""

    due: date | None
    title: Text
    url: str
    verb: Text
    scope_label: Text = ""


Source = Callable[[Any], Iterable[WorkItem]]
_sources: list[Source] = []


def work_source(source: Source) -> Source:
    """Declares, in `<app>/work.py`, a function from a user to the things that this user must do."""
    if source not in _sources:
        _sources.append(source)
    return source


def work_of(user: Any) -> list[WorkItem]:
    """Everything the person must do, the most pressing first, what has no date last."""
    items = [item for source in _sources for item in source(user)]
    return sorted(items, key=lambda item: (item.due is None, item.due or date.max, str(item.title)))
