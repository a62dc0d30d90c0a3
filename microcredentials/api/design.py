"""A version of a proposal as programs read and write it: its fields, and its rows as lists.

A list that is sent replaces the one that is stored; a row with the `id` of a stored row is that row.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import TextField
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from iqas.core.rest import Revised, Shape, ShapeOfModel
from microcredentials.api.fields import Amount, EvidenceCode, PartnerCode
from microcredentials.choices import LANGUAGES, SDGS
from microcredentials.models import LearningOutcome, MicroCredentialVersion, Teacher
from microcredentials.selectors.partners import partner_named
from microcredentials.services.writing import (
    DESIGN_FIELDS,
    MAX_ROWS,
    MAX_TEXT,
    Body,
    Evaluation,
    Outcome,
    Support,
    Teaching,
    account_of,
)
from microcredentials.services.writing import LANGUAGES as WRITTEN_IN

FIELDS = tuple(name for name in DESIGN_FIELDS if name != "responsible_teacher")
ROWS = ("awarding_bodies", "supporters", "outcomes", "assessments", "teachers")


def _texts(name: str, *, limit: int) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
    """One field for each language; what is not sent stays as it is."""
    return {
        f"{name}_{language}": serializers.CharField(
            required=False, allow_blank=True, allow_null=True, max_length=limit
        )
        for language in WRITTEN_IN
    }


def _list_of(shape: Any) -> Any:
    return shape(many=True, required=False, max_length=MAX_ROWS)


class BodyShape(Shape):
    name = serializers.CharField(max_length=200)
    is_coordinating = serializers.BooleanField(default=False)
    country = serializers.RegexField(
        r"^[A-Za-z]{2}\Z",
        required=False,
        allow_blank=True,
        help_text="Two letters; only where it is another.",
    )
    region = serializers.CharField(required=False, allow_blank=True, max_length=120)
    agreement = EvidenceCode(required=False, allow_null=True, help_text="Code of the evidence, as E-0012.")


class SupporterShape(Shape):
    id = serializers.UUIDField(required=False)
    name = serializers.CharField(max_length=200)
    interest = serializers.CharField(required=False, allow_blank=True, max_length=4000)
    expressed_on = serializers.DateField(required=False, allow_null=True)
    evidence = EvidenceCode(required=False, allow_null=True, help_text="Code of the evidence, as E-0012.")
    partner = PartnerCode(
        required=False, allow_null=True, help_text="Its code; found by its name where none is sent."
    )


class TeacherShape(Shape):
    id = serializers.UUIDField(required=False)
    name = serializers.CharField(max_length=150)
    role = serializers.ChoiceField(choices=Teacher.Role.choices, default=Teacher.Role.TEACHER)
    is_external = serializers.BooleanField(default=False)
    institution = serializers.CharField(required=False, allow_blank=True, max_length=200)
    hours = Amount(required=False)


class OutcomeShape(Shape):
    id = serializers.UUIDField(required=False)
    code = serializers.RegexField(
        r"^[\w.-]{1,12}\Z", required=False, help_text="RA1, RA2 … by position where none is sent."
    )
    kind = serializers.ChoiceField(choices=LearningOutcome.Kind.choices, required=False, allow_blank=True)
    esco_uri = serializers.CharField(required=False, allow_blank=True, max_length=200)

    def get_fields(self) -> dict[str, Any]:
        return {**super().get_fields(), **_texts("text", limit=2000)}


class AssessmentShape(Shape):
    id = serializers.UUIDField(required=False)
    code = serializers.RegexField(
        r"^[\w.-]{1,12}\Z", required=False, help_text="E1, E2 … by position where none is sent."
    )
    weight = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=100)
    outcomes = serializers.ListField(
        child=serializers.CharField(max_length=12),
        required=False,
        max_length=MAX_ROWS,
        help_text="Codes of the outcomes that it assesses.",
    )

    def get_fields(self) -> dict[str, Any]:
        return {**super().get_fields(), **_texts("name", limit=200), **_texts("criteria", limit=4000)}

    def to_representation(self, instance: Any) -> dict[str, Any]:
        names = [str(name) for name in self.fields]
        told = {name: getattr(instance, name) for name in names if name not in ("id", "outcomes")}
        codes = [outcome.code for outcome in instance.outcomes.all()]
        return {"id": str(instance.pk), **told, "outcomes": codes}


class DesignShape(ShapeOfModel):
    """The fields of a design. Bounds that the law sets are checked by the service."""

    ects = Amount(required=False, help_text="More than 0 and less than 15 (RD 822/2021 art. 37.8).")
    price = Amount(required=False, help_text="0 where it is free.")
    cost = Amount(required=False)
    languages = serializers.ListField(
        child=serializers.ChoiceField(choices=LANGUAGES), required=False, max_length=len(LANGUAGES)
    )
    sdgs = serializers.ListField(
        child=serializers.ChoiceField(choices=SDGS), required=False, max_length=len(SDGS)
    )
    awarding_bodies = _list_of(BodyShape)
    supporters = _list_of(SupporterShape)
    outcomes = _list_of(OutcomeShape)
    assessments = _list_of(AssessmentShape)
    teachers = _list_of(TeacherShape)

    class Meta:
        model = MicroCredentialVersion
        fields = (*FIELDS, *ROWS)
        validators: list[Any] = []

    def build_standard_field(self, field_name: str, model_field: Any) -> Any:
        made, settings = super().build_standard_field(field_name, model_field)
        if isinstance(model_field, TextField):
            settings["max_length"] = MAX_TEXT
        return made, settings | {"required": False}


class VersionChange(Revised, DesignShape):
    """What is sent is written, what is not sent stays."""

    class Meta(DesignShape.Meta):
        fields = (*FIELDS, *ROWS, "revision")


class VersionRead(DesignShape):
    """A version whole, with the revision that a change starts from."""

    microcredential = serializers.CharField(source="microcredential.code", read_only=True)
    title = serializers.CharField(read_only=True, help_text="In the language asked for.")
    responsible = serializers.CharField(read_only=True, help_text="Name of the responsible teacher.")
    revision = serializers.IntegerField(source="version", read_only=True)
    approved_by = serializers.CharField(read_only=True, allow_null=True)
    stage = serializers.ChoiceField(choices=MicroCredentialVersion.Stage.choices, read_only=True)

    class Meta(DesignShape.Meta):
        own = (
            "microcredential",
            "number",
            "stage",
            "revision",
            "elements_done",
            "title",
            "responsible",
            "approved_at",
            "approved_by",
            "approval_note",
        )
        fields = (*own, *FIELDS, *ROWS)
        read_only_fields = ("number", "elements_done", "approved_at", "approval_note")


def read_version(version: MicroCredentialVersion) -> dict[str, Any]:
    """The version as JSON, in one statement for each kind of its rows."""
    found = MicroCredentialVersion.objects.select_related(
        "microcredential", "responsible_teacher", "approved_by"
    ).prefetch_related(
        "awarding_bodies__agreement",
        "supporters__evidence",
        "supporters__partner",
        "outcomes",
        "assessments__outcomes",
        "teachers",
    )
    return dict(VersionRead(found.get(pk=version.pk)).data)


def design_in(body: Mapping[str, Any]) -> dict[str, Any]:
    """The fields for the service. An e-mail of an account makes its owner the responsible teacher."""
    design = {name: value for name, value in body.items() if name in FIELDS}
    if "country" in design:
        design["country"] = design["country"].upper()
    if "responsible_email" in design:
        design["responsible_teacher"] = account_of(design["responsible_email"])
    return design


def rows_in(body: Mapping[str, Any], version: MicroCredentialVersion | None = None) -> dict[str, list[Any]]:
    """The lists for the service. Refuses an `id` that is of no row of this version."""
    found = {}
    for name in ROWS:
        if name not in body:
            continue
        ids = {row["id"] for row in body[name] if "id" in row}
        known = set(getattr(version, name).values_list("pk", flat=True)) if version and ids else set()
        if ids - known:
            raise ValidationError({name: [_("No row of this version has this id.")]})
        found[name] = [MAKE[name](row) for row in body[name]]
    return found


def _spoken(row: Mapping[str, Any], *names: str) -> dict[str, str]:
    wanted = [f"{name}_{language}" for name in names for language in WRITTEN_IN]
    return {name: row[name] for name in wanted if name in row}


def _body(row: Mapping[str, Any]) -> Body:
    agreement = row.get("agreement")
    return Body(
        " ".join(row["name"].split()),
        row["is_coordinating"],
        agreement.pk if agreement else None,
        row.get("country", "").upper(),
        row.get("region", ""),
    )


def _support(row: Mapping[str, Any]) -> Support:
    evidence, partner = row.get("evidence"), row.get("partner")
    return Support(
        row["name"],
        row.get("interest", ""),
        row.get("expressed_on"),
        evidence.pk if evidence else None,
        row.get("id"),
        partner.pk if partner else partner_named(row["name"]),
    )


def _outcome(row: Mapping[str, Any]) -> Outcome:
    return Outcome(
        _spoken(row, "text"),
        kind=row.get("kind", ""),
        code=row.get("code", ""),
        esco_uri=row.get("esco_uri", ""),
        id=row.get("id"),
    )


def _evaluation(row: Mapping[str, Any]) -> Evaluation:
    return Evaluation(
        _spoken(row, "name", "criteria"),
        outcomes=tuple(row.get("outcomes", ())),
        weight=row.get("weight"),
        code=row.get("code", ""),
        id=row.get("id"),
    )


def _teaching(row: Mapping[str, Any]) -> Teaching:
    return Teaching(
        row["name"],
        row["role"],
        row["is_external"],
        row.get("institution", ""),
        row.get("hours"),
        row.get("id"),
    )


MAKE: dict[str, Any] = {
    "awarding_bodies": _body,
    "supporters": _support,
    "outcomes": _outcome,
    "assessments": _evaluation,
    "teachers": _teaching,
}
