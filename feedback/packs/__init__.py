"""The questionnaires that ship with the product; `manage.py load_packs` stores them."""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).parent


def load() -> list[str]:
    """Stores every questionnaire pack of this folder; loading again changes nothing. Returns what was stored."""
    from feedback.packs.schema import QuestionnairePack
    from feedback.services.questionnaires import store_pack
    from iqas.core.packs import read_pack

    return [str(store_pack(read_pack(path, QuestionnairePack)[0])) for path in sorted(FOLDER.glob("*.yaml"))]
