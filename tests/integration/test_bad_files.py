"""Spreadsheets as people send them, for every importer: each bad row is named, memory is bounded, nothing is half-written."""

from __future__ import annotations

import html
import io
import json
import re
import time
import tracemalloc
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import yaml
from django.core.management import call_command
from django.urls import reverse
from django.utils import translation

from feedback.models import Campaign, Response
from feedback.services.importing import import_responses
from iqas.core.models import AuditEvent
from iqas.jobs.runner import perform_here
from microcredentials.models import Edition, Enrolment, Learner, MicroCredential, Partner
from microcredentials.services.catalogue_import import import_catalogue
from microcredentials.services.enrolment_import import import_enrolments
from microcredentials.services.partner_import import import_partners
from tests.factories.accounts import make_staff
from tests.factories.microcredentials import make_edition
from tests.factories.organisation import make_centre, make_year
from tests.support.pages import text_of, uploaded

# The reading of a file asks no engine; that an import leaves nothing behind, on both: test_import_….py
pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
MAPPING = Path(__file__).parents[2] / "iqas" / "demo" / "mappings" / "turkiye.yaml"
MARKUP = "<script>alert(1)</script><img src=x onerror=alert(2)>"
EVERYTHING = (AuditEvent, MicroCredential, Edition, Learner, Enrolment, Partner, Campaign, Response)
MOST_MEMORY = 24_000_000
MANY_EMPTY = 100_000  # a million of them: tests/unit/test_tabular.py


@dataclass
class Importer:
    """One way in: a header, a good row, the column of a text, of a number and of a day, and how it is run."""

    header: list[str]
    good: list[Any]
    text: int
    number: int
    day: int | None
    run: Callable[[bytes], Any]


def catalogue(_folder: Path) -> Importer:
    make_year(2025)
    centre = make_centre()
    return Importer(
        ["codigo", "titulo", "ects", "horas", "modalidad", "plazas", "inicio", "fin"],
        ["MC-901", "Álgebra aplicada", "14,5", "375", "presencial", "25", "03/03/2026", "2026-03-17"],
        text=1, number=2, day=6,
        run=lambda content: import_catalogue(actor=None, file=io.BytesIO(content), centre=centre, drafts=True),
    )  # fmt: skip


def enrolments(_folder: Path) -> Importer:
    edition = make_edition(state="finished")
    return Importer(
        ["edicion", "nombre", "apellidos", "correo", "estado", "nota", "fecha de matricula"],
        [edition.code, "Ángela", "Muñoz Peña", "angela@example.org", "apto", "8,5", "01/10/2025"],
        text=1, number=5, day=6,
        run=lambda content: import_enrolments(actor=None, file=io.BytesIO(content)),
    )  # fmt: skip


def partners(_folder: Path) -> Importer:
    officer = make_staff("quality_officer")
    return Importer(
        ["nombre", "tipo", "nif", "web"],
        ["Cooperativa Ángel", "empresa", "", "https://example.org/"],
        text=0, number=3, day=None,
        run=lambda content: import_partners(actor=officer, file=io.BytesIO(content)),
    )  # fmt: skip


def responses(folder: Path) -> Importer:
    call_command("load_packs")
    columns = yaml.safe_load(MAPPING.read_text(encoding="utf-8"))["items"]

    def run(content: bytes) -> Any:
        path = folder / "respuestas.csv"
        path.write_bytes(content)
        return import_responses(actor=None, path=path, mapping_path=MAPPING)

    return Importer(
        ["course code", *columns.values()],
        ["CURSO-1", *["3"] * len(columns)],
        text=0,
        number=1,
        day=None,
        run=run,
    )


@pytest.fixture(params=[catalogue, enrolments, partners, responses], ids=lambda one: one.__name__)
def importer(request: pytest.FixtureRequest, tmp_path: Path) -> Importer:
    made: Importer = request.param(tmp_path)
    return made


def workbook(
    importer: Importer, *rows: list[Any], change: Callable[[Any], None] = lambda _sheet: None
) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (importer.header, *rows):
        sheet.append(row)
    change(sheet)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def text_file(importer: Importer, *rows: list[Any], encoding: str = "utf-8") -> bytes:
    return "\n".join(";".join(map(str, row)) for row in (importer.header, *rows)).encode(encoding)


def with_cell(importer: Importer, column: int, value: Any) -> list[Any]:
    return [value if place == column else cell for place, cell in enumerate(importer.good)]


def stored() -> list[int]:
    return [model.objects.count() for model in EVERYTHING]


def refused(importer: Importer, content: bytes) -> list[tuple[int, str]]:
    """Row and code of every refusal; what the file says is not there afterwards, nor any trace of it."""
    before = stored()
    report = importer.run(content)
    assert stored() == before
    assert all(str(error.message).strip() for error in report.rejected)
    return [(error.row, error.code) for error in report.rejected]


