"""Reading and writing tables: every way a real file is wrong must end in a sentence with a row number."""

from __future__ import annotations

import io
import tracemalloc
import zipfile
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from iqas.core.tabular import (
    CellError,
    Headers,
    RowError,
    UnreadableTable,
    csv_lines,
    folded,
    guarded,
    is_light,
    read_rows,
    to_boolean,
    to_date,
    to_decimal,
    to_whole,
    without_guard,
    write_xlsx,
)

HEADERS = Headers(
    {"title": ("Título", "Denominación"), "ects": ("Créditos", "créditos ECTS"), "places": ("Plazas",)}
)

HALF_PAST_NINE = datetime(2026, 3, 17, 9, 30)  # noqa: DTZ001 (a cell has no time zone)


def rows_of(content: bytes | str, **options: object) -> list[dict[str, str]]:
    data = content.encode() if isinstance(content, str) else content
    return [dict(row.values) for row in read_rows(io.BytesIO(data), **options)]  # type: ignore[arg-type]


def refusal_of(content: bytes | str, **options: object) -> RowError:
    with pytest.raises(UnreadableTable) as refused:
        rows_of(content, **options)
    return refused.value.error


def xlsx(*rows: list[object], merged: tuple[str, ...] = ()) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for cells in merged:
        book.active.merge_cells(cells)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def rezipped(content: bytes, part: str, change: tuple[bytes, bytes]) -> bytes:
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            body = old.read(name)
            new.writestr(name, body.replace(*change) if name == part else body)
    return target.getvalue()


class TestDelimited:
    @pytest.mark.parametrize("separator", [";", ",", "\t"])
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
    @pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
    def test_every_separator_encoding_and_line_end(
        self, separator: str, encoding: str, line_end: str
    ) -> None:
        text = line_end.join([separator.join(["Título", "Créditos"]), separator.join(["Pódcast", "3"])])
        assert rows_of(text.encode(encoding), headers=HEADERS) == [{"title": "Pódcast", "ects": "3"}]

    def test_decimal_commas_do_not_make_a_comma_table(self) -> None:
        assert rows_of("Título;Créditos\nUno, dos, tres;14,5\nCuatro, cinco;2,5\n", headers=HEADERS) == [
            {"title": "Uno, dos, tres", "ects": "14,5"},
            {"title": "Cuatro, cinco", "ects": "2,5"},
        ]

    def test_quoted_newlines_count_as_one_row(self) -> None:
        table = b'title;ects\n"a\nb";1\n\nc;2\n'
        assert [(row.number, row["title"]) for row in read_rows(io.BytesIO(table))] == [(2, "a\nb"), (4, "c")]

    def test_excels_own_separator_line_is_not_a_row(self) -> None:
        assert [row.number for row in read_rows(io.BytesIO(b"sep=,\r\ntitle,ects\r\na,1\r\n"))] == [2]

    def test_one_column(self) -> None:
        assert rows_of("Título\nUno, dos\nTres\n", headers=HEADERS) == [
            {"title": "Uno, dos"},
            {"title": "Tres"},
        ]

    def test_short_rows_lack_values_and_long_rows_are_refused(self) -> None:
        assert rows_of("title;ects\na\n") == [{"title": "a", "ects": ""}]
        error = refusal_of("title;ects\na;1\nb;2;stray\n")
        assert (error.row, error.code) == (3, "cell-without-header")
        assert "stray" in error.message

    def test_collected_problems_leave_the_other_rows(self) -> None:
        problems: list[RowError] = []
        assert rows_of("title;ects\na;1;x\nb;2\n", problems=problems) == [{"title": "b", "ects": "2"}]
        assert [(p.row, p.code) for p in problems] == [(2, "cell-without-header")]

    @pytest.mark.parametrize(
        ("content", "code", "row"),
        [
            (b"", "empty-file", 0),
            (b"\n\n  \n", "empty-file", 0),
            (b"\xef\xbb\xbf", "empty-file", 0),
            (b";;\na;b;c\n", "no-header", 1),
            (b"title;ects\na;\x00\n", "not-text", 2),
            (b"\x89PNG\r\n\x1a\n\x00\x00\x00", "not-text", 2),
            (bytes(range(256)), "not-text", 1),
            (b"\xff\xfe\x00", "not-text", 1),
            (b"title\n\x81\x8d", "not-text", 1),
            (b'title;ects\n"a;1\nb;2\n', "broken-quotes", 2),
            (b'title;ects\na;1\n"b"c;2\n', "broken-quotes", 3),
            (b"title;title\na;b\n", "duplicate-column", 1),
            (b'title\n"' + b"x" * 10_000_000 + b'"\n', "cell-too-long", 2),
            (b"title\n" + b"x" * 10_000_000, "cell-too-long", 2),
            (b"title\n" + b"x" * 40_000 + b"\n", "cell-too-long", 2),
        ],
    )
    def test_bad_files_are_refused_with_their_row(self, content: bytes, code: str, row: int) -> None:
        error = refusal_of(content)
        assert (error.code, error.row) == (code, row)
        assert error.message

    def test_missing_and_doubled_columns_are_named_as_people_write_them(self) -> None:
        missing = refusal_of("Plazas\n3\n", headers=HEADERS, required=["title", "ects"])
        assert (missing.code, missing.field) == ("missing-column", "title")
        assert "Denominación" in missing.message
        assert "Créditos" in missing.message
        doubled = refusal_of("Título;Denominación\na;b\n", headers=HEADERS)
        assert (doubled.code, doubled.field) == ("duplicate-column", "title")

    def test_rows_are_counted_up_to_the_limit(self) -> None:
        assert len(rows_of("title\n" + "a\n" * 5, max_rows=5)) == 5
        error = refusal_of("title\n" + "a\n" * 6, max_rows=5)
        assert (error.code, error.row) == ("too-many-rows", 7)

    def test_no_recognised_header_is_ambiguous(self) -> None:
        with pytest.raises(ValueError, match="nombre"):
            Headers({"title": ("Nombre",), "teacher": ("nombre",)})

    def test_a_large_file_does_not_fill_the_memory(self, tmp_path: Path) -> None:
        path = tmp_path / "large.csv"
        with path.open("w") as file:
            file.write("title;ects\n")
            file.writelines(f"Course number {n} with a rather long title;3\n" for n in range(30_000))
        tracemalloc.start()
        assert sum(1 for _row in read_rows(path)) == 30_000
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 2_000_000

    def test_what_cannot_seek_is_read_too(self) -> None:
        class Pipe(io.RawIOBase):
            def __init__(self) -> None:
                self.rest = [b"title\n", b"a\n"]

            def read(self, size: int = -1) -> bytes:
                return self.rest.pop(0) if self.rest else b""

        assert [row["title"] for row in read_rows(Pipe())] == ["a"]  # type: ignore[arg-type]


