"""A told document as a PDF, printed by `iqas.ui.pdf`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.template.loader import render_to_string
from django.utils import translation

from iqas.ui.pdf.printing import print_html
from iqas.ui.pdf.typeface import STATIC, spelled_out
from microcredentials.documents.content import Told

TEMPLATE = "pdf/document/document.html"
SHEETS = (STATIC / "css" / "dossier.css", STATIC / "css" / "document.css")
ON_ONE_LEAF = frozenset({"sheet"})  # without cover and contents: it hangs on a wall


@dataclass(frozen=True, slots=True)
class Seal:
    """What its making adds to a document: its code, when it was asked for and by whom, and the hash of what it says."""

    code: str
    created: datetime
    made_by: str
    content_sha256: str
    application: str


def to_html(told: Told, seal: Seal) -> str:
    """The whole document, in its language and in university time."""
    with translation.override(told.language):
        context = {"told": told, "seal": seal, "has_cover": told.kind not in ON_ONE_LEAF}
        return spelled_out(render_to_string(TEMPLATE, context))


def to_pdf(told: Told, seal: Seal) -> bytes:
    """PDF/A-3a and PDF/UA-1; raises RenderRefused if the document reached for anything outside its template."""
    return print_html(to_html(told, seal), sheets=SHEETS, created=seal.created)
