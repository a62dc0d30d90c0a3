"""The indicators that ship with the product; `manage.py load_packs` stores them."""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).parent


def load() -> list[str]:
    """Stores every indicator of the packs in this folder; loading again changes nothing."""
    from iqas.core.packs import read_pack
    from iqas.indicators.packs.schema import IndicatorPack
    from iqas.indicators.services.definitions import store_definition

    packs = [read_pack(path, IndicatorPack)[0] for path in sorted(FOLDER.glob("*.yaml"))]
    definitions = [definition for pack in packs for definition in pack.indicators]
    return [str(store_definition(pack=pack, order=order)) for order, pack in enumerate(definitions, start=1)]
