"""Fetch the front-end files we ship: `python -m iqas.ui.vendoring` (`make vendor`).

Only this module writes `static/vendor/` and `static/fonts/`. Each file's SHA-256, with its package's name, version and
licence, is kept in `static/vendor/vendor.json`; a test compares them. Needs `npm` (only `npm pack` is used: nothing is
installed or executed) and fontTools, which WeasyPrint brings.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import shutil
import subprocess
import tarfile
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from fontTools import merge, subset
from fontTools.ttLib import TTFont

STATIC = Path(__file__).resolve().parents[2] / "static"
MANIFEST = STATIC / "vendor" / "vendor.json"
SOURCE_MAP = re.compile(rb"\n?(?:/\*|//)# sourceMappingURL=[^\n]*\n?")


@dataclass(frozen=True)
class Package:
    """One npm package at one version; `files` maps its files to ours (below `static/`)."""

    name: str
    version: str
    licence: str
    files: dict[str, str] = field(default_factory=dict)

    @property
    def short_name(self) -> str:
        return self.name.rpartition("/")[2].removesuffix(".org")


def font_package(name: str, version: str, *, italic: bool = False) -> Package:
    variants = [f"{name}-latin-wght-normal", f"{name}-latin-ext-wght-normal"]
    if italic:
        variants.append(f"{name}-latin-wght-italic")
    files = {f"files/{variant}.woff2": f"fonts/{variant}.woff2" for variant in variants}
    return Package(f"@fontsource-variable/{name}", version, "OFL-1.1", files)


PACKAGES = (
    Package(
        "bootstrap",
        "5.3.9",
        "MIT",
        {
            "dist/css/bootstrap.min.css": "vendor/bootstrap/bootstrap.min.css",
            "dist/js/bootstrap.bundle.min.js": "vendor/bootstrap/bootstrap.bundle.min.js",
        },
    ),
    Package("htmx.org", "2.0.11", "0BSD", {"dist/htmx.min.js": "vendor/htmx/htmx.min.js"}),
    font_package("source-serif-4", "5.3.1", italic=True),
    font_package("source-sans-3", "5.3.0", italic=True),
    font_package("atkinson-hyperlegible-next", "5.3.0"),
    font_package("source-code-pro", "5.3.0"),
)

# The text fonts lack these signs; one small font of our own name holds them, cut from two Noto fonts (no reserved name).
# The spaces are in it because Pango draws the space between two signs with the font of the signs.
SYMBOL_FONT = "fonts/iqas-symbols.woff2"
SYMBOL_FAMILY = "IQAS Symbols"
SYMBOL_PARTS = (
    (
        Package("@fontsource/noto-sans-math", "5.3.0", "OFL-1.1"),
        "files/noto-sans-math-latin-400-normal.woff2",
        " \u00a0≥≤→←↑↓↗↘≈≠∞∑√",
    ),
    (
        Package("@fontsource/noto-sans-symbols-2", "5.3.0", "OFL-1.1"),
        "files/noto-sans-symbols-2-symbols-400-normal.woff2",
        "✓◐✕✗●○◆▲■□△◇⚠▾▸☐☑☒",
    ),
)


def fetch(package: Package, folder: Path) -> dict[str, bytes]:
    """The files of a package, by their path in it."""
    packed = subprocess.run(
        ["npm", "pack", "--silent", f"{package.name}@{package.version}"],
        cwd=folder,
        check=True,
        capture_output=True,
        text=True,
    )
    archive = folder / packed.stdout.strip().splitlines()[-1]
    with tarfile.open(archive) as tar:
        return {
            member.name.removeprefix("package/"): stream.read()
            for member in tar.getmembers()
            if member.isfile() and (stream := tar.extractfile(member)) is not None
        }


def without_source_map(content: bytes) -> bytes:
    """A source map we do not ship must not be named: the static storage would look for it."""
    return SOURCE_MAP.sub(b"", content)


def cut_font(font_file: bytes, signs: str) -> TTFont:
    """A font with only these signs; refuses a font that lacks one of them."""
    options = subset.Options()
    options.layout_features = []
    options.drop_tables += ["MATH", "GDEF", "GPOS", "GSUB", "vhea", "vmtx", "gasp"]
    font = TTFont(io.BytesIO(font_file))
    missing = {sign for sign in signs if ord(sign) not in font.getBestCmap()}
    if missing:
        raise ValueError(f"the font lacks {''.join(sorted(missing))}")
    subsetter = subset.Subsetter(options)
    subsetter.populate(text=signs)
    subsetter.subset(font)
    font.flavor = None
    return font


def symbol_font(parts: list[TTFont]) -> bytes:
    """The parts merged into one WOFF2 file with our family name and a fixed date, so that its hash is stable."""
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for number, part in enumerate(parts):
            path = Path(folder) / f"{number}.ttf"
            part.save(path)
            paths.append(str(path))
        font = merge.Merger().merge(paths)
    for record in font["name"].names:
        if record.nameID in (1, 16):
            record.string = SYMBOL_FAMILY
        elif record.nameID == 4:
            record.string = f"{SYMBOL_FAMILY} Regular"
        elif record.nameID == 6:
            record.string = SYMBOL_FAMILY.replace(" ", "") + "-Regular"
    font.recalcTimestamp = False
    font["head"].modified = font["head"].created
    font.flavor = "woff2"
    target = io.BytesIO()
    font.save(target)
    return target.getvalue()


def write(path: str, content: bytes) -> tuple[str, str]:
    target = STATIC / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)
    return path, hashlib.sha256(content).hexdigest()


def describe(package: Package, files: dict[str, bytes], written: dict[str, str]) -> dict[str, object]:
    licence = f"vendor/licences/{package.short_name}.txt"
    write(licence, files["LICENSE"])
    return {
        "name": package.name,
        "version": package.version,
        "licence": package.licence,
        "licence_file": licence,
        "files": written,
    }


def vendor() -> None:
    """Fetch everything anew and write the manifest."""
    shutil.rmtree(STATIC / "vendor", ignore_errors=True)
    shutil.rmtree(STATIC / "fonts", ignore_errors=True)
    packages, symbol_parts = [], []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for package in PACKAGES:
            files = fetch(package, folder)
            written = dict(
                write(ours, without_source_map(files[theirs])) for theirs, ours in package.files.items()
            )
            packages.append(describe(package, files, written))
        for package, font_file, signs in SYMBOL_PARTS:
            files = fetch(package, folder)
            symbol_parts.append(cut_font(files[font_file], signs))
            packages.append(describe(package, files, {}))
    symbols = dict([write(SYMBOL_FONT, symbol_font(symbol_parts))])
    for entry in packages[-len(SYMBOL_PARTS) :]:
        entry["files"] = symbols
    MANIFEST.write_text(
        json.dumps({"packages": packages}, indent=2, ensure_ascii=False) + "\n",
        encoding="utf-8",
    )


if __name__ == "__main__":
    vendor()
