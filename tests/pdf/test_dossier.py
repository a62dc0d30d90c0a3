"""The dossier as a file: what it says, how it is built, what it refuses, what it never asks for."""

from __future__ import annotations

import builtins
import hashlib
import io
import json
import os
import re
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from audits.dossier import render
from audits.dossier.content import SnapshotUnreadable, read_snapshot
from audits.dossier.manifest import MANIFEST_NAME, SNAPSHOT_NAME
from audits.dossier.render import to_html
from iqas.ui.pdf import engine, typeface
from iqas.ui.pdf.lint import lint
from iqas.ui.pdf.printing import RenderRefused
from tests.factories import snapshot as sample

pytestmark = pytest.mark.pdf
HOSTILE = (
    '<img src="http://evil.example/p.png"><svg onload=x()><script>alert(1)</script>'
    "![p](http://evil.example/q.png) [l](file:///etc/passwd) <link rel=attachment href=file:///etc/passwd>"
    '"><style>@import url(http://evil.example/s.css)</style> {{ dossier }} {% load x %} # título'
)


@pytest.fixture(scope="module")
def spanish() -> bytes:
    return sample.dossier_pdf("es")


@pytest.fixture(scope="module")
def english() -> bytes:
    return sample.dossier_pdf("en")


def text_of(pdf: bytes) -> str:
    finished = subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True)
    return re.sub(r"\s+", " ", finished.stdout.decode())


def structure_of(pdf: bytes) -> list[str]:
    """Headings and figures in reading order: what a screen reader hears of the structure."""
    found = []
    with pikepdf.open(io.BytesIO(pdf)) as document:
        waiting = [document.Root.StructTreeRoot.K[0]]
        while waiting:
            element = waiting.pop()
            if not isinstance(element, pikepdf.Dictionary) or "/S" not in element:
                continue
            if re.fullmatch(r"/(H\d|Figure|Table)", str(element.S)):
                found.append(str(element.S)[1:])
            kids = element.get("/K")
            waiting.extend(
                reversed(list(kids))
                if isinstance(kids, pikepdf.Array)
                else [kids]
                if kids is not None
                else []
            )
    return found


@pytest.mark.parametrize("language", ["es", "en"])
def test_both_languages_pass_the_release_lint(language: str, spanish: bytes, english: bytes) -> None:
    pdf = spanish if language == "es" else english
    assert lint(pdf) == []
    with pikepdf.open(io.BytesIO(pdf)) as document:
        assert str(document.Root.Lang) == language
        assert str(document.docinfo.Title) == "D-2026-001 · Informe de autoevaluación 2025-26"
        assert len(document.pages) >= 40


def test_it_passes_the_independent_lint(spanish: bytes, tmp_path: Path) -> None:
    tool = Path(__file__).resolve().parents[3] / "shared" / "tools" / "pdf_lint.py"
    if not tool.exists():
        pytest.skip(f"reference data absent: {tool} is not part of the repository")
    file = tmp_path / "dossier.pdf"
    file.write_bytes(spanish)
    finished = subprocess.run(
        [sys.executable, str(tool), str(file)], capture_output=True, text=True, check=False
    )
    assert finished.returncode == 0, finished.stdout


def test_it_says_what_the_snapshot_says(english: bytes) -> None:
    said = text_of(english)
    for expected in (
        "D-2026-001",
        "7K2M-Q9XW-TR4H-B3CN",
        "Faculty of Engineering and Applied Sciences",
        "Protocol for the certification of internal quality assurance systems",
        "Management of programme design",
        "✓✓ A · Clearly exceeded",
        "◐ C · Partly met",
        "E-0004 v2",
        "Expired on",
        "Withdrawn",
        "412",
        "withheld",
        "acta-comision-04.pdf",
        hashlib.sha256(b"exhibit 7").hexdigest()[16:32],
        "Marta Soler Ibáñez",
        "A-0002",
        "Overdue",
    ):
        assert expected in said, expected
    assert "0,0 %" not in said
    assert "[U+" not in said


