"""What a dossier says: frozen dataclasses read from the snapshot's JSON, in one language.

The snapshot carries every translation (`title_es`, `title_en`, …) and every number as a string, so that its hash does
not depend on who reads it. This package picks the language; it computes nothing that a reader could mistake for data.
`whole` reads it; the rest is told by its place in the book: cover, chapters, indicators, exhibits, annexes.
"""

from audits.dossier.content.chapters import Chapter, Level
from audits.dossier.content.cover import Seal
from audits.dossier.content.exhibits import Exhibit
from audits.dossier.content.indicators import Breakdown, Figure, Indicator, read_indicators
from audits.dossier.content.whole import SNAPSHOT_SCHEMA, Content, SnapshotUnreadable, read_snapshot

__all__ = [
    "SNAPSHOT_SCHEMA",
    "Breakdown",
    "Chapter",
    "Content",
    "Exhibit",
    "Figure",
    "Indicator",
    "Level",
    "Seal",
    "SnapshotUnreadable",
    "read_indicators",
    "read_snapshot",
]
