"""`audits/verifier.py` alone, as an auditor runs it: a file, a register, a folder of evidence."""

from __future__ import annotations

import hashlib
import json
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from audits import verifier

EVIDENCE = {"acta.pdf": b"%PDF-1.7 acta", "tabla.csv": b"curso;valor\n2025-26;4,2\n"}


def sha256(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


class Issued:
    """A small PDF with the two attachments of a dossier, its register line and its evidence."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.pdf = folder / "dossier.pdf"
        self.register = folder / "register.jsonl"
        self.evidence = folder / "evidence"
        self.evidence.mkdir()
        for name, body in EVIDENCE.items():
            (self.evidence / name).write_bytes(body)
        snapshot = b'{"schema":"iqas/snapshot/1"}'
        manifest = json.dumps(
            {
                "dossier": {"code": "D-2026-001"},
                "snapshot": {"sha256": sha256(snapshot)},
                "evidence": [
                    {"id": f"E-{number:04d} v1", "original_name": name, "sha256": sha256(body)}
                    for number, (name, body) in enumerate(EVIDENCE.items(), start=1)
                ],
            }
        ).encode()
        with pikepdf.new() as document:
            document.add_blank_page()
            document.attachments["manifest.json"] = pikepdf.AttachedFileSpec(document, manifest)
            document.attachments["snapshot.json"] = pikepdf.AttachedFileSpec(document, snapshot)
            document.save(self.pdf)
        self.entry: dict[str, Any] = {
            "dossier": "D-2026-001",
            "sha256": sha256(self.pdf.read_bytes()),
            "manifest_sha256": sha256(manifest),
            "snapshot_sha256": sha256(snapshot),
            "registered_at": "2026-10-02T10:00:00+00:00",
            "state": "current",
        }
        self.write_register()

    def write_register(self) -> None:
        self.register.write_text(json.dumps(self.entry) + "\n", encoding="utf-8")

    def verify(self, *extra: str) -> int:
        return verifier.main([str(self.pdf), "--register", str(self.register), *extra])


NOT_A_REGISTER = {
    "not JSON": b"{",
    "not text": b"\xff\xfe\x00",
    "no hash": b'{"dossier": "D"}\n',
    "nothing but a hash": b'{"sha256": "0"}\n',
    "no end of brackets": b"[" * 100_000,
}


@pytest.fixture
def issued(tmp_path: Path) -> Issued:
    return Issued(tmp_path)


def test_the_issued_file_is_genuine(issued: Issued, capsys: pytest.CaptureFixture[str]) -> None:
    assert issued.verify("--evidence", str(issued.evidence), "--json") == 0
    verdict = json.loads(capsys.readouterr().out)
    assert verdict["genuine"] is True
    assert (verdict["dossier"], verdict["evidence_checked"], verdict["problems"]) == ("D-2026-001", 2, [])


def test_a_thousand_flipped_bits_are_all_refused(issued: Issued) -> None:
    body = issued.pdf.read_bytes()
    register = verifier.read_register(issued.register)
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    dice = random.Random(seed)
    for _ in range(1000):
        flipped = bytearray(body)
        flipped[dice.randrange(len(body))] ^= 1 << dice.randrange(8)
        issued.pdf.write_bytes(flipped)
        assert not verifier.verify(issued.pdf, register).genuine


@pytest.mark.parametrize("change", ["append", "truncate", "save again", "incremental update"])
def test_other_changes_are_refused(issued: Issued, change: str) -> None:
    body = issued.pdf.read_bytes()
    if change == "append":
        body += b"\n"
    elif change == "truncate":
        body = body[:-1]
    elif change == "incremental update":
        body += b"\n1 0 obj\n<</Type/Catalog>>\nendobj\nxref\n1 1\n0000000000 00000 n \ntrailer\n<</Root 1 0 R>>\n%%EOF\n"
    else:
        with pikepdf.open(issued.pdf, allow_overwriting_input=True) as document:
            document.save(issued.pdf)
        body = issued.pdf.read_bytes()
    issued.pdf.write_bytes(body)
    assert issued.verify() == 1


@pytest.mark.parametrize(
    ("key", "sentence"),
    [
        ("manifest_sha256", "manifest inside"),
        ("snapshot_sha256", "snapshot inside"),
        ("dossier", "another dossier"),
    ],
)
def test_a_register_that_disagrees_with_the_inside_is_refused(
    issued: Issued, capsys: pytest.CaptureFixture[str], key: str, sentence: str
) -> None:
    issued.entry[key] = "0" * 64
    issued.write_register()
    assert issued.verify() == 1
    assert sentence in capsys.readouterr().out


def test_a_file_that_is_no_pdf_is_refused_even_if_it_is_in_the_register(
    issued: Issued, capsys: pytest.CaptureFixture[str]
) -> None:
    issued.pdf.write_bytes(b"%PDF-1.7 forged")
    issued.entry["sha256"] = verifier.sha256_of(issued.pdf)
    issued.write_register()
    assert issued.verify() == 1
    assert "NOT genuine" in capsys.readouterr().out


def test_altered_and_missing_evidence_is_named(issued: Issued, capsys: pytest.CaptureFixture[str]) -> None:
    (issued.evidence / "acta.pdf").write_bytes(b"%PDF-1.7 otra acta")
    assert issued.verify("--evidence", str(issued.evidence)) == 1
    assert "E-0001 v1 (acta.pdf)" in capsys.readouterr().out


def test_evidence_is_found_under_any_name(issued: Issued) -> None:
    (issued.evidence / "acta.pdf").rename(issued.evidence / "renamed.pdf")
    assert issued.verify("--evidence", str(issued.evidence)) == 0


@pytest.mark.parametrize("broken", ["no file", "no register", *NOT_A_REGISTER])
def test_a_question_that_cannot_be_asked_fails_with_a_sentence(
    issued: Issued, capsys: pytest.CaptureFixture[str], broken: str
) -> None:
    if broken == "no file":
        issued.pdf.unlink()
    elif broken == "no register":
        issued.register.unlink()
    else:
        issued.register.write_bytes(NOT_A_REGISTER[broken])
    assert issued.verify() == 1
    assert "cannot verify" in capsys.readouterr().err


def test_it_runs_alone_without_django(issued: Issued, tmp_path: Path) -> None:
    alone = tmp_path / "elsewhere" / "verifier.py"
    alone.parent.mkdir()
    alone.write_bytes(Path(verifier.__file__).read_bytes())
    command = [sys.executable, "-I", str(alone), str(issued.pdf), "--register", str(issued.register)]
    finished = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert (finished.returncode, finished.stderr) == (0, "")
    assert "genuine: D-2026-001" in finished.stdout


def test_it_runs_where_it_stands_beside_a_package_called_selectors(issued: Issued) -> None:
    command = [sys.executable, verifier.__file__, str(issued.pdf), "--register", str(issued.register)]
    finished = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (finished.returncode, finished.stderr) == (0, "")
    assert "genuine: D-2026-001" in finished.stdout
