"""The way of a version to its approval: handing in, what each body decided, conditions, comments, what waits for me."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from iqas.core.access import require
from iqas.core.refusals import RuleViolation
from iqas.core.rest import ListView, Shape, operation
from iqas.core.rest.parsing import IN_PARTS
from iqas.core.views import Access
from microcredentials import rules
from microcredentials.api.catalogue import MicroCredentialView
from microcredentials.api.fields import DocumentCode, Person, ProofCode
from microcredentials.models import ApprovalAct, Change, MicroCredentialVersion, Remark, Submission
from microcredentials.sections import CHOICES as SECTIONS
from microcredentials.selectors.process import process_of, threads_of, waiting, waiting_for
from microcredentials.services import approval, remarks

LONG = 4000


class RouteStepShape(Shape):
    code = serializers.CharField()
    name = serializers.CharField()
    body = serializers.CharField()
    needs_document = serializers.BooleanField()
    by_programme = serializers.BooleanField(help_text="Decided for a whole academic year at once.")
    days = serializers.IntegerField(help_text="From the act before it.")


class ActRead(Shape):
    step = serializers.CharField(source="step.code")
    outcome = serializers.ChoiceField(choices=ApprovalAct.Outcome.choices)
    held_on = serializers.DateField()
    body = serializers.CharField()
    document = DocumentCode(allow_null=True)
    conditions = serializers.CharField()
    programme = serializers.CharField(source="programme.code", default=None, allow_null=True)
    recorded_by = Person()
    recorded_at = serializers.DateTimeField()
    fulfilled_on = serializers.DateField(allow_null=True)


class SubmissionRead(Shape):
    number = serializers.IntegerField()
    state = serializers.ChoiceField(choices=Submission.State.choices)
    change = serializers.ChoiceField(choices=Change.choices)
    note = serializers.CharField()
    submitted_by = Person()
    submitted_at = serializers.DateTimeField()
    waiting_for = serializers.CharField(source="waiting_for.code", default=None, allow_null=True)
    due = serializers.DateField(allow_null=True)
    acts = ActRead(many=True)


class RemarkRead(Shape):
    id = serializers.UUIDField()
    section = serializers.ChoiceField(choices=SECTIONS)
    text = serializers.CharField()
    author = Person()
    written_at = serializers.DateTimeField()
    parent = serializers.UUIDField(source="parent_id", allow_null=True)  # type: ignore[assignment]
    is_reason = serializers.SerializerMethodField(help_text="Whether it is a reason of a return.")
    resolved_at = serializers.DateTimeField(allow_null=True)

    def get_is_reason(self, remark: Remark) -> bool:
        return remark.act_id is not None


class ProcessRead(Shape):
    """Every submission, the last first, and the steps that the version needs."""

    stage = serializers.ChoiceField(source="version.stage", choices=MicroCredentialVersion.Stage.choices)
    change = serializers.CharField(help_text="new, substantial or minor, by the rules of the route in force.")
    steps = RouteStepShape(many=True)
    submissions = SubmissionRead(many=True)
    open_reasons = RemarkRead(many=True)


class SubmitShape(Shape):
    note = serializers.CharField(required=False, allow_blank=True, max_length=LONG)


class ReasonsShape(Shape):
    def get_fields(self) -> dict[str, Any]:
        return {
            code: serializers.CharField(required=False, allow_blank=True, max_length=LONG)
            for code, _title in SECTIONS
        }


class ActNew(Shape):
    """What the body of the step decided. A file is sent as `upload` of a request of several parts."""

    step = serializers.CharField(max_length=40, help_text="Code of the step that the submission waits for.")
    outcome = serializers.ChoiceField(choices=ApprovalAct.Outcome.choices)
    held_on = serializers.DateField()
    body = serializers.CharField(required=False, allow_blank=True, max_length=200)
    document = ProofCode(required=False)
    upload = serializers.FileField(required=False, help_text="Or the file: it is filed as evidence.")
    conditions = serializers.CharField(required=False, allow_blank=True, max_length=LONG)
    reasons = ReasonsShape(required=False, help_text="Of a return: section → what has to change.")


class FulfilShape(Shape):
    on = serializers.DateField()


class RemarkNew(Shape):
    section = serializers.ChoiceField(choices=SECTIONS)
    text = serializers.CharField(max_length=LONG)
    parent = serializers.UUIDField(  # type: ignore[assignment]
        required=False, allow_null=True, help_text="The comment that it answers."
    )


class WaitingRow(Shape):
    """A submission whose next act is yours to record."""

    microcredential = serializers.CharField(source="version.microcredential.code")
    version = serializers.IntegerField(source="version.number")
    title = serializers.CharField(source="version.title")
    centre = serializers.CharField(source="version.microcredential.centre.code")
    step = serializers.CharField(source="waiting_for.code")
    by_programme = serializers.BooleanField(source="waiting_for.by_programme")
    submitted_at = serializers.DateTimeField()
    due = serializers.DateField()


OWN_WORK = {
    "title": "Nobody approves what they wrote (Ley 40/2015 art. 23).",
    "status": 403,
    "code": "own-work",
    "article": rules.ARTICLES["own-work"],
}
NO_RESPONSIBLE = {
    "title": "It has no responsible teacher of the university (RD 822/2021 art. 37.4).",
    "status": 409,
    "code": "no-responsible",
    "article": rules.ARTICLES["no-responsible"],
    "field": "responsible_teacher",
}


class Waiting(ListView):
    """The submissions that wait for the person who asks, the most urgent first."""

    access = Access("permission", "microcredential.view")
    serializer_class = WaitingRow

    def rows(self) -> Any:
        return waiting_for(self.request.user).select_related("version", "version__microcredential__centre")

    @operation("submission_list", answer=WaitingRow(many=True))
    def get(self, request: Request) -> Response:
        return self.answered(request)


class VersionApproval(MicroCredentialView):
    @operation("version_approval", answer=ProcessRead)
    def get(self, request: Request, code: str, number: int) -> Response:
        return Response(ProcessRead(process_of(self.version(code, number))).data)


class VersionSubmit(MicroCredentialView):
    """Handing a draft in: from then on it is locked."""

    @operation(
        "version_submit",
        request=SubmitShape,
        answer=SubmissionRead,
        status=201,
        example={"note": "Para el curso 2026-27."},
        refused=NO_RESPONSIBLE,
    )
    def post(self, request: Request, code: str, number: int) -> Response:
        version = self.version(code, number)
        require(request.user, "approval.submit", version)
        made = approval.submit_version(actor=request.user, version=version, **self.taken(SubmitShape))
        return Response(SubmissionRead(made).data, status=201)


class ActRecord(MicroCredentialView):
    """What the body that is asked now decided."""

    parser_classes = IN_PARTS

    @operation(
        "act_record",
        request=ActNew,
        answer=ActRead,
        status=201,
        example={
            "step": "quality-report",
            "outcome": "favourable",
            "held_on": "2026-03-02",
            "document": "E-0012/1",
        },
        refused=OWN_WORK,
    )
    def post(self, request: Request, code: str, number: int) -> Response:
        version = self.version(code, number)
        submission = waiting(version.microcredential)
        step = submission.waiting_for if submission is not None else None
        if submission is None or step is None or submission.version_id != version.pk:
            raise not_waiting()
        require(request.user, step.permission, submission)
        body = self.taken(ActNew)
        if body.pop("step") != step.code:
            raise not_waiting()
        act = approval.record_act(actor=request.user, submission=submission, step=step, **body)
        return Response(ActRead(act).data, status=201)


class ConditionsFulfil(MicroCredentialView):
    @operation("conditions_fulfil", request=FulfilShape, answer=ActRead, example={"on": "2026-03-09"})
    def post(self, request: Request, code: str, number: int, step: str) -> Response:
        version = self.version(code, number)
        acts = ApprovalAct.objects.filter(submission__version=version, step__code=step)
        act = (
            acts.select_related("step", "submission__version__microcredential__scope")
            .order_by("-recorded_at")
            .first()
        )
        if act is None:
            raise Http404
        require(request.user, act.step.permission, act.submission)
        done = approval.fulfil_conditions(actor=request.user, act=act, **self.taken(FulfilShape))
        return Response(ActRead(done).data)


class RemarkList(MicroCredentialView):
    """The comments on a version, thread by thread."""

    queries = ("section",)

    @operation(
        "remark_list",
        answer=RemarkRead(many=True),
        parameters=[OpenApiParameter("section", str, enum=[code for code, _title in SECTIONS])],
    )
    def get(self, request: Request, code: str, number: int) -> Response:
        version = self.version(code, number)
        threads = threads_of(version, request.query_params.get("section") or None)
        told = [
            remark for found in threads.values() for each in found for remark in (each.root, *each.replies)
        ]
        return Response(RemarkRead(told, many=True).data)

    @operation(
        "remark_add",
        request=RemarkNew,
        answer=RemarkRead,
        status=201,
        example={"section": "outcomes", "text": "Falta un verbo observable."},
    )
    def post(self, request: Request, code: str, number: int) -> Response:
        version = self.version(code, number)
        require(request.user, "approval.remark", version.microcredential)
        body = self.taken(RemarkNew)
        parent = remarks.answered(version, body.pop("parent", None))
        made = remarks.add_remark(actor=request.user, version=version, parent=parent, **body)
        return Response(RemarkRead(made).data, status=201)


class RemarkResolve(MicroCredentialView):
    @operation("remark_resolve", request=Shape, answer=RemarkRead, status=200, about="The body is empty.")
    def post(self, request: Request, code: str, number: int, pk: UUID) -> Response:
        version = self.version(code, number)
        found = version.remarks.filter(pk=pk).first()
        if found is None:
            raise Http404
        require(request.user, "approval.remark", version.microcredential)
        self.taken(Shape)
        found.version = version
        return Response(RemarkRead(remarks.resolve_remark(actor=request.user, remark=found)).data)


def not_waiting() -> RuleViolation:
    return RuleViolation(
        "not-waiting", _("This step is not the next one, or its act is already recorded."), field="step"
    )
