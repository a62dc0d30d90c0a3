"""manage.py import_catalogue: shapes that programs rely on, all or nothing, nothing invented."""

from __future__ import annotations

import io
import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from iqas.core import clock
from iqas.core.audit import history
from iqas.core.models import AuditEvent
from iqas.core.refusals import AccessDenied
from iqas.organisation.models import Centre
from microcredentials.importers.columns import COLUMNS
from microcredentials.models import Edition, MicroCredential
from microcredentials.services import approval, proposals, publication
from microcredentials.services.catalogue_import import import_catalogue
from microcredentials.services.editions import advance_edition
from microcredentials.services.imported import ensure_imported_edition
from microcredentials.services.writing import Evaluation
from tests.factories.accounts import make_staff
from tests.factories.microcredentials import make_edition, make_microcredential
from tests.factories.organisation import make_centre, make_year

pytestmark = pytest.mark.django_db

HEADER = "codigo;titulo;ects;horas;modalidad;plazas;inicio;fin"
GOOD = "MC-901;Álgebra aplicada;14,5;375;presencial;25;03/03/2026;2026-03-17"


@pytest.fixture(autouse=True)
def a_centre() -> Centre:
    make_year(2025)
    return make_centre("FAC-A")


@pytest.fixture
def run(tmp_path: Path) -> Any:
    """`run(content, "--drafts")` → (exit code, JSON)."""

    def command(content: str | bytes, *options: str) -> tuple[int, dict[str, Any]]:
        path = tmp_path / "catalogue.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        out = io.StringIO()
        code = 0
        try:
            call_command("import_catalogue", str(path), "--json", *options, stdout=out)
        except SystemExit as ended:
            code = int(str(ended.code))
        return code, json.loads(out.getvalue())

    return command


def problems(answer: dict[str, Any]) -> list[tuple[int, str, str]]:
    return [(error["row"], error["field"], error["code"]) for error in answer["rejected"]]


