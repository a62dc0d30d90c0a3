"""Structured logs on standard error. No personal data, no address and no survey token is ever logged."""

from __future__ import annotations

import logging
import re
from collections.abc import MutableMapping
from typing import Any

import structlog

SECRET_PATHS = re.compile(r"(/s/|/invitation/|/accounts/password/reset/key/)[^/\s\"']+")
SURVEY_ADDRESS = re.compile(r"(?:^|[\s\"'])(?:https?://[^/\s]+)?/s/")
FORGOTTEN_KEYS = ("ip", "user_agent")


class NoSurveyTraffic(logging.Filter):
    """Drops every line below an error that speaks of a survey page: it would tell when somebody answered."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.levelno >= logging.ERROR:
            return True
        request = getattr(record, "request", None)
        spoken = [getattr(request, "path", "")]
        spoken += record.msg.values() if isinstance(record.msg, dict) else [record.getMessage()]
        return not any(speaks_of_a_survey(text) for text in spoken)


def speaks_of_a_survey(text: object) -> bool:
    """Whether an address of a survey page stands in the text."""
    return isinstance(text, str) and SURVEY_ADDRESS.search(text) is not None


def names_a_secret(text: str) -> bool:
    """Whether an address in the text opens something by itself."""
    return SECRET_PATHS.search(text) is not None


def forget_secrets(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Drops addresses of people and cuts tokens out of every logged address."""
    for key in FORGOTTEN_KEYS:
        event.pop(key, None)
    for key, value in event.items():
        if not key.startswith("_") and not isinstance(value, int | float | None):
            event[key] = SECRET_PATHS.sub(r"\1…", str(value))  # a request, too, prints its address
    return event


def configure_logs(level: str, *, as_json: bool) -> dict[str, Any]:
    """Configures structlog and returns Django's LOGGING."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.format_exc_info,
        structlog.stdlib.ExtraAdder(),
        forget_secrets,
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    renderer = (
        structlog.processors.JSONRenderer()
        if as_json
        else structlog.processors.KeyValueRenderer(key_order=["timestamp", "level", "logger", "event"])
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "structured": {
                "()": structlog.stdlib.ProcessorFormatter,
                "processor": renderer,
                "foreign_pre_chain": shared,
            }
        },
        "filters": {"no_survey_traffic": {"()": NoSurveyTraffic}},
        "handlers": {
            "stderr": {
                "class": "logging.StreamHandler",
                "formatter": "structured",
                "filters": ["no_survey_traffic"],
            }
        },
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "django.server": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
            "fontTools": {"level": "WARNING"},
            "weasyprint": {"level": "WARNING"},
            "PIL": {"level": "WARNING"},
            "pikepdf": {"level": "WARNING"},
        },
    }
