"""The approval route that ships with the product; `manage.py load_packs` stores it."""

from __future__ import annotations

from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "approval"


def load() -> list[str]:
    """Stores every route of the folder; loading again changes nothing. The first one stored is in force."""
    from iqas.core.packs import read_pack
    from microcredentials.packs.schema import RoutePack
    from microcredentials.services.routes import store_route

    return [str(store_route(pack=read_pack(path, RoutePack)[0])) for path in sorted(FOLDER.glob("*.yaml"))]


@cache
def shipped_codes() -> frozenset[str]:
    """The codes that a university's own routes do not take: a newer version of the product may bring their next number."""
    from iqas.core.packs import read_pack
    from microcredentials.packs.schema import RoutePack

    return frozenset(read_pack(path, RoutePack)[0].code for path in FOLDER.glob("*.yaml"))
