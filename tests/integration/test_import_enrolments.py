"""manage.py import_enrolments: all or nothing, every bad row named, the second run changes nothing, bounded work."""

from __future__ import annotations

import io
import json
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from iqas.core.audit import history
from iqas.core.models import AuditEvent
from iqas.core.refusals import AccessDenied
from microcredentials.identity import COUNTRY_WORDS
from microcredentials.importers.enrolment_columns import COLUMNS
from microcredentials.importers.enrolments import (
    ACCESS_WORDS,
    DOCUMENT_WORDS,
    SEX_WORDS,
    STATE_WORDS,
)
from microcredentials.models import Edition, Enrolment, EnrolmentCount, Learner, LearnerStatistics
from microcredentials.services.editions import advance_edition
from microcredentials.services.enrolment_import import import_enrolments
from tests.factories.accounts import make_staff
from tests.factories.microcredentials import make_edition, make_microcredential
from tests.factories.organisation import make_centre, the_university

pytestmark = pytest.mark.django_db
HEADER = "edicion;nombre;apellidos;correo;dni;nota;estado"


@pytest.fixture
def edition() -> Edition:
    return make_edition(state="finished")


@pytest.fixture
def run(tmp_path: Path) -> Any:
    """`run(content, "--dry-run")` → (exit code, JSON)."""

    def command(content: str | bytes, *options: str) -> tuple[int, dict[str, Any]]:
        path = tmp_path / "matricula.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        out, code = io.StringIO(), 0
        try:
            call_command("import_enrolments", str(path), "--json", *options, stdout=out)
        except SystemExit as ended:
            code = int(str(ended.code))
        return code, json.loads(out.getvalue())

    return command


def problems(answer: dict[str, Any]) -> list[tuple[int, str, str]]:
    return [(error["row"], error["field"], error["code"]) for error in answer["rejected"]]


def many(edition: Edition, number: int, state: str = "apto") -> str:
    rows = [
        f"{edition.code};Nombre{'abcdefghij'[n % 10]};Apellido{'abcdefghij'[n // 10 % 10]};p{n}@example.org;;;{state}"
        for n in range(number)
    ]
    return "\n".join([HEADER, *rows])


