"""Loading packs: once, again, changed, frozen, as another version."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml
from django.core.management import call_command
from django.utils.translation import override

from iqas.core.models import AuditEvent
from iqas.core.refusals import RuleViolation
from iqas.frameworks import selectors
from iqas.frameworks.models import Criterion, CrosswalkLink, Framework, RatingLevel
from iqas.frameworks.services import PACKS, freeze, load_packs

pytestmark = pytest.mark.django_db


@pytest.fixture
def packs(tmp_path: Path) -> Path:
    """The shipped packs in a folder that a test may change."""
    return Path(shutil.copytree(PACKS, tmp_path / "packs"))


def edit(packs: Path, file: str, **changes: object) -> None:
    path = packs / file
    content = yaml.safe_load(path.read_text(encoding="utf-8")) | changes
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")


def read(packs: Path, file: str) -> dict[str, object]:
    content: dict[str, object] = yaml.safe_load((packs / file).read_text(encoding="utf-8"))
    return content


def test_loading_again_changes_nothing() -> None:
    first = load_packs()
    assert len(first.created) == 13
    events = AuditEvent.objects.count()
    rows = set(Criterion.objects.values_list("pk", flat=True))
    second = load_packs()
    assert (second.created, second.updated) == ([], [])
    assert set(Criterion.objects.values_list("pk", flat=True)) == rows
    assert AuditEvent.objects.count() == events


def test_the_command_loads_them() -> None:
    call_command("load_packs")
    assert set(selectors.current().values_list("code", flat=True)) == {
        "FOUR-DIMENSIONS", "EU-MC-ANNEX-I", "EU-MC-ANNEX-II", "ESG-2015-P1", "BOE-2022-SIGC", "AUDIT-CLASSIC", "EQAVET",
    }  # fmt: skip


def test_every_text_stands_in_both_languages() -> None:
    load_packs()
    for model, fields in ((Criterion, ("title", "text")), (RatingLevel, ("label", "descriptor"))):
        for row in model.objects.all():
            for field in fields:
                missing = [language for language in ("es", "en") if not getattr(row, f"{field}_{language}")]
                assert missing == [], f"{row} {field}"


def test_comments_in_a_pack_change_nothing(packs: Path) -> None:
    load_packs(packs)
    path = packs / "eqavet.yaml"
    path.write_text("# another remark\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
    assert load_packs(packs).updated == []


def test_other_words_reach_the_same_rows_until_something_cites_them(packs: Path) -> None:
    load_packs(packs)
    before = Criterion.objects.get(framework__code="EQAVET", code="4")
    content = read(packs, "eqavet.yaml")
    content["criteria"][3]["title"]["en"] = "Rate of completion"  # type: ignore[index]
    edit(packs, "eqavet.yaml", criteria=content["criteria"])
    assert load_packs(packs).updated == ["EQAVET 2009"]
    after = Criterion.objects.get(pk=before.pk)
    assert after.title_en == "Rate of completion"

    freeze(Framework.objects.get(code="EQAVET"))
    content["criteria"][3]["title"]["en"] = "Completion"  # type: ignore[index]
    edit(packs, "eqavet.yaml", criteria=content["criteria"])
    with (
        override("en"),
        pytest.raises(RuleViolation, match=r"EQAVET 2009 is cited.*compatible: 4: title changed"),
    ):
        load_packs(packs)
    assert Criterion.objects.get(pk=before.pk).title_en == "Rate of completion"


def test_a_criterion_taken_away_is_refused_and_nothing_is_lost(packs: Path) -> None:
    load_packs(packs)
    content = read(packs, "eqavet.yaml")
    edit(packs, "eqavet.yaml", criteria=content["criteria"][:-1])  # type: ignore[index]
    with override("en"), pytest.raises(RuleViolation, match=r"incompatible: 10 was removed") as refusal:
        load_packs(packs)
    assert refusal.value.code == "pack-changed"
    assert Criterion.objects.filter(framework__code="EQAVET").count() == 10


def test_a_new_version_makes_new_rows_beside_the_old_ones(packs: Path) -> None:
    load_packs(packs)
    freeze(Framework.objects.get(code="EQAVET"))
    content = read(packs, "eqavet.yaml")
    edit(packs, "eqavet.yaml", version="2027", criteria=content["criteria"][:-1])  # type: ignore[index]
    assert load_packs(packs).created == ["EQAVET 2027"]
    assert Criterion.objects.filter(framework__code="EQAVET", framework__version="2009").count() == 10
    assert Criterion.objects.filter(framework__code="EQAVET", framework__version="2027").count() == 9
    assert selectors.framework("EQAVET").version == "2027"
    assert selectors.framework("EQAVET", "2009").frozen_at is not None


def test_freezing_a_framework_freezes_its_scale() -> None:
    load_packs()
    framework = selectors.framework("ESG-2015-P1")
    freeze(framework)
    frozen_at = framework.frozen_at
    freeze(framework)
    framework.refresh_from_db()
    assert framework.frozen_at == frozen_at
    assert framework.scale.frozen_at is not None
    assert AuditEvent.objects.filter(action="frameworks.frozen").count() == 2


@pytest.mark.parametrize(
    ("file", "changes", "code"),
    [
        ("eqavet.yaml", {"pack": "menu"}, "unknown-pack"),
        ("eqavet.yaml", {"criteria": "none"}, "pack-invalid"),
        ("eqavet.yaml", {"scale": "NO-SUCH-SCALE"}, "pack-missing"),
        ("crosswalk-esg-boe-2022.yaml", {"links": [["1.1", "P99"]]}, "unknown-criterion"),
        ("crosswalk-esg-boe-2022.yaml", {"to_version": "1999"}, "unknown-criterion"),
    ],
)
def test_a_bad_pack_is_refused_and_nothing_is_half_written(
    packs: Path, file: str, changes: dict[str, object], code: str
) -> None:
    edit(packs, file, **changes)
    with pytest.raises(RuleViolation) as refusal:
        load_packs(packs)
    assert refusal.value.code == code
    assert not Framework.objects.exists()


def test_only_the_official_links_are_sourced() -> None:
    load_packs()
    sourced = CrosswalkLink.objects.filter(sourced=True)
    assert {link.crosswalk.code for link in sourced.select_related("crosswalk")} == {"ESG-TO-BOE-2022"}
    assert sourced.count() == 10
