"""Answers collected elsewhere: all or nothing, once, and to the last count."""

from __future__ import annotations

import csv
import hashlib
import json
import statistics
from collections import Counter, defaultdict
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import CommandError, call_command
from django.utils import translation

from feedback.models import (
    AudienceThreshold,
    Campaign,
    ImportedFile,
    Questionnaire,
    QuestionnaireVersion,
    Response,
)
from feedback.selectors.results import campaign_results
from feedback.serialisation import results_json
from iqas.core.models import AuditEvent
from iqas.organisation.models import AcademicYear, Centre, University
from microcredentials.models import Edition, MicroCredential
from tests.factories.organisation import make_centre, the_university

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_english():
    """Sentences are compared in the language of the sources."""
    with translation.override("en"):
        yield


MAPPING = Path(__file__).parents[2] / "iqas" / "demo" / "mappings" / "turkiye.yaml"
COLUMNS = yaml.safe_load(MAPPING.read_text(encoding="utf-8"))["items"]  # item code → column


def a_file(path: Path, rows: list[dict[str, Any]]) -> Path:
    header = ["course code", *COLUMNS.values()]
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, header, restval="3")
        writer.writeheader()
        writer.writerows(rows)
    return path


def run(path: Path, *options: str, mapping: Path = MAPPING) -> dict[str, Any]:
    out = StringIO()
    try:
        call_command("import_responses", str(path), "--mapping", str(mapping), "--json", *options, stdout=out)
    finally:
        report: dict[str, Any] = json.loads(out.getvalue() or "{}")
        run.last = report  # type: ignore[attr-defined]
    return report


def nothing_was_written() -> bool:
    models = (Campaign, Response, ImportedFile, Edition, MicroCredential, Centre, University)
    return not any(model.objects.exists() for model in models)


def test_everything_missing_is_made_and_marked_imported(tmp_path: Path) -> None:
    report = run(a_file(tmp_path / "answers.csv", [{"course code": 1}] * 6 + [{"course code": 2}] * 5))
    assert (report["rows"], sorted(report["created"]), report["rejected"]) == (11, ["TR-1", "TR-2"], [])
    campaign = Campaign.objects.get(code="TR-1")
    assert (campaign.mode, campaign.state, campaign.responses_count) == ("imported", "mixed", 6)
    assert campaign.edition is not None
    assert (campaign.edition.code, campaign.edition.state) == ("TR-1", "imported")
    assert campaign.edition.microcredential.state == "imported"
    assert campaign.edition.version.ects is None
    assert University.current().name == "Gazi University"
    assert Centre.objects.get().code == "GAZI"
    assert campaign.edition.year == AcademicYear.objects.get(code="2012-13")
    assert QuestionnaireVersion.objects.get(questionnaire__code="TURKIYE-28").frozen_at is not None
    assert AuditEvent.objects.filter(action="responses.imported").count() == 1


def test_an_existing_university_centre_and_year_are_used(tmp_path: Path) -> None:
    the_university(threshold=10)
    make_centre("GAZI")
    run(a_file(tmp_path / "answers.csv", [{"course code": 1}] * 6))
    assert University.objects.count() == Centre.objects.count() == 1
    assert Campaign.objects.get().threshold == 10


def test_the_same_again_changes_nothing(tmp_path: Path) -> None:
    path = a_file(tmp_path / "answers.csv", [{"course code": 1}] * 6)
    run(path)
    before = list(Response.objects.values_list("id", flat=True)), AuditEvent.objects.count()
    report = run(path)
    assert (report["created"], report["unchanged"]) == ([], ["TR-1"])
    assert before == (list(Response.objects.values_list("id", flat=True)), AuditEvent.objects.count())


def test_another_file_or_mapping_for_the_same_campaign_is_refused(tmp_path: Path) -> None:
    run(a_file(tmp_path / "answers.csv", [{"course code": 1}] * 6))
    other = a_file(
        tmp_path / "other.csv", [{"course code": 1, "Orientation": 5}] * 6 + [{"course code": 9}] * 6
    )
    with pytest.raises(CommandError, match="TR-1"):
        run(other)
    assert run.last["rejected"][0]["code"] == "other-file"  # type: ignore[attr-defined]
    changed = tmp_path / "map.yaml"
    changed.write_text(MAPPING.read_text(encoding="utf-8") + "# a remark\n", encoding="utf-8")
    with pytest.raises(CommandError, match="another file or mapping"):
        run(tmp_path / "answers.csv", mapping=changed)
    assert list(Campaign.objects.values_list("code", flat=True)) == ["TR-1"]


