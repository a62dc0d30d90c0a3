"""The shape of results for the API's own description; `feedback.serialisation` makes them."""

from __future__ import annotations

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
