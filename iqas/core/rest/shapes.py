"""Serializers that take what they declare and refuse the rest by name."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request


class KnownFieldsOnly:
    """A misspelt field is an error: what is passed over in silence is lost."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            fields: Any = self.fields  # type: ignore[attr-defined]
            writable = {name for name, field in fields.items() if not field.read_only}
            unknown = [str(name) for name in data if _stem(str(name)) not in writable]
            if unknown:
                raise ValidationError(
                    {name[:80]: [_("There is no such field here.")] for name in unknown[:20]}
                )
        return super().to_internal_value(data)  # type: ignore[misc]


class Shape(KnownFieldsOnly, serializers.Serializer[Any]):
    """The shape of a request or an answer. It knows no rule: services do."""


class ShapeOfModel(KnownFieldsOnly, serializers.ModelSerializer[Any]):
    """The same, its fields taken from a model. It never saves."""


def known_query(request: Request, names: Collection[str]) -> None:
    """Refuses parameters of the address that nothing reads."""
    unknown = [name for name in request.query_params if name not in names]
    if unknown:
        raise ValidationError({name[:80]: [_("There is no such parameter here.")] for name in unknown[:20]})


def _stem(name: str) -> str:
    """`reasons.need` and `reasons[need]` are parts of `reasons` in a form of several parts."""
    return name.partition(".")[0].partition("[")[0]
