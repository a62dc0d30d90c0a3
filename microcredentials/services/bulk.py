"""Many rows at once, in statements that do not grow with every row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

from django.db.models import Model

CHUNK = 500
M = TypeVar("M", bound=Model)
T = TypeVar("T")


def overwrite(rows: Sequence[M], fields: Iterable[str], *, key: str = "id") -> None:
    """Saves these fields of many rows, or the whole row where it is new, some hundred at a time."""
    if rows:
        type(rows[0])._default_manager.bulk_create(
            rows, batch_size=CHUNK, update_conflicts=True, unique_fields=[key], update_fields=list(fields)
        )


def chunks(items: Sequence[T], size: int = CHUNK) -> Iterator[Sequence[T]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]
