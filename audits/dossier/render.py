"""The content of a dossier as a PDF, printed by `iqas.ui.pdf`."""

from __future__ import annotations

from collections.abc import Sequence

from django.template.loader import render_to_string
from django.utils import translation

from audits.dossier.content import Content
from iqas.ui.pdf.printing import Enclosure, Picture, print_html
from iqas.ui.pdf.typeface import STATIC, spelled_out

TEMPLATE = "pdf/dossier/dossier.html"
SHEETS = (STATIC / "css" / "dossier.css",)


def to_html(content: Content) -> str:
    """The whole document as HTML, in the seal's language and in university time."""
    with translation.override(content.seal.language):
        return spelled_out(render_to_string(TEMPLATE, {"dossier": content}))


def to_pdf(content: Content, enclosures: Sequence[Enclosure]) -> bytes:
    """The PDF with its attachments; raises RenderRefused if the document reached for anything outside its template."""
    pictures = (Picture("logo", content.logo.media_type, content.logo.body),) if content.logo else ()
    return print_html(
        to_html(content),
        sheets=SHEETS,
        created=content.seal.created,
        enclosures=enclosures,
        pictures=pictures,
    )
