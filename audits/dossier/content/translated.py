"""The values of the snapshot's JSON: texts in several languages, numbers and days written as strings."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

FALLBACK_LANGUAGES = ("es", "en")

Json = Mapping[str, Any]


class Translated:
    """Picks the reader's language among `title_es`, `title_en`, …, and the next best where it is empty."""

    def __init__(self, language: str) -> None:
        self.languages = (language, *FALLBACK_LANGUAGES)

    def __call__(self, row: Json, name: str) -> str:
        translations = (row.get(f"{name}_{language}", "") for language in self.languages)
        return next((text for text in translations if text), "")


def day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def moment(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def decimal(text: str) -> Decimal | None:
    return Decimal(text) if text else None
