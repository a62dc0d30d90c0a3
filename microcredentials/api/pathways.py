"""Pathways: which micro-credentials stack into what, and how much of the target they fill."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from iqas.core.rest import ApiView, ListView, Revised, Shape, operation, seen_in, tagged
from iqas.core.views import Access
from microcredentials.api.fields import Amount, Coded
from microcredentials.filters import PathwayFilter
from microcredentials.models import Pathway
from microcredentials.selectors.pathways import Way, listed, way_of
from microcredentials.services import pathways

MOST_STEPS = 40


class PathwayRow(Shape):
    code = serializers.CharField()
    name = serializers.CharField()
    centre = serializers.CharField(source="centre.code")
    target = serializers.ChoiceField(choices=Pathway.Target.choices)
    target_name = serializers.CharField()
    target_ects = serializers.DecimalField(max_digits=5, decimal_places=2)


class CautionShape(Shape):
    code = serializers.CharField()
    microcredential = serializers.CharField(allow_null=True)


class StackShape(Shape):
    """Credits counted once. `least` and `most` differ where there are choices; `cap` is null where there is none."""

    least = serializers.DecimalField(max_digits=None, decimal_places=2)
    most = serializers.DecimalField(max_digits=None, decimal_places=2)
    cap = serializers.DecimalField(
        max_digits=None,
        decimal_places=2,
        allow_null=True,
        help_text="15 % of the plan (RD 822/2021 art. 10.5).",
    )
    recognised = serializers.DecimalField(max_digits=None, decimal_places=2)
    remaining = serializers.DecimalField(max_digits=None, decimal_places=2)
    over = serializers.DecimalField(max_digits=None, decimal_places=2)
    warnings = CautionShape(many=True)


class PathwayStepShape(Shape):
    step = serializers.IntegerField(min_value=1, max_value=99, help_text="The same twice makes alternatives.")
    microcredential = Coded("microcredential.view")


class StepsShape(Revised, Shape):
    """All steps as they are from now on."""

    steps = PathwayStepShape(many=True)

    def validate_steps(self, steps: list[dict[str, Any]]) -> list[tuple[int, Any]]:
        if len(steps) > MOST_STEPS:
            raise serializers.ValidationError(f"At most {MOST_STEPS}.")
        return [(row["step"], row["microcredential"]) for row in steps]


class PathwayRead(PathwayRow):
    name_es = serializers.CharField(allow_null=True)
    name_en = serializers.CharField(allow_null=True)
    other_ects = serializers.DecimalField(max_digits=5, decimal_places=2)
    replaces_own_title = serializers.BooleanField()
    note = serializers.CharField()
    revision = serializers.IntegerField(source="version")
    steps = serializers.ListField(child=PathwayStepShape(), source="told_steps")
    stack = StackShape(source="told_stack")


class PathwayFields(Shape):
    name_es = serializers.CharField(required=False, max_length=200)
    name_en = serializers.CharField(required=False, allow_blank=True, max_length=200)
    target = serializers.ChoiceField(choices=Pathway.Target.choices, required=False)
    target_name = serializers.CharField(required=False, max_length=200)
    target_ects = Amount(required=False, allow_null=False)
    other_ects = Amount(required=False, allow_null=False)
    replaces_own_title = serializers.BooleanField(required=False)
    note = serializers.CharField(required=False, allow_blank=True, max_length=4000)


class PathwayNew(PathwayFields):
    centre = Coded("pathway.create", help_text="Code of the centre.")
    name_es = serializers.CharField(max_length=200)
    target_name = serializers.CharField(max_length=200)
    target_ects = Amount(allow_null=False)


class PathwayChange(Revised, PathwayFields):
    pass


class PathwayView(ApiView):
    access = Access("permission", "pathway.view")

    def pathway(self, code: str, may: str = "") -> Pathway:
        found: Pathway = self.found(Pathway, "pathway.view", may=may, code=code)
        return found

    def told(self, pathway: Pathway, status: int = 200) -> Response:
        stored: Any = Pathway.objects.select_related("centre").get(pk=pathway.pk)
        way = way_of(stored)
        stored.told_steps = [
            {"step": number, "microcredential": way.microcredentials[piece.key]}
            for number, pieces in enumerate(way.steps, 1)
            for piece in pieces
        ]
        stored.told_stack = _stack(way)
        return tagged(Response(PathwayRead(stored).data, status=status), stored.version)


class PathwayList(ListView, PathwayView):
    writing = "pathway.create"
    serializer_class = PathwayRow
    filterset_class = PathwayFilter

    def rows(self) -> Any:
        return listed(self.request.user).order_by("sort_name", "code")

    @operation("pathway_list", answer=PathwayRow(many=True))
    def get(self, request: Request) -> Response:
        return self.answered(request)

    @operation(
        "pathway_create",
        request=PathwayNew,
        answer=PathwayRead,
        status=201,
        example={
            "centre": "FI",
            "name_es": "Datos",
            "target_name": "Grado en Informática",
            "target_ects": "240",
        },
    )
    def post(self, request: Request) -> Response:
        return self.told(pathways.create_pathway(actor=request.user, **self.taken(PathwayNew)), status=201)


class PathwayDetail(PathwayView):
    @operation("pathway_read", answer=PathwayRead)
    def get(self, request: Request, code: str) -> Response:
        return self.told(self.pathway(code))

    @operation(
        "pathway_change",
        request=PathwayChange,
        answer=PathwayRead,
        revised=True,
        example={"revision": 2, "other_ects": "6"},
    )
    def patch(self, request: Request, code: str) -> Response:
        pathway = self.pathway(code, may="pathway.edit")
        body = self.taken(PathwayChange)
        seen = seen_in(request, body)
        return self.told(pathways.edit_pathway(actor=request.user, pathway=pathway, seen=seen, **body))


class PathwaySteps(PathwayView):
    @operation(
        "pathway_steps",
        request=StepsShape,
        answer=PathwayRead,
        revised=True,
        example={"revision": 1, "steps": [{"step": 1, "microcredential": "MC-014"}]},
    )
    def put(self, request: Request, code: str) -> Response:
        pathway = self.pathway(code, may="pathway.edit")
        body = self.taken(StepsShape)
        seen = seen_in(request, body)
        return self.told(
            pathways.replace_steps(actor=request.user, pathway=pathway, seen=seen, steps=body["steps"])
        )


def _stack(way: Way) -> dict[str, Any]:
    names = ("least", "most", "cap", "recognised", "remaining", "over")
    codes = {key: found.code for key, found in way.microcredentials.items()}
    warnings = [
        {"code": one.code, "microcredential": codes.get(one.key) if one.key else None}
        for one in way.stack.warnings
    ]
    return {name: getattr(way.stack, name) for name in names} | {"warnings": warnings}
