"""JSON bodies, read with limits: their size, their depth, each name once."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import IO, Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser
from rest_framework.renderers import JSONRenderer

HALF = b"\\ud"


class BoundedJSONParser(JSONParser):
    """What Django limits for forms, JSON is limited by too: Django REST framework reads past that limit."""

    media_type = "application/json"
    renderer_class = JSONRenderer

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        read = stream.read(limit + 1)
        if len(read) > limit:
            raise RequestDataTooBig
        try:
            data = json.loads(read.decode("utf-8"), object_pairs_hook=_each_once, parse_constant=_no_constant)
            return _whole(data) if HALF in read.lower() else data
        except (ValueError, RecursionError) as illegal:
            raise ParseError(_("The body is not JSON: %(why)s") % {"why": str(illegal)[:200]}) from illegal


def _whole(data: Any) -> Any:
    """Refuses half a character (`\\ud800`), which neither a database nor an answer can hold."""
    json.dumps(data, ensure_ascii=False).encode()
    return data


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name stands twice in one object")
    return found


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no number of JSON")
