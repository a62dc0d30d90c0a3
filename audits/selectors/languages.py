"""Texts in every language, so that what is hashed does not follow the reader."""

from __future__ import annotations

from typing import Any

from django.conf import settings


def translated(row: Any, *fields: str) -> dict[str, Any]:
    """The columns `<field>_<language>` of all languages."""
    return {
        f"{field}_{language}": getattr(row, f"{field}_{language}") or ""
        for field in fields
        for language in settings.MODELTRANSLATION_LANGUAGES
    }


def in_every_language(field: str, text: str) -> dict[str, str]:
    """The same keys for a text that has no translations."""
    return {f"{field}_{language}": text for language in settings.MODELTRANSLATION_LANGUAGES}
