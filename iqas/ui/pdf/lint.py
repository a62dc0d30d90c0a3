"""The release lint: a document that breaks a rule below is not registered and not given out.

It is no validator. It checks the rules of PDF/A-3a (ISO 19005-3) and PDF/UA-1 (ISO 14289-1) that documents made by
WeasyPrint have been seen to break, and our own: only vendored fonts, no missing glyph, the attachments.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from typing import Any
from xml.etree import ElementTree as ET

import pikepdf
from fontTools.ttLib import TTFont
from pikepdf import Array, Dictionary, Name, Object, Pdf, Stream

from iqas.ui.pdf.typeface import font_names

RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
PDFA = "{http://www.aiim.org/pdfa/ns/id/}"
PDFUA = "{http://www.aiim.org/pdfua/ns/id/}"
TEXT_OPERATORS = frozenset({"Tj", "TJ", "'", '"'})
PAINT_OPERATORS = TEXT_OPERATORS | {
    "S",
    "s",
    "f",
    "F",
    "f*",
    "B",
    "B*",
    "b",
    "b*",
    "sh",
    "Do",
    "INLINE IMAGE",
}
PRINT_FLAG = 4

Findings = Iterator[str]


def lint(pdf: bytes, *, attached: Collection[str] = ()) -> list[str]:
    """What keeps the file from being released, one sentence for each kind of fault; empty when it is fit.

    `attached` are the files that it must carry.
    """
    with pikepdf.open(io.BytesIO(pdf)) as document:
        found = Counter(finding for check in CHECKS for finding in check(document))
        found.update(f"{name} is not attached" for name in sorted(set(attached) - set(document.attachments)))
    return [f"{finding} ({count} times)" if count > 1 else finding for finding, count in found.items()]


def _file(document: Pdf) -> Findings:
    if "/ID" not in document.trailer:
        yield "PDF/A 6.1.3: the trailer has no identifier"
    if document.is_encrypted:
        yield "PDF/A 6.1.3: the file is encrypted"
    intents = document.Root.get("/OutputIntents", Array())
    if not any(intent.get("/S") == Name.GTS_PDFA1 and "/DestOutputProfile" in intent for intent in intents):
        yield "PDF/A 6.2.3: there is no output intent"
    action = document.Root.get("/OpenAction")
    if isinstance(action, Dictionary) and action.get("/S") == Name.JavaScript:
        yield "PDF/A 6.5.1: the file runs a script when opened"


def _identification(document: Pdf) -> Findings:
    if "/Metadata" not in document.Root:
        yield "PDF/A 6.6.2: there is no XMP metadata"
        return
    blocks = list(ET.fromstring(document.Root.Metadata.read_bytes()).iter(f"{RDF}RDF"))  # noqa: S314 - our own file
    if len(blocks) != 1:
        yield f"PDF/A 6.6.2: {len(blocks)} RDF blocks where validators read one"
    stated: dict[str, str | None] = {}
    for description in (description for block in blocks[:1] for description in block):
        stated |= dict(description.attrib) | {child.tag: child.text for child in description}
    if (stated.get(f"{PDFA}part"), stated.get(f"{PDFA}conformance")) != ("3", "A"):
        yield "PDF/A 6.6.4: the file does not say that it is PDF/A-3a"
    if stated.get(f"{PDFUA}part") != "1":
        yield "PDF/UA 5: the file does not say that it is PDF/UA-1"


def _presentation(document: Pdf) -> Findings:
    root = document.Root
    if not str(root.get("/Lang", "")):
        yield "PDF/UA 7.2: the document has no language"
    if not str(document.docinfo.get("/Title", "")):
        yield "PDF/UA 7.1: the document has no title"
    if not root.get("/ViewerPreferences", Dictionary()).get("/DisplayDocTitle"):
        yield "PDF/UA 7.1: the window does not show the title"
    if not root.get("/MarkInfo", Dictionary()).get("/Marked"):
        yield "PDF/UA 7.1: the document is not marked as tagged"
    if "/Outlines" not in root:
        yield "the document has no bookmarks"


def _structure(document: Pdf) -> Findings:
    if "/StructTreeRoot" not in document.Root:
        yield "PDF/UA 7.1: there is no structure tree"
        return
    level = 0
    for element in _elements(document.Root.StructTreeRoot):
        kind = str(element.S)
        if kind == "/Figure" and not str(element.get("/Alt", "")) and "/ActualText" not in element:
            yield "PDF/UA 7.3: a figure has no alternative text"
        elif kind == "/TH" and any("/ColSpan" in item or "/RowSpan" in item for item in _attributes(element)):
            yield "PDF/UA 7.5: a header cell spans others and has no scope"
        elif len(kind) == 3 and kind[1] == "H" and kind[2].isdigit():
            if int(kind[2]) > level + 1:
                yield f"PDF/UA 7.4.2: a heading jumps from level {level} to level {kind[2]}"
            level = int(kind[2])


def _elements(tree: Object) -> Iterator[Dictionary]:
    """The structure elements in reading order."""
    waiting: list[Object] = list(reversed(_children(tree)))
    while waiting:
        element = waiting.pop()
        if isinstance(element, Dictionary) and "/S" in element:
            yield element
            waiting.extend(reversed(_children(element)))


def _children(element: Object) -> list[Any]:
    kids = element.get("/K")
    if isinstance(kids, Array):
        return list(kids)
    return [] if kids is None else [kids]


def _attributes(element: Dictionary) -> Iterator[Dictionary]:
    attributes = element.get("/A")
    for item in attributes if isinstance(attributes, Array) else (attributes,):
        if isinstance(item, Dictionary):
            yield item


def _objects(document: Pdf) -> Findings:
    ours = font_names()
    for item in document.objects:
        if isinstance(item, Stream):
            if item.get("/Subtype") == Name.Image and item.get("/Interpolate"):
                yield "PDF/A 6.2.8: a picture is smoothed"
        elif isinstance(item, Dictionary):
            kind = item.get("/Type")
            if kind == Name.FontDescriptor:
                yield from _font(item, ours)
            elif kind == Name.Annot:
                yield from _annotation(item)


def _font(descriptor: Dictionary, ours: frozenset[str]) -> Findings:
    if not any(key in descriptor for key in ("/FontFile", "/FontFile2", "/FontFile3")):
        yield "PDF/A 6.2.11: a font is not embedded"
    name = str(descriptor.get("/FontName", "")).lstrip("/").partition("+")[2]
    if not any("".join(filter(str.isalnum, name)).startswith(family) for family in ours):
        yield f"the font {name or 'without a name'} is not one of the vendored fonts"


def _annotation(annotation: Dictionary) -> Findings:
    if not int(annotation.get("/F", 0)) & PRINT_FLAG:
        yield "PDF/A 6.3.2: an annotation is not printed"
    if annotation.get("/Subtype") == Name.Link and not str(annotation.get("/Contents", "")):
        yield "PDF/UA 7.18.5: a link does not say where it goes"
    if "/StructParent" not in annotation:
        yield "PDF/UA 7.18.1: an annotation stands outside the structure"


def _attachments(document: Pdf) -> Findings:
    for name in sorted(document.attachments):
        specification = document.attachments[name].obj
        if specification.get("/AFRelationship") != Name.Data:
            yield f"PDF/A 6.8: {name} does not say that it is data"
        if "/UF" not in specification:
            yield f"PDF/A 6.8: {name} has no Unicode name"


def _pages(document: Pdf) -> Findings:
    glyphs = _GlyphCounts()
    for number, page in enumerate(document.pages, start=1):
        if "/StructParents" not in page.obj:
            yield f"PDF/UA 7.1: page {number} stands outside the structure"
        fonts = page.obj.Resources.get("/Font", Dictionary()) if "/Resources" in page.obj else Dictionary()
        depth, drawable = 0, 0
        for operands, operator in pikepdf.parse_content_stream(page):  # type: ignore[misc]
            name = str(operator)
            if name in ("BDC", "BMC"):
                depth += 1
            elif name == "EMC":
                depth -= 1
            elif name == "Tf":
                drawable = glyphs.of(fonts[operands[0]])
            elif name in PAINT_OPERATORS:
                if depth == 0:
                    yield f"PDF/UA 7.1: page {number} paints outside marked content"
                if name in TEXT_OPERATORS and any(
                    glyph == 0 or glyph >= drawable for glyph in _shown(operands[-1])
                ):
                    yield f"page {number} shows a character that no font draws"


class _GlyphCounts:
    """How many glyphs each embedded font has: a number beyond them, or 0, is the box of a missing character."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, int], int] = {}

    def of(self, font: Object) -> int:
        key = font.objgen
        if key not in self._known:
            descriptor = font.DescendantFonts[0].FontDescriptor
            with TTFont(io.BytesIO(descriptor.FontFile2.read_bytes()), lazy=True) as embedded:
                self._known[key] = embedded["maxp"].numGlyphs
        return self._known[key]


def _shown(operand: Object) -> Iterator[int]:
    """The glyph numbers, two bytes each, of a shown string or array of strings."""
    for piece in operand if isinstance(operand, Array) else (operand,):
        if isinstance(piece, pikepdf.String):
            numbers = bytes(piece)
            yield from (int.from_bytes(numbers[start : start + 2]) for start in range(0, len(numbers), 2))


CHECKS: tuple[Callable[[Pdf], Findings], ...] = (
    _file,
    _identification,
    _presentation,
    _structure,
    _objects,
    _attachments,
    _pages,
)


def count_pages(pdf: bytes) -> int:
    with pikepdf.open(io.BytesIO(pdf)) as document:
        return len(document.pages)