def test_the_good_row_is_good(importer: Importer) -> None:
    assert importer.run(workbook(importer, importer.good)).rejected in ([], ())


def test_merged_cells_are_named(importer: Importer) -> None:
    content = workbook(
        importer, importer.good, importer.good, change=lambda sheet: sheet.merge_cells("A3:B3")
    )
    assert (3, "merged-cells") in refused(importer, content)


def test_a_formula_nobody_calculated_is_named(importer: Importer) -> None:
    content = workbook(importer, importer.good, with_cell(importer, importer.number, "=1+1"))
    assert (3, "formula-without-value") in refused(importer, content)


@pytest.mark.parametrize("error", ["#REF!", "#N/A"])
def test_an_error_of_the_spreadsheet_is_named(importer: Importer, error: str) -> None:
    content = workbook(importer, with_cell(importer, importer.number, error))
    assert refused(importer, content)[0] == (2, "spreadsheet-error")


@pytest.mark.parametrize("day", ["31/02/2026", "el martes", "2026-13-01", "1e9"])
def test_a_day_that_is_none_is_named(importer: Importer, day: str) -> None:
    if importer.day is None:
        return
    for make in (workbook, text_file):
        assert [
            row for row, _code in refused(importer, make(importer, with_cell(importer, importer.day, day)))
        ] == [2]


def test_a_day_as_text_is_a_day(importer: Importer) -> None:
    if importer.day is not None:
        content = workbook(importer, with_cell(importer, importer.day, " 03/03/2026 "))
        assert importer.run(content).rejected in ([], ())


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8-sig", "utf-16"])
def test_every_usual_encoding_is_read(importer: Importer, encoding: str) -> None:
    assert importer.run(text_file(importer, importer.good, encoding=encoding)).rejected in ([], ())


@pytest.mark.parametrize(
    "content",
    [
        b"\x00\x01\x02\xff" * 300,
        "título;ects\nÁ;1".encode("utf-16-le"),
        b"%PDF-1.7 \x00\x00",
        b"\x81\x8d\x8f",
    ],
)
def test_what_is_no_table_is_refused_in_words(importer: Importer, content: bytes) -> None:
    assert len(refused(importer, content)) == 1


def padded(content: bytes, last: int) -> bytes:
    """The workbook with empty rows down to `last`, as a spreadsheet writes them that was formatted to its end."""
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as source,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as copy,
    ):
        for part in source.infolist():
            data = source.read(part)
            if part.filename == "xl/worksheets/sheet1.xml":
                empty = b"".join(b'<row r="%d" ht="15"/>' % number for number in range(4, last + 1))
                data = data.replace(b"</sheetData>", empty + b"</sheetData>")
            copy.writestr(part, data)
    return target.getvalue()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("importer", "kind"),
    [(enrolments, "workbook"), (partners, "separators"), (responses, "lines"), (responses, "separators")],
    indirect=["importer"],
)
def test_empty_rows_cost_neither_memory_nor_a_row(importer: Importer, kind: str) -> None:
    """All read through one reader (iqas.core.tabular), but for the answers, which come as they were written elsewhere."""
    if kind == "workbook":
        content = padded(workbook(importer, importer.good), MANY_EMPTY)
    else:
        line = b"\n" if kind == "lines" else b";" * (len(importer.header) - 1) + b"\n"
        content = text_file(importer, importer.good) + b"\n" + line * MANY_EMPTY
    tracemalloc.start()
    report = importer.run(content)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert report.rejected in ([], ())
    assert report.rows == 1
    assert peak < MOST_MEMORY


def test_one_bad_row_among_many_leaves_nothing_behind(importer: Importer) -> None:
    bad = with_cell(importer, importer.number, "muchos < pocos")
    assert 3 in [row for row, _code in refused(importer, text_file(importer, importer.good, bad))]


PAGES = {
    "catalogue": ("microcredentials:catalogue-upload", "microcredentials:microcredential-list"),
    "enrolments": ("microcredentials:enrolment-upload", "microcredentials:learner-list"),
    "partners": ("microcredentials:partner-import", "microcredentials:partner-list"),
}


@pytest.mark.parametrize("make", [catalogue, enrolments, partners], ids=lambda one: one.__name__)
def test_markup_in_a_cell_never_reaches_a_page(make: Any, tmp_path: Path, client_for: Any) -> None:
    importer = make(tmp_path)
    upload, shown = PAGES[make.__name__]
    client = client_for(make_staff("quality_officer"))
    fields = dict.fromkeys(("drafts",), "on") | {"centre": str(make_centre().pk)}
    for column in range(len(importer.header)):
        content = text_file(importer, with_cell(importer, column, MARKUP))
        answer = uploaded(client, reverse(upload), content, f"{MARKUP[:8]}.csv", **fields)
        assert answer.status_code == 200
        for page in (answer, client.get(reverse(shown))):
            body = text_of(page)
            assert not re.search(r"<script>alert|<img src=x", body)