class TestGoodFiles:
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
    @pytest.mark.parametrize("separator", [";", ",", "\t"])
    def test_spanish_headers_in_any_encoding(
        self, run: Any, edition: Edition, encoding: str, separator: str
    ) -> None:
        row = f'{edition.code};María José;Núñez;mj@example.org;12345678-z;"7,5";Apta'
        code, answer = run(f"{HEADER}\n{row}\n".replace(";", separator).encode(encoding))
        assert (code, answer["created"], answer["rejected"]) == (0, 1, [])
        made = Enrolment.objects.select_related("learner").get()
        assert (str(made.learner), made.learner.document_number) == ("María José Núñez", "12345678Z")
        assert (made.state, str(made.grade)) == ("passed", "7.50")

    def test_english_headers_dates_and_statistics_in_a_workbook(
        self, tmp_path: Path, edition: Edition
    ) -> None:
        book = openpyxl.Workbook()
        book.active.append(
            [
                *("Edition code", "Student", "E-mail address", "Student id", "Result", "Enrolment date"),
                *(
                    "Result date",
                    "Gender",
                    "Date of birth",
                    "Nationality",
                    "Place of residence",
                    "Entry route",
                ),
            ]
        )
        book.active.cell(1, 3).value = "Email address"
        book.active.append(
            [
                *(edition.code, "Ruiz Gil, Ana", "ana@example.org", 12345, "passed", date(2025, 9, 20)),
                *(date(2025, 12, 1), "woman", date(1984, 3, 17), "Portugal", "Elche", "University degree"),
            ]
        )
        path = tmp_path / "list.xlsx"
        book.save(path)
        with path.open("rb") as file:
            report = import_enrolments(actor=None, file=file)
        assert report.rejected == []
        made = Enrolment.objects.select_related("learner__statistics").get()
        assert (made.learner.listed_name, made.learner.student_number) == ("Ruiz Gil, Ana", "12345")
        assert (made.enrolled_on, made.state_on) == (date(2025, 9, 20), date(2025, 12, 1))
        kept = made.learner.statistics
        assert (kept.sex, kept.birth_year, kept.nationality, kept.residence, kept.access) == (
            "female",
            1984,
            "PT",
            "Elche",
            "degree",
        )

    def test_one_edition_for_all_rows(self, run: Any, edition: Edition) -> None:
        content = "nombre;apellidos;correo\nAna;Ruiz;ana@example.org\n"
        code, answer = run(content, "--edition", edition.code)
        assert (code, answer["created"]) == (0, 1)
        other = make_edition(state="open")
        code, answer = run(f"{HEADER}\n{other.code};L;G;l@example.org;;;", "--edition", edition.code)
        assert problems(answer) == [(2, "edition", "other-edition")]
        with pytest.raises(CommandError):
            run(content, "--edition", "NADA")

    def test_a_second_run_changes_nothing(self, run: Any, edition: Edition) -> None:
        content = f"{HEADER};sexo\n{edition.code};Ana;Ruiz;ana@example.org;12345678Z;8;apto;mujer\n"
        assert run(content)[1]["created"] == 1
        before = [
            list(model.objects.order_by("pk").values())
            for model in (Learner, LearnerStatistics, Enrolment, EnrolmentCount, AuditEvent)
        ]
        code, answer = run(content)
        assert (code, answer["created"], answer["updated"], answer["unchanged"]) == (0, 0, 0, 1)
        after = [
            list(model.objects.order_by("pk").values())
            for model in (Learner, LearnerStatistics, Enrolment, EnrolmentCount, AuditEvent)
        ]
        assert after == before

    def test_a_later_file_brings_the_results_and_empty_cells_never_erase(
        self, run: Any, edition: Edition
    ) -> None:
        run(f"{HEADER}\n{edition.code};Ana;Ruiz;ana@example.org;12345678Z;;\n")
        _code, answer = run(f"{HEADER}\n{edition.code};;;ana@example.org;;9;apto\n")
        assert (answer["created"], answer["updated"], answer["learners"]["updated"]) == (0, 1, 0)
        made = Enrolment.objects.select_related("learner").get()
        assert (made.state, made.learner.family_name, made.learner.document_number) == (
            "passed",
            "Ruiz",
            "12345678Z",
        )

    def test_a_correction_by_file_says_why_as_the_form_does(self, run: Any, edition: Edition) -> None:
        run(f"{HEADER}\n{edition.code};Ana;Ruiz;ana@example.org;12345678Z;9;apto\n")
        _code, answer = run(f"{HEADER}\n{edition.code};;;ana@example.org;;;no apto\n")
        assert problems(answer) == [(2, "reason", "no-reason")]
        _code, answer = run(f"{HEADER}\n{edition.code};;;ana@example.org;;;matriculada\n")
        assert problems(answer) == [(2, "reason", "no-reason")]
        made = Enrolment.objects.get()
        assert (made.state, str(made.grade)) == ("passed", "9.00")
        content = f"{HEADER};motivo\n{edition.code};;;ana@example.org;;;no apto;Error en el acta\n"
        assert run(content)[1]["updated"] == 1
        made.refresh_from_db()
        assert (made.state, made.grade) == ("failed", None)
        assert EnrolmentCount.objects.get().failed == 1
        (event,) = history(made)
        assert (event.detail.before["state"], event.detail.reason) == ("passed", "Error en el acta")
        assert run(content)[1]["unchanged"] == 1

    def test_one_event_holds_the_hash_and_nobodys_name(self, run: Any, edition: Edition) -> None:
        _code, answer = run(many(edition, 3))
        event = AuditEvent.objects.select_related("detail").get(action="enrolments.imported")
        assert event.detail.after["sha256"] == answer["sha256"]
        assert event.detail.after["created"] == 3
        assert "example.org" not in json.dumps(event.detail.after)
        assert [e.action for e in history(Learner.objects.first())] == []

    def test_a_dry_run_answers_the_same_and_writes_nothing(self, run: Any, edition: Edition) -> None:
        content = many(edition, 3)
        _code, dry = run(content, "--dry-run")
        assert Learner.objects.count() == 0
        _code, wet = run(content)
        assert dry | {"written": True} == wet

    def test_more_people_than_places_is_said_and_not_refused(self) -> None:
        edition = make_edition(state="open", places=2)
        report = import_enrolments(actor=None, file=io.BytesIO(many(edition, 3, "").encode()))
        assert [(each.enrolled, each.places) for each in report.over_full] == [(3, 2)]
        assert report.written