class TestWorkbooks:
    def test_types_become_text_as_people_write_it(self) -> None:
        content = xlsx(
            ["Título", "Créditos", "Plazas", "inicio", "cuando", "sí"],
            [" Pódcast ", 14.5, 25.0, date(2026, 3, 17), HALF_PAST_NINE, True],
            ["0.1+0.2", 0.1 + 0.2, 1e15, "17/03/2026", None, False],
        )
        assert rows_of(content, headers=HEADERS) == [
            {
                "title": "Pódcast",
                "ects": "14.5",
                "places": "25",
                "inicio": "2026-03-17",
                "cuando": "2026-03-17T09:30:00",
                "sí": "true",
            },
            {
                "title": "0.1+0.2",
                "ects": "0.3",
                "places": "1000000000000000",
                "inicio": "17/03/2026",
                "cuando": "",
                "sí": "false",
            },
        ]

    def test_the_name_does_not_decide_the_format(self, tmp_path: Path) -> None:
        disguised = tmp_path / "list.csv"
        disguised.write_bytes(xlsx(["title"], ["a"]))
        assert [row["title"] for row in read_rows(disguised)] == ["a"]

    def test_merged_cells_are_refused_row_by_row(self) -> None:
        content = xlsx(["title", "ects"], ["a", 1], ["b", 2], ["c", 3], merged=("A2:A3",))
        problems: list[RowError] = []
        assert rows_of(content, problems=problems) == [{"title": "c", "ects": "3"}]
        assert [(p.row, p.field, p.code) for p in problems] == [
            (2, "title", "merged-cells"),
            (3, "title", "merged-cells"),
        ]
        assert "A2:A3" in problems[0].message

    def test_a_merged_header_is_refused(self) -> None:
        assert refusal_of(xlsx(["title", "x"], ["a", 1], merged=("A1:B1",))).code == "merged-cells"

    def test_a_formula_nobody_calculated_is_refused_and_a_calculated_one_is_read(self) -> None:
        error = refusal_of(xlsx(["title", "ects"], ["a", "=1+2"]))
        assert (error.row, error.field, error.code) == (2, "ects", "formula-without-value")
        target = io.BytesIO()
        book = xlsxwriter.Workbook(target, {"in_memory": True})
        page = book.add_worksheet()
        page.write_row(0, 0, ["title", "ects"])
        page.write_string(1, 0, "a")
        page.write_formula(1, 1, "=1+2", None, 3)
        book.close()
        assert rows_of(target.getvalue()) == [{"title": "a", "ects": "3"}]

    def test_an_error_value_is_named(self) -> None:
        error = refusal_of(xlsx(["title", "ects"], ["a", "#REF!"]))
        assert (error.row, error.field, error.code) == (2, "ects", "spreadsheet-error")

    def test_a_wrong_declared_size_loses_no_row(self) -> None:
        content = rezipped(
            xlsx(["title", "ects"], ["a", 1], ["b", 2]),
            "xl/worksheets/sheet1.xml",
            (b'ref="A1:B3"', b'ref="A1:A1"'),
        )
        assert len(rows_of(content)) == 2

    def test_hidden_sheets_are_passed_over(self) -> None:
        book = openpyxl.Workbook()
        book.active.append(["old"])
        book.active.sheet_state = "hidden"
        book.create_sheet("Now").append(["title"])
        book["Now"].append(["a"])
        target = io.BytesIO()
        book.save(target)
        assert rows_of(target.getvalue()) == [{"title": "a"}]

    def test_a_million_empty_rows_cost_neither_memory_nor_a_row(self) -> None:
        def padded(last: int) -> bytes:
            empty = b"".join(b'<row r="%d" ht="15" customHeight="1"/>' % n for n in range(3, last + 1))
            change = (b"</sheetData>", empty + b"</sheetData>")
            return rezipped(xlsx(["title"], ["a"]), "xl/worksheets/sheet1.xml", change)

        assert rows_of(padded(1_000_000)) == [{"title": "a"}]
        content = padded(50_000)
        tracemalloc.start()
        assert rows_of(content) == [{"title": "a"}]
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 4_000_000

    def test_a_row_after_a_long_gap_is_not_lost(self) -> None:
        book = openpyxl.Workbook()
        book.active["A1"], book.active["A2"], book.active["A5000"] = "title", "a", "b"
        target = io.BytesIO()
        book.save(target)
        target.seek(0)
        assert [row.number for row in read_rows(target)] == [2, 5000]

    @pytest.mark.parametrize(
        ("content", "code"),
        [
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "encrypted-or-old"),
            (b"PK\x03\x04" + b"junk" * 40, "damaged"),
            (xlsx(["title"], ["a"])[:-300], "damaged"),
            (xlsx(), "empty-file"),
            (rezipped(xlsx(["a"], ["b"]), "xl/worksheets/sheet1.xml", (b"</sheetData>", b"")), "damaged"),
            (
                rezipped(
                    xlsx(["a"], ["b"]),
                    "xl/worksheets/sheet1.xml",
                    (b"<worksheet", b'<!DOCTYPE x [<!ENTITY a "b">]><worksheet'),
                ),
                "damaged",
            ),
        ],
    )
    def test_damaged_and_locked_workbooks_are_refused(self, content: bytes, code: str) -> None:
        assert refusal_of(content).code == code

    def test_another_office_format_is_named(self) -> None:
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w") as archive:
            archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
            archive.writestr("content.xml", "<x/>")
        assert refusal_of(target.getvalue()).code == "not-supported"

    def test_an_unpacking_bomb_is_refused_before_it_unpacks(self) -> None:
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("[Content_Types].xml", "<x/>")
            with archive.open("xl/sharedStrings.xml", "w") as part:
                for _ in range(70):
                    part.write(b"a" * 1_000_000)
        assert refusal_of(target.getvalue()).code == "too-large"


