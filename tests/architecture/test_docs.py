"""The documentation says what the code says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from docs import build

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(
    [
        *ROOT.glob("*.md"),
        *(ROOT / "docs").rglob("*.md"),
        *ROOT.glob("*/README.md"),
        *ROOT.glob("iqas/*/README.md"),
    ]
)
LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")
CLASS = re.compile(
    r"`(organisation|accounts|frameworks|evidence|improvement|microcredentials|feedback|indicators|audits|core)\.([A-Z]\w+)`"
)


@pytest.mark.parametrize("name", sorted(build.PAGES))
def test_reference_is_not_stale(name: str) -> None:
    written = (build.REFERENCE / name).read_text(encoding="utf-8")
    assert written == build.PAGES[name](), f"docs/reference/{name} is stale. Run: make docs"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    broken = [
        link for link in LINK.findall(page.read_text(encoding="utf-8")) if not (page.parent / link).exists()
    ]
    assert broken == []


def test_the_classes_of_the_glossary_exist() -> None:
    from django.apps import apps

    text = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    named = set(CLASS.findall(text))
    known = {(model._meta.app_label, model.__name__) for model in apps.get_models()} | {("accounts", "Role")}
    assert len(named) > 20
    assert named - known == set()


def test_every_decision_is_listed() -> None:
    listed = set(LINK.findall((ROOT / "docs" / "adr" / "README.md").read_text(encoding="utf-8")))
    assert {path.name for path in (ROOT / "docs" / "adr").glob("0*.md")} == listed


def test_every_app_has_a_readme() -> None:
    from django.apps import apps

    ours = [Path(config.path) for config in apps.get_app_configs() if ROOT in Path(config.path).parents]
    ours = [folder for folder in ours if ".venv" not in folder.parts]
    assert [str(folder.relative_to(ROOT)) for folder in ours if not (folder / "README.md").exists()] == []
