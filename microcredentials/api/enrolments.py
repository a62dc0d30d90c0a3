"""Enrolments and learners, one by one and many at once."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from iqas.core.access import allowed, require
from iqas.core.rest import ApiView, ListView, Revised, Shape, operation, seen_in, tagged
from iqas.core.views import Access
from iqas.organisation.models import AcademicYear
from microcredentials.api.editions import EditionView
from microcredentials.api.people import IdentityShape, StatisticsShape, identity_of
from microcredentials.filters import EnrolmentFilter, EnrolmentRegisterFilter, LearnerFilter
from microcredentials.models import Enrolment, Learner, LearnerStatistics
from microcredentials.selectors.registers import enrolments_seen
from microcredentials.selectors.siiu import siiu_counts
from microcredentials.services import enrolments, learners

State = Enrolment.State


class LearnerRow(Shape):
    """A person with minimal identity. What SIIU asks for is never shown beside a name."""

    id = serializers.UUIDField()
    given_name = serializers.CharField()
    family_name = serializers.CharField()
    email = serializers.CharField()
    document_kind = serializers.CharField()
    document_number = serializers.CharField()
    student_number = serializers.CharField()
    revision = serializers.IntegerField(source="version")


class EnrolmentRead(Shape):
    id = serializers.UUIDField()
    revision = serializers.IntegerField(source="version")
    edition = serializers.CharField(source="edition.code")
    learner = LearnerRow()
    state = serializers.ChoiceField(choices=State.choices)
    grade = serializers.DecimalField(max_digits=4, decimal_places=2, allow_null=True)
    enrolled_on = serializers.DateField(allow_null=True)
    state_on = serializers.DateField(allow_null=True)


class EnrolmentNew(Shape):
    """A person who is recognised by e-mail, document or student number, or else is new."""

    learner = IdentityShape()
    statistics = StatisticsShape(required=False)
    enrolled_on = serializers.DateField(required=False, allow_null=True)
    at_own_request = serializers.BooleanField(
        default=False, help_text="The person was erased and asks for this enrolment themselves."
    )


class EnrolmentChange(Revised, Shape):
    """What is not sent stays; a change of state forgets the grade and the date of the state before."""

    state = serializers.ChoiceField(choices=State.choices, required=False)
    grade = serializers.DecimalField(
        max_digits=4, decimal_places=2, min_value=0, max_value=10, required=False, allow_null=True
    )
    enrolled_on = serializers.DateField(required=False, allow_null=True)
    state_on = serializers.DateField(required=False, allow_null=True)
    reason = serializers.CharField(required=False, allow_blank=True, max_length=2000)


class StatesShape(Shape):
    """One state for many, all or none."""

    enrolments = serializers.ListField(
        child=serializers.UUIDField(), min_length=1, max_length=enrolments.MOST_AT_ONCE
    )
    state = serializers.ChoiceField(choices=State.choices)
    on = serializers.DateField(required=False, allow_null=True)
    reason = serializers.CharField(required=False, allow_blank=True, max_length=2000)
    revisions = serializers.DictField(
        child=serializers.IntegerField(min_value=0),
        required=False,
        help_text="Enrolment → the revision that you have read: refused where one has changed since.",
    )


class ChangedShape(Shape):
    changed = serializers.IntegerField()


class LearnerChange(Revised, IdentityShape):
    statistics = StatisticsShape(required=False)


class EraseShape(Shape):
    reason = serializers.CharField(max_length=2000)


class PersonShape(Shape):
    """What identifies the person."""

    def get_fields(self) -> dict[str, Any]:
        identity = {name: serializers.CharField() for name in Learner.IDENTITY}
        return {**identity, "registered_at": serializers.DateTimeField()}


class EventShape(Shape):
    """What was done with the data; `before` and `after` hold the fields that changed."""

    at = serializers.DateTimeField()
    action = serializers.CharField()
    before = serializers.DictField()
    after = serializers.DictField()


class HeldEnrolmentShape(Shape):
    edition = serializers.CharField()
    microcredential = serializers.CharField()
    title = serializers.CharField()
    starts = serializers.DateField(allow_null=True)
    ends = serializers.DateField(allow_null=True)
    state = serializers.ChoiceField(choices=State.choices)
    grade = serializers.CharField(allow_null=True)
    enrolled_on = serializers.DateField(allow_null=True)
    state_on = serializers.DateField(allow_null=True)
    history = EventShape(many=True)


class HeldShape(Shape):
    """Everything held on a person."""

    exported_at = serializers.DateTimeField()
    university = serializers.CharField()
    person = PersonShape()
    statistics = serializers.DictField(
        child=serializers.JSONField(),
        help_text=f"{', '.join(LearnerStatistics.FIELDS)}; empty where nothing is held.",
    )
    enrolments = HeldEnrolmentShape(many=True)
    history = EventShape(many=True)


class CountedRowShape(Shape):
    label = serializers.CharField()  # type: ignore[assignment]
    enrolled = serializers.IntegerField(allow_null=True)
    passed = serializers.IntegerField(allow_null=True)


class CountedTableShape(Shape):
    code = serializers.CharField()
    title = serializers.CharField()
    rows = CountedRowShape(many=True)
    total = CountedRowShape()
    any_hidden = serializers.BooleanField()


class SiiuShape(Shape):
    """Persons, each once a year; no small group can be read or recomputed."""

    year = serializers.CharField(source="year.code")
    threshold = serializers.IntegerField()
    tables = CountedTableShape(many=True)


class EnrolmentList(ListView, EditionView):
    access = Access("permission", "enrolment.view")
    writing = "enrolment.edit"
    serializer_class = EnrolmentRead
    filterset_class = EnrolmentFilter

    def rows(self) -> Any:
        edition = self.edition(self.kwargs["code"], may="enrolment.edit")
        return (
            allowed(self.request.user, "enrolment.view")
            .filter(edition=edition)
            .select_related("learner", "edition")
            .order_by("learner__sort_name", "id")
        )

    @operation("enrolment_list", answer=EnrolmentRead(many=True))
    def get(self, request: Request, code: str) -> Response:
        return self.answered(request)

    @operation(
        "enrolment_make",
        request=EnrolmentNew,
        answer=EnrolmentRead,
        status=201,
        example={
            "learner": {"given_name": "Ana", "family_name": "Ruiz", "email": "ana.ruiz@example.org"},
            "statistics": {"sex": "female", "birth_year": 1988, "nationality": "ES"},
        },
    )
    def post(self, request: Request, code: str) -> Response:
        edition = self.edition(code, may="enrolment.edit")
        body = self.taken(EnrolmentNew)
        made = enrolments.enrol(
            actor=request.user,
            edition=edition,
            identity=identity_of(body["learner"]),
            statistics=body.get("statistics"),
            enrolled_on=body.get("enrolled_on"),
            at_own_request=body["at_own_request"],
        )
        return Response(EnrolmentRead(made).data, status=201)


class EnrolmentStates(EditionView):
    access = Access("permission", "enrolment.view")
    writing = "enrolment.edit"

    @operation(
        "enrolment_states",
        request=StatesShape,
        answer=ChangedShape,
        about="Takes many to one state, all or none. An enrolment of another edition is not found.",
        example={"enrolments": ["7b4f0b0e-5a4b-4a52-9df4-0f6a55a1d1aa"], "state": "passed"},
    )
    def post(self, request: Request, code: str) -> Response:
        edition = self.edition(code, may="enrolment.edit")
        body = self.taken(StatesShape)
        wanted, seen = set(body["enrolments"]), body.get("revisions", {})
        if edition.enrolments.filter(pk__in=wanted).count() < len(wanted):
            raise Http404
        changed = enrolments.change_states(
            actor=request.user,
            edition=edition,
            enrolments=wanted,
            target=body["state"],
            on=body.get("on"),
            reason=body.get("reason", ""),
            seen={pk: seen[str(pk)] for pk in wanted if str(pk) in seen},
        )
        return Response({"changed": changed})


class EnrolmentDetail(ApiView):
    access = Access("permission", "enrolment.view")
    writing = "enrolment.edit"

    def enrolment(self, pk: UUID) -> Enrolment:
        seen = allowed(self.request.user, "enrolment.view").select_related(
            "learner", "edition__microcredential__scope"
        )
        found: Enrolment | None = seen.filter(pk=pk).first()
        if found is None:
            raise Http404
        return found

    @operation("enrolment_read", answer=EnrolmentRead)
    def get(self, request: Request, pk: UUID) -> Response:
        found = self.enrolment(pk)
        return tagged(Response(EnrolmentRead(found).data), found.version)

    @operation(
        "enrolment_change",
        request=EnrolmentChange,
        answer=EnrolmentRead,
        revised=True,
        example={"revision": 1, "state": "passed", "grade": "8.50"},
    )
    def patch(self, request: Request, pk: UUID) -> Response:
        found = self.enrolment(pk)
        require(request.user, "enrolment.edit", found.edition)
        body = self.taken(EnrolmentChange)
        seen, target = seen_in(request, body), body.pop("state", "")
        enrolments.edit_enrolment(actor=request.user, enrolment=found, seen=seen, target=target, **body)
        changed = self.enrolment(pk)
        return tagged(Response(EnrolmentRead(changed).data), changed.version)


class EnrolmentRegister(ListView):
    """Every enrolment in the editions within your reach, the last academic year first."""

    access = Access("permission", "enrolment.view")
    serializer_class = EnrolmentRead
    filterset_class = EnrolmentRegisterFilter

    def rows(self) -> Any:
        return enrolments_seen(self.request.user)

    @operation("enrolment_register", answer=EnrolmentRead(many=True))
    def get(self, request: Request) -> Response:
        return self.answered(request)


class LearnerList(ListView):
    """Whoever is or was enrolled in an edition within the person's reach."""

    access = Access("permission", "learner.view")
    serializer_class = LearnerRow
    filterset_class = LearnerFilter

    def rows(self) -> Any:
        return (
            allowed(self.request.user, "learner.view")
            .filter(erased_at__isnull=True)
            .order_by("sort_name", "id")
        )

    @operation("learner_list", answer=LearnerRow(many=True))
    def get(self, request: Request) -> Response:
        return self.answered(request)


