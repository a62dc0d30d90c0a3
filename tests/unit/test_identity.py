"""How a person is recognised: what is typed in many ways is one key, and what is not a document is refused."""

from __future__ import annotations

import pytest

from iqas.core.tabular import CellError
from microcredentials.identity import Identity, document_of, email_of, name_of


@pytest.mark.parametrize(
    ("kind", "typed", "stored"),
    [
        ("", "12.345.678-z", ("dni", "12345678Z")),
        ("dni", "12345678 Z", ("dni", "12345678Z")),
        ("", "1234567L", ("dni", "01234567L")),
        ("", "x-1234567-l", ("nie", "X1234567L")),
        ("nie", "Y0000000Z", ("nie", "Y0000000Z")),
        ("passport", "ab 123-456", ("passport", "AB123456")),
        ("", "", ("", "")),
        ("dni", " - ", ("", "")),
    ],
)
def test_a_document_has_one_form(kind: str, typed: str, stored: tuple[str, str]) -> None:
    assert document_of(kind, typed) == stored


@pytest.mark.parametrize(
    ("kind", "typed", "code"),
    [
        ("", "12345678A", "wrong-document"),
        ("dni", "AB123456", "wrong-document"),
        ("nie", "12345678Z", "wrong-document"),
        ("", "AB123456", "which-document"),
        ("other", "X" * 31, "too-long"),
    ],
)
def test_what_is_no_document_is_refused(kind: str, typed: str, code: str) -> None:
    with pytest.raises(CellError) as refusal:
        document_of(kind, typed)
    assert refusal.value.code == code


@pytest.mark.parametrize("text", ["<b>Ana</b>", "=HYPERLINK(1)", "+34", "@ana", "Ana\x00", "a" * 101, "123"])
def test_what_is_no_name_is_refused(text: str) -> None:
    with pytest.raises(CellError):
        name_of(text, 100)


def test_names_keep_their_signs() -> None:
    assert name_of("  María   José ", 100) == "María José"
    assert name_of("O’Donnell-Ruiz Jr.", 100) == "O’Donnell-Ruiz Jr."
    assert name_of("李", 100) == "李"


def test_an_address_is_one_key_whatever_its_capitals() -> None:
    first, second = Identity(email=email_of("Ana.Ruiz@EXAMPLE.org ")), Identity(email="ana.ruiz@example.org")
    assert first.email == "Ana.Ruiz@example.org"
    assert first.keys() == second.keys() == {"email_key": "ana.ruiz@example.org"}
    with pytest.raises(CellError):
        email_of("ana@@example")


def test_the_strongest_key_comes_first() -> None:
    whole = Identity(
        email="a@example.org", document_kind="dni", document_number="12345678Z", student_number="N1"
    )
    assert list(whole.keys()) == ["student_key", "document_key", "email_key"]
