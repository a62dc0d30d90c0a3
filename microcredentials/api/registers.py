"""Whole registers: every submission and every agreement within reach."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from iqas.core.rest import ListView, Shape, operation
from iqas.core.views import Access
from microcredentials.filters import AgreementFilter, SubmissionFilter
from microcredentials.models import Agreement, Change, Partner, Submission
from microcredentials.selectors.registers import agreements_seen, submissions_seen


class SubmissionRow(Shape):
    """One time that a version was handed in, and the act that it waits for."""

    microcredential = serializers.CharField(source="version.microcredential.code")
    version = serializers.IntegerField(source="version.number")
    title = serializers.CharField(source="version.title")
    centre = serializers.CharField(source="version.microcredential.centre.code")
    number = serializers.IntegerField(help_text="The how-manieth submission of the version.")
    change = serializers.ChoiceField(choices=Change.choices)
    state = serializers.ChoiceField(choices=Submission.State.choices)
    submitted_at = serializers.DateTimeField()
    waiting_for = serializers.CharField(source="waiting_for.code", default=None, allow_null=True)
    due = serializers.DateField(allow_null=True)


class AgreementRow(Shape):
    id = serializers.UUIDField()
    partner = serializers.CharField(source="partner.code")
    name = serializers.CharField(source="partner.name")
    kind = serializers.ChoiceField(source="partner.kind", choices=Partner.Kind.choices)
    title = serializers.CharField()
    starts = serializers.DateField()
    ends = serializers.DateField(allow_null=True)
    is_final = serializers.BooleanField()
    state = serializers.ChoiceField(choices=Agreement.State.choices)


class ApprovalRegister(ListView):
    """Every version that was submitted, the latest first; `submissions/` has those that wait for you."""

    access = Access("permission", "microcredential.view")
    serializer_class = SubmissionRow
    filterset_class = SubmissionFilter

    def rows(self) -> Any:
        return submissions_seen(self.request.user).order_by("-submitted_at", "pk")

    @operation("approval_list", answer=SubmissionRow(many=True))
    def get(self, request: Request) -> Response:
        return self.answered(request)


class AgreementRegister(ListView):
    """What was signed with partners, the first to end first."""

    access = Access("permission", "partner.view")
    serializer_class = AgreementRow
    filterset_class = AgreementFilter

    def rows(self) -> Any:
        return agreements_seen(self.request.user)

    @operation("agreement_list", answer=AgreementRow(many=True))
    def get(self, request: Request) -> Response:
        return self.answered(request)