class TestGoodFiles:
    @pytest.mark.parametrize("separator", [";", ",", "\t"])
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
    def test_a_whole_row_becomes_a_draft_and_an_edition(
        self, run: Any, separator: str, encoding: str
    ) -> None:
        good = GOOD.replace("14,5", '"14,5"')
        code, answer = run(f"{HEADER}\n{good}\n".replace(";", separator).encode(encoding))
        assert (code, answer) == (0, {"rows": 1, "created": 1, "updated": 0, "rejected": []})
        made = MicroCredential.objects.get()
        version = made.current
        assert version is not None
        assert (made.code, made.state, version.title_es) == ("MC-901", "draft", "Álgebra aplicada")  # type: ignore[attr-defined]
        assert (version.ects, version.hours, version.mode) == (Decimal("14.5"), 375, "onsite")
        edition = made.editions.get()
        assert (edition.code, edition.places) == ("MC-901-2025-1", 25)
        assert (edition.starts, edition.ends) == (date(2026, 3, 3), date(2026, 3, 17))

    def test_english_headers_and_xlsx(self, tmp_path: Path, a_centre: Centre) -> None:
        book = openpyxl.Workbook()
        book.active.append(
            ["Title", "Credits", "Delivery mode", "Requires a degree", "EQF level", "Responsible teacher"]
        )
        book.active.append(["Circular economy", 3, "blended", "no", "EQF 5", "Ana Ruiz"])
        path = tmp_path / "list.xlsx"
        book.save(path)
        with path.open("rb") as file:
            report = import_catalogue(actor=None, file=file, centre=a_centre)
        assert (report.created, report.rejected) == (1, [])
        version = MicroCredential.objects.get().current
        assert version is not None
        assert (version.mode, version.requires_degree, version.eqf_level) == ("hybrid", False, 5)
        assert version.responsible_name == "Ana Ruiz"

    def test_twice_changes_nothing(self, run: Any) -> None:
        run(f"{HEADER}\n{GOOD}\n")
        events = AuditEvent.objects.count()
        code, answer = run(f"{HEADER}\n{GOOD}\n")
        assert (code, answer["created"], answer["updated"]) == (0, 0, 0)
        assert Edition.objects.count() == 1
        assert AuditEvent.objects.count() == events

    def test_a_title_is_matched_without_accents_case_or_signs(self, run: Any) -> None:
        make_microcredential("Economía circular: introducción")
        _code, answer = run("titulo;horas;ects\nECONOMIA CIRCULAR, INTRODUCCION;160;6\n")
        assert (answer["created"], answer["updated"]) == (0, 1)
        version = MicroCredential.objects.get().current
        assert version is not None
        assert version.hours == 160

    def test_empty_cells_never_erase(self, run: Any) -> None:
        make_microcredential("Uno")
        _code, answer = run("titulo;ects;horas;campo\nUno;;;\n", "--drafts")
        assert answer["updated"] == 0
        version = MicroCredential.objects.get().current
        assert version is not None
        assert (version.ects, version.hours) == (Decimal(6), 150)

    def test_several_rows_of_one_title_are_its_editions(self, run: Any) -> None:
        second = "MC-901;Álgebra aplicada;14,5;375;presencial;30;05/05/2026;19/05/2026"
        _code, answer = run(f"{HEADER}\n{GOOD}\n{second}\n")
        assert (answer["rows"], answer["created"], answer["updated"]) == (2, 1, 0)
        assert [edition.number for edition in Edition.objects.order_by("starts")] == [1, 2]
        _code, answer = run(f"{HEADER}\n{GOOD}\n{second.replace(';30;', ';35;')}\n")
        assert answer["updated"] == 1
        assert sorted(Edition.objects.values_list("places", flat=True)) == [25, 35]

    def test_one_event_with_the_hash_of_the_file(self, run: Any, a_centre: Centre) -> None:
        import hashlib

        content = f"{HEADER}\n{GOOD}\n"
        run(content)
        (event,) = history(a_centre).filter(action="catalogue.imported")
        assert event.detail.after["sha256"] == hashlib.sha256(content.encode()).hexdigest()

    def test_outcomes_keep_their_links_when_imported_again(self, run: Any) -> None:
        made = make_microcredential("Uno")
        content = "titulo;ects;resultados de aprendizaje;evaluación\nUno;6;Explica los conceptos básicos.|Nuevo;Proyecto\n"
        run(content)
        version = MicroCredential.objects.get().current
        assert version is not None
        assert [outcome.assessments.count() for outcome in version.outcomes.all()] == [1, 0]
        assert version.outcomes.all()[0].text_en == "Explains the basics."  # type: ignore[attr-defined]
        assert made.versions.count() == 1

    def test_another_micro_credential_may_have_only_survey_answers_behind_it(
        self, run: Any, a_centre: Centre
    ) -> None:
        ensure_imported_edition(
            actor=None, centre=a_centre, year=make_year(2025), code="TR-1", title_es="Uno"
        )
        _code, answer = run("titulo;ects\nUno;3\n")
        assert answer["created"] == 1


