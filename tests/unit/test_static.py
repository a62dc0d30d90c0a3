"""What the browser gets: vendored files are the registered ones, the theme keeps its contrasts, nothing is inline."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
STATIC, TEMPLATES = ROOT / "static", ROOT / "templates"
PACKAGES = json.loads((STATIC / "vendor" / "vendor.json").read_text(encoding="utf-8"))["packages"]
PAPER, SHEET, INK, BRAND = "#faf8f3", "#ffffff", "#16282c", "#10606d"


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def tokens() -> dict[str, str]:
    css = (STATIC / "css" / "acta.css").read_text(encoding="utf-8")
    return dict(re.findall(r"--([a-z0-9-]+): (#[0-9a-f]{6})", css.partition("\n}")[0]))


def test_vendored_files_are_the_registered_ones() -> None:
    registered = {path: digest for package in PACKAGES for path, digest in package["files"].items()}
    found = {
        str(path.relative_to(STATIC)): hashlib.sha256(path.read_bytes()).hexdigest()
        for folder in ("vendor", "fonts")
        for path in (STATIC / folder).rglob("*")
        if path.is_file() and path.parent.name != "licences" and path.name != "vendor.json"
    }
    assert found == registered


def test_every_package_brings_its_licence() -> None:
    for package in PACKAGES:
        assert package["licence"] in {"MIT", "0BSD", "OFL-1.1"}
        assert len((STATIC / package["licence_file"]).read_text(encoding="utf-8")) > 500
        assert re.fullmatch(r"\d+\.\d+\.\d+", package["version"])


@pytest.mark.parametrize(
    "path", sorted(STATIC.rglob("*.css")) + sorted(STATIC.rglob("*.js")), ids=lambda path: path.name
)
def test_nothing_points_out_of_the_house(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert "sourceMappingURL" not in text
    assert not re.findall(r"url\(\s*[\"']?https?:", text)
    assert "@import" not in text


def test_the_fonts_have_the_signs_we_print() -> None:
    from fontTools.ttLib import TTFont

    signs = set(TTFont(STATIC / "fonts" / "iqas-symbols.woff2").getBestCmap())
    assert {ord(sign) for sign in "≥≤→✓◐✕●□■⚠▾▸↑↓"} <= signs
    latin = set(TTFont(STATIC / "fonts" / "source-sans-3-latin-wght-normal.woff2").getBestCmap())
    extended = set(TTFont(STATIC / "fonts" / "source-sans-3-latin-ext-wght-normal.woff2").getBestCmap())
    assert {ord(letter) for letter in "áéíóúñü¿¡«»–·€"} <= latin
    assert {ord(letter) for letter in "łőŠż"} <= extended


@pytest.mark.parametrize(
    ("text", "ground", "least"),
    [
        ("ink", PAPER, 14), ("ink-2", PAPER, 6.5), ("brand", PAPER, 6.5), ("brand", SHEET, 7), ("brand-dark", "#e6f0f1", 7),
        ("met", "met-tint", 4.5), ("partly", "partly-tint", 4.5), ("unmet", "unmet-tint", 4.5), ("none", "none-tint", 4.5),
        ("control", SHEET, 3), ("focus", INK, 10),
    ],
)  # fmt: skip
def test_contrast(text: str, ground: str, least: float) -> None:
    colours = tokens()
    assert contrast(colours[text], colours.get(ground, ground)) >= least


def test_learner_pages_have_a_small_sheet_with_large_tiles() -> None:
    sheet = (STATIC / "css" / "survey.css").read_text(encoding="utf-8")
    assert len(sheet.encode()) < 15_000
    heights = [int(px) for px in re.findall(r"\.tile \{[^}]*min-height: (\d+)px", sheet)]
    assert heights
    assert min(heights) >= 48


@pytest.mark.parametrize(
    "path", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: str(path.relative_to(TEMPLATES))
)
def test_templates_bring_no_inline_style_or_script(path: Path) -> None:
    if path.is_relative_to(TEMPLATES / "email") or path.is_relative_to(TEMPLATES / "pdf"):
        return
    html = re.sub(
        r"\{#.*?#\}|\{% comment %\}.*?\{% endcomment %\}",
        "",
        path.read_text(encoding="utf-8"),
        flags=re.DOTALL,
    )
    assert not re.findall(r"\sstyle\s*=", html)
    assert not re.findall(r"<style|\son[a-z]+\s*=\s*[\"']|javascript:", html)
    assert not [
        tag
        for tag in re.findall(r"<script\b[^>]*>", html)
        if "src=" not in tag and "application/json" not in tag
    ]
