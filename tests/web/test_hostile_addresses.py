"""Requests that nobody sends by accident: signs that no database takes, in addresses, questions and cookies."""

from __future__ import annotations

import re
from urllib.parse import urlencode

import pytest
from django.conf import settings

from iqas.core.routes import routes

pytestmark = [pytest.mark.django_db, pytest.mark.both]
PARAMETER = re.compile(r"<(?:str|slug):\w+>")
NUMBER = re.compile(r"<int:\w+>")
QUESTIONS = ("q", "sort", "page", "scope", "criterion", "code", "centre", "year", "unknown", "next")


def hostile_addresses() -> list[str]:
    """Every address whose parameters are texts or numbers, with a NUL in each text, and each with a NUL in the question."""
    question = urlencode(dict.fromkeys(QUESTIONS, "a\x00b"))
    filled = []
    for route in routes():
        path = NUMBER.sub("99999999999999999999", PARAMETER.sub("A%00B", route.path))
        if "<" not in path and "GET" in route.methods:
            filled += [path, f"{path}?{question}"]
    return filled


def test_a_nul_in_an_address_is_no_server_error(staff, client_for) -> None:
    client = client_for(staff("quality_officer"))
    client.raise_request_exception = False
    failed = [address for address in hostile_addresses() if client.get(address).status_code >= 500]
    assert failed == []


def test_numbers_beyond_every_database_are_no_server_error(staff, client_for) -> None:
    client = client_for(staff("quality_officer"))
    client.raise_request_exception = False
    number = "99999999999999999999"
    paths = [
        NUMBER.sub(number, PARAMETER.sub("AB", route.path)) for route in routes() if "GET" in route.methods
    ]
    questions = urlencode(dict.fromkeys(QUESTIONS, number))
    asked = [f"{path}?{questions}" for path in paths if "<" not in path]
    assert [address for address in asked if client.get(address).status_code >= 500] == []


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("path", ["/", "/accounts/login/", "/s/"])
def test_a_nul_in_a_cookie_is_a_bad_request(client, path: str, method: str) -> None:
    cookie = f'{settings.SESSION_COOKIE_NAME}="aaaaaaaa\\000aaaaaaaa"'
    answer = client.generic(method.upper(), path, HTTP_COOKIE=cookie)
    assert answer.status_code == 400
    assert "default-src" in answer["Content-Security-Policy"]
