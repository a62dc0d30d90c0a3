"""What the how-tos show is run here, as it stands there."""

from __future__ import annotations

import json
import re
from io import StringIO
from pathlib import Path
from typing import Any, get_args

import pytest
from django.core.management import CommandError, call_command
from pydantic import BaseModel

from audits.selectors.register import entries
from audits.services import dossiers
from feedback.importers.mapping import ResponsesMapping
from feedback.models import Campaign
from feedback.selectors.results import campaign_results
from feedback.services.importing import import_responses
from tests.factories.audits import make_cast, make_dossier

HOW_TO = Path(__file__).resolve().parents[2] / "docs" / "how-to"
IMPORT = (HOW_TO / "import-responses.md").read_text(encoding="utf-8")
VERIFY = (HOW_TO / "verify-offline.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", IMPORT, re.DOTALL | re.MULTILINE)


@pytest.fixture
def example(tmp_path: Path) -> tuple[Path, Path]:
    answers, mapping = tmp_path / "answers.csv", tmp_path / "answers.yaml"
    answers.write_text(blocks("csv")[1], encoding="utf-8")
    mapping.write_text(blocks("yaml")[0], encoding="utf-8")
    return answers, mapping


@pytest.mark.django_db
def test_the_example_of_a_mapping_is_imported(example: tuple[Path, Path]) -> None:
    answers, mapping = example
    report = import_responses(actor=None, path=answers, mapping_path=mapping)
    assert (report.rows, list(report.created), report.rejected) == (3, ["MID-PY-1"], ())
    campaign = Campaign.objects.get()
    assert (campaign.title_es, campaign.title_en) == ("Sondeo de PY", "Check of PY")
    assert campaign_results(campaign, "en").responses == 3
    out = StringIO()
    call_command("import_responses", *map(str, (answers, "--mapping", mapping)), "--json", stdout=out)
    assert set(json.loads(out.getvalue())) == told_keys("With `--json` the answer is")


@pytest.mark.django_db
def test_words_instead_of_points_are_refused_as_the_example_says(example: tuple[Path, Path]) -> None:
    answers, mapping = example
    answers.write_text(blocks("csv")[0], encoding="utf-8")
    with pytest.raises(CommandError, match="3 problems"):
        call_command("import_responses", str(answers), "--mapping", str(mapping), stdout=StringIO())
    assert not Campaign.objects.exists()


def told_keys(beginning: str) -> set[str]:
    """The keys of the outer object in the sentence that begins so."""
    sentence = IMPORT[IMPORT.index(beginning) :].split("`{", 1)[1].split("}`", 1)[0]
    return set(re.findall(r'"(\w+)"', re.sub(r"\[.*?\]", "", sentence, flags=re.DOTALL)))


def test_every_key_of_a_mapping_is_told_and_whether_it_is_needed() -> None:
    told = dict(re.findall(r"^\| `([a-z._]+)` \| (yes)? ?\|", IMPORT, re.MULTILINE))
    assert {key: needed == "yes" for key, needed in told.items()} == dict(keys_of(ResponsesMapping))


def keys_of(shape: type[BaseModel], prefix: str = "") -> Any:
    for name, field in shape.model_fields.items():
        inner = [part for part in (field.annotation, *get_args(field.annotation)) if is_model(part)]
        if name == "title":  # a text in each language
            yield f"{prefix}{name}", field.is_required()
        elif inner and prefix == "" and name != "items":
            yield from keys_of(inner[0], f"{name}.")
        else:
            yield f"{prefix}{name}", field.is_required()
            if inner:
                yield from keys_of(inner[0], f"{name}.")


def is_model(part: Any) -> bool:
    return isinstance(part, type) and issubclass(part, BaseModel)


@pytest.mark.django_db
def test_every_key_of_the_register_and_of_the_manifest_is_told(
    monkeypatch: pytest.MonkeyPatch, at: Any
) -> None:
    at("2026-10-01 10:00")
    listed: list[bytes] = []

    def printed(content: Any, enclosures: Any) -> bytes:
        listed.extend(enclosure.body for enclosure in enclosures if enclosure.name == "manifest.json")
        return b"%PDF-1.7"

    monkeypatch.setattr(dossiers, "to_pdf", printed)
    monkeypatch.setattr(dossiers, "lint", lambda pdf, attached: [])
    monkeypatch.setattr(dossiers, "count_pages", lambda pdf: 1)
    make_dossier(make_cast())
    table = VERIFY[VERIFY.index("| key |") : VERIFY.index("A dossier whose row")]
    keys = set(
        re.findall(r"`(\w+)`", "".join(line.split("|")[1] for line in table.splitlines() if "|" in line))
    )
    assert keys == set(next(iter(entries())))
    manifest = json.loads(listed[0])
    assert manifest["schema"] in VERIFY
    assert {"application", "commit", "survey_results", "chain", "previous"} <= set(manifest)
