"""What `manage.py load_packs` calls for this app."""

from __future__ import annotations

from iqas.frameworks.services import load_packs


def load() -> str:
    loaded = load_packs()
    return f"frameworks: {len(loaded.created)} new, {len(loaded.updated)} reworded, {len(loaded.unchanged)} unchanged"
