"""What programs read of printed records, documents and reports alike: their state, their job and their file."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar

from django.http import HttpResponseBase
from django.urls import reverse
from rest_framework import serializers
from rest_framework.response import Response

from iqas.core.files import download_response
from iqas.core.refusals import RuleViolation
from iqas.core.rest import Shape
from microcredentials.models.printed import Printed

ACCEPTED, OK = 202, 200


class PrintedShape(Shape):
    """`as_of` is when the data last said this; `file` the address of the PDF once it is made."""

    file_at: ClassVar[str]  # the name of the address of the file

    code = serializers.CharField()
    state = serializers.SerializerMethodField()
    job = serializers.UUIDField(source="job_id", allow_null=True, help_text="The job that prints it.")
    file = serializers.SerializerMethodField()
    sha256 = serializers.CharField(allow_blank=True)
    size = serializers.IntegerField(help_text="In bytes.")
    pages = serializers.IntegerField()
    content_sha256 = serializers.CharField(help_text="Of what it says: equal contents are one record.")
    requested_at = serializers.DateTimeField()
    as_of = serializers.DateTimeField()
    made_at = serializers.DateTimeField(allow_null=True)

    def get_state(self, record: Printed) -> str:
        if record.is_made:
            return "made"
        return "failed" if record.has_failed else "being-made"

    def get_file(self, record: Printed) -> str | None:
        return reverse(self.file_at, args=[record.code]) if record.is_made else None


def told(record: Any, shape: type[PrintedShape]) -> Response:
    """200 where it is made already, 202 while its job is at work."""
    return Response(shape(record).data, status=OK if record.is_made else ACCEPTED)


def file_of(record: Any, not_printed: Any) -> HttpResponseBase:
    """The PDF, compared with its hash on the way out; refused as `not-printed` until it is made."""
    if record.artefact is None:
        raise RuleViolation("not-printed", not_printed)
    return download_response(replace(record.artefact.stored, sha256=record.sha256))