def test_a_dry_run_stores_nothing(tmp_path: Path) -> None:
    report = run(a_file(tmp_path / "answers.csv", [{"course code": 1}] * 6), "--dry-run")
    assert (report["created"], report["dry_run"]) == (["TR-1"], True)
    assert nothing_was_written()


def test_every_bad_cell_is_named_and_nothing_is_stored(tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = [{"course code": 1}] * 5
    rows += [
        {"course code": 1, "Orientation": 6, "Life aim": "often"},
        {"course code": ""},
        {"course code": 1, "Syllabus Oriented": "2.5"},
        {"course code": "../etc"},
    ]
    with pytest.raises(CommandError, match="5 problems"):
        run(a_file(tmp_path / "answers.csv", rows))
    problems = {(p["row"], p["field"], p["code"]) for p in run.last["rejected"]}  # type: ignore[attr-defined]
    assert problems == {
        (7, "Orientation", "off-scale"),
        (7, "Life aim", "not-a-number"),
        (8, "course code", "required"),
        (9, "Syllabus Oriented", "not-whole"),
        (10, "course code", "bad-code"),
    }
    assert nothing_was_written()


def test_a_file_that_was_cut_in_a_row_is_refused_with_the_row_and_the_first_cell_missing(
    tmp_path: Path,
) -> None:
    path = a_file(tmp_path / "answers.csv", [{"course code": 1}] * 6)
    whole = path.read_text(encoding="utf-8").rstrip()
    path.write_text(whole[: -len(",3,3")], encoding="utf-8")
    with pytest.raises(CommandError, match="1 problem"):
        run(path)
    (problem,) = run.last["rejected"]  # type: ignore[attr-defined]
    assert (problem["row"], problem["code"]) == (7, "cut-row")
    assert problem["field"] == list(COLUMNS.values())[-2]
    assert nothing_was_written()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty-file"),
        (b"course code,Orientation\n1,3\n", "missing-column"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "encrypted-or-old"),
        (b"course code," + ",".join(COLUMNS.values()).encode() + b"\n", "no-rows"),
    ],
)
def test_a_file_that_is_no_table_of_answers_is_refused(tmp_path: Path, content: bytes, code: str) -> None:
    path = tmp_path / "answers.csv"
    path.write_bytes(content)
    with pytest.raises(CommandError):
        run(path)
    assert [problem["code"] for problem in run.last["rejected"]] == [code]  # type: ignore[attr-defined]
    assert nothing_was_written()


def test_a_refusal_printed_other_keys_than_a_report(tmp_path: Path) -> None:
    good = run(a_file(tmp_path / "answers.csv", [{"course code": 1}] * 6), "--dry-run")
    (tmp_path / "answers.csv").write_bytes(b"")
    with pytest.raises(CommandError):
        run(tmp_path / "answers.csv", "--dry-run")
    refused: dict[str, Any] = run.last  # type: ignore[attr-defined]
    assert refused.keys() == good.keys()
    assert (refused["rows"], refused["created"], refused["dry_run"]) == (0, [], True)
    assert refused["sha256"] == hashlib.sha256(b"").hexdigest()
    assert refused["mapping_sha256"] == good["mapping_sha256"]
    [reason] = refused["rejected"]
    assert (reason["row"], reason["field"], reason["code"]) == (0, "", "empty-file")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("Q28: isntructor treatment", "Q29: isntructor treatment", "Q29, Q28"),
        ("scale: [1, 5]", "scale: [0, 4]", "scale or the direction of Q1"),
        ("reverse: false", "reverse: true", "scale or the direction of Q1"),
        ("TURKIYE-28", "NOWHERE", "NOWHERE version 1"),
        ("Q2: Course Objectives", "Q2: Orientation", "used twice: Orientation"),
        ("code: TR-{course code}", "code: TR-{course code}-{instcode}", "names instcode"),
        ("year: 2012-13", "year: 2012-14", "no academic year"),
        ("year: 2012-13", "year: [", "expected"),
    ],
)
def test_a_mapping_that_does_not_fit_is_refused(tmp_path: Path, old: str, new: str, said: str) -> None:
    text = MAPPING.read_text(encoding="utf-8")
    assert old in text
    mapping = tmp_path / "map.yaml"
    mapping.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(CommandError, match=said):
        run(a_file(tmp_path / "answers.csv", [{"course code": 1}] * 6), mapping=mapping)
    assert nothing_was_written()


