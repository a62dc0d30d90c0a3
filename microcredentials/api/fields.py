"""Fields that name something of the register by its code, among what the person may see."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from iqas.core.access import allowed
from iqas.core.rest import Named
from iqas.evidence.models import Evidence, EvidenceVersion
from microcredentials.models import Partner


class Coded(Named):
    """The code of an object that the person may see; gives the object."""

    action = ""

    def __init__(self, action: str = "", **kwargs: Any) -> None:
        self.action = action or self.action
        super().__init__(**kwargs)

    def find(self, name: str) -> Any:
        return allowed(self.context["request"].user, self.action).filter(code=name).first()


class EvidenceCode(Coded):
    """The code of an evidence, as E-0012; gives the evidence."""

    action = "evidence.view"


class PartnerCode(Named):
    """The code of a partner, as P-003; gives the partner, for a merged code the one that was kept."""

    default_error_messages = {"unknown": _("There is no partner with this code.")}

    def find(self, name: str) -> Partner | None:
        found = Partner.objects.select_related("merged_into").filter(code=name.upper()).first()
        return found and (found.merged_into or found)


class DocumentCode(Named):
    """A version of an evidence, as E-0012/2; gives the version."""

    default_error_messages = {"unknown": _("There is no evidence with this code that you may see.")}

    def find(self, name: str) -> EvidenceVersion | None:
        code, _slash, number = name.partition("/")
        if not (number.isascii() and number.isdigit() and len(number) < 5):
            return None
        seen = allowed(self.context["request"].user, "evidence.view", Evidence.objects.all())
        return (
            EvidenceVersion.objects.select_related("evidence__scope")
            .filter(evidence__in=seen.filter(code=code.upper()), number=int(number))
            .first()
        )

    def to_representation(self, value: Any) -> str:
        return f"{value.evidence.code}/{value.number}"


class ProofCode(DocumentCode):
    """What proves an act: a version of an evidence, or a document that was made here and is filed with the act."""

    default_error_messages = {
        "unknown": _("There is no evidence and no made document with this code that you may see.")
    }

    def __init__(self, **kwargs: Any) -> None:
        about = "Filed evidence and its version, as E-0012/1; or a document made here, as DOC-2026-0007, filed with the act."
        super().__init__(**{"help_text": about, **kwargs})

    def to_internal_value(self, data: Any) -> Any:
        code = serializers.CharField.to_internal_value(self, data)
        if not code.upper().startswith("DOC-"):
            return super().to_internal_value(data)
        seen = allowed(self.context["request"].user, "document.view").exclude(sha256="")
        found = seen.filter(code=code.upper()).defer("body").first()
        if found is None:
            self.fail("unknown")
        return found


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
