"""Lists of people as offices have them."""

from __future__ import annotations

from io import BytesIO

import pytest
from openpyxl import Workbook

from feedback.importers.recipients import MOST_PEOPLE, Recipients, read_file, read_pasted


def people(found: Recipients) -> list[tuple[int, str, str]]:
    return [(one.row, one.address, one.group) for one in found.people]


def problems(found: Recipients) -> list[tuple[int, str, str]]:
    return [(one.row, one.field, one.code) for one in found.problems]


@pytest.mark.parametrize(
    ("line", "address", "group"),
    [
        ("ana@example.org", "ana@example.org", ""),
        ("  Ana.Ruiz@Example.ORG  ", "ana.ruiz@example.org", ""),
        ("Ana Ruiz <ana@example.org>", "ana@example.org", ""),
        ('"Ruiz Peña, Ana" <ana@example.org>', "ana@example.org", ""),
        ("Ruiz Peña, Ana <ana@example.org>;", "ana@example.org", ""),
        ("ana@example.org; Turno de mañana", "ana@example.org", "Turno de mañana"),
        ("Ana <ana@example.org>\tTarde", "ana@example.org", "Tarde"),
        ("Ana;ana@example.org;  Tarde   2 ", "ana@example.org", "Tarde 2"),
        ("mailto:ana@example.org", "ana@example.org", ""),
        ("ana+curso@sub.example.co.uk", "ana+curso@sub.example.co.uk", ""),
        ("\ufeffana@example.org", "ana@example.org", ""),
        ("ana@example.org\x00", "ana@example.org", ""),
    ],
)
def test_a_pasted_line_is_read_as_mail_programs_write_it(line: str, address: str, group: str) -> None:
    found = read_pasted(line)
    assert problems(found) == []
    assert people(found) == [(1, address, group)]


def test_several_people_on_one_line_and_empty_lines() -> None:
    found = read_pasted("Ana <a@example.org>; Luis <l@example.org>, e@example.org\r\n\r\n ; \nz@example.org")
    assert people(found) == [
        (1, "a@example.org", ""), (1, "l@example.org", ""), (1, "e@example.org", ""), (4, "z@example.org", "")
    ]  # fmt: skip


def test_an_empty_list_has_nobody_and_no_problem() -> None:
    assert read_pasted(" \n\n").people == ()
    assert read_pasted(" \n\n").problems == ()


def test_every_bad_row_is_named() -> None:
    found = read_pasted(
        f"a@example.org\nAna Ruiz\nluis@\nx@y\ne@example.org;{'g' * 61}\n{'a' * 250}@example.org"
    )
    assert problems(found) == [
        (2, "email", "no-address"),
        (3, "email", "no-address"),
        (4, "email", "bad-address"),
        (5, "group", "long-group"),
        (6, "email", "bad-address"),
    ]


def test_the_same_address_twice_is_one_person() -> None:
    found = read_pasted("ana@example.org\nANA@example.org\nAna <ana@example.org>")
    assert people(found) == [(1, "ana@example.org", "")]
    assert found.repeated == 2


def test_the_same_address_in_two_groups_is_a_mistake() -> None:
    found = read_pasted("ana@example.org;Tarde\nana@example.org;Mañana")
    assert problems(found) == [(2, "group", "two-groups")]


def test_more_people_than_are_invited_at_once_are_refused() -> None:
    found = read_pasted("\n".join(f"p{number}@example.org" for number in range(MOST_PEOPLE + 1)))
    assert problems(found) == [(0, "", "too-many")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_a_csv_file_in_any_encoding(encoding: str, separator: str) -> None:
    text = separator.join(["Nombre", "Correo electrónico", "Grupo"]) + "\r\n"
    text += separator.join(["Begoña", "begona@example.org", "Mañana"]) + "\r\n"
    text += separator.join(["Ana", "Ana <ana@example.org>", ""]) + "\r\n"
    found = read_file(text.encode(encoding))
    assert problems(found) == []
    assert people(found) == [(2, "begona@example.org", "Mañana"), (3, "ana@example.org", "")]


def test_a_workbook() -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["E-mail", "Group"], ["ana@example.org", "A"], [None, None], ["luis", "B"], [7, "C"]):
        sheet.append(row)
    buffer = BytesIO()
    book.save(buffer)
    found = read_file(buffer.getvalue())
    assert people(found) == [(2, "ana@example.org", "A")]
    assert problems(found) == [(4, "email", "bad-address"), (5, "email", "bad-address")]


def test_a_plain_text_file_without_headers_is_read_like_a_pasted_list() -> None:
    found = read_file(b"ana@example.org\r\nluis@example.org;Tarde\r\n")
    assert people(found) == [(1, "ana@example.org", ""), (2, "luis@example.org", "Tarde")]


@pytest.mark.parametrize(
    "content",
    [b"", b"\0" * 100, b"PK\x03\x04broken", b"\x89PNG\r\n", b"a;b\n1;2\n", b"%PDF-1.7", b"\xff\xfe"],
)
def test_a_file_that_is_no_list_is_refused_with_a_sentence(content: bytes) -> None:
    found = read_file(content)
    assert found.people == ()
    assert len(found.problems) == 1
    assert found.problems[0].message
