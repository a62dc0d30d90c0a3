#!/usr/bin/env python3
"""Is this dossier genuine? One file, no database, no network; Python's own library, and pikepdf for the attachments.

usage: verifier.py FILE --register register.jsonl [--evidence DIR] [--json]

Checks, in this order:
  1. the SHA-256 of the whole file stands in the register (a changed byte, an appended byte, a saved-again copy: refused);
  2. `manifest.json` inside the file is the one that was registered;
  3. `snapshot.json` inside the file is the one that the manifest names;
  4. with --evidence: every file that the manifest lists lies in DIR and has the listed SHA-256.
Exit status: 0 genuine, 1 not genuine (or there is no such file or register: the sentence says which).
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

MANIFEST = "manifest.json"
SNAPSHOT = "snapshot.json"
ENTRY = ("sha256", "dossier", "registered_at", "state", "manifest_sha256", "snapshot_sha256")
READ_SIZE = 1024 * 1024


@dataclass
class Verdict:
    """What was found; `genuine` is true only where nothing is wrong."""

    file: str
    sha256: str
    dossier: str = ""
    registered_at: str = ""
    state: str = ""
    evidence_checked: int = 0
    problems: list[str] = field(default_factory=list)

    @property
    def genuine(self) -> bool:
        return not self.problems


class Unanswerable(Exception):
    """The question could not be asked."""


def sha256_of(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(READ_SIZE):
            digest.update(block)
    return digest.hexdigest()


def read_register(path: Path) -> dict[str, dict[str, Any]]:
    """The register's entries by file hash; refuses a line that is not an entry."""
    entries: dict[str, dict[str, Any]] = {}
    with path.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                entry = json.loads(line)
                whole = all(isinstance(entry[name], str) for name in ENTRY)
            except (ValueError, KeyError, TypeError, RecursionError):
                whole = False
            if not whole:
                raise Unanswerable(f"{path}: line {number} is not an entry of a register")
            entries[entry["sha256"]] = entry
    return entries


def read_attachments(path: Path) -> dict[str, bytes]:
    """The files attached to the PDF; none where it is no PDF that can be read."""
    import pikepdf

    try:
        with pikepdf.open(path) as pdf:
            return {name: pdf.attachments[name].get_file().read_bytes() for name in pdf.attachments}
    except pikepdf.PdfError:
        return {}


def verify(path: Path, register: dict[str, dict[str, Any]], evidence: Path | None = None) -> Verdict:
    """The verdict on one file."""
    verdict = Verdict(file=str(path), sha256=sha256_of(path))
    entry = register.get(verdict.sha256)
    if entry is None:
        verdict.problems.append(
            "the SHA-256 of this file is not in the register: it was changed, or never issued"
        )
        return verdict
    verdict.dossier = entry["dossier"]
    verdict.registered_at = entry["registered_at"]
    verdict.state = entry["state"]
    attachments = read_attachments(path)
    manifest_bytes = attachments.get(MANIFEST, b"")
    if hashlib.sha256(manifest_bytes).hexdigest() != entry["manifest_sha256"]:
        verdict.problems.append("the manifest inside is not the registered one")
        return verdict
    manifest = json.loads(manifest_bytes)
    if manifest["dossier"]["code"] != entry["dossier"]:
        verdict.problems.append("the manifest names another dossier")
    snapshot_sha256 = hashlib.sha256(attachments.get(SNAPSHOT, b"")).hexdigest()
    if not snapshot_sha256 == manifest["snapshot"]["sha256"] == entry["snapshot_sha256"]:
        verdict.problems.append("the snapshot inside is not the one that the manifest names")
    if evidence is not None:
        _verify_evidence(manifest["evidence"], evidence, verdict)
    return verdict


def _verify_evidence(listed: list[dict[str, Any]], folder: Path, verdict: Verdict) -> None:
    """Files are found by content, so that it does not matter how they are called in the folder."""
    if not folder.is_dir():
        raise Unanswerable(f"{folder} is not a folder")
    present = {sha256_of(file) for file in folder.rglob("*") if file.is_file()}
    for item in listed:
        if not item["sha256"]:
            continue
        verdict.evidence_checked += 1
        if item["sha256"] not in present:
            verdict.problems.append(f"{item['id']} ({item['original_name']}) is missing or was changed")


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Is this dossier genuine?")
    parser.add_argument("file", type=Path, help="the PDF to verify")
    parser.add_argument(
        "--register", type=Path, required=True, help="the exported register, one JSON object a line"
    )
    parser.add_argument("--evidence", type=Path, help="a folder with the evidence files")
    parser.add_argument("--json", action="store_true", help="print the verdict as JSON")
    options = parser.parse_args(arguments)
    try:
        verdict = verify(options.file, read_register(options.register), options.evidence)
    except (Unanswerable, OSError) as error:
        print(f"cannot verify: {error}", file=sys.stderr)
        return 1
    if options.json:
        print(json.dumps({"genuine": verdict.genuine, **asdict(verdict)}, ensure_ascii=False))
    elif verdict.genuine:
        print(f"genuine: {verdict.dossier}, registered {verdict.registered_at}, {verdict.state}")
        print(f"SHA-256 {verdict.sha256}; {verdict.evidence_checked} evidence files checked")
    else:
        print(f"NOT genuine: {'; '.join(verdict.problems)}")
        print(f"SHA-256 {verdict.sha256}")
    return 0 if verdict.genuine else 1


if __name__ == "__main__":
    here = Path(__file__).resolve().parent  # where `selectors` is not Python's own
    sys.path[:] = [folder for folder in sys.path if Path(folder).resolve() != here]
    sys.exit(main())
