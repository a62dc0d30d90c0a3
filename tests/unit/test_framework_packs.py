"""The packs that ship, against what domain.md says of their sources, and the comparison of two contents."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from iqas.frameworks.differences import compare
from iqas.frameworks.schema import CrosswalkPack, FrameworkPack, ScalePack
from iqas.frameworks.services import read_packs

PACKS = {pack.code: pack for pack in read_packs()}
# domain.md 1.2, "Official mapping ESG to these"; ESG 1.10 is not in the table.
BOE_TABLE = {
    ("1.1", "P1"), ("1.2", "P2"), ("1.3", "P3"), ("1.4", "P3"), ("1.5", "P4"),
    ("1.6", "P5"), ("1.7", "P6a"), ("1.8", "P7"), ("1.9", "P6b"), ("1.9", "P6c"),
}  # fmt: skip
ASSESSABLE = {
    "FOUR-DIMENSIONS": 23, "EU-MC-ANNEX-I": 16, "EU-MC-ANNEX-II": 10, "ESG-2015-P1": 10,
    "BOE-2022-SIGC": 10, "AUDIT-CLASSIC": 7, "EQAVET": 10,
}  # fmt: skip


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with override("en"):
        yield


def framework(code: str) -> FrameworkPack:
    pack = PACKS[code]
    assert isinstance(pack, FrameworkPack)
    return pack


@pytest.mark.parametrize(("code", "count"), ASSESSABLE.items())
def test_each_framework_has_its_criteria(code: str, count: int) -> None:
    assert sum(item.entry.assessable for item in framework(code).flat()) == count


def test_the_four_dimensions_have_four_to_six_criteria_with_freshness_and_kinds() -> None:
    flat = [item for item in framework("FOUR-DIMENSIONS").flat() if item.entry.assessable]
    assert Counter(item.parent for item in flat) == {"A": 6, "B": 6, "C": 6, "D": 5}
    for item in flat:
        assert item.entry.freshness_months, item.entry.code
        assert item.entry.evidence, item.entry.code


def test_the_official_crosswalk_is_the_table_of_the_boe() -> None:
    pack = PACKS["ESG-TO-BOE-2022"]
    assert isinstance(pack, CrosswalkPack)
    assert set(pack.links) == BOE_TABLE
    assert pack.tag == "S"


def test_every_other_crosswalk_is_ours() -> None:
    others = [
        pack for pack in PACKS.values() if isinstance(pack, CrosswalkPack) and pack.code != "ESG-TO-BOE-2022"
    ]
    assert others
    assert {pack.tag for pack in others} == {"I"}


def test_nine_mandatory_elements_are_known_at_design_time() -> None:
    times = Counter(
        item.entry.time
        for item in framework("EU-MC-ANNEX-I").flat()
        if item.entry.code.startswith("M") and item.parent
    )
    assert times == {"design": 9, "award": 2}


def test_what_is_not_sourced_is_not_tagged_as_sourced() -> None:
    assert {item.tag for item in framework("EU-MC-ANNEX-II").flat()} == {"K"}
    assert {item.text_tag for item in framework("AUDIT-CLASSIC").flat()} == {"K"}
    assert PACKS["AUDIT-FINDINGS"].tag == "K"
    assert PACKS["YES-PARTLY-NO"].tag == "I"


def test_only_a_major_non_conformity_blocks_the_certificate() -> None:
    pack = PACKS["AUDIT-FINDINGS"]
    assert isinstance(pack, ScalePack)
    assert [item.code for item in pack.finding_types if item.blocks_certificate] == ["MAJOR-NC"]


@pytest.mark.parametrize("pack", PACKS.values(), ids=PACKS)
def test_every_pack_equals_itself(pack: object) -> None:
    assert compare(pack, pack).level == "none"  # type: ignore[arg-type]


def changed(pack: FrameworkPack, place: tuple[int, int], **fields: object) -> FrameworkPack:
    content = pack.content()
    parent, child = place
    content["criteria"][parent]["children"][child].update(fields)
    return FrameworkPack.model_validate(content)


def test_other_words_are_compatible_and_another_meaning_is_not() -> None:
    pack = framework("FOUR-DIMENSIONS")
    reworded = compare(pack, changed(pack, (0, 0), title={"es": "Otro título", "en": "Another title"}))
    assert (reworded.level, reworded.reasons) == ("compatible", ("A.1: title changed.",))
    regarded = compare(pack, changed(pack, (0, 0), assessable=False))
    assert (regarded.level, regarded.reasons) == ("incompatible", ("A.1: assessable changed.",))


def test_a_removed_criterion_is_incompatible_and_an_added_one_is_not() -> None:
    pack = framework("EQAVET")
    content = pack.content()
    content["criteria"] = content["criteria"][:-1]
    shorter = FrameworkPack.model_validate(content)
    assert compare(pack, shorter).reasons == ("10 was removed.",)
    assert compare(pack, shorter).level == "incompatible"
    assert compare(shorter, pack).level == "compatible"


def test_a_level_added_to_a_scale_is_incompatible() -> None:
    pack = PACKS["ACREDITA-A-D"]
    content = pack.content()
    content["levels"] = content["levels"][:-1]
    assert compare(ScalePack.model_validate(content), pack).level == "incompatible"


@given(st.permutations(range(10)))
def test_order_alone_never_makes_a_framework_incompatible(order: list[int]) -> None:
    pack = framework("EQAVET")
    content = pack.content()
    content["criteria"] = [content["criteria"][place] for place in order]
    expected = "none" if order == sorted(order) else "compatible"
    assert compare(pack, FrameworkPack.model_validate(content)).level == expected


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("tag", "Q"),
        ("source", ""),
        ("source_url", "javascript:alert(1)"),
        ("version", ""),
        ("criteria", []),
        ("typo", 1),
    ],
)
def test_a_pack_of_another_shape_is_refused(field: str, value: object) -> None:
    content = framework("EQAVET").content() | {field: value}
    with pytest.raises(ValidationError):
        FrameworkPack.model_validate(content)


def test_a_code_twice_is_refused() -> None:
    content = framework("EQAVET").content()
    content["criteria"].append(content["criteria"][0])
    with pytest.raises(ValidationError, match="criteria repeated: 1"):
        FrameworkPack.model_validate(content)
