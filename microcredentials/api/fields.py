"""Fields that name something of the register by its code, among what the person may see."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from iqas.core.access import allowed
from iqas.evidence.models import Evidence, EvidenceVersion
from microcredentials.models import Partner


class Coded(serializers.CharField):
    """The code of an object that the person may see; gives the object."""

    default_error_messages = {"unknown": _("There is nothing with this code that you may see.")}
    action = ""

    def __init__(self, action: str = "", **kwargs: Any) -> None:
        self.action = action or self.action
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> Any:
        code = super().to_internal_value(data)
        found = allowed(self.context["request"].user, self.action).filter(code=code).first()
        if found is None:
            self.fail("unknown")
        return found

    def to_representation(self, value: Any) -> str:
        return str(value.code)


class EvidenceCode(Coded):
    """The code of an evidence, as E-0012; gives the evidence."""

    action = "evidence.view"


class PartnerCode(serializers.CharField):
    """The code of a partner, as P-003; gives the partner, for a merged code the one that was kept."""

    default_error_messages = {"unknown": _("There is no partner with this code.")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> Any:
        code = super().to_internal_value(data)
        found = Partner.objects.select_related("merged_into").filter(code=code.upper()).first()
        if found is None:
            self.fail("unknown")
        return found.merged_into or found  # type: ignore[union-attr]

    def to_representation(self, value: Any) -> str:
        return str(value.code)


class DocumentCode(serializers.CharField):
    """A version of an evidence, as E-0012/2; gives the version."""

    default_error_messages = {"unknown": _("There is no evidence with this code that you may see.")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> Any:
        code, _slash, number = super().to_internal_value(data).partition("/")
        if not (number.isascii() and number.isdigit() and len(number) < 5):
            self.fail("unknown")
        seen = allowed(self.context["request"].user, "evidence.view", Evidence.objects.all())
        found = (
            EvidenceVersion.objects.select_related("evidence__scope")
            .filter(evidence__in=seen.filter(code=code.upper()), number=int(number))
            .first()
        )
        if found is None:
            self.fail("unknown")
        return found

    def to_representation(self, value: Any) -> str:
        return f"{value.evidence.code}/{value.number}"


class Person(serializers.CharField):
    """The name of an account; an address is nobody's business here."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(read_only=True, **kwargs)

    def to_representation(self, value: Any) -> str:
        return str(value)


class Amount(serializers.DecimalField):
    """A number whose bounds are the service's to check."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=None, decimal_places=None, **{"allow_null": True, **kwargs})
