"""The annual programme: prepared for an academic year, approved at once (RD 822/2021 art. 37.10)."""

from __future__ import annotations

from typing import Any

from django.db.models import Count
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from iqas.core.access import allowed, require
from iqas.core.rest import ApiView, ListView, Shape, operation
from iqas.core.rest.parsing import IN_PARTS
from iqas.core.views import Access
from iqas.organisation.models import AcademicYear, University
from microcredentials.api.approval import OWN_WORK
from microcredentials.api.fields import DocumentCode, Person, ProofCode
from microcredentials.filters import ContinuingFilter, ProgrammeFilter
from microcredentials.models import AnnualProgramme, Submission
from microcredentials.selectors.process import on_their_way
from microcredentials.selectors.programmes import continuing
from microcredentials.services import programmes

MOST = 1000


class ProgrammeRow(Shape):
    code = serializers.CharField()
    year = serializers.CharField(source="year.code")
    is_approved = serializers.BooleanField()
    held_on = serializers.DateField(allow_null=True)
    body = serializers.CharField()
    size = serializers.IntegerField(help_text="Versions that it approved.")


class ProgrammeLine(Shape):
    """A version in the programme, or ready for it."""

    microcredential = serializers.CharField(source="version.microcredential.code")
    version = serializers.IntegerField(source="version.number")
    title = serializers.CharField(source="version.title")
    centre = serializers.CharField(source="version.microcredential.centre.code")


class ProgrammeRead(Shape):
    code = serializers.CharField()
    year = serializers.CharField(source="year.code")
    is_approved = serializers.BooleanField()
    held_on = serializers.DateField(allow_null=True)
    body = serializers.CharField()
    document = DocumentCode(allow_null=True)
    prepared_by = Person()
    approved_by = Person(allow_null=True)
    approved = ProgrammeLine(many=True)
    ready = ProgrammeLine(many=True, help_text="What waits for it, while it is being prepared.")
    continues = serializers.IntegerField(help_text="How many versions go on as they are: see continuing/.")


class ProgrammeNew(Shape):
    year = serializers.SlugRelatedField(slug_field="code", queryset=AcademicYear.objects.all())


class ProgrammeAct(Shape):
    """One act on all that are named. A file is sent as `upload` of a request of several parts."""

    microcredentials = serializers.ListField(
        child=serializers.CharField(max_length=50),
        required=False,
        max_length=MOST,
        help_text="Codes of what is ready; may be left out where something continues.",
    )
    held_on = serializers.DateField()
    body = serializers.CharField(required=False, allow_blank=True, max_length=200)
    document = ProofCode(required=False)
    upload = serializers.FileField(required=False)

    def validate_microcredentials(self, codes: list[str]) -> list[Submission]:
        """Each has to wait: what does not is named."""
        waiting = {row.version.microcredential.code: row for row in on_their_way()}
        unknown = sorted({code for code in codes if code not in waiting})
        if unknown:
            raise serializers.ValidationError([f"{code[:60]}: not in process." for code in unknown[:20]])
        return [waiting[code] for code in dict.fromkeys(codes)]


class ProgrammeView(ApiView):
    access = Access("permission", "programme.view")

    def programme(self, code: str, may: str = "") -> Any:
        return self.found(AnnualProgramme, "programme.view", may=may, code=code)

    def told(self, code: str) -> dict[str, Any]:
        found = AnnualProgramme.objects.select_related(
            "year", "document__evidence", "approved_by", "prepared_by"
        ).get(code=code)
        acts = found.acts.select_related("submission__version__microcredential__centre").order_by(
            "submission__version__microcredential__sort_title"
        )
        ready = [] if found.is_approved else [row for row in on_their_way() if _is_ready(row)]
        approved = [act.submission for act in acts]
        names = ("code", "year", "is_approved", "held_on", "body", "document", "prepared_by", "approved_by")
        shown = {name: getattr(found, name) for name in names}
        parts = {"approved": approved, "ready": ready, "continues": continuing(found).count()}
        return dict(ProgrammeRead(shown | parts).data)


class ProgrammeList(ListView, ProgrammeView):
    writing = "programme.prepare"
    serializer_class = ProgrammeRow
    filterset_class = ProgrammeFilter

    def rows(self) -> Any:
        seen = allowed(self.request.user, "programme.view")
        return seen.select_related("year").annotate(size=Count("acts")).order_by("-year__starts", "-number")

    @operation("programme_list", answer=ProgrammeRow(many=True))
    def get(self, request: Request) -> Response:
        return self.answered(request)

    @operation(
        "programme_prepare",
        request=ProgrammeNew,
        answer=ProgrammeRead,
        status=201,
        example={"year": "2026-27"},
    )
    def post(self, request: Request) -> Response:
        require(request.user, "programme.prepare", University.current().scope)
        made = programmes.prepare_programme(actor=request.user, **self.taken(ProgrammeNew))
        return Response(self.told(made.code), status=201)


class ProgrammeDetail(ProgrammeView):
    @operation("programme_read", answer=ProgrammeRead)
    def get(self, request: Request, code: str) -> Response:
        return Response(self.told(self.programme(code).code))


class ContinuingRow(Shape):
    microcredential = serializers.CharField(source="microcredential.code")
    version = serializers.IntegerField(source="number")
    title = serializers.CharField()
    centre = serializers.CharField(source="microcredential.centre.code")
    ects = serializers.DecimalField(max_digits=4, decimal_places=2, allow_null=True)
    mode = serializers.CharField()
    approved_at = serializers.DateTimeField(allow_null=True)


class ProgrammeContinuing(ListView, ProgrammeView):
    """The second part of the programme: what was approved before and goes on as it is."""

    serializer_class = ContinuingRow
    filterset_class = ContinuingFilter

    def rows(self) -> Any:
        return continuing(self.programme(self.kwargs["code"]))

    @operation("programme_continuing", answer=ContinuingRow(many=True))
    def get(self, request: Request, code: str) -> Response:
        return self.answered(request)


class ProgrammeApprove(ProgrammeView):
    parser_classes = IN_PARTS

    @operation(
        "programme_approve",
        request=ProgrammeAct,
        answer=ProgrammeRead,
        example={"microcredentials": ["MC-014"], "held_on": "2026-06-30", "document": "E-0031/1"},
        refused=OWN_WORK,
    )
    def post(self, request: Request, code: str) -> Response:
        programme = self.programme(code, may="programme.approve")
        body = self.taken(ProgrammeAct)
        chosen = body.pop("microcredentials", [])
        done = programmes.approve_programme(
            actor=request.user, programme=programme, submissions=chosen, **body
        )
        return Response(self.told(done.code))


def _is_ready(submission: Submission) -> bool:
    return submission.waiting_for is not None and submission.waiting_for.by_programme