def test_a_small_group_is_named_and_shows_no_figure(english: bytes) -> None:
    rows = re.findall(r"MC-003 .{0,160}?MC-004", text_of(english))
    assert len(rows) >= len(sample.INDICATORS)
    tables = [row for row in rows if "withheld" in row]
    assert len(tables) == len(sample.INDICATORS)
    assert all(row.count("withheld") == 3 and "%" not in row for row in tables)


def test_every_page_carries_code_and_verification_code(spanish: bytes) -> None:
    finished = subprocess.run(["pdftotext", "-", "-"], input=spanish, capture_output=True, check=True)
    pages = finished.stdout.decode().split("\f")[:-1]
    assert all("D-2026-001" in page and "7K2M-Q9XW-TR4H-B3CN" in page for page in pages)
    assert f"{len(pages)}" in pages[-1]


def test_contents_point_at_the_right_pages(english: bytes) -> None:
    finished = subprocess.run(
        ["pdftotext", "-layout", "-", "-"], input=english, capture_output=True, check=True
    )
    pages = finished.stdout.decode().split("\f")
    listed = dict(re.findall(r"(P\d[a-c]?)\s{1,4}\S.*?\s(\d+)\s*$", pages[1], flags=re.MULTILINE))
    assert set(listed) == {"P1", "P2", "P3", "P4", "P5", "P6a", "P6b", "P6c", "P7"}
    for code, page in listed.items():
        assert re.search(rf"^\s*{code}\s", pages[int(page) - 1], flags=re.MULTILINE), (code, page)


def test_bookmarks_follow_the_chapters(english: bytes) -> None:
    with pikepdf.open(io.BytesIO(english)) as document, document.open_outline() as outline:
        titles = [item.title for item in outline.root]
        criteria = next(item for item in outline.root if item.title == "Assessment by criterion")
        assert titles[:3] == ["Contents", "Introduction", "Summary of ratings"]
        assert [child.title.split()[0] for child in criteria.children][:3] == ["P1", "P2", "P3"]


def test_structure_is_stable_between_renders_and_languages(spanish: bytes, english: bytes) -> None:
    assert structure_of(spanish) == structure_of(english) == structure_of(sample.dossier_pdf("es"))
    assert structure_of(spanish)[:4] == ["H1", "Figure", "Table", "Figure"]


def test_the_attachments_are_the_manifest_and_the_snapshot(spanish: bytes) -> None:
    with pikepdf.open(io.BytesIO(spanish)) as document:
        files = {name: document.attachments[name].get_file().read_bytes() for name in document.attachments}
    manifest, snapshot = json.loads(files["manifest.json"]), json.loads(files["snapshot.json"])
    assert manifest["snapshot"]["sha256"] == hashlib.sha256(files["snapshot.json"]).hexdigest()
    assert manifest["dossier"]["code"] == "D-2026-001"
    assert manifest["commit"] == "0123456789abcdef0123456789abcdef01234567"
    assert manifest["survey_results"] == snapshot["survey_results"]
    assert manifest["chain"] == {"seq": 4187, "hash": snapshot["frozen"]["chain_hash"]}
    assert [item["sha256"] for item in manifest["evidence"]] == [
        item["sha256"] for item in snapshot["evidence"]
    ]


def test_only_vendored_fonts_are_inside(spanish: bytes) -> None:
    with pikepdf.open(io.BytesIO(spanish)) as document:
        fonts = {
            str(item.FontName).partition("+")[2]
            for item in document.objects
            if isinstance(item, pikepdf.Dictionary) and item.get("/Type") == "/FontDescriptor"
        }
    assert fonts
    assert all(font.startswith(("Source-", "IQAS-")) for font in fonts), fonts


