"""HTML to PDF/A-3a + PDF/UA-1 with WeasyPrint, without network and without any file but the vendored fonts."""

from __future__ import annotations

import gc
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from pathlib import Path
from types import MethodType
from urllib.parse import unquote, urlsplit
from xml.etree.ElementTree import Element, SubElement, fromstring, register_namespace, tostring

from django.utils import timezone
from weasyprint import CSS, HTML, Attachment
from weasyprint.document import DocumentMetadata
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

from iqas.ui.pdf.printing import Enclosure, Picture, RenderRefused
from iqas.ui.pdf.typeface import FONTS_SHEET, font_files, private_fonts

WEIGHT_RANGE = re.compile(r"font-weight: \d+ \d+;")  # WeasyPrint takes the range from the font itself

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
PDFUA = "http://www.aiim.org/pdfua/ns/id/"
EXTENSION = "http://www.aiim.org/pdfa/ns/extension/"
SCHEMA = "http://www.aiim.org/pdfa/ns/schema#"
PROPERTY = "http://www.aiim.org/pdfa/ns/property#"
for _prefix, _uri in (("pdfaExtension", EXTENSION), ("pdfaSchema", SCHEMA), ("pdfaProperty", PROPERTY)):
    register_namespace(_prefix, _uri)


class HandedOverOnly(URLFetcher):  # type: ignore[misc]
    """Serves the vendored fonts and the pictures handed over; all else (network, data, files) is refused and remembered."""

    def __init__(self, pictures: Sequence[Picture] = ()) -> None:
        super().__init__(allowed_protocols=("file",), allow_redirects=False)
        self.pictures = {picture.address: picture for picture in pictures}
        self.refused: list[str] = []

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        picture = self.pictures.get(url)
        if picture is not None:
            return URLFetcherResponse(url, body=picture.body, headers={"Content-Type": picture.media_type})
        parts = urlsplit(url)
        path = Path(unquote(parts.path)).resolve()
        if parts.scheme != "file" or parts.netloc or path not in font_files():
            self.refused.append(url[:200])
            raise ValueError(f"not a file of the template: {url[:200]}")
        return URLFetcherResponse(url, body=path.read_bytes(), headers={"Content-Type": "font/woff2"})


def lay_out(
    html: str,
    *,
    sheets: tuple[Path, ...],
    created: datetime,
    enclosures: Sequence[Enclosure] = (),
    pictures: Sequence[Picture] = (),
) -> bytes:
    """What `iqas.ui.pdf.printing.print_html` promises."""
    fetcher = HandedOverOnly(pictures)
    fonts, styles = stationery(sheets)
    created = created.astimezone(timezone.get_default_timezone())
    with _collector_paused():
        document = HTML(string=html, url_fetcher=fetcher).render(
            font_config=fonts, stylesheets=styles, pdf_variant="pdf/a-3a", pdf_tags=True
        )
        metadata = document.metadata
        metadata.created = metadata.modified = created.isoformat(timespec="seconds")
        metadata.attachments = [
            Attachment(
                string=enclosure.body,
                name=enclosure.name,
                description=enclosure.description,
                relationship="Data",
                created=created,
                modified=created,
            )
            for enclosure in enclosures
        ]
        metadata.generate_rdf_metadata = MethodType(_rdf_with_pdfua, metadata)
        pdf: bytes = document.write_pdf(pdf_variant="pdf/a-3a", pdf_tags=True)
    if fetcher.refused:
        raise RenderRefused(f"the document asked for {', '.join(fetcher.refused)}")
    return pdf


@cache
def stationery(sheets: tuple[Path, ...]) -> tuple[FontConfiguration, tuple[CSS, ...]]:
    """Fonts and style sheets, unpacked once in the life of a process."""
    fetcher = HandedOverOnly()
    fonts = private_fonts()
    styles = tuple(
        CSS(
            string=WEIGHT_RANGE.sub("", sheet.read_text(encoding="utf-8")),
            base_url=sheet.as_uri(),
            url_fetcher=fetcher,
            font_config=fonts,
        )
        for sheet in (FONTS_SHEET, *sheets)
    )
    if fetcher.refused:
        raise RenderRefused(f"the style sheets ask for {', '.join(fetcher.refused)}")
    return fonts, styles


@contextmanager
def _collector_paused() -> Iterator[None]:
    """A layout is millions of objects that stay alive; the collector walking them takes a quarter of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _rdf_with_pdfua(metadata: DocumentMetadata, variant: str, version: int, conformance: str) -> bytes:
    """WeasyPrint's metadata plus the PDF/UA-1 identifier and the extension schema that PDF/A asks for it.

    Both must stand inside the one rdf:RDF: validators read no second one (ISO 19005-3 6.6.2.3, ISO 14289-1 5).
    """
    rdf = fromstring(DocumentMetadata.generate_rdf_metadata(metadata, variant, version, conformance))  # noqa: S314 - our own
    identifier = SubElement(rdf, f"{{{RDF}}}Description", {f"{{{RDF}}}about": ""})
    SubElement(identifier, f"{{{PDFUA}}}part").text = "1"
    extension = SubElement(rdf, f"{{{RDF}}}Description", {f"{{{RDF}}}about": ""})
    schemas = SubElement(SubElement(extension, f"{{{EXTENSION}}}schemas"), f"{{{RDF}}}Bag")
    schema = _resource(schemas)
    _describe(schema, SCHEMA, schema="PDF/UA identification schema", namespaceURI=PDFUA, prefix="pdfuaid")
    properties = SubElement(SubElement(schema, f"{{{SCHEMA}}}property"), f"{{{RDF}}}Seq")
    _describe(
        _resource(properties),
        PROPERTY,
        name="part",
        valueType="Integer",
        category="internal",
        description="Part of ISO 14289 that the file conforms to",
    )
    rdf_bytes: bytes = tostring(rdf, encoding="utf-8")
    return rdf_bytes


def _resource(parent: Element) -> Element:
    return SubElement(parent, f"{{{RDF}}}li", {f"{{{RDF}}}parseType": "Resource"})


def _describe(parent: Element, namespace: str, **values: str) -> None:
    for name, value in values.items():
        SubElement(parent, f"{{{namespace}}}{name}").text = value
