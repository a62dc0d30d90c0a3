"""One way to describe an operation, so that each has its request, its answer, and the problems it may answer with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers

V = TypeVar("V", bound=Callable[..., Any])
MEDIA = "application/problem+json"
SAID = {
    400: "The request cannot be read, or a field has the wrong shape; `errors` says which.",
    401: "The token is unknown or has expired.",
    403: "You are not signed in, or your role does not include this; `code` says which.",
    404: "There is no such thing, or not for you.",
    409: "A rule refuses it: `code` names the rule and `article` the law behind it. Nothing was written.",
    413: "The body is too large.",
    428: "Say which revision you have read.",
}
IF_MATCH = OpenApiParameter(
    "If-Match", str, OpenApiParameter.HEADER, description='The revision that you have read, as `"7"`.'
)


class Problem(serializers.Serializer[Any]):
    """An error as RFC 9457 describes it."""

    type = serializers.CharField()
    title = serializers.CharField(help_text="A sentence for people, in the language asked for.")
    status = serializers.IntegerField()
    code = serializers.CharField(help_text="For programs: the same in every language.")
    article = serializers.CharField(required=False, help_text="The law that demands it.")
    field = serializers.CharField(required=False, help_text="The field that it is about.")
    revision = serializers.IntegerField(
        required=False, help_text="The stored revision, where yours is older."
    )
    errors = serializers.DictField(  # type: ignore[assignment]
        required=False, help_text="Field → what is wrong with it."
    )


def operation(
    name: str,
    *,
    answer: Any = None,
    request: Any = None,
    status: int = 200,
    also: int = 0,
    file: str = "",
    rejects: Any = None,
    accepted: Any = None,
    about: str = "",
    revised: bool = False,
    parameters: Sequence[OpenApiParameter] = (),
    example: dict[str, Any] | None = None,
    refused: dict[str, Any] | None = None,
) -> Callable[[V], V]:
    """Describes one operation. `example` is a request, `refused` a problem that it may answer with.

    `also` is another status with the same answer; `file` the media type of a file that is the answer; `rejects` the shape of
    the 409 where it says more than a problem does; `accepted` that of a 202, where work may go on after the answer.
    """
    writes = request is not None or status in (201, 202, 204)
    answers: dict[Any, Any] = {status: OpenApiResponse(answer) if answer is not None else None}
    if file:
        answers = {(status, file): OpenApiResponse(OpenApiTypes.BINARY, description="The file.")}
    if also:
        answers[also] = answers[status]
    if accepted is not None:
        answers[202] = OpenApiResponse(accepted, description="A job does it: ask for it until it is over.")
    for code in (
        400,
        401,
        403,
        404,
        *((409, 413) if writes else (409,) if file else ()),
        *((428,) if revised else ()),
    ):
        shape = rejects if rejects is not None and code == 409 else Problem
        answers[(code, MEDIA)] = OpenApiResponse(shape, description=SAID[code])
    examples = []
    if example is not None:
        examples.append(OpenApiExample("request", value=example, request_only=True))
    if refused is not None:
        body = {"type": "about:blank", **refused}
        code = str(refused["status"])
        examples.append(OpenApiExample(refused["code"], value=body, response_only=True, status_codes=[code]))
    decorate: Callable[[V], V] = extend_schema(
        operation_id=name,
        request=request,
        responses=answers,
        parameters=[*parameters, *([IF_MATCH] if revised else [])],
        examples=examples,
        description=about or None,
    )
    return decorate
