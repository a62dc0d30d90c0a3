"""Questionnaires come from packs, whole in both languages, and do not change once they were used."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from feedback.models import Item, Questionnaire, QuestionnaireVersion
from feedback.packs import FOLDER, load
from feedback.packs.schema import QuestionnairePack
from feedback.selectors.campaigns import usable_versions
from feedback.selectors.thresholds import least_threshold
from feedback.selectors.wholeness import obstacles_of
from feedback.services.questionnaires import freeze, store_pack
from iqas.core.models import AuditEvent
from iqas.core.packs import read_pack
from iqas.core.refusals import RuleViolation
from iqas.frameworks import packs as frameworks
from iqas.frameworks.models import Criterion
from tests.factories.feedback import make_campaign
from tests.factories.organisation import the_university

pytestmark = pytest.mark.django_db


@pytest.fixture
def content() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((FOLDER / "learner-end-1.yaml").read_text(encoding="utf-8"))
    return loaded


def store(content: dict[str, Any]) -> QuestionnaireVersion:
    return store_pack(QuestionnairePack.model_validate(content))


def test_shipped_packs_load_twice_into_the_same_rows() -> None:
    assert (
        load()
        == load()
        == [
            "EMPLOYER v2",
            "GRADUATE-6M v2",
            "LEARNER-END v1",
            "LEARNER-END v2",
            "LEARNER-END v3",
            "LEARNER-MIDDLE v2",
            "PARTNER v2",
            "PROVIDER v2",
            "SUPPORT-STAFF v2",
            "TEACHER v2",
            "TURKIYE-28 v1",
            "WITHDRAWAL v2",
        ]
    )
    assert Item.objects.filter(version__questionnaire__code="TURKIYE-28").count() == 28


def test_every_shipped_word_exists_in_spanish_and_english() -> None:
    load()
    assert not Item.objects.filter(text_es__isnull=True) | Item.objects.filter(text_en__isnull=True)
    for item in Item.objects.exclude(kind=Item.Kind.TEXT):
        assert set(item.labels) >= {"es", "en"}
        assert item.labels["es"].keys() == item.labels["en"].keys()


def test_the_learner_survey_fits_a_phone() -> None:
    load()
    version = QuestionnaireVersion.objects.get(questionnaire__code="LEARNER-END", number=3)
    assert [section.items.count() for section in version.sections.all()] == [3, 5, 4, 5]
    assert not version.items.filter(criterion_code="")


def test_every_audience_has_a_survey_of_few_questions_a_screen() -> None:
    load()
    own = QuestionnaireVersion.objects.exclude(questionnaire__code="TURKIYE-28")
    assert {version.questionnaire.audience for version in own} == set(Questionnaire.Audience.values)
    for version in own:
        assert all(section.items.count() <= 6 for section in version.sections.all()), version


def test_audiences_are_asked_the_same_so_that_they_can_be_contrasted() -> None:
    load()
    audiences: dict[str, set[str]] = {}
    for version in usable_versions():
        assert not [one for one in obstacles_of(version) if one.rule in ("item-common", "item-identity")]
        for code in version.items.exclude(common_code="").values_list("common_code", flat=True):
            audiences.setdefault(code, set()).add(version.questionnaire.audience)
    shared = [asked for asked in audiences.values() if len(asked) > 1]
    assert set().union(*shared) == set(Questionnaire.Audience.values), "nobody is asked alone"
    assert {"learner", "teacher", "provider"} <= audiences["WORKLOAD"]


def test_a_questionnaire_contradicted_its_campaign_about_who_reads_comments_and_how_long_it_takes() -> None:
    load()
    for version in usable_versions():
        told = [version.title_es, version.title_en, version.intro_es, version.intro_en]  # type: ignore[attr-defined]
        told += [text for pair in version.items.values_list("help_es", "help_en") for text in pair if text]
        said = " ".join(told).lower()
        for words in ("lo leen", "read this", "coordina", "quality office", "minuto", "minute"):
            assert words not in said, (str(version), words)


def test_only_the_pack_with_questions_on_the_teacher_judges_persons() -> None:
    the_university()
    load()
    judging = Questionnaire.objects.filter(about_persons=True)
    assert list(judging.values_list("code", flat=True)) == ["TURKIYE-28"]
    assert least_threshold(QuestionnaireVersion.objects.get(questionnaire__code="TURKIYE-28")) == 10


def test_a_survey_about_persons_that_was_stored_before_packs_could_say_so_asked_five(
    content: dict[str, Any],
) -> None:
    the_university()
    stored = store(content)
    freeze(actor=None, version=stored)
    assert store(content | {"about_persons": True}) == stored
    stored.refresh_from_db()
    assert stored.questionnaire.about_persons
    assert AuditEvent.objects.filter(action="questionnaire.persons").count() == 1
    assert least_threshold(stored) == 10


def test_a_pack_written_before_questions_could_depend_on_others_keeps_its_hash(
    content: dict[str, Any],
) -> None:
    assert store(content).sha256.startswith("85d87a64ec")


def test_changed_words_replace_an_unused_version(content: dict[str, Any]) -> None:
    store(content)
    changed = deepcopy(content)
    changed["sections"][0]["items"][0]["text"]["en"] = "Something else."
    version = store(changed)
    assert version.items.get(code="L01").text_en == "Something else."
    assert QuestionnaireVersion.objects.count() == 1


def test_changed_words_reach_a_campaign_that_is_not_open_yet(content: dict[str, Any]) -> None:
    prepared = make_campaign(version=store(content), is_open=False)
    content["sections"][0]["items"][0]["text"]["en"] = "Something else."
    store(content)
    prepared.refresh_from_db()
    asked = prepared.questionnaire_version.items
    assert asked.get(code="L01").text_en == "Something else."
    assert asked.count() == sum(len(section["items"]) for section in content["sections"])


def test_changed_words_of_a_used_version_are_refused(content: dict[str, Any]) -> None:
    used = store(content)
    freeze(actor=None, version=used)
    assert store(content) == used
    changed = deepcopy(content)
    changed["sections"][0]["items"][0]["reverse"] = True
    with pytest.raises(RuleViolation) as refusal:
        store(changed)
    assert refusal.value.code == "questionnaire-frozen"
    assert not used.items.get(code="L01").reverse
    changed["version"] = 2
    assert store(changed).number == 2


def test_a_code_keeps_its_audience(content: dict[str, Any]) -> None:
    store(content)
    with pytest.raises(RuleViolation) as refusal:
        store(content | {"version": 2, "audience": "partner"})
    assert refusal.value.code == "questionnaire-audience"


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda c: c["title"].pop("en"), "title.en"),
        (lambda c: c["scales"]["agreement"]["labels"]["es"].pop(), "4 labels in 'es' for 5 points"),
        (lambda c: c["scales"]["agreement"]["labels"].pop("en"), "labels in 'en' are missing"),
        (
            lambda c: c["scales"]["recommendation"]["labels"]["es"].update({11: "once"}),
            "off the scale 0 to 10",
        ),
        (lambda c: c["scales"]["agreement"].update(points=[5, 1]), "the lower one first"),
        (lambda c: c["sections"][0]["items"][0].update(scale="none"), "not declared: none"),
        (lambda c: c["sections"][0]["items"][0].pop("scale"), "names a scale"),
        (lambda c: c["sections"][0]["items"][1].update(code="L01"), "used twice: L01"),
        (lambda c: c["sections"][0]["items"][0].update(kind="slider"), "kind"),
        (lambda c: c["sections"][0].update(items=[]), "items"),
        (lambda c: c.update(colour="red"), "colour"),
    ],
)
def test_a_pack_that_is_not_whole_is_refused_with_the_place(
    content: dict[str, Any], spoil: Any, said: str
) -> None:
    spoil(content)
    with pytest.raises(ValidationError, match=said):
        store(content)
    assert not QuestionnaireVersion.objects.exists()


@pytest.mark.parametrize(
    ("section", "item", "changes", "said"),
    [
        (1, 0, {"shown_if": {"item": "L09", "values": [1]}}, "L09: no choice of an earlier section"),
        (0, 1, {"shown_if": {"item": "L01", "values": [1]}}, "L01: no choice of an earlier section"),
        (1, 0, {"shown_if": {"item": "L99", "values": [1]}}, "L99: no choice of an earlier section"),
        (1, 0, {"shown_if": {"item": "L01", "values": [0]}}, "an answer that L01 does not offer"),
        (1, 0, {"shown_if": {"item": "L01", "values": []}}, "values"),
        (1, 0, {"shown_if": {"item": "L01", "values": [1]}, "required": True}, "cannot be required"),
        (1, 0, {"importance_of": "L01"}, "two ratings of one section"),
        (1, 0, {"importance_of": "L04"}, "two ratings of one section"),
        (3, 1, {"importance_of": "L15"}, "two ratings of one section"),
    ],
)
def test_a_question_that_depends_on_another_depends_on_one_that_was_asked_before(
    content: dict[str, Any], section: int, item: int, changes: dict[str, Any], said: str
) -> None:
    content["sections"][section]["items"][item].update(changes)
    with pytest.raises(ValidationError, match=said):
        store(content)


def test_the_last_section_asks_everybody_something(content: dict[str, Any]) -> None:
    for item in content["sections"][-1]["items"]:
        item["shown_if"] = {"item": "L01", "values": [1]}
    with pytest.raises(ValidationError, match="the last section needs"):
        store(content)


def test_every_criterion_that_an_item_names_can_be_assessed() -> None:
    frameworks.load()
    load()
    known = Criterion.objects.filter(framework__code="FOUR-DIMENSIONS", assessable=True)
    named = set(Item.objects.exclude(criterion_code="").values_list("criterion_code", flat=True))
    assert named
    assert named <= set(known.values_list("code", flat=True))


def test_a_pack_of_nothing_but_brackets_is_unreadable_and_no_crash(tmp_path: Path) -> None:
    deep = tmp_path / "deep.yaml"
    deep.write_text("x: " + "[" * 500_000, encoding="utf-8")
    with pytest.raises(RuleViolation) as refusal:
        read_pack(deep, QuestionnairePack)
    assert refusal.value.code == "pack-unreadable"