class TestConverters:
    @pytest.mark.parametrize(
        ("text", "value"),
        [
            ("14,5", "14.5"),
            ("14.5", "14.5"),
            (" 3 ", "3"),
            ("1.234,5", "1234.5"),
            ("1,234.5", "1234.5"),
            ("1.234.567,89", "1234567.89"),
            ("-2", "-2"),
            ("1 234,5", "1234.5"),
        ],
    )
    def test_decimals(self, text: str, value: str) -> None:
        assert to_decimal(text) == Decimal(value)

    @pytest.mark.parametrize(
        "text", ["NaN", "inf", "1e5", "٣", "3 ECTS", "1,2,3", "1.2.3", "--1", "1'5", "9" * 40, "0x10", "<b>"]
    )
    def test_what_is_no_number(self, text: str) -> None:
        with pytest.raises(CellError) as refused:
            to_decimal(text)
        assert refused.value.code == "not-a-number"

    def test_whole_numbers(self) -> None:
        assert [to_whole(text) for text in ("25", "25.0", "25,0", "")] == [25, 25, 25, None]
        for text in ("2,5", "1.234"):
            with pytest.raises(CellError):
                to_whole(text)

    @pytest.mark.parametrize(
        "text",
        ["2026-03-17", "17/03/2026", "17.3.2026", "17-03-2026", "2026-03-17T00:00:00", "2026-03-17 00:00:00"],
    )
    def test_dates(self, text: str) -> None:
        assert to_date(text) == date(2026, 3, 17)

    @pytest.mark.parametrize(
        "text", ["03/17/2026", "17/03/26", "2026-02-30", "46098", "marzo", "2026-03-17T09:30:00"]
    )
    def test_what_is_no_date(self, text: str) -> None:
        with pytest.raises(CellError):
            to_date(text)

    def test_booleans_in_both_languages(self) -> None:
        assert {to_boolean(word) for word in ("Sí", "si", "YES", "verdadero", "1", "x")} == {True}
        assert {to_boolean(word) for word in ("No", "FALSE", "falso", "0")} == {False}
        assert to_boolean("  ") is None
        with pytest.raises(CellError):
            to_boolean("quizá")

    def test_headers_are_read_without_accents_case_or_signs(self) -> None:
        assert folded("  Título_(ES)\n") == "titulo es"
        assert HEADERS.field_for("CREDITOS  ects") == "ects"

    @given(st.text())
    def test_converters_refuse_or_answer_and_never_break(self, text: str) -> None:
        seen: list[str] = []
        for convert in (to_decimal, to_whole, to_date, to_boolean):
            try:
                convert(text)
            except CellError as refusal:
                seen.append(refusal.message)
        assert all(seen)


