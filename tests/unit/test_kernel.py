"""The kernel's pure parts."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal

import pytest

from iqas.core.canonical import canonical_json
from iqas.core.files import clean_name
from iqas.core.text import markdown, sort_key


def test_canonical_json_is_the_same_for_the_same_value():
    composed, decomposed = "\u00e9", "e\u0301"
    assert canonical_json({"b": 1, "a": composed}) == canonical_json({"a": decomposed, "b": 1})
    assert canonical_json({"b": [1, None, True], "a": "ñ"}) == '{"a":"ñ","b":[1,null,true]}'.encode()


def test_canonical_json_writes_dates_decimals_and_ids_as_text():
    moment = dt.datetime(2026, 3, 1, 10, tzinfo=dt.timezone(dt.timedelta(hours=1)))
    value = {"at": moment, "day": dt.date(2026, 3, 1), "ects": Decimal("3.50"), "id": uuid.UUID(int=7)}
    assert canonical_json(value) == (
        b'{"at":"2026-03-01T09:00:00.000000+00:00","day":"2026-03-01","ects":"3.50",'
        b'"id":"00000000-0000-0000-0000-000000000007"}'
    )


def test_canonical_json_refuses_floats():
    with pytest.raises(TypeError, match="float"):
        canonical_json({"share": 0.1})


@pytest.mark.parametrize(
    ("text", "key"),
    [("Álgebra", "algebra"), ("  Ñandú  Ágil ", "nandu agil"), ("STRASSE", "strasse"), ("Straße", "strasse")],
)
def test_sort_key_ignores_case_accents_and_spaces(text, key):
    assert sort_key(text) == key


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "[x](javascript:alert(1))",
        "<img src=x onerror=alert(1)>",
        '<a href="data:text/html,x">x</a>',
        "![x](http://127.0.0.1/track.png)",
        "<style>*{display:none}</style>",
    ],
)
def test_markdown_lets_nothing_run_or_load(hostile):
    html = markdown(hostile)
    for danger in ("<script", "<img", "<style", '<a href="data', 'href="javascript'):
        assert danger not in html


def test_markdown_keeps_the_outline_of_its_page():
    assert markdown("# Título\n\n**fuerte**") == "<h3>Título</h3>\n<p><strong>fuerte</strong></p>\n"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\docs\\acta.PDF", "acta.pdf"),
        ("a\u202efdp.exe.pdf", "afdp.exe.pdf"),
        ('x"><script>.pdf', "xscript.pdf"),
        ("n" * 300 + ".pdf", "n" * 116 + ".pdf"),
        ("", "file"),
    ],
)
def test_clean_name(given, kept):
    assert clean_name(given) == kept
