"""Micro-credentials and their versions: list, create, read, write, what is missing, what changed, what is offered."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from iqas.core.access import allowed, can, require
from iqas.core.rest import ApiView, ListView, Shape, operation, seen_in, tagged
from iqas.core.rest.parsing import IN_PARTS
from iqas.core.views import Access
from microcredentials import completeness, rules
from microcredentials.api.design import (
    DesignShape,
    VersionChange,
    VersionRead,
    design_in,
    read_version,
    rows_in,
)
from microcredentials.api.fields import Coded, DocumentCode, Person
from microcredentials.filters import MicroCredentialFilter
from microcredentials.models import MicroCredential, MicroCredentialVersion, StandingAct
from microcredentials.sections import section_of
from microcredentials.selectors.comparison import approved_before, compare
from microcredentials.selectors.design import listed
from microcredentials.selectors.process import standing_acts
from microcredentials.selectors.proposal import Proposal, proposal_of
from microcredentials.services import proposals, publication

WHOLE_EXAMPLE = {
    "revision": 1,
    "ects": "3",
    "hours": 75,
    "eqf_level": 6,
    "mode": "hybrid",
    "requires_degree": False,
    "responsible_name": "Ana Ruiz Peña",
    "outcomes": [{"text_es": "Resuelve casos reales.", "kind": "skill"}],
    "assessments": [{"name_es": "Proyecto", "criteria_es": "Resuelve el caso.", "outcomes": ["RA1"]}],
}
TOO_MANY = {
    "title": "A micro-credential has more than 0 and less than 15 ECTS credits (RD 822/2021 art. 37.8).",
    "status": 409,
    "code": "ects-range",
    "article": "RD 822/2021 art. 37.8",
    "field": "ects",
}


class MicroCredentialRow(Shape):
    """A micro-credential as lists show it: by its version in force, else its draft."""

    code = serializers.CharField()
    state = serializers.ChoiceField(choices=MicroCredential.State.choices)
    centre = serializers.CharField(source="centre.code")
    title = serializers.CharField(source="current.title", help_text="In the language asked for.")
    version = serializers.IntegerField(source="current.number")
    ects = serializers.DecimalField(source="current.ects", max_digits=4, decimal_places=2, allow_null=True)
    mode = serializers.CharField(source="current.mode")
    elements_done = serializers.IntegerField(source="current.elements_done", help_text="Of nine.")


class VersionRow(Shape):
    number = serializers.IntegerField()
    stage = serializers.ChoiceField(choices=MicroCredentialVersion.Stage.choices)
    revision = serializers.IntegerField(source="version")
    elements_done = serializers.IntegerField()
    approved_at = serializers.DateTimeField(allow_null=True)


class StandingActRead(Shape):
    step = serializers.ChoiceField(choices=StandingAct.Step.choices)
    on = serializers.DateField(source="held_on")
    body = serializers.CharField()
    document = DocumentCode(allow_null=True)
    reason = serializers.CharField()
    conditions = serializers.CharField()
    recorded_by = Person()
    recorded_at = serializers.DateTimeField()


class MicroCredentialRead(MicroCredentialRow):
    state_on = serializers.DateField(allow_null=True)
    state_reason = serializers.CharField()
    standing = serializers.SerializerMethodField(
        help_text="What was decided about its offer, the last first."
    )
    created_at = serializers.DateTimeField()
    versions = serializers.SerializerMethodField()

    @extend_schema_field(StandingActRead(many=True))
    def get_standing(self, found: MicroCredential) -> list[dict[str, Any]]:
        return list(StandingActRead(standing_acts(found), many=True).data)

    def get_versions(self, found: MicroCredential) -> list[dict[str, Any]]:
        return list(VersionRow(found.versions.order_by("-number"), many=True).data)


class MicroCredentialNew(DesignShape):
    """A centre and a Spanish title suffice; everything else may follow."""

    centre = Coded("microcredential.create", help_text="Code of the centre.")
    code = serializers.RegexField(
        r"^[A-Z0-9][A-Z0-9._-]{0,29}\Z", required=False, help_text="The next free one where none is sent."
    )

    class Meta(DesignShape.Meta):
        fields = ("centre", "code", *DesignShape.Meta.fields)
        extra_kwargs = {"title_es": {"required": True, "allow_null": False}}

    def build_standard_field(self, field_name: str, model_field: Any) -> Any:
        made, settings = super().build_standard_field(field_name, model_field)
        return made, settings | ({"required": True, "allow_null": False} if field_name == "title_es" else {})


class StandingShape(Shape):
    step = serializers.ChoiceField(choices=sorted(publication.PERMISSIONS))
    on = serializers.DateField(help_text="As of this day.")
    reason = serializers.CharField(
        required=False, allow_blank=True, max_length=4000, help_text="Needed but for publishing."
    )
    body = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=200,
        help_text="Which body decided it; the one that governs the route where none is named.",
    )
    document = DocumentCode(required=False, help_text="Filed evidence and its version, as E-0012/1.")
    upload = serializers.FileField(
        required=False, help_text="Or the file: it is filed as evidence. An extinction needs its document."
    )
    conditions = serializers.CharField(required=False, allow_blank=True, max_length=4000)


class GapShape(Shape):
    code = serializers.CharField()
    message = serializers.CharField()
    article = serializers.CharField(allow_blank=True)
    field = serializers.CharField()
    section = serializers.CharField()

    def to_representation(self, instance: rules.Gap) -> dict[str, str]:
        return {
            "code": instance.code,
            "message": str(instance.message),
            "article": instance.article,
            "field": instance.field,
            "section": section_of(instance.field).code,
        }


class ElementShape(Shape):
    code = serializers.CharField(help_text="M1 … M11 of Annex I.")
    label = serializers.CharField()  # type: ignore[assignment]
    is_done = serializers.BooleanField()
    at_award = serializers.BooleanField(help_text="Exists on an issued credential only.")
    missing = GapShape(source="gap", allow_null=True)


class CompletenessShape(Shape):
    """Nine elements at design time, eleven at award; what blocks the submission, and what would make it better."""

    done = serializers.IntegerField()
    total = serializers.IntegerField()
    elements = ElementShape(many=True)
    gaps = GapShape(many=True)
    warnings = GapShape(many=True)


class FieldChangeShape(Shape):
    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    before = serializers.CharField(allow_blank=True)
    after = serializers.CharField(allow_blank=True)


class RowChangeShape(Shape):
    title = serializers.CharField()
    fields_changed = FieldChangeShape(source="fields", many=True)


class ListChangeShape(Shape):
    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    added = serializers.ListField(child=serializers.CharField())
    removed = serializers.ListField(child=serializers.CharField())
    changed = RowChangeShape(many=True)


class SectionChangesShape(Shape):
    section = serializers.CharField(source="section.code")
    fields_changed = FieldChangeShape(source="fields", many=True)
    lists_changed = ListChangeShape(source="lists", many=True)


class ComparisonShape(Shape):
    before = serializers.IntegerField(source="before.number")
    after = serializers.IntegerField(source="after.number")
    sections = SectionChangesShape(many=True)


class MicroCredentialList(ListView):
    """What the person may see, in the order of its titles."""

    access = Access("permission", "microcredential.view")
    writing = "microcredential.create"
    serializer_class = MicroCredentialRow
    filterset_class = MicroCredentialFilter

    def rows(self) -> Any:
        return listed(self.request.user)

    @operation("microcredential_list", answer=MicroCredentialRow(many=True))
    def get(self, request: Request) -> Response:
        return self.answered(request)

    @operation(
        "microcredential_create",
        request=MicroCredentialNew,
        answer=MicroCredentialRead,
        status=201,
        example={"centre": "FI", "title_es": "Análisis de datos con Python"},
        refused=TOO_MANY,
    )
    def post(self, request: Request) -> Response:
        body = self.taken(MicroCredentialNew)
        centre, code = body.pop("centre"), body.pop("code", "")
        made = proposals.create_microcredential(
            actor=request.user, centre=centre, code=code, rows=rows_in(body), **design_in(body)
        )
        return Response(MicroCredentialRead(made).data, status=201)


class MicroCredentialView(ApiView):
    """One of the application: `visible` is 404 for what the person may not know of."""

    access = Access("permission", "microcredential.view")

    def visible(self, code: str) -> MicroCredential:
        seen = allowed(self.request.user, "microcredential.view").select_related(
            "scope", "centre__scope", "current"
        )
        found: MicroCredential | None = seen.filter(code=code).first()
        if found is None:
            raise Http404
        return found

    def version(self, code: str, number: int) -> MicroCredentialVersion:
        microcredential = self.visible(code)
        version = microcredential.versions.filter(number=number).first()
        if version is None:
            raise Http404
        version.microcredential = microcredential
        return version


class MicroCredentialDetail(MicroCredentialView):
    @operation("microcredential_read", answer=MicroCredentialRead)
    def get(self, request: Request, code: str) -> Response:
        return Response(MicroCredentialRead(self.visible(code)).data)


class MicroCredentialStanding(MicroCredentialView):
    """Publishing, suspending, resuming, extinguishing, each as an act."""

    parser_classes = IN_PARTS

    @operation(
        "microcredential_standing",
        request=StandingShape,
        answer=MicroCredentialRead,
        example={"step": "publish", "on": "2026-09-01"},
        refused={
            "title": str(rules.ACTS_MISSING),
            "status": 409,
            "code": "acts-missing",
            "article": rules.ARTICLES["acts-missing"],
        },
    )
    def post(self, request: Request, code: str) -> Response:
        found = self.visible(code)
        if not can(request.user, "microcredential.publish", found):
            require(request.user, "microcredential.suspend", found)
        body = self.taken(StandingShape)
        changed = publication.change_standing(actor=request.user, microcredential=found, **body)
        return Response(MicroCredentialRead(self.visible(changed.code)).data)


class VersionList(MicroCredentialView):
    @operation("version_list", answer=VersionRow(many=True))
    def get(self, request: Request, code: str) -> Response:
        return Response(VersionRow(self.visible(code).versions.order_by("-number"), many=True).data)

    @operation(
        "version_begin",
        request=Shape,
        answer=VersionRead,
        status=201,
        about="Begins the next version as a copy of the approved one. The body is empty.",
        example={},
    )
    def post(self, request: Request, code: str) -> Response:
        found = self.visible(code)
        require(request.user, "microcredential.edit", found)
        self.taken(Shape)
        version = proposals.begin_version(actor=request.user, microcredential=found)
        return tagged(Response(read_version(version), status=201), version.version)


class VersionDetail(MicroCredentialView):
    """A version whole."""

    @operation("version_read", answer=VersionRead)
    def get(self, request: Request, code: str, number: int) -> Response:
        version = self.version(code, number)
        return tagged(Response(read_version(version)), version.version)

    @operation(
        "version_change",
        request=VersionChange,
        answer=VersionRead,
        revised=True,
        about="Fields that are not sent stay. A list that is sent replaces the stored one; a row with the `id` of a "
        "stored row is that row.",
        example=WHOLE_EXAMPLE,
        refused=TOO_MANY,
    )
    def patch(self, request: Request, code: str, number: int) -> Response:
        version = self.version(code, number)
        require(request.user, "microcredential.edit", version.microcredential)
        rules.check_editable(version)
        body = self.taken(VersionChange)
        seen = seen_in(request, body)
        saved = proposals.edit_version(
            actor=request.user,
            version=version,
            seen=seen,
            rows=rows_in(body, version),
            **design_in(body),
        )
        return tagged(Response(read_version(saved)), saved.version)


class VersionCompleteness(MicroCredentialView):
    @operation("version_completeness", answer=CompletenessShape)
    def get(self, request: Request, code: str, number: int) -> Response:
        proposal = self.proposal(code, number)
        told = {
            "done": completeness.done(proposal.gaps),
            "total": completeness.TOTAL,
            "elements": completeness.eleven(proposal.gaps),
            "gaps": proposal.gaps,
            "warnings": proposal.warnings,
        }
        return Response(CompletenessShape(told).data)

    def proposal(self, code: str, number: int) -> Proposal:
        found = proposal_of(self.visible(code), number)
        if found is None:
            raise Http404
        return found


class VersionComparison(MicroCredentialView):
    """What differs from an earlier version, in words: from the approved one before it unless `since` names another."""

    queries = ("since",)

    @operation(
        "version_comparison",
        answer=ComparisonShape,
        parameters=[OpenApiParameter("since", int, description="Number of the other version.")],
    )
    def get(self, request: Request, code: str, number: int) -> Response:
        version = self.version(code, number)
        since = request.query_params.get("since", "")
        if since:
            known = since.isascii() and since.isdigit() and len(since) < 5
            before = self.version(code, int(since)) if known else None
        else:
            before = approved_before(version)
        if before is None:
            raise Http404
        return Response(ComparisonShape(compare(before, version)).data)