def hostile_snapshot() -> dict[str, Any]:
    body = sample.snapshot()

    def poison(value: Any, key: str = "") -> Any:
        if isinstance(value, dict):
            return {name: poison(item, name) for name, item in value.items()}
        if isinstance(value, list):
            return [poison(item, key) for item in value]
        written = (
            "title",
            "text",
            "label",
            "descriptor",
            "name",
            "formula",
            "source",
            "introduction",
            "narrative",
        )
        written += (
            "strengths",
            "weaknesses",
            "original_name",
            "approved_by",
            "who",
            "cause",
            "responsible",
            "effect",
        )
        written += ("follow_up", "by", "url", "source_url", "proof")
        return HOSTILE if isinstance(value, str) and key.startswith(written) and key != "schema" else value

    poisoned: dict[str, Any] = poison(body)
    return poisoned


def test_hostile_text_is_printed_as_text_and_asks_for_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    fetch = engine.HandedOverOnly.fetch

    def watched(self: engine.HandedOverOnly, url: str, headers: dict[str, str] | None = None) -> Any:
        asked.append(url)
        return fetch(self, url, headers)

    monkeypatch.setattr(engine.HandedOverOnly, "fetch", watched)
    engine.stationery.cache_clear()
    pdf = sample.dossier_pdf("es", **{k: v for k, v in hostile_snapshot().items() if k != "schema"})
    assert {Path(url).suffix for url in asked if url != "picture:logo"} == {".woff2"}
    said = text_of(pdf)
    assert "<script>alert(1)</script>" in said
    assert "{{ dossier }}" in said
    assert lint(pdf) == []
    with pikepdf.open(io.BytesIO(pdf)) as document:
        assert set(document.attachments) == {"manifest.json", "snapshot.json"}


def test_rendering_opens_no_socket_and_no_file_but_the_template(monkeypatch: pytest.MonkeyPatch) -> None:
    sample.dossier_pdf("en")  # whatever Python, Pango and the translations load once
    engine.stationery.cache_clear()
    root = typeface.STATIC.parent
    libraries = Path(engine.URLFetcher.__init__.__globals__["__file__"]).parent
    allowed = (str(root / "static"), str(root / "templates"), str(libraries), "/tmp/weasyprint-")
    opened: list[str] = []
    real_open, real_io_open, real_os_open = builtins.open, io.open, os.open

    def guarded(real: Any) -> Any:
        def opening(file: Any, *args: Any, **kwargs: Any) -> Any:
            path = str(file)
            opened.append(path)
            if not isinstance(file, int) and not any(
                path.startswith(place) or "weasyprint-" in path for place in allowed
            ):
                raise AssertionError(f"rendering opened {path}")
            return real(file, *args, **kwargs)

        return opening

    def no_socket(*args: Any, **kwargs: Any) -> Any:
        raise AssertionError("rendering opened a socket")

    monkeypatch.setattr(builtins, "open", guarded(real_open))
    monkeypatch.setattr(io, "open", guarded(real_io_open))
    monkeypatch.setattr(os, "open", guarded(real_os_open))
    monkeypatch.setattr(socket, "socket", no_socket)
    monkeypatch.setattr(socket, "create_connection", no_socket)
    monkeypatch.setattr(socket, "getaddrinfo", no_socket)
    pdf = sample.dossier_pdf("en")
    monkeypatch.undo()
    assert pdf.startswith(b"%PDF-")
    assert any(path.endswith(".woff2") for path in opened), "the guard saw nothing, so it proves nothing"


@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254/latest",
        "https://example.org/x.woff2",
        "file:///etc/passwd",
        "data:text/plain,x",
        (typeface.STATIC / "css" / "dossier.css").as_uri(),
        (typeface.STATIC / "fonts" / ".." / "css" / "fonts.css").as_uri(),
        "file://host/etc/passwd",
        "ftp://example.org/x",
        "picture:seal",
    ],
)
def test_the_fetcher_serves_only_the_vendored_fonts_and_what_was_handed_over(url: str) -> None:
    fetcher = engine.HandedOverOnly([engine.Picture("logo", "image/png", b"")])
    with pytest.raises(ValueError, match="not a file of the template"):
        fetcher.fetch(url)
    assert fetcher.refused == [url]