class LearnerView(ApiView):
    access = Access("permission", "learner.view")

    def learner(self, pk: UUID, may: str = "") -> Learner:
        found: Learner = self.found(Learner, "learner.view", may=may, pk=pk)
        return found


class LearnerDetail(LearnerView):
    @operation("learner_read", answer=LearnerRow)
    def get(self, request: Request, pk: UUID) -> Response:
        learner = self.learner(pk)
        return tagged(Response(LearnerRow(learner).data), learner.version)

    @operation(
        "learner_change",
        request=LearnerChange,
        answer=LearnerRow,
        revised=True,
        example={"revision": 1, "email": "ana.ruiz@example.org"},
    )
    def patch(self, request: Request, pk: UUID) -> Response:
        learner = self.learner(pk, may="learner.edit")
        body = self.taken(LearnerChange)
        saved = learners.change_learner(
            actor=request.user,
            learner=learner,
            seen=seen_in(request, body),
            identity=identity_of(body, learner),
            statistics=body.get("statistics"),
        )
        return tagged(Response(LearnerRow(saved).data), saved.version)


class LearnerExport(LearnerView):
    """Everything held on the person, for the person (GDPR art. 15 and 20). That it was taken is noted."""

    @operation("learner_export", request=Shape, answer=HeldShape, about="The body is empty.")
    def post(self, request: Request, pk: UUID) -> Response:
        learner = self.learner(pk, may="learner.export")
        self.taken(Shape)
        return Response(learners.export_learner(actor=request.user, learner=learner))


class LearnerErase(LearnerView):
    """The identity goes for ever; the enrolments stay without it, so that no count changes."""

    @operation("learner_erase", request=EraseShape, status=204, example={"reason": "Lo ha pedido."})
    def post(self, request: Request, pk: UUID) -> Response:
        learner = self.learner(pk, may="learner.erase")
        learners.erase_learner(actor=request.user, learner=learner, **self.taken(EraseShape))
        return Response(status=204)


class SiiuView(ApiView):
    """Counts for SIIU (RD 640/2021 art. 18.1.a)."""

    access = Access("permission", "siiu.view")

    @operation("siiu_counts", answer=SiiuShape)
    def get(self, request: Request, code: str) -> Response:
        year = AcademicYear.objects.filter(code=code).first()
        if year is None:
            raise Http404
        return Response(SiiuShape(siiu_counts(request.user, year)).data)