def test_an_empty_cell_is_no_answer_and_small_campaigns_stay_closed(tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = [{"course code": 1}] * 5 + [{"course code": 1, "Orientation": ""}] * 4
    rows += [{"course code": 1, "Course Objectives": ""}] * 5 + [{"course code": 2}] * 4
    run(a_file(tmp_path / "answers.csv", rows))
    results = results_json(campaign_results(Campaign.objects.get(code="TR-1"), "en"))
    assert [(i["code"], i["n"], i["no_answer"]) for i in results["items"][:3]] == [
        ("Q1", 10, 4),
        ("Q2", 9, 5),
        ("Q3", 14, 0),
    ]
    small = results_json(campaign_results(Campaign.objects.get(code="TR-2"), "en"))
    assert (small["suppressed"], small["responses"], small["items"], small["straight_lined"]) == (
        True,
        4,
        [],
        None,
    )


# The real file ----------------------------------------------------------------------------------------


def test_imported_answers_about_a_teacher_follow_what_was_decided_for_persons(tmp_path: Path) -> None:
    the_university()
    AudienceThreshold.objects.create(subject=AudienceThreshold.PERSONS, least=10)
    run(a_file(tmp_path / "answers.csv", [{"course code": 1}] * 7 + [{"course code": 2}] * 10))
    seven, ten = (campaign_results(Campaign.objects.get(code=code), "en") for code in ("TR-1", "TR-2"))
    assert (seven.threshold, seven.suppressed, ten.suppressed) == (10, True, False)


def computed_independently(path: Path) -> dict[str, dict[str, Any]]:
    """All figures from the file itself, with nothing of the product but the names of the columns."""
    by_course = defaultdict(list)
    with path.open(newline="", encoding="utf-8-sig") as file:
        for row in csv.DictReader(file):
            by_course[f"TR-{row['course code']}"].append(row)
    expected = {}
    for code, rows in by_course.items():
        items = []
        for item, column in COLUMNS.items():
            values = [int(row[column]) for row in rows]
            counted = Counter(values)
            items.append(
                {
                    "code": item,
                    "n": len(values),
                    "no_answer": 0,
                    "suppressed": False,
                    "scale": [1, 5],
                    "distribution": {str(point): counted[point] for point in range(1, 6)},
                    "mean": sum(values) / len(values),
                    "median": float(statistics.median(values)),
                    "favourable": sum(value >= 4 for value in values) / len(values),
                }
            )
        straight = sum(len({row[column] for column in COLUMNS.values()}) == 1 for row in rows)
        expected[code] = {"responses": len(rows), "straight_lined": straight, "items": items}
    return expected


def test_all_13_courses_equal_an_independent_computation(shared_data: Path) -> None:
    path = shared_data / "feedback-turkiye" / "responses.csv"
    run(path)
    expected = computed_independently(path)
    assert len(expected) == 13
    for code, figures in expected.items():
        out = StringIO()
        call_command("campaign_results", code, "--json", "--language", "en", stdout=out)
        results = json.loads(out.getvalue())
        assert results["campaign"] == results["edition"] == code
        assert (results["invited"], results["response_rate"], results["suppressed"]) == (None, None, False)
        assert {key: results[key] for key in ("responses", "straight_lined")} == {
            key: figures[key] for key in ("responses", "straight_lined")
        }
        assert [{key: item[key] for key in figures["items"][0]} for item in results["items"]] == figures[
            "items"
        ]
    assert sum(figures["responses"] for figures in expected.values()) == Response.objects.count() == 5820
    assert Questionnaire.objects.get(code="TURKIYE-28").versions.get().items.count() == 28
