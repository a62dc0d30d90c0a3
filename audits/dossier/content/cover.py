"""The cover: whose dossier this is, against which standard, and what its release adds to the snapshot."""

from __future__ import annotations

import base64
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
    commit: str = ""


@dataclass(frozen=True, slots=True)
class Logo:
    """The university's logo as it was on the day of the freeze."""

    media_type: str
    body: bytes


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


def read_logo(university: Json) -> Logo | None:
    """The logo inside the snapshot; none where there was none, or in a snapshot of the first schema."""
    row = university.get("logo")
    return Logo(media_type=row["media_type"], body=base64.b64decode(row["data"])) if row else None
