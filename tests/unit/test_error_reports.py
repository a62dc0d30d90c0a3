"""A report of an error says where in the code, and nothing of a person."""

from __future__ import annotations

import json
import sys
from types import SimpleNamespace
from typing import Any

import pytest

from iqas.settings.errors import report_errors, what_leaves


def event(url: str = "https://iqas.example.edu/people/", **more: Any) -> dict[str, Any]:
    """As the library sends it to `before_send`, with a canary in every place where a person's words can stand."""
    frame = {
        "function": "save",
        "module": "iqas.accounts.services",
        "lineno": 12,
        "vars": {"email": "CANARY"},
        "context_line": "CANARY",
    }
    failure = {"type": "ValueError", "value": "CANARY", "stacktrace": {"frames": [frame]}}
    return {
        "event_id": "1",
        "level": "error",
        "message": "CANARY",
        "logentry": {"message": "CANARY", "params": ["CANARY"]},
        "request": {"url": url, "query_string": "q=CANARY", "cookies": {"s": "CANARY"}, "data": "CANARY"},
        "user": {"ip_address": "CANARY"},
        "breadcrumbs": {"values": [{"message": "CANARY"}]},
        "extra": {"CANARY": 1},
        "transaction": "/people/CANARY/",
        "exception": {"values": [failure]},
    } | more


def test_it_says_where_and_not_whose() -> None:
    report = what_leaves(event(), {})
    assert report is not None
    assert "CANARY" not in json.dumps(report)
    [failure] = report["exception"]["values"]
    assert failure["type"] == "ValueError"
    assert failure["stacktrace"]["frames"] == [
        {"function": "save", "module": "iqas.accounts.services", "lineno": 12}
    ]


@pytest.mark.parametrize(
    "from_a_survey",
    [
        event("https://iqas.example.edu/s/c/C-1/"),
        event("http://localhost:8000/s/abc"),
        event("", transaction="/s/c/{code}/"),
    ],
)
def test_nothing_leaves_of_a_survey_page(from_a_survey: dict[str, Any]) -> None:
    assert what_leaves(from_a_survey, {}) is None


def test_a_line_of_the_log_is_no_report() -> None:
    assert what_leaves(event(exception=None), {}) is None


def test_the_library_is_told_to_collect_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    told: dict[str, Any] = {}
    monkeypatch.setitem(
        sys.modules, "sentry_sdk", SimpleNamespace(init=lambda **options: told.update(options))
    )
    report_errors("https://key@host/1", environment="production")
    assert told["before_send"] is what_leaves
    assert (told["send_default_pii"], told["include_local_variables"]) == (False, False)
    assert (told["traces_sample_rate"], told["auto_session_tracking"]) == (None, False)
