"""The shape of results for the API's own description; `feedback.serialisation` makes them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers


class ItemResultSerializer(serializers.Serializer[dict[str, object]]):
    code = serializers.CharField()
    text = serializers.CharField()
    scale = serializers.ListField(child=serializers.IntegerField(), min_length=2, max_length=2)
    n = serializers.IntegerField(allow_null=True)
    no_answer = serializers.IntegerField(allow_null=True)
    suppressed = serializers.BooleanField()
    distribution = serializers.DictField(child=serializers.IntegerField(), allow_null=True)
    mean = serializers.FloatField(allow_null=True)
    median = serializers.FloatField(allow_null=True)
    favourable = serializers.FloatField(allow_null=True, min_value=0, max_value=1)


class CampaignResultsSerializer(serializers.Serializer[dict[str, object]]):
    campaign = serializers.CharField()
    edition = serializers.CharField(allow_null=True)
    invited = serializers.IntegerField(allow_null=True)
    responses = serializers.IntegerField()
    response_rate = serializers.FloatField(allow_null=True, min_value=0, max_value=1)
    threshold = serializers.IntegerField()
    suppressed = serializers.BooleanField()
    straight_lined = serializers.IntegerField(allow_null=True)
    items = ItemResultSerializer(many=True)


class RecommendationSerializer(serializers.Serializer[dict[str, object]]):
    score = serializers.FloatField(min_value=-1, max_value=1)
    low = serializers.FloatField(min_value=-1, max_value=1)
    high = serializers.FloatField(min_value=-1, max_value=1)


class PooledItemSerializer(ItemResultSerializer):
    campaigns = serializers.IntegerField(help_text="How many campaigns are in these figures.")
    deviation = serializers.FloatField(allow_null=True)
    interval = serializers.ListField(
        child=serializers.FloatField(), min_length=2, max_length=2, allow_null=True
    )
    recommendation = RecommendationSerializer(allow_null=True)


class PooledCampaignSerializer(serializers.Serializer[dict[str, object]]):
    code = serializers.CharField()
    edition = serializers.CharField(allow_null=True)
    invited = serializers.IntegerField(allow_null=True)
    responses = serializers.IntegerField()
    threshold = serializers.IntegerField()
    suppressed = serializers.BooleanField(help_text="Too small to be shown, and in no sum.")


class SideItemSerializer(serializers.Serializer[dict[str, object]]):
    code = serializers.CharField()
    n = serializers.IntegerField()
    favourable = serializers.FloatField(allow_null=True, min_value=0, max_value=1)


class SideSerializer(serializers.Serializer[dict[str, object]]):
    key = serializers.CharField()
    label: Any = serializers.CharField()
    items = SideItemSerializer(many=True)


class ChangeSerializer(serializers.Serializer[dict[str, object]]):
    """This year less the year before, in shares of favourable answers. `p` and the interval from `low` to `high` are after

    Holm's correction; `detectable`: zero is not between them.
    """

    code = serializers.CharField()
    difference = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)
    p = serializers.FloatField(min_value=0, max_value=1)
    detectable = serializers.BooleanField()


class PlaceResultsSerializer(serializers.Serializer[dict[str, object]]):
    place = serializers.CharField()
    kind = serializers.CharField()
    questionnaire = serializers.CharField()
    year = serializers.CharField(allow_null=True)
    invited = serializers.IntegerField(allow_null=True)
    responses = serializers.IntegerField()
    response_rate = serializers.FloatField(allow_null=True, min_value=0, max_value=1)
    straight_lined = serializers.IntegerField(allow_null=True)
    campaigns = PooledCampaignSerializer(many=True)
    items = PooledItemSerializer(many=True)
    years = SideSerializer(many=True)
    changes = ChangeSerializer(many=True)
    benchmark: Any = SideSerializer(
        many=True, help_text="The others in the places around, the nearest first; without this place."
    )
    other_scale = serializers.ListField(child=serializers.CharField())
    computed_at = serializers.DateTimeField(allow_null=True)
