"""For programs: what follows from answers, and feedback that is no survey. Read only."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from feedback.models import Campaign, Complaint, Consultation
from feedback.selectors import complaints
from feedback.selectors.consultations import listed, with_everything
from feedback.selectors.outcomes import outcomes_of
from feedback.tables.complaints import ComplaintFilter
from feedback.tables.consultations import ConsultationFilter
from iqas.core.access import allowed
from iqas.core.rest import ApiView, ListView, Shape, operation, tagged
from iqas.core.views import Access


class OutcomeRead(Shape):
    id = serializers.UUIDField()
    question = serializers.CharField(source="item_code")
    you_said_es = serializers.CharField()
    you_said_en = serializers.CharField(allow_null=True)
    we_will_es = serializers.CharField(allow_null=True)
    we_will_en = serializers.CharField(allow_null=True)
    we_did_es = serializers.CharField(allow_null=True)
    we_did_en = serializers.CharField(allow_null=True)
    actions = serializers.SerializerMethodField()
    published_at = serializers.DateTimeField(allow_null=True)
    done_published_at = serializers.DateTimeField(allow_null=True)
    revision = serializers.IntegerField(source="version")

    def get_actions(self, outcome: Any) -> list[str]:
        return [action.code for action in outcome.actions.all()]


class CampaignOutcomesView(ApiView):
    """What is answered to the results of a campaign."""

    access = Access("permission", "results.view")

    @operation("campaign_outcomes", answer=OutcomeRead(many=True))
    def get(self, request: Request, code: str) -> Response:
        campaign = self.found(Campaign, "results.view", code=code)
        return Response(OutcomeRead(outcomes_of(campaign), many=True).data)


class ComplaintRow(Shape):
    code = serializers.CharField()
    kind = serializers.ChoiceField(choices=Complaint.Kind.choices)
    channel = serializers.ChoiceField(choices=Complaint.Channel.choices)
    scope = serializers.CharField(source="scope.code")
    is_urgent = serializers.BooleanField()
    state = serializers.ChoiceField(choices=Complaint.State.choices)
    received_on = serializers.DateField()
    due_on = serializers.DateField(allow_null=True)
    answered_on = serializers.DateField(allow_null=True)
    days_taken = serializers.IntegerField(allow_null=True, help_text="From arriving to the answer.")
    late = serializers.BooleanField()


class ComplaintRead(ComplaintRow):
    edition = serializers.CharField(source="edition.code", default=None, allow_null=True)
    criterion = serializers.CharField(source="criterion_code")
    text = serializers.CharField()
    answer = serializers.CharField()
    action = serializers.CharField(source="action.code", default=None, allow_null=True)
    revision = serializers.IntegerField(source="version")


class ComplaintList(ListView):
    access = Access("permission", "complaint.view")
    serializer_class = ComplaintRow
    filterset_class = ComplaintFilter

    def rows(self) -> Any:
        seen = complaints.with_late(complaints.visible(self.request.user))
        return seen.select_related("scope").order_by("-received_on", "-code")

    @operation("complaint_list", answer=ComplaintRow(many=True))
    def get(self, request: Request) -> Response:
        return self.answered(request)


class ComplaintView(ApiView):
    access = Access("permission", "complaint.view")

    @operation("complaint_read", answer=ComplaintRead)
    def get(self, request: Request, code: str) -> Response:
        self.found(Complaint, "complaint.view", code=code)
        seen = complaints.with_late(complaints.visible(request.user))
        found = seen.select_related("scope", "edition", "action").filter(code=code).first()
        if found is None:
            raise Http404
        return tagged(Response(ComplaintRead(found).data), found.version)


class ConsultationRow(Shape):
    code = serializers.CharField()
    title = serializers.CharField()
    kind = serializers.ChoiceField(choices=Consultation.Kind.choices)
    held_on = serializers.DateField()
    scope = serializers.CharField(source="scope.code")
    partners_count = serializers.IntegerField()
    points_count = serializers.IntegerField()
    open_count = serializers.IntegerField(help_text="Points of which nothing came yet.")


class PointRead(Shape):
    id = serializers.UUIDField()
    text = serializers.CharField()
    criterion = serializers.CharField(source="criterion_code")
    answer = serializers.CharField()
    action = serializers.CharField(source="action.code", default=None, allow_null=True)


class ConsultationRead(Shape):
    code = serializers.CharField()
    title = serializers.CharField()
    kind = serializers.ChoiceField(choices=Consultation.Kind.choices)
    held_on = serializers.DateField()
    scope = serializers.CharField(source="scope.code")
    edition = serializers.CharField(source="edition.code", default=None, allow_null=True)
    participants = serializers.CharField()
    summary = serializers.CharField()
    partners = serializers.SerializerMethodField()
    points = PointRead(many=True)
    revision = serializers.IntegerField(source="version")

    def get_partners(self, consultation: Any) -> list[str]:
        return [partner.code for partner in consultation.partners.all()]


class ConsultationList(ListView):
    access = Access("permission", "consultation.view")
    serializer_class = ConsultationRow
    filterset_class = ConsultationFilter

    def rows(self) -> Any:
        return listed(self.request.user).order_by("-held_on", "-code")

    @operation("consultation_list", answer=ConsultationRow(many=True))
    def get(self, request: Request) -> Response:
        return self.answered(request)


class ConsultationView(ApiView):
    access = Access("permission", "consultation.view")

    @operation("consultation_read", answer=ConsultationRead)
    def get(self, request: Request, code: str) -> Response:
        self.found(Consultation, "consultation.view", code=code)
        found = with_everything(allowed(request.user, "consultation.view")).get(code=code)
        return tagged(Response(ConsultationRead(found).data), found.version)