# --- what people send, by the page and by the command ------------------------------------------------


def rezipped(content: bytes, change: Callable[[bytes], bytes]) -> bytes:
    """The workbook with `change` made to its texts and to its sheet."""
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as source,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as copy,
    ):
        for each in source.infolist():
            body = source.read(each)
            is_text = each.filename.endswith(("sheet1.xml", "sharedStrings.xml"))
            copy.writestr(each.filename, change(body) if is_text else body)
    return target.getvalue()


def bomb(importer: Importer) -> bytes:
    """A workbook whose texts alone unpack to more than anybody's memory should hold."""
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook(importer, importer.good))) as source,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as copy,
    ):
        for each in source.infolist():
            if each.filename != "xl/sharedStrings.xml":
                copy.writestr(each.filename, source.read(each))
        with copy.open("xl/sharedStrings.xml", "w") as part:
            for _megabyte in range(70):
                part.write(b"a" * 1_000_000)
    return target.getvalue()


def lying_bomb(importer: Importer) -> bytes:
    """A sheet of many megabytes, of which the directory of the file says that it is small."""
    rows = b"<row/>" * 10_000_000
    content = rezipped(
        workbook(importer, importer.good), lambda part: part.replace(b"</sheetData>", rows + b"</sheetData>")
    )
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        true = archive.getinfo("xl/worksheets/sheet1.xml").file_size
    assert true > 60_000_000
    return content.replace(true.to_bytes(4, "little"), (70_000).to_bytes(4, "little"))


def entities(importer: Importer) -> bytes:
    """Entities that stand for entities that stand for entities: a billion laughs."""
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    doctype = f'<!DOCTYPE x [<!ENTITY l0 "ha">{laughs}]><worksheet'.encode()
    return rezipped(workbook(importer, importer.good), lambda part: part.replace(b"<worksheet", doctype, 1))


def merged_header(importer: Importer) -> bytes:
    return workbook(importer, importer.good, change=lambda sheet: sheet.merge_cells("A1:B1"))


def uncalculated(importer: Importer) -> bytes:
    return workbook(importer, with_cell(importer, importer.number, "=SUM(A1:A9)"))


def ten_megabytes(importer: Importer) -> bytes:
    return text_file(importer, with_cell(importer, importer.text, "x" * 10_000_000))


def ten_megabytes_of_a_workbook(importer: Importer) -> bytes:
    return rezipped(
        workbook(importer, with_cell(importer, importer.text, "CELDA")),
        lambda part: part.replace(b"CELDA", b"x" * 10_000_000),
    )


def wrong_encoding(importer: Importer) -> bytes:
    return text_file(importer, importer.good, encoding="utf-16")[2:]  # without its mark


HOSTILE: list[Callable[[Importer], bytes]] = [
    merged_header,
    uncalculated,
    ten_megabytes,
    ten_megabytes_of_a_workbook,
    wrong_encoding,
    entities,
    bomb,
    lying_bomb,
]
BROUGHT = [catalogue, enrolments, partners]
COMMANDS = {
    "catalogue": ("import_catalogue", "--drafts"),
    "enrolments": ("import_enrolments",),
    "partners": ("import_partners",),
}
SECONDS = 30  # of the processor, watched over, which makes it several times slower


def name_of(content: bytes) -> str:
    return "lista.xlsx" if content.startswith(b"PK") else "lista.csv"


@pytest.fixture
def bounded() -> Iterator[None]:
    """What comes in between takes neither the machine's memory nor a person's patience."""
    began = time.process_time()
    tracemalloc.start()
    yield
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4 * MOST_MEMORY, peak
    assert time.process_time() - began < SECONDS


@pytest.mark.slow
@pytest.mark.parametrize("hostile", HOSTILE, ids=lambda one: one.__name__)
@pytest.mark.parametrize("make", BROUGHT, ids=lambda one: one.__name__)
def test_a_hostile_file_is_refused_in_words_on_the_page(
    make: Any, hostile: Any, tmp_path: Path, client_for: Any, settings: Any
) -> None:
    settings.IMPORT_REQUEST_BYTES = 1_000_000_000  # no worker in between: the page itself has to stand it
    settings.IMPORT_REQUEST_ROWS = 1_000_000
    importer = make(tmp_path)
    content = hostile(importer)
    fields = {"drafts": "on", "centre": str(make_centre().pk)}
    client = client_for(make_staff("quality_officer"))
    before = stored()
    page = uploaded(client, reverse(PAGES[make.__name__][0]), content, name_of(content), **fields)
    assert page.status_code in (200, 422)
    assert stored() == before
    if page.status_code == 422:
        assert page.context["form"].errors
    else:
        assert page.context["rejected"]
        assert not page.context["may_confirm"]
        assert all(message.strip() for row in page.context["rejected"] for _h, message in row.errors)
        refused = client.post(reverse("microcredentials:import-confirm", args=[page.context["job"].pk]))
        assert refused.status_code == 409
    assert stored() == before


