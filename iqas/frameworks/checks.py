"""What `manage.py doctor` asks about frameworks."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import transaction

from iqas.core.doctor import check
from iqas.frameworks.services import load_packs


@check("packs", "The shipped frameworks and scales are loaded.")
def packs_are_loaded() -> Iterator[str]:
    """Loads them once more, to see what would be new, and takes that back."""
    with transaction.atomic():
        loaded = load_packs()
        transaction.set_rollback(True)
    if loaded.created:
        yield f"{len(loaded.created)} packs are not loaded. Run: manage.py load_packs"
