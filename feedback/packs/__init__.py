"""The questionnaires that ship with the product; `manage.py load_packs` stores them."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from feedback.packs.schema import QuestionnairePack

FOLDER = Path(__file__).parent


def load(code: str = "") -> list[str]:
    """Stores every questionnaire pack of this folder, or all versions of the one with this code.

    Loading again changes nothing. Returns what was stored.
    """
    from feedback.services.questionnaires import store_pack

    return [str(store_pack(pack)) for pack in shipped() if code in ("", pack.code)]


@cache
def shipped() -> tuple[QuestionnairePack, ...]:
    from feedback.packs.schema import QuestionnairePack
    from iqas.core.packs import read_pack

    return tuple(read_pack(path, QuestionnairePack)[0] for path in sorted(FOLDER.glob("*.yaml")))
