"""What is proposed as naming somebody."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from feedback.marking import marks_of, pieces_of
from tests.support.sources import ROOT

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
        ("Great prof José", [("name", "José")]),
        ("La profesora Marta Gil de la Fuente explica", [("name", "Marta Gil de la Fuente")]),
        ("Dr. House, doña Concha, Ms Brown", [("name", "House"), ("name", "Concha"), ("name", "Brown")]),
        ("Con Luis se aprende; JOSE TAMBIÉN", [("name", "Luis"), ("name", "JOSE")]),
        ("El profe. El aula. Teacher The best. Don't. MS Excel", []),
        ("Clara explicación, con Clara mejor. Pilar del curso", [("name", "Clara")]),
        ("El Máster en Python de la Universidad, en Julio y en Santiago", [("name", "Julio")]),
        ("muy bien jose", []),
    ],
)
def test_what_is_marked(text: str, expected: list[tuple[str, str]]) -> None:
    assert marked(text) == expected


def test_what_learners_of_the_demo_wrote_names_nobody() -> None:
    """Marks are useful as long as they are few."""
    content = yaml.safe_load((ROOT / "iqas/demo/content/comments.yaml").read_text(encoding="utf-8"))
    texts = [text for group in content.values() for text in group]
    assert len(texts) > 25
    assert [text for text in texts if marks_of(text)] == []


def test_a_name_whose_accents_stand_apart_is_found_where_it_stands() -> None:
    assert marked("con Sa\u0301ez mejor") == [("name", "Sa\u0301ez")]


@given(st.text(max_size=200))
def test_the_pieces_are_the_text(text: str) -> None:
    assert "".join(piece.text for piece in pieces_of(text, marks_of(text, TEACHERS))) == text