class TestBadRows:
    def test_every_bad_row_is_named_and_nothing_is_written(self, run: Any, edition: Edition) -> None:
        rows = [
            f"{edition.code};Ana;Ruiz;ana@example.org;;;",
            "NADA-1;Luis;Gil;luis@example.org;;;",
            f"{edition.code};<b>Eva</b>;Gil;eva@example.org;;;",
            f"{edition.code};Eva;Gil;eva@;;;",
            f"{edition.code};Eva;Gil;;12345678A;;",
            f"{edition.code};Eva;Gil;;AB123;;",
            f"{edition.code};Eva;Gil;e1@example.org;;11;apto",
            f"{edition.code};Eva;Gil;e2@example.org;;;quizá",
            f"{edition.code};Eva;Gil;e3@example.org;;5;baja",
            f"{edition.code};Eva;Gil;;;;",
            f"{edition.code};;;nadie@example.org;;;",
            ";Eva;Gil;e4@example.org;;;",
            f"{edition.code};Ana;Ruiz;ana@example.org;;;",
            f"{edition.code};Otra;Persona;ana@example.org;;;",
        ]
        code, answer = run("\n".join([HEADER, *rows]))
        assert code == 1
        assert problems(answer) == [
            (3, "edition", "unknown-edition"),
            (4, "given_name", "not-a-name"),
            (5, "email", "not-an-email"),
            (6, "document_number", "wrong-document"),
            (7, "document_number", "which-document"),
            (8, "grade", "grade-range"),
            (9, "state", "unknown-word"),
            (10, "grade", "grade-without-result"),
            (11, "email", "no-identity"),
            (12, "given_name", "missing"),
            (13, "edition", "missing"),
            (14, "", "twice"),
            (15, "email", "other-name"),
        ]
        assert all(error["message"].endswith(".") for error in answer["rejected"])
        assert (answer["created"], Learner.objects.count(), Enrolment.objects.count()) == (0, 0, 0)

    def test_rows_that_contradict_each_other(self, run: Any, edition: Edition) -> None:
        other = make_edition(state="open")
        header = "edicion;nombre;apellidos;correo;expediente;sexo"
        rows = [
            f"{edition.code};Ana;Ruiz;ana@example.org;7;mujer",
            f"{other.code};Ana;Ruiz;otra@example.org;7;mujer",
        ]
        assert problems(run("\n".join([header, *rows]))[1]) == [(3, "email", "contradiction")]
        rows[1] = f"{other.code};Ana;Ruiz;;7;hombre"
        assert problems(run("\n".join([header, *rows]))[1]) == [(3, "sex", "contradiction")]
        rows[1] = f"{other.code};Ana;Ruiz;;7;"
        assert run("\n".join([header, *rows]))[0] == 0

    def test_signed_results_refuse_a_change_but_not_the_same_again(self, run: Any, edition: Edition) -> None:
        content = many(edition, 2)
        run(content)
        advance_edition(actor=make_staff("quality_officer"), edition=edition, step="sign")
        assert run(content)[0] == 0
        code, answer = run(many(edition, 2, "no apto"))
        assert (code, {error["code"] for error in answer["rejected"]}) == (1, {"signed"})
        assert Enrolment.objects.filter(state="passed").count() == 2

    def test_an_edition_signed_since_it_was_read_takes_nothing(self, edition: Edition) -> None:
        content = many(edition, 2).encode()
        import_enrolments(actor=None, file=io.BytesIO(content), edition=edition)
        advance_edition(actor=make_staff("quality_officer"), edition=edition, step="sign")
        assert edition.state == "finished"
        report = import_enrolments(actor=None, file=io.BytesIO(many(edition, 3).encode()), edition=edition)
        assert [(e.row, e.code) for e in report.rejected] == [(4, "signed")]

    def test_what_may_mean_two_things_is_refused(self, run: Any, edition: Edition) -> None:
        header = "edicion;alumno;correo;sexo"
        row = f"{edition.code};Ana Ruiz Gil;ana@example.org;M"
        assert problems(run(f"{header}\n{row}")[1]) == [
            (2, "full_name", "unclear-name"),
            (2, "sex", "unknown-word"),
        ]

    def test_merged_cells_formulas_and_errors_of_a_workbook(self, tmp_path: Path, edition: Edition) -> None:
        book = openpyxl.Workbook()
        page = book.active
        page.append(["Edición", "Nombre", "Apellidos", "Correo"])
        page.append([edition.code, "Ana", "Ruiz", "ana@example.org"])
        page.append([edition.code, "Luis", "Gil", '=CONCAT("l","@example.org")'])
        page.append([edition.code, "Eva", "Gil", "#N/A"])
        page.append([edition.code, "Noa", "Gil", "noa@example.org"])
        page.merge_cells("B5:C5")
        path = tmp_path / "bad.xlsx"
        book.save(path)
        with path.open("rb") as file:
            report = import_enrolments(actor=None, file=file)
        assert [(e.row, e.code) for e in report.rejected] == [
            (3, "formula-without-value"),
            (4, "spreadsheet-error"),
            (5, "merged-cells"),
        ]
        assert Learner.objects.count() == 0

    @pytest.mark.parametrize(
        ("content", "code"),
        [
            (b"", "empty-file"),
            (b"nombre;apellidos\nAna;Ruiz", "missing-column"),
            (b"edicion;nombre\n\x00\x01", "not-text"),
            (b"PK\x03\x04broken", "damaged"),
            (b"edicion;correo;email\nA;b;c", "duplicate-column"),
        ],
    )
    def test_files_that_are_no_list(self, run: Any, content: bytes, code: str) -> None:
        the_university()
        exit_code, answer = run(content)
        assert (exit_code, [error["code"] for error in answer["rejected"]]) == (1, [code])

    @pytest.mark.slow
    def test_a_million_empty_rows_are_passed_over(self, run: Any, edition: Edition) -> None:
        content = f"{HEADER}\n{edition.code};Ana;Ruiz;ana@example.org;;;\n" + ";;;;;;\n" * 1_000_000
        code, answer = run(content)
        assert (code, answer["rows"], answer["created"]) == (0, 1, 1)