def test_a_template_that_reaches_out_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    page = '<html lang="es"><title>x</title><body><h1>x</h1><img alt="x" src="http://evil.example/x.png"></body></html>'
    monkeypatch.setattr(render, "to_html", lambda content: page)
    with pytest.raises(RenderRefused, match=r"evil\.example"):
        render.to_pdf(sample.content(), ())


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ("<h1>a</h1><h3>b</h3>", "heading jumps"),
        ('<h1>a</h1><svg width="9" height="9"><rect width="9" height="9"/></svg>', "no alternative text"),
        ("<h1>a</h1><p style='opacity: .5'>b</p>", "outside marked content"),
        ("<h1>a</h1><table><tr><th colspan=2>b</th></tr><tr><td>c</td><td>d</td></tr></table>", "spans"),
        ("<h1>a</h1><p>\U0001f600</p>", "no font draws"),
    ],
)
def test_the_lint_sees_each_fault(monkeypatch: pytest.MonkeyPatch, body: str, fault: str) -> None:
    page = f'<html lang="es"><title>x</title><body>{body}</body></html>'
    monkeypatch.setattr(render, "to_html", lambda content: page)
    findings = lint(render.to_pdf(sample.content(), ()), attached=(MANIFEST_NAME, SNAPSHOT_NAME))
    assert any(fault in finding for finding in findings), findings
    assert any("manifest.json is not attached" in finding for finding in findings)


def test_characters_without_a_glyph_are_spelled_out() -> None:
    narrative = "Valoración \U0001f600 del ámbito 漢 y א\u202e fin"
    criteria = [row | {"narrative": narrative} for row in sample.snapshot()["criteria"]]
    html = to_html(sample.content(criteria=criteria))
    assert "Valoración [U+1F600] del ámbito [U+6F22] y [U+05D0][U+202E] fin" in html
    assert typeface.unprintable(narrative) == ("\U0001f600", "漢", "א", "\u202e")


def test_a_space_between_two_signs_is_drawn() -> None:
    """Pango takes it from the font of the signs; without it the lint refused the dossier of a frozen report."""
    criteria = [sample.snapshot()["criteria"][0] | {"narrative": "De ≤ → ≥ y ✓\u00a0✓ a **≥ ≤**."}]
    assert lint(sample.dossier_pdf("es", criteria=criteria)) == []


@pytest.mark.parametrize("size", ["nothing", "one"])
def test_small_reports_are_printed_too(size: str) -> None:
    body = sample.snapshot()
    one = [body["criteria"][0] | {"citations": [], "indicators": [], "rating": "", "narrative": ""}]
    pdf = sample.dossier_pdf(
        "es",
        criteria=[] if size == "nothing" else one,
        indicators=[],
        evidence=[],
        actions=[],
        chronology=body["chronology"][:1],
    )
    assert lint(pdf) == []


def test_a_snapshot_of_another_schema_is_refused() -> None:
    with pytest.raises(SnapshotUnreadable, match="iqas/snapshot/1 or iqas/snapshot/2"):
        read_snapshot({"schema": "iqas/snapshot/3"}, sha256="", seal=sample.seal())


def test_a_snapshot_of_the_first_schema_is_printed_as_before() -> None:
    """It knew neither the logo nor the results of surveys."""
    old = sample.snapshot() | {"schema": "iqas/snapshot/1"}
    del old["survey_results"], old["university"]["logo"]
    read = read_snapshot(old, sha256="", seal=sample.seal())
    assert (read.logo, read.survey_results) == (None, ())
    assert "cover-logo" not in to_html(read)
    assert read.chapters == sample.content().chapters


def test_the_cover_draws_the_logo_of_the_snapshot(spanish: bytes) -> None:
    with pikepdf.open(io.BytesIO(spanish)) as document:
        assert [(picture.Width, picture.Height) for picture in document.pages[0].get_images().values()] == [
            (160, 160)
        ]
        figures = [
            item
            for item in document.objects
            if isinstance(item, pikepdf.Dictionary) and item.get("/S") == "/Figure"
        ]
        assert any("Universidad de Prueba" in str(figure.get("/Alt")) for figure in figures)