class TestRefusals:
    @pytest.mark.parametrize(
        ("cell", "value", "field", "code"),
        [
            ("14,5", "15", "ects", "ects-range"),
            ("14,5", "0", "ects", "ects-range"),
            ("14,5", "-3", "ects", "ects-range"),
            ("14,5", "tres", "ects", "not-a-number"),
            ("14,5", "3,333", "ects", "too-precise"),
            ("375", "-1", "hours", "out-of-range"),
            ("375", "2,5", "hours", "not-whole"),
            ("presencial", "por correo", "mode", "unknown-mode"),
            ("25", "0", "places", "out-of-range"),
            ("03/03/2026", "31/02/2026", "starts", "not-a-date"),
            ("2026-03-17", "2026-03-01", "ends", "dates-order"),
            ("MC-901", "<b>", "code", "not-a-code"),
        ],
    )
    @pytest.mark.parametrize("drafts", [(), ("--drafts",)])
    def test_an_illegal_value_refuses_the_whole_file(
        self, run: Any, cell: str, value: str, field: str, code: str, drafts: tuple[str, ...]
    ) -> None:
        bad = GOOD.replace(cell, value, 1).replace("Álgebra aplicada", "Otra")
        exit_code, answer = run(f"{HEADER}\n{GOOD}\n{bad}\n", *drafts)
        assert exit_code == 1
        assert (3, field, code) in problems(answer)
        assert (answer["created"], answer["updated"]) == (0, 0)
        assert not MicroCredential.objects.exists()
        assert not AuditEvent.objects.filter(action="catalogue.imported").exists()

    def test_the_ects_refusal_cites_the_law(self, run: Any) -> None:
        with translation.override("en"):
            _code, answer = run(f"{HEADER}\n{GOOD.replace('14,5', '15')}\n")
        assert "37.8" in answer["rejected"][0]["message"]

    def test_a_reason_carried_a_fifth_key(self, run: Any) -> None:
        _code, answer = run(f"{HEADER}\n{GOOD.replace('14,5', '15')}\n")
        assert set(answer) == {"rows", "created", "updated", "rejected"}
        assert {frozenset(reason) for reason in answer["rejected"]} == {
            frozenset({"row", "field", "code", "message"})
        }

    def test_every_bad_cell_of_every_row_is_named_at_once(self, run: Any) -> None:
        _code, answer = run(f"{HEADER}\nMC-1;Uno;15;x;presencial;;;\nMC-2;Dos;0;75;nada;;;\n")
        assert {(2, "ects", "ects-range"), (2, "hours", "not-a-number")} <= set(problems(answer))
        assert {(3, "ects", "ects-range"), (3, "mode", "unknown-mode")} <= set(problems(answer))

    @pytest.mark.parametrize("value", ["", "presencial y virtual"])
    def test_a_row_that_lacks_a_value_is_refused_or_becomes_a_draft(self, run: Any, value: str) -> None:
        row = GOOD.replace("presencial", value)
        code, answer = run(f"{HEADER}\n{row}\n")
        assert code == 1
        assert (2, "mode") in [(row, field) for row, field, _code in problems(answer)]
        assert not MicroCredential.objects.exists()
        code, answer = run(f"{HEADER}\n{row}\n", "--drafts")
        assert (code, answer["created"]) == (0, 1)
        version = MicroCredential.objects.get().current
        assert version is not None
        assert version.mode == ""

    def test_without_title_there_is_no_draft(self, run: Any) -> None:
        code, answer = run("titulo;ects\n;3\n", "--drafts")
        assert (code, problems(answer)) == (1, [(2, "title", "missing")])

    def test_an_edition_needs_its_three_cells(self, run: Any) -> None:
        row = GOOD.replace("2026-03-17", "")
        assert run(f"{HEADER}\n{row}\n")[0] == 1
        code, _answer = run(f"{HEADER}\n{row}\n", "--drafts")
        assert (code, Edition.objects.count()) == (0, 0)

    @pytest.mark.parametrize("state", ["closed", "cancelled"])
    def test_an_edition_that_is_over_is_not_changed_by_a_file(self, run: Any, state: str) -> None:
        edition = make_edition(state="open" if state == "cancelled" else state)
        if state == "cancelled":
            advance_edition(
                actor=make_staff("quality_officer"), edition=edition, step="cancel", reason="Sin aula"
            )
        title = edition.version.title_es
        row = f"{edition.microcredential.code};{title};6;150;híbrida;30;2025-10-06;2025-11-28"
        code, answer = run(f"{HEADER}\n{row}\n", "--drafts")
        assert (code, problems(answer)) == (1, [(2, "places", state)])
        edition.refresh_from_db()
        assert (edition.places, edition.state) == (25, state)

    def test_an_edition_has_the_price_of_the_design_and_none_while_it_is_suspended(self, run: Any) -> None:
        made = make_microcredential("Uno", approved=True, price=Decimal("90.00"))
        rows = [f"{made.code};Uno;6;150;híbrida;25;2026-03-03;2026-03-17"]
        assert run("\n".join([HEADER, *rows]))[0] == 0
        assert made.editions.get().price == Decimal("90.00")
        publication.change_standing(
            actor=make_staff("quality_officer"),
            microcredential=made,
            step="suspend",
            on=clock.today(),
            reason="Sin aula",
        )
        code, answer = run(f"{HEADER}\n{rows[0].replace('-03-', '-05-')}\n")
        assert (code, problems(answer)) == (1, [(2, "", "suspended")])
        assert made.editions.count() == 1

    def test_outcomes_in_another_order_keep_their_assessments(self, run: Any) -> None:
        officer = make_staff("quality_officer")
        draft = make_microcredential("Uno", actor=officer)
        version = draft.current
        assert version is not None
        basics, cases = version.outcomes.all()
        proposals.replace_assessments(
            actor=officer,
            version=version,
            seen=version.version,
            assessments=[Evaluation({"name_es": "Proyecto"}, (basics.pk,))],
        )
        texts = f"{cases.text_es}|{basics.text_es}"
        code, _answer = run(
            f"codigo;titulo;ects;resultados;evaluacion\n{draft.code};Uno;6;{texts};Proyecto|Examen\n",
            "--drafts",
        )
        assert code == 0
        assert [row.pk for row in version.outcomes.all()] == [cases.pk, basics.pk]
        project = version.assessments.get(name_es="Proyecto")
        assert [row.pk for row in project.outcomes.all()] == [basics.pk]

    def test_an_approved_version_is_never_changed_by_a_file(self, run: Any) -> None:
        made = make_microcredential("Uno", approved=True)
        code, answer = run(f"codigo;titulo;ects\n{made.code};Uno;5\n")
        assert (code, [error["code"] for error in answer["rejected"]]) == (1, ["frozen"])
        assert run(f"codigo;titulo;ects\n{made.code};Uno;6\n")[0] == 0
        officer = make_staff("quality_officer")
        proposals.begin_version(actor=officer, microcredential=made)
        code, answer = run(f"codigo;titulo;ects\n{made.code};Uno;5\n")
        assert (code, answer["updated"]) == (0, 1)
        assert made.versions.get(number=1).ects == 6
        assert made.versions.get(number=2).ects == 5

    def test_codes_of_another_centre_and_second_titles(self, run: Any, a_centre: Centre) -> None:
        theirs = make_microcredential("Ajena", centre=make_centre("FAC-B"))
        ours = make_microcredential("Propia")
        _code, answer = run(
            f"codigo;titulo;ects\n{theirs.code};X;3\nMC-999;Propia;3\nFAC-A;Y;3\n", "--centre", "FAC-A"
        )
        assert problems(answer) == [
            (2, "code", "other-centre"),
            (3, "title", "title-taken"),
            (4, "code", "code-taken"),
        ]
        assert ours.versions.count() == 1

    def test_two_rows_that_contradict_each_other(self, run: Any) -> None:
        _code, answer = run("titulo;ects\nUno;3\nUno;4\n")
        assert problems(answer) == [(3, "ects", "contradiction")]

    @pytest.mark.parametrize(
        ("content", "row", "code"),
        [
            (b"", 0, "empty-file"),
            (b"ects;horas\n3;75\n", 1, "missing-column"),
            (b'titulo;ects\n"Uno;3\n', 2, "broken-quotes"),
            (b"titulo;ects\nUno;3;x\n", 2, "cell-without-header"),
            (b"\x89PNG\r\n\x1a\n\x00\x00", 2, "not-text"),
            (b"titulo;denominacion\nA;B\n", 1, "duplicate-column"),
        ],
    )
    def test_unreadable_files_answer_in_the_same_shape(
        self, run: Any, content: bytes, row: int, code: str
    ) -> None:
        exit_code, answer = run(content)
        assert exit_code == 1
        assert [(error["row"], error["code"]) for error in answer["rejected"]] == [(row, code)]

    def test_a_title_too_long_is_refused_in_words(self, run: Any) -> None:
        _code, answer = run(f"titulo;ects\n{'á' * 301};3\n")
        assert [field for _row, field, _code in problems(answer)] == ["title"]

    def test_which_centre(self, tmp_path: Path) -> None:
        path = tmp_path / "list.csv"
        path.write_text("titulo;ects\nUno;3\n")
        make_centre("FAC-B")
        with pytest.raises(CommandError, match="FAC-A, FAC-B"):
            call_command("import_catalogue", str(path))
        with pytest.raises(CommandError, match="FAC-Z"):
            call_command("import_catalogue", str(path), "--centre", "FAC-Z")
        with pytest.raises(CommandError, match=r"none\.csv"):
            call_command("import_catalogue", str(tmp_path / "none.csv"), "--centre", "FAC-A")

    def test_who_may_import_where(self, a_centre: Centre) -> None:
        file = io.BytesIO(b"titulo;ects\nUno;3\n")
        for role, scope in (("coordinator", a_centre.scope), ("centre_quality", make_centre("FAC-B").scope)):
            with pytest.raises(AccessDenied):
                import_catalogue(actor=make_staff(role, scope=scope), file=file, centre=a_centre)
        report = import_catalogue(
            actor=make_staff("centre_quality", scope=a_centre.scope), file=file, centre=a_centre
        )
        assert report.created == 1

    def test_who_imported_wrote_and_does_not_approve(self, a_centre: Centre) -> None:
        officer = make_staff("quality_officer")
        import_catalogue(actor=officer, file=io.BytesIO(b"titulo;ects\nUno;3\n"), centre=a_centre)
        version = MicroCredential.objects.get().current
        assert version is not None
        with pytest.raises(AccessDenied):
            approval.approve_version(actor=officer, version=version)