class TestWhoMayImport:
    def test_editions_out_of_reach_are_unknown(self) -> None:
        here, there = make_centre("FAC-A"), make_centre("FAC-B")
        mine = make_edition(make_microcredential(centre=here, approved=True), state="open")
        theirs = make_edition(make_microcredential(centre=there, approved=True), state="open")
        coordinator = make_staff("coordinator", scope=here.scope)
        content = f"{HEADER}\n{mine.code};Ana;Ruiz;a@example.org;;;\n{theirs.code};Eva;Gil;e@example.org;;;"
        report = import_enrolments(actor=coordinator, file=io.BytesIO(content.encode()))
        assert [(e.row, e.code) for e in report.rejected] == [(3, "unknown-edition")]
        with pytest.raises(AccessDenied):
            import_enrolments(actor=make_staff("reader"), file=io.BytesIO(b""))


class TestBoundedWork:
    def test_the_statements_do_not_grow_with_the_rows(self, edition: Edition) -> None:
        def statements(rows: int, state: str) -> int:
            with CaptureQueriesContext(connection) as captured:
                report = import_enrolments(actor=None, file=io.BytesIO(many(edition, rows, state).encode()))
            assert report.written
            return len(captured)

        few, more = statements(200, "finalizado"), statements(1200, "no apto")
        assert more - few <= 60
        assert EnrolmentCount.objects.get().failed == 1200

    def test_what_the_database_is_asked_is_the_same_for_people_known_and_new(self, edition: Edition) -> None:
        content = many(edition, 600).encode()
        import_enrolments(actor=None, file=io.BytesIO(content))
        with CaptureQueriesContext(connection) as captured:
            import_enrolments(actor=None, file=io.BytesIO(content))
        assert len(captured) <= 20


def test_the_columns_of_the_documentation_are_those_of_the_code() -> None:
    text = (Path(__file__).resolve().parents[2] / "docs" / "how-to" / "import-enrolments.md").read_text(
        encoding="utf-8"
    )
    for field, headers in COLUMNS.synonyms.items():
        assert f"| `{field}` | {', '.join(headers)} |" in text


def test_no_word_means_two_values() -> None:
    for words in (STATE_WORDS, DOCUMENT_WORDS, SEX_WORDS, ACCESS_WORDS, COUNTRY_WORDS):
        assert words
