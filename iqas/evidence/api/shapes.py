"""What requests and answers about evidence look like."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from iqas.core.access import allowed
from iqas.core.rest import Named, Revised, Shape
from iqas.evidence.models import EvidenceVersion
from iqas.evidence.tables import STATUSES
from iqas.frameworks import selectors as frameworks
from iqas.frameworks.models import Criterion, EvidenceKind
from iqas.organisation.models import Scope

LONG = 20_000
HEADER = ("title", "kind", "criteria", "description", "personal_data", "redaction_note")


class ScopeCode(Named):
    """The code of a centre, a micro-credential or the university where the person may file; gives the scope."""

    def find(self, name: str) -> Scope | None:
        scopes = allowed(self.context["request"].user, "evidence.add").exclude(kind=Scope.Kind.DOSSIER)
        return scopes.filter(code=name).first()


class CriterionCode(Named):
    """A criterion of a framework in force, as FOUR-DIMENSIONS/A.1; gives the criterion."""

    default_error_messages = {"unknown": _("There is no such criterion that can be assessed.")}

    def find(self, name: str) -> Criterion | None:
        framework, _slash, code = name.partition("/")
        known = Criterion.objects.filter(framework__in=frameworks.current().values("pk"), assessable=True)
        return known.filter(framework__code=framework, code=code).first()

    def to_representation(self, value: Any) -> str:
        return f"{value.framework.code}/{value.code}"


def _kind(**kwargs: Any) -> Any:
    return serializers.SlugRelatedField(
        slug_field="code", queryset=EvidenceKind.objects.all(), help_text="Code of its kind.", **kwargs
    )


class EvidenceRow(Shape):
    code = serializers.CharField()
    title = serializers.CharField()
    kind = serializers.CharField(source="kind.code")
    scope = serializers.CharField(source="scope.code")
    status = serializers.ChoiceField(choices=sorted(STATUSES))
    date_of_fact = serializers.DateField(allow_null=True)
    valid_until = serializers.DateField(allow_null=True)


class EvidenceVersionRead(Shape):
    number = serializers.IntegerField()
    state = serializers.ChoiceField(choices=EvidenceVersion.State.choices)
    sha256 = serializers.CharField()
    size = serializers.IntegerField(help_text="In bytes; 0 for an address.")
    media_type = serializers.CharField()
    filename = serializers.CharField(source="original_name")
    url = serializers.CharField()
    date_of_fact = serializers.DateField()
    valid_until = serializers.DateField(allow_null=True)
    note = serializers.CharField()
    uploaded_by = serializers.CharField()
    uploaded_at = serializers.DateTimeField()
    approved_by = serializers.CharField(allow_null=True)
    approved_at = serializers.DateTimeField(allow_null=True)
    withdrawal_reason = serializers.CharField()


class EvidenceRead(Shape):
    code = serializers.CharField()
    title = serializers.CharField()
    kind = serializers.CharField(source="kind.code")
    scope = serializers.CharField(source="scope.code")
    description = serializers.CharField()
    owner = serializers.CharField()
    personal_data = serializers.BooleanField()
    redaction_note = serializers.CharField()
    criteria = serializers.ListField(child=CriterionCode(), source="criteria.all")
    revision = serializers.IntegerField(source="version")
    versions = EvidenceVersionRead(many=True)


class HeaderFields(Shape):
    title = serializers.CharField(required=False, max_length=200)
    kind = _kind(required=False)
    criteria = serializers.ListField(
        child=CriterionCode(),
        required=False,
        max_length=200,
        help_text="What it proves, as FOUR-DIMENSIONS/A.1.",
    )
    description = serializers.CharField(required=False, allow_blank=True, max_length=LONG)
    personal_data = serializers.BooleanField(required=False)
    redaction_note = serializers.CharField(required=False, allow_blank=True, max_length=LONG)


class EvidenceChange(Revised, HeaderFields):
    pass


class EvidenceVersionNew(Shape):
    """A file or an address, one of the two."""

    upload = serializers.FileField(required=False)
    url = serializers.CharField(required=False, allow_blank=True, max_length=1000)
    date_of_fact = serializers.DateField(help_text="When what it proves happened, not when it is filed.")
    valid_until = serializers.DateField(required=False, allow_null=True)
    note = serializers.CharField(required=False, allow_blank=True, max_length=500)


class EvidenceNew(EvidenceVersionNew, HeaderFields):
    scope = ScopeCode(help_text="Code of the centre, the micro-credential or the university that it is of.")
    title = serializers.CharField(max_length=200)
    kind = _kind()


class ApproveShape(Shape):
    note = serializers.CharField(required=False, allow_blank=True, max_length=2000)


class WithdrawShape(Shape):
    reason = serializers.CharField(max_length=2000)
