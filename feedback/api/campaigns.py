"""Campaigns: the list, with who took part. Read only: people prepare, open and close them."""

from __future__ import annotations

from typing import Any

from django.db.models import F
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from feedback.models import Campaign, Moment
from feedback.selectors.campaigns import with_rate, with_turnout
from feedback.selectors.published import is_told
from feedback.tables.campaigns import CampaignProgramFilter
from feedback.targets import TargetKind
from iqas.core.access import allowed
from iqas.core.rest import ListView, Shape, operation
from iqas.core.views import Access


class CampaignRow(Shape):
    code = serializers.CharField()
    title_es = serializers.CharField()
    title_en = serializers.CharField(allow_null=True)
    questionnaire = serializers.CharField(source="asked_with")
    questionnaire_version = serializers.IntegerField(source="questionnaire_version.number")
    scope = serializers.CharField(source="scope.code")
    about = serializers.ChoiceField(choices=TargetKind.choices, source="target_kind")
    edition = serializers.CharField(source="edition.code", default=None, allow_null=True)
    year = serializers.CharField(source="year_code", allow_null=True)
    moment = serializers.ChoiceField(choices=Moment.choices)
    mode = serializers.ChoiceField(choices=Campaign.Mode.choices)
    state = serializers.ChoiceField(choices=Campaign.State.choices)
    opens = serializers.DateField(allow_null=True)
    closes = serializers.DateField(allow_null=True)
    threshold = serializers.IntegerField()
    invited = serializers.IntegerField(
        source="reached", allow_null=True, help_text="Null where nobody knows how many could answer."
    )
    responses = serializers.IntegerField(source="answered", help_text="So far, while people answer.")
    response_rate = serializers.FloatField(source="rate", allow_null=True, min_value=0, max_value=1)
    suppressed = serializers.SerializerMethodField(help_text="No figure may be told, or none yet.")

    def get_suppressed(self, campaign: Campaign) -> bool:
        return not is_told(campaign)


class CampaignList(ListView):
    """Every campaign that you may see, the last to close first. Their results are at `{code}/results/`."""

    access = Access("permission", "campaign.view")
    serializer_class = CampaignRow
    filterset_class = CampaignProgramFilter

    def rows(self) -> Any:
        related = Campaign.objects.select_related("scope", "edition", "questionnaire_version")
        seen = with_rate(with_turnout(allowed(self.request.user, "campaign.view", related)))
        return seen.order_by(F("closes").desc(nulls_last=True), "-code")

    @operation("campaign_list", answer=CampaignRow(many=True))
    def get(self, request: Request) -> Response:
        return self.answered(request)
