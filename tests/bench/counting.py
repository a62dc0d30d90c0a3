"""The product's WSGI application; a request that asks for it is told how many SQL statements its answer took.

What only begins or ends a transaction is none, as in the tests (`max_queries`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from iqas.wsgi import application as product

ASK, TOLD = "X-Count-Statements", "x-statements"
NO_STATEMENTS = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    if f"HTTP_{ASK.upper().replace('-', '_')}" not in environ:
        return product(environ, start_response)
    begun: list[tuple[str, list[tuple[str, str]]]] = []
    with CaptureQueriesContext(connection) as captured:
        answer = product(environ, lambda status, headers, *_error: begun.append((status, headers)))
        statements = sum(not query["sql"].startswith(NO_STATEMENTS) for query in captured.captured_queries)
    status, headers = begun[-1]
    start_response(status, [*headers, (TOLD, str(statements))])
    return answer