class TestTheRealList:
    def test_a_dry_run_says_row_by_row_what_is_missing(self, shared_data: Path) -> None:
        out = io.StringIO()
        with pytest.raises(SystemExit):
            call_command(
                "import_catalogue",
                str(shared_data / "catalogue-real/catalogue.csv"),
                "--dry-run",
                "--json",
                stdout=out,
            )
        answer = json.loads(out.getvalue())
        missing = {row: {field for r, field, _c in problems(answer) if r == row} for row in range(2, 9)}
        assert answer["rows"] == 7
        assert [row for row in missing if "ects" in missing[row]] == [4, 5, 6, 7, 8]
        assert all({"outcomes", "responsible_teacher"} <= fields for fields in missing.values())
        assert (3, "mode", "ambiguous-mode") in problems(answer)
        assert {(4, "university", "several-universities"), (5, "university", "several-universities")} <= set(
            problems(answer)
        )

    def test_drafts_invent_nothing(self, shared_data: Path) -> None:
        out = io.StringIO()
        path = str(shared_data / "catalogue-real/catalogue.csv")
        call_command("import_catalogue", path, "--drafts", "--json", stdout=out)
        assert json.loads(out.getvalue()) == {"rows": 7, "created": 7, "updated": 0, "rejected": []}
        versions = {m.code: m.current for m in MicroCredential.objects.select_related("current")}
        assert [v.ects for _c, v in sorted(versions.items())] == [3, 6, None, None, None, None, None]
        assert {v.mode for v in versions.values()} == {""}
        assert {v.requires_degree for v in versions.values()} == {None}
        cyber = MicroCredential.objects.get(sort_title__startswith="ciberseguridad").current
        assert cyber is not None
        assert [(b.name, b.is_coordinating) for b in cyber.awarding_bodies.all()] == [
            ("Universidad de Las Palmas de Gran Canaria", False),
            ("Universidad de La Laguna", False),
        ]
        assert sorted(Edition.objects.values_list("places", flat=True)) == [20, 25]


