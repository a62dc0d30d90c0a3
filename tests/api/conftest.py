"""A caller of the API: JSON in, JSON out, signed in as somebody."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

ROOT = "/api/v1/"


class Caller:
    """`call.get("editions/")`, `call.post("editions/", {...})`: status and body, the body as JSON."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.headers: Any = {}

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
        content = body if isinstance(body, bytes) else json.dumps(body).encode() if body is not None else b""
        answer = self.client.generic(
            method, ROOT + path, content, content_type="application/json", headers=headers
        )
        self.headers = answer.headers
        return answer.status_code, answer.json() if answer.content else None

    def get(self, path: str, **headers: str) -> tuple[int, Any]:
        return self("GET", path, **headers)

    def post(self, path: str, body: Any = None) -> tuple[int, Any]:
        return self("POST", path, {} if body is None else body)

    def patch(self, path: str, body: Any, **headers: str) -> tuple[int, Any]:
        return self("PATCH", path, body, **headers)

    def put(self, path: str, body: Any, **headers: str) -> tuple[int, Any]:
        return self("PUT", path, body, **headers)

    def delete(self, path: str) -> tuple[int, Any]:
        return self("DELETE", path)


@pytest.fixture
def api(client_for: Callable[[Any], Client]) -> Callable[[Any], Caller]:
    """`api(user)` calls as that user; `api(None)` as nobody."""
    return lambda user: Caller(client_for(user))