class TestWriting:
    @pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r", "\0", "＝", " ="])
    def test_nothing_that_starts_like_a_formula_leaves_the_house(self, sign: str) -> None:
        payload = f'{sign}HYPERLINK("http://x")'
        (line,) = list(csv_lines([[payload]]))[1:]
        assert line.lstrip('"')[0] == "'"
        target = io.BytesIO()
        write_xlsx(target, [["title"], [payload]])
        cell = openpyxl.load_workbook(target).active["A2"]
        assert cell.data_type == "s"
        assert cell.value.startswith("'")

    def test_negative_numbers_stay_numbers(self) -> None:
        target = io.BytesIO()
        write_xlsx(target, [["n", "when", "text"], [-5, date(2026, 3, 17), "00012"]])
        page = openpyxl.load_workbook(target).active
        assert [page["A2"].value, page["B2"].value.date(), page["C2"].value] == [
            -5,
            date(2026, 3, 17),
            "00012",
        ]
        assert list(csv_lines([[-5, Decimal("14.5")]]))[1] == "-5;14,5\r\n"

    @given(st.text().map(str.strip))
    def test_the_guard_comes_off_again(self, text: str) -> None:
        if text.isprintable() and not text.startswith("'"):
            assert without_guard(guarded(text)) == text

    def test_our_own_exports_come_back_as_they_were(self) -> None:
        table = [["title", "ects"], ["=2+2 «Ágil»; línea\nnueva", "3"]]
        csv_file = "".join(csv_lines(table)).encode()
        xlsx_file = io.BytesIO()
        write_xlsx(xlsx_file, table)
        for content in (csv_file, xlsx_file.getvalue()):
            assert rows_of(content) == [{"title": "=2+2 «Ágil»; línea\nnueva", "ects": "3"}]


class TestWeight:
    """What is read while somebody waits: found out without unpacking more than that."""

    @pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
    def test_rows_of_text(self, line_end: str, encoding: str) -> None:
        lines = line_end.join(["titulo", *["a"] * 10]) + line_end
        stream = io.BytesIO(lines.encode(encoding))
        assert is_light(stream, max_bytes=1000, max_rows=10)
        assert not is_light(stream, max_bytes=1000, max_rows=9)
        assert not is_light(stream, max_bytes=20, max_rows=10)
        assert stream.tell() == 0

    def test_rows_of_a_workbook(self) -> None:
        stream = io.BytesIO(xlsx(["titulo"], *[["a"]] * 10))
        assert is_light(stream, max_bytes=100_000, max_rows=10)
        assert not is_light(stream, max_bytes=100_000, max_rows=9)
        assert not is_light(stream, max_bytes=2_000, max_rows=10)

    def test_a_bomb_is_heavy_before_it_unpacks(self) -> None:
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("xl/worksheets/sheet1.xml", b"<row/>" + b"0" * 100_000_000)
        tracemalloc.start()
        assert not is_light(stream, max_bytes=1_000_000, max_rows=10)
        assert tracemalloc.get_traced_memory()[1] < 2_000_000
        tracemalloc.stop()

    @pytest.mark.parametrize("content", [b"", b"PK\x03\x04junk", b"\x00" * 50])
    def test_what_is_damaged_is_refused_at_once_and_needs_no_job(self, content: bytes) -> None:
        assert is_light(io.BytesIO(content), max_bytes=1000, max_rows=10)
