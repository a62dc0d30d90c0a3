"""Reports of errors of the program, where an installation asks for them (IQAS_SENTRY_DSN, extra `errors`).

A report says where in the code something failed. It never says what a person wrote, who it was, or that somebody
was on a survey page.
"""

from __future__ import annotations

from typing import Any

from iqas.settings.logs import speaks_of_a_survey

KEPT = ("event_id", "timestamp", "platform", "level", "logger", "sdk", "release", "environment")
KEPT_OF_A_FRAME = ("filename", "abs_path", "module", "function", "lineno", "in_app")


def report_errors(dsn: str, *, environment: str) -> None:
    import sentry_sdk

    sentry_sdk.init(
        dsn=dsn,
        environment=environment,
        before_send=what_leaves,
        send_default_pii=False,
        include_local_variables=False,
        include_source_context=False,
        max_request_body_size="never",
        max_breadcrumbs=0,
        traces_sample_rate=None,
        auto_session_tracking=False,
        send_client_reports=False,
        server_name="",
    )


def what_leaves(event: dict[str, Any], hint: dict[str, Any]) -> dict[str, Any] | None:
    """An exception without any word of a person; nothing at all from a survey page."""
    address = str((event.get("request") or {}).get("url", ""))
    if speaks_of_a_survey(address) or str(event.get("transaction", "")).startswith("/s/"):
        return None
    failures = (event.get("exception") or {}).get("values") or []
    if not failures:
        return None
    report: dict[str, Any] = {name: event[name] for name in KEPT if name in event}
    report["exception"] = {"values": [_without_words(failure) for failure in failures]}
    return report


def _without_words(failure: dict[str, Any]) -> dict[str, Any]:
    """The kind of an exception and its way through the code; its message may quote what was entered."""
    frames = (failure.get("stacktrace") or {}).get("frames") or []
    kept = [{name: frame[name] for name in KEPT_OF_A_FRAME if name in frame} for frame in frames]
    return {
        "type": failure.get("type"),
        "module": failure.get("module"),
        "mechanism": {"type": "generic", "handled": False},
        "stacktrace": {"frames": kept},
    }