def test_the_documentation_prints_every_header() -> None:
    page = (Path(__file__).parents[2] / "docs/how-to/import-catalogue.md").read_text()
    for column, headers in COLUMNS.synonyms.items():
        (line,) = [line for line in page.splitlines() if line.startswith(f"| `{column}` |")]
        for header in headers:
            assert header in line


def test_a_long_list_costs_few_statements_a_row(tmp_path: Path, a_centre: Centre, max_queries: Any) -> None:
    """Thirty statements a row made 2,000 rows a matter of a minute."""
    header = "codigo;titulo;ects;horas;modalidad;responsable;resultados;evaluación;plazas;inicio;fin"
    rows = [
        f"MC-{n};Curso {n};3;75;virtual;Ana Ruiz;Analiza|Diseña|Evalúa;Proyecto|Examen;25;2026-03-03;2026-03-17"
        for n in range(900, 920)
    ]
    path = tmp_path / "long.csv"
    path.write_text("\n".join([header, *rows]))
    with path.open("rb") as file, max_queries(20 * 21):
        report = import_catalogue(actor=None, file=file, centre=a_centre)
    assert (report.created, report.editions, report.rejected) == (20, 20, [])
    with path.open("rb") as file, max_queries(20 * 12):
        again = import_catalogue(actor=None, file=file, centre=a_centre)
    assert (again.created, again.updated) == (0, 0)
