"""The cover: whose dossier this is, against which standard, and what its release adds to the snapshot."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from audits.dossier.content.translated import Json, Translated


@dataclass(frozen=True, slots=True)
class Seal:
    """What the dossier adds to its snapshot: its own code, its verification code and when it was made."""

    code: str
    verification_code: str
    verify_url: str
    language: str
    created: datetime
    application: str


@dataclass(frozen=True, slots=True)
class Framework:
    code: str
    version: str
    title: str
    source: str
    source_url: str
    status: str


def read_framework(row: Json, text: Translated) -> Framework:
    return Framework(
        code=row["code"],
        version=row["version"],
        title=text(row, "title"),
        source=row["source"],
        source_url=row["source_url"],
        status=row["status"],
    )
