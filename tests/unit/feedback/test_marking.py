"""What is proposed as naming somebody."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.marking import marks_of, pieces_of

TEACHERS = ("Ana María López de la Fuente", "Íñigo Sáez")


def marked(text: str, names: tuple[str, ...] = TEACHERS) -> list[tuple[str, str]]:
    return [(mark["kind"], text[mark["start"] : mark["end"]]) for mark in marks_of(text, names)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Escribid a ana.lopez+x@uni.example, gracias", [("email", "ana.lopez+x@uni.example")]),
        ("mi móvil es 612 34 56 78.", [("phone", "612 34 56 78")]),
        ("llamad al +34 912-345-678", [("phone", "+34 912-345-678")]),
        ("DNI 12345678Z", [("document", "12345678Z")]),
        ("12.345.678-z y X-1234567-L", [("document", "12.345.678-z"), ("document", "X-1234567-L")]),
        ("la profesora LOPEZ explica bien", [("name", "LOPEZ")]),
        ("ana maría lópez de la fuente llega tarde", [("name", "ana maría lópez de la fuente")]),
        ("Inigo no es Íñigo", [("name", "Inigo"), ("name", "Íñigo")]),
        ("de la tarde, mañana y las doce", []),
        ("En 2024 éramos 25 de 40; el 12/03/2025 y las 10:30, 1.234.567 euros", []),
        ("banana y lopezcano no son nombres", []),
    ],
)
def test_what_is_marked(text: str, expected: list[tuple[str, str]]) -> None:
    assert marked(text) == expected


def test_a_name_whose_accents_stand_apart_is_found_where_it_stands() -> None:
    assert marked("con Sa\u0301ez mejor") == [("name", "Sa\u0301ez")]


@given(st.text(max_size=200))
def test_the_pieces_are_the_text(text: str) -> None:
    assert "".join(piece.text for piece in pieces_of(text, marks_of(text, TEACHERS))) == text
