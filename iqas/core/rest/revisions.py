"""No lost update for programs either: who writes says which revision they have read, as `If-Match` or in the body."""

from __future__ import annotations

import re
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from iqas.core.refusals import RuleViolation
from iqas.core.rest.shapes import KnownFieldsOnly

TAG = re.compile(r'(?:W/)?"(\d{1,9})"')


class RevisionNeeded(RuleViolation):
    """RFC 6585 §3: a change without the revision that it starts from could overwrite somebody else's."""

    status = 428


class Revised(KnownFieldsOnly, serializers.Serializer[Any]):
    """Adds `revision`, the one that the program has read; the header `If-Match` serves as well."""

    revision = serializers.IntegerField(
        required=False,
        min_value=0,
        max_value=2_147_483_647,
        help_text="The revision that you have read; or send it as If-Match.",
    )


def seen_in(request: Request, body: dict[str, Any]) -> int:
    """The revision that the request starts from, taken out of the body. Refuses `revision-needed` (428)."""
    told: int | None = body.pop("revision", None)
    header = request.headers.get("If-Match", "")
    if header:
        tag = TAG.fullmatch(header.strip())
        if tag is None or told not in (None, int(tag.group(1))):
            raise RevisionNeeded("revision-unclear", _("If-Match holds one revision, the same as the body."))
        return int(tag.group(1))
    if told is None:
        raise RevisionNeeded(
            "revision-needed", _("Say which revision you have read: as If-Match, or as revision in the body.")
        )
    return told


def tagged(response: Response, revision: int) -> Response:
    """With the revision as its entity tag."""
    response["ETag"] = f'"{revision}"'
    return response
