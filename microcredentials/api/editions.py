"""Editions: planned, changed, taken through their states; their counts, incidents and final report."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from iqas.core.access import allowed, can, require
from iqas.core.rest import ApiView, ListView, Revised, Shape, operation, seen_in, tagged
from iqas.core.views import Access
from iqas.organisation.models import University
from microcredentials.api.catalogue import ComparisonShape
from microcredentials.api.fields import Amount, Coded, Person
from microcredentials.deadlines import report_due, results_due
from microcredentials.filters import EditionFilter
from microcredentials.models import Edition, EditionReport, EnrolmentCount, Incident
from microcredentials.selectors.award import award_of
from microcredentials.selectors.comparison import compare, previous_edition, sentences
from microcredentials.selectors.counts import shown_counts
from microcredentials.selectors.editions import reedition_changes
from microcredentials.services import edition_reports, editions
from microcredentials.workflow import blocked_by, transitions_from

STEPS = ("open", "run", "finish", "sign", "rectify", "close", "cancel")


class EditionRow(Shape):
    code = serializers.CharField()
    microcredential = serializers.CharField(source="microcredential.code")
    title = serializers.CharField(source="version.title")
    version = serializers.IntegerField(source="version.number")
    centre = serializers.CharField(source="microcredential.centre.code")
    year = serializers.CharField(source="year.code")
    state = serializers.ChoiceField(choices=Edition.State.choices)
    starts = serializers.DateField(allow_null=True)
    ends = serializers.DateField(allow_null=True)
    places = serializers.IntegerField(allow_null=True)


class CountsRead(Shape):
    """How many learners. Null is no data yet, or hidden because the group is small: `hidden` names those."""

    source = serializers.CharField()  # type: ignore[assignment]
    extracted_on = serializers.DateField(allow_null=True)
    revision = serializers.IntegerField(help_text="0 where nothing was recorded.")
    hidden = serializers.ListField(child=serializers.CharField())
    numbers = serializers.DictField(child=serializers.IntegerField(allow_null=True))


class StepShape(Shape):
    step = serializers.CharField()
    blocked_by = serializers.ListField(child=serializers.CharField(), help_text="Codes; empty: possible.")


class TermChangeShape(Shape):
    label = serializers.CharField()  # type: ignore[assignment]
    before = serializers.CharField(allow_null=True)
    after = serializers.CharField(allow_null=True)


class AwardRead(Shape):
    """Of who passed, how many could be awarded it with all eleven elements of Annex I. Null: a small group."""

    passed = serializers.IntegerField(allow_null=True)
    whole = serializers.IntegerField(allow_null=True)
    design_done = serializers.IntegerField(help_text="Elements of the version that are there, of nine.")
    has_date_of_issuing = serializers.BooleanField()


@extend_schema_field(AwardRead(allow_null=True))
class AwardField(serializers.Field[Any, Any, Any, Any]):
    """Null where nobody of the register has passed."""

    def to_representation(self, value: Edition) -> Any:
        in_full = bool(can(self.context["request"].user, "edition.count", value))
        award = award_of(value, shown_counts(value, in_full=in_full), names=False)
        if award is None:
            return None
        told = {"passed": award.passed, "whole": award.whole, "design_done": award.design_done}
        return told | {"has_date_of_issuing": award.issuing is None}


@extend_schema_field(CountsRead(allow_null=True))
class CountsField(serializers.Field[Any, Any, Any, Any]):
    """All counts for those who record them; for others no small group can be read."""

    def to_representation(self, value: Edition) -> Any:
        user = self.context["request"].user
        return told_counts(value, in_full=bool(can(user, "edition.count", value)))


class EditionRead(EditionRow):
    revision = serializers.IntegerField()
    number = serializers.IntegerField()
    venue = serializers.CharField()
    price = serializers.DecimalField(max_digits=8, decimal_places=2, allow_null=True)
    teachers = serializers.ListField(child=serializers.CharField(), source="teacher_names")
    repeats = serializers.CharField(source="repeats.code", default=None, allow_null=True)
    changes = TermChangeShape(many=True, source="terms_changed", help_text="Since the one that it repeats.")
    signed_at = serializers.DateTimeField(allow_null=True)
    cancel_reason = serializers.CharField()
    results_due = serializers.DateField(allow_null=True)
    report_due = serializers.DateField(allow_null=True)
    steps = StepShape(many=True, source="next_steps")
    counts = CountsField(source="*")
    award = AwardField(source="*")


class TermsShape(Shape):
    """Dates, places, venue, price, teachers."""

    starts = serializers.DateField(required=False)
    ends = serializers.DateField(required=False)
    places = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=100_000)
    venue = serializers.CharField(required=False, allow_blank=True, max_length=200)
    price = Amount(required=False, help_text="In euros; 0 where it costs nothing.")
    teachers = serializers.ListField(
        child=serializers.CharField(max_length=200), required=False, max_length=60
    )

    def validate_teachers(self, names: list[str]) -> str:
        return "\n".join(" ".join(name.split()) for name in names)


class EditionNew(TermsShape):
    microcredential = Coded("microcredential.edit", help_text="Code of a micro-credential that you edit.")
    starts = serializers.DateField()
    ends = serializers.DateField()
    repeats = Coded("edition.view", required=False, allow_null=True, help_text="The edition that it repeats.")


class EditionChange(Revised, TermsShape):
    pass


class AdvanceShape(Shape):
    step = serializers.ChoiceField(choices=STEPS)
    reason = serializers.CharField(required=False, allow_blank=True, max_length=2000)
    despite_minimum = serializers.BooleanField(
        default=False, help_text="To begin with fewer than the university's minimum; then say why."
    )


class CountsShape(Revised, Shape):
    """All counts as they are from now on: what is not sent is not known."""

    source = serializers.CharField(required=False, allow_blank=True, max_length=200)  # type: ignore[assignment]
    extracted_on = serializers.DateField(required=False, allow_null=True)

    def get_fields(self) -> dict[str, Any]:
        numbers = {
            name: serializers.IntegerField(required=False, allow_null=True, min_value=0, max_value=1_000_000)
            for name in EnrolmentCount.NUMBERS
        }
        return {**super().get_fields(), **numbers}


class IncidentRead(Shape):
    id = serializers.UUIDField()
    revision = serializers.IntegerField(source="version")
    happened_on = serializers.DateField()
    text = serializers.CharField()
    response = serializers.CharField()
    recorded_by = Person(allow_null=True)


class IncidentNew(Shape):
    happened_on = serializers.DateField()
    text = serializers.CharField(max_length=4000)
    response = serializers.CharField(required=False, allow_blank=True, max_length=4000)


class IncidentAnswer(Revised, Shape):
    response = serializers.CharField(allow_blank=True, max_length=4000)


class ReportRead(Shape):
    revision = serializers.IntegerField(source="version")
    went_well = serializers.CharField()
    incidents = serializers.CharField()
    proposals = serializers.CharField()
    filed_at = serializers.DateTimeField(allow_null=True)
    filed_by = Person(allow_null=True)


class ReportShape(Revised, Shape):
    file = serializers.BooleanField(default=False, help_text="File it: then it never changes again.")

    def get_fields(self) -> dict[str, Any]:
        texts = {
            name: serializers.CharField(required=False, allow_blank=True, max_length=10_000)
            for name in EditionReport.TEXTS
        }
        return {**super().get_fields(), **texts}


class EditionChangesShape(Shape):
    """What differs from the edition before it: its terms, and the design that it runs; `sentences` say both as a text."""

    since = serializers.CharField(source="since.code", default=None, allow_null=True)
    terms = TermChangeShape(many=True)
    design = ComparisonShape(allow_null=True, help_text="Null where both run the same version.")
    sentences = serializers.ListField(child=serializers.CharField())


class EditionView(ApiView):
    access = Access("permission", "edition.view")

    def edition(self, code: str, may: str = "") -> Edition:
        seen = allowed(self.request.user, "edition.view").select_related(
            "microcredential__centre",
            "microcredential__scope",
            "microcredential__current",
            "version",
            "year",
            "counts",
            "report",
            "repeats__version",
        )
        found: Edition | None = seen.filter(code=code).first()
        if found is None:
            raise Http404
        if may:
            require(self.request.user, may, found)
        return found

    def told(self, code: str, status: int = 200) -> Response:
        edition: Any = self.edition(code)
        university = University.current()
        edition.results_due = results_due(edition.ends, university) if edition.ends else None
        edition.report_due = report_due(edition.ends, university) if edition.ends else None
        edition.terms_changed = told_terms(edition)
        edition.next_steps = [
            {"step": step.name, "blocked_by": [need.code for need in blocked_by(edition, step.name)]}
            for step in transitions_from(edition)
        ]
        answer = EditionRead(edition, context={"request": self.request}).data
        return tagged(Response(answer, status=status), edition.revision)


class EditionList(ListView, EditionView):
    serializer_class = EditionRow
    filterset_class = EditionFilter
    writing = "microcredential.edit"

    def rows(self) -> Any:
        seen = allowed(self.request.user, "edition.view")
        return seen.select_related("microcredential__centre", "version", "year")

    @operation("edition_list", answer=EditionRow(many=True))
    def get(self, request: Request) -> Response:
        return self.answered(request)

    @operation(
        "edition_plan",
        request=EditionNew,
        answer=EditionRead,
        status=201,
        example={"microcredential": "MC-014", "starts": "2026-10-05", "ends": "2026-11-27", "places": 25},
    )
    def post(self, request: Request) -> Response:
        planned = editions.plan_edition(actor=request.user, **self.taken(EditionNew))
        return self.told(planned.code, status=201)


class EditionDetail(EditionView):
    @operation("edition_read", answer=EditionRead)
    def get(self, request: Request, code: str) -> Response:
        return self.told(code)

    @operation(
        "edition_change",
        request=EditionChange,
        answer=EditionRead,
        revised=True,
        example={"revision": 1, "venue": "Aula 2.1", "price": "90.00"},
    )
    def patch(self, request: Request, code: str) -> Response:
        edition = self.edition(code, may="edition.edit")
        body = self.taken(EditionChange)
        seen = seen_in(request, body)
        editions.edit_edition(actor=request.user, edition=edition, seen=seen, **body)
        return self.told(code)


class EditionChanges(EditionView):
    """Since the last edition of the same micro-credential, of which this may be a re-edition."""

    @operation("edition_changes", answer=EditionChangesShape)
    def get(self, request: Request, code: str) -> Response:
        edition = self.edition(code)
        before = previous_edition(edition)
        changed = before is not None and before.version_id != edition.version_id
        design = compare(before.version, edition.version) if before is not None and changed else None
        told = {
            "since": before,
            "terms": told_terms(edition),
            "design": design,
            "sentences": sentences(design) if design is not None else [],
        }
        return Response(EditionChangesShape(told).data)


class EditionAdvance(EditionView):
    """One step of its life."""

    @operation(
        "edition_advance",
        request=AdvanceShape,
        answer=EditionRead,
        example={"step": "cancel", "reason": "Solo tres matrículas."},
    )
    def post(self, request: Request, code: str) -> Response:
        edition = self.edition(code, may="edition.run")
        editions.advance_edition(actor=request.user, edition=edition, **self.taken(AdvanceShape))
        return self.told(code)


class EditionCounts(EditionView):
    @operation("edition_counts", answer=CountsRead)
    def get(self, request: Request, code: str) -> Response:
        edition = self.edition(code)
        told = told_counts(edition, in_full=bool(can(request.user, "edition.count", edition)))
        return Response(CountsRead(told or NOTHING_COUNTED).data)

    @operation(
        "edition_count",
        request=CountsShape,
        answer=CountsRead,
        revised=True,
        about="The revision is 0 where no counts were recorded.",
        example={"revision": 0, "enrolled": 22, "completed": 20, "passed": 19, "source": "Acta"},
    )
    def put(self, request: Request, code: str) -> Response:
        edition = self.edition(code, may="edition.count")
        body = self.taken(CountsShape)
        seen = seen_in(request, body)
        counts = editions.record_counts(actor=request.user, edition=edition, seen=seen, **body)
        told = told_counts(self.edition(code), in_full=True)
        return tagged(Response(CountsRead(told).data), counts.version)


class IncidentList(EditionView):
    @operation("incident_list", answer=IncidentRead(many=True))
    def get(self, request: Request, code: str) -> Response:
        found = self.edition(code).incidents.select_related("recorded_by")
        return Response(IncidentRead(found, many=True).data)

    @operation(
        "incident_add",
        request=IncidentNew,
        answer=IncidentRead,
        status=201,
        example={"happened_on": "2026-10-12", "text": "Se cayó el aula virtual."},
    )
    def post(self, request: Request, code: str) -> Response:
        edition = self.edition(code, may="edition.edit")
        made = edition_reports.add_incident(actor=request.user, edition=edition, **self.taken(IncidentNew))
        return Response(IncidentRead(made).data, status=201)


class IncidentDetail(EditionView):
    @operation(
        "incident_answer",
        request=IncidentAnswer,
        answer=IncidentRead,
        revised=True,
        example={"revision": 1, "response": "Hecho."},
    )
    def patch(self, request: Request, code: str, pk: UUID) -> Response:
        edition = self.edition(code, may="edition.edit")
        found = Incident.objects.filter(edition=edition, pk=pk).first()
        if found is None:
            raise Http404
        body = self.taken(IncidentAnswer)
        seen = seen_in(request, body)
        done = edition_reports.answer_incident(actor=request.user, incident=found, seen=seen, **body)
        return tagged(Response(IncidentRead(done).data), done.version)


class EditionReportView(EditionView):
    """The final report. Revision 0 where none was begun."""

    @operation("report_read", answer=ReportRead)
    def get(self, request: Request, code: str) -> Response:
        report = getattr(self.edition(code), "report", None)
        if report is None:
            raise Http404
        return tagged(Response(ReportRead(report).data), report.version)

    @operation(
        "report_write",
        request=ReportShape,
        answer=ReportRead,
        revised=True,
        example={"revision": 0, "went_well": "Las prácticas.", "proposals": "Más horas.", "file": True},
    )
    def put(self, request: Request, code: str) -> Response:
        edition = self.edition(code, may="edition.edit")
        body = self.taken(ReportShape)
        seen, file_it = seen_in(request, body), body.pop("file")
        report = edition_reports.write_report(
            actor=request.user, edition=edition, seen=seen, file_it=file_it, **body
        )
        return tagged(Response(ReportRead(report).data), report.version)


NOTHING_COUNTED: dict[str, Any] = {
    "source": "",
    "extracted_on": None,
    "revision": 0,
    "hidden": [],
    "numbers": dict.fromkeys(EnrolmentCount.NUMBERS),
}


def told_counts(edition: Edition, *, in_full: bool) -> dict[str, Any] | None:
    shown = shown_counts(edition, in_full=in_full)
    if shown is None:
        return None
    recorded = [row for row in shown.rows if row.name in EnrolmentCount.NUMBERS]
    return {
        "source": shown.source,
        "extracted_on": shown.extracted_on,
        "revision": edition.counts.version,
        "hidden": [row.name for row in recorded if row.hidden],
        "numbers": {row.name: row.value for row in recorded},
    }


def told_terms(edition: Edition) -> list[dict[str, Any]]:
    return [
        {"label": str(one.label), "before": _text(one.before), "after": _text(one.after)}
        for one in reedition_changes(edition)
    ]


def _text(value: Any) -> str | None:
    return None if value is None else str(value)