@pytest.mark.slow
@pytest.mark.parametrize("hostile", HOSTILE, ids=lambda one: one.__name__)
@pytest.mark.parametrize("make", BROUGHT, ids=lambda one: one.__name__)
def test_a_hostile_file_is_refused_in_words_by_the_command(
    make: Any, hostile: Any, tmp_path: Path, request: Any
) -> None:
    importer = make(tmp_path)
    content = hostile(importer)
    path = tmp_path / name_of(content)
    path.write_bytes(content)
    before, out = stored(), io.StringIO()
    command, *options = COMMANDS[make.__name__]
    request.getfixturevalue("bounded")
    with pytest.raises(SystemExit) as ended:
        call_command(command, str(path), "--json", *options, stdout=out)
    assert ended.value.code == 1
    answer = json.loads(out.getvalue())
    assert (answer["created"], answer["updated"]) == (0, 0)
    assert answer["rejected"]
    assert all(error["message"].strip() and error["code"] for error in answer["rejected"])
    assert stored() == before


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("make", BROUGHT, ids=lambda one: one.__name__)
def test_every_usual_encoding_is_read_on_the_page(
    make: Any, encoding: str, tmp_path: Path, client_for: Any
) -> None:
    importer = make(tmp_path)
    content = text_file(importer, importer.good, encoding=encoding)
    fields = {"drafts": "on", "centre": str(make_centre().pk)}
    page = uploaded(
        client_for(make_staff("quality_officer")), reverse(PAGES[make.__name__][0]), content, **fields
    )
    assert (page.status_code, page.context["report"]["created"]) == (200, 1)


@pytest.mark.slow
@pytest.mark.parametrize("make", BROUGHT, ids=lambda one: one.__name__)
def test_many_empty_rows_are_left_to_a_job_and_cost_nothing(
    make: Any, tmp_path: Path, client_for: Any
) -> None:
    importer = make(tmp_path)
    content = padded(workbook(importer, importer.good), MANY_EMPTY)
    fields = {"drafts": "on", "centre": str(make_centre().pk)}
    client = client_for(make_staff("quality_officer"))
    job = uploaded(client, reverse(PAGES[make.__name__][0]), content, "lista.xlsx", **fields).context["job"]
    assert job.state == "queued"
    perform_here(job.pk)
    page = client.get(job.about_url)
    assert (page.context["report"]["rows"], page.context["report"]["created"]) == (1, 1)


BAD: dict[str, Callable[[Importer], bytes]] = {
    "broken quotes": lambda importer: text_file(importer, with_cell(importer, importer.text, '"Ana')),
    "missing column": lambda importer: "\n".join(
        ";".join(cell for place, cell in enumerate(row) if place != importer.text)
        for row in (importer.header, importer.good)
    ).encode(),
    "wrong type": lambda importer: text_file(importer, with_cell(importer, importer.number, "mucho")),
}


@pytest.mark.parametrize("kind", BAD)
@pytest.mark.parametrize("make", BROUGHT, ids=lambda one: one.__name__)
def test_a_page_says_of_a_bad_file_what_the_importer_says_and_writes_nothing(
    make: Any, kind: str, tmp_path: Path, client_for: Any
) -> None:
    importer = make(tmp_path)
    content = BAD[kind](importer)
    fields = {"drafts": "on", "centre": str(make_centre().pk)}
    client = client_for(make_staff("quality_officer"))
    before = stored()
    with translation.override("es"):
        report = importer.run(content)
    assert report.rejected
    said = html.unescape(
        text_of(uploaded(client, reverse(PAGES[make.__name__][0]), content, "lista.csv", **fields))
    )
    assert stored() == before
    for error in report.rejected:
        assert str(error.message) in said
        assert not error.row or re.search(rf"\b{error.row}\b", said)


@pytest.mark.parametrize("content", [b"\x89PNG\r\n\x1a\n\x00\x00", b""], ids=["no text", "nothing"])
@pytest.mark.parametrize("make", BROUGHT, ids=lambda one: one.__name__)
def test_a_file_that_is_no_list_is_refused_by_the_form(
    make: Any, content: bytes, tmp_path: Path, client_for: Any
) -> None:
    make(tmp_path)
    fields = {"drafts": "on", "centre": str(make_centre().pk)}
    client = client_for(make_staff("quality_officer"))
    before = stored()
    page = uploaded(client, reverse(PAGES[make.__name__][0]), content, "lista.csv", **fields)
    assert (page.status_code, stored()) == (422, before)
    assert page.context["form"].errors
