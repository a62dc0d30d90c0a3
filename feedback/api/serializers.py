"""The shape of results for the API's own description; `feedback.serialisation` makes them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from feedback.models import Campaign, Item


class FiguresSerializer(serializers.Serializer[dict[str, object]]):
    n = serializers.IntegerField(allow_null=True)
    no_answer = serializers.IntegerField(allow_null=True)
    suppressed = serializers.BooleanField()
    distribution = serializers.DictField(child=serializers.IntegerField(), allow_null=True)
    mean = serializers.FloatField(allow_null=True)
    median = serializers.FloatField(allow_null=True)
    favourable = serializers.FloatField(allow_null=True, min_value=0, max_value=1)


class RecommendationSerializer(serializers.Serializer[dict[str, object]]):
    score = serializers.FloatField(min_value=-1, max_value=1)
    low = serializers.FloatField(min_value=-1, max_value=1)
    high = serializers.FloatField(min_value=-1, max_value=1)


def interval_of(what: str) -> serializers.ListField:
    return serializers.ListField(
        child=serializers.FloatField(min_value=0, max_value=1),
        min_length=2,
        max_length=2,
        allow_null=True,
        help_text=f"95 % interval of {what}; null where it is not known of how many, and where all answered.",
    )


class AnswerShareSerializer(serializers.Serializer[dict[str, object]]):
    code = serializers.IntegerField()
    n = serializers.IntegerField()
    share = serializers.FloatField(allow_null=True, min_value=0, max_value=1)
    interval = interval_of("the share")


class ItemResultSerializer(FiguresSerializer):
    code = serializers.CharField()
    text = serializers.CharField()
    kind = serializers.ChoiceField(choices=Item.Kind.choices)
    section = serializers.CharField()
    criterion = serializers.CharField(help_text="Code of what it is about; empty where it is about none.")
    scale = serializers.ListField(child=serializers.IntegerField(), min_length=2, max_length=2)
    labels = serializers.DictField(
        child=serializers.CharField(), help_text="The words of the points, in the language asked for."
    )
    reverse: Any = serializers.BooleanField(
        help_text="A low answer is favourable: mean, median and favourable are turned, the distribution is not."
    )
    condition = serializers.CharField(help_text="Code of the question that decides who is asked.")
    importance_of = serializers.CharField()
    deviation = serializers.FloatField(allow_null=True, help_text="Standard deviation (n − 1).")
    interval = interval_of("the favourable share")
    census = serializers.BooleanField(help_text="Everybody answered: there is no margin.")
    answers = AnswerShareSerializer(many=True, help_text="Each answer of a yes or no, or of a choice.")
    recommendation = RecommendationSerializer(allow_null=True)
    behind = serializers.BooleanField(
        help_text="Some later answers are not in it: so few could be recognised."
    )


class GroupFiguresSerializer(FiguresSerializer):
    code = serializers.CharField()


class CampaignItemSerializer(ItemResultSerializer):
    groups = GroupFiguresSerializer(many=True)


class GroupSerializer(serializers.Serializer[dict[str, object]]):
    code = serializers.CharField()
    label: Any = serializers.CharField()
    responses = serializers.IntegerField(allow_null=True)
    suppressed = serializers.BooleanField(
        help_text="Fewer than the threshold, or another could be worked out."
    )


class AgreedItemSerializer(FiguresSerializer):
    code = serializers.CharField()
    text = serializers.CharField()
    scale = serializers.ListField(child=serializers.IntegerField(), min_length=2, max_length=2)


class CampaignResultsSerializer(serializers.Serializer[dict[str, object]]):
    campaign = serializers.CharField()
    edition = serializers.CharField(allow_null=True)
    invited = serializers.IntegerField(allow_null=True)
    responses = serializers.IntegerField(help_text="All who have answered so far.")
    response_rate = serializers.FloatField(allow_null=True, min_value=0, max_value=1)
    threshold = serializers.IntegerField()
    suppressed = serializers.BooleanField()
    straight_lined = serializers.IntegerField(allow_null=True)
    items: Any = AgreedItemSerializer(many=True)


class DetailedResultsSerializer(CampaignResultsSerializer):
    """With `detail=true`."""

    title = serializers.CharField()
    questionnaire = serializers.CharField()
    mode = serializers.ChoiceField(choices=Campaign.Mode.choices)
    state = serializers.ChoiceField(choices=Campaign.State.choices)
    opens = serializers.DateField(allow_null=True)
    closes = serializers.DateField(allow_null=True)
    undelivered = serializers.IntegerField()
    counted = serializers.IntegerField(
        help_text="Those whose answers are opened, and in the figures if shown."
    )
    groups = GroupSerializer(many=True)
    items = CampaignItemSerializer(many=True)
    computed_at = serializers.DateTimeField(allow_null=True)


class PooledItemSerializer(ItemResultSerializer):
    campaigns = serializers.IntegerField(help_text="How many campaigns are in these figures.")


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
    share = serializers.FloatField(
        allow_null=True, min_value=0, max_value=1,
        help_text="What is compared: favourable, yes, or those who gave this answer of a choice.",
    )  # fmt: skip


class SideSerializer(serializers.Serializer[dict[str, object]]):
    key = serializers.CharField()
    label: Any = serializers.CharField()
    items = SideItemSerializer(many=True)


class ComparedSerializer(serializers.Serializer[dict[str, object]]):
    """This year less the year before, or this place less the others, in shares of favourable answers. `p` and the interval from `low` to `high` are after

    Holm's correction; `detectable`: zero is not between them.
    """

    code = serializers.CharField()
    difference = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)
    p = serializers.FloatField(min_value=0, max_value=1)
    detectable = serializers.BooleanField()


class AskedSerializer(serializers.Serializer[dict[str, object]]):
    questionnaire = serializers.CharField()
    audience: Any = serializers.CharField()
    code = serializers.CharField()
    text = serializers.CharField()
    n = serializers.IntegerField()
    share = serializers.FloatField(
        allow_null=True, min_value=0, max_value=1,
        help_text="Favourable or yes; of an answer of a choice, those who gave it.",
    )  # fmt: skip
    other_scale = serializers.BooleanField(help_text="Not comparable with the first.")


class ContrastSerializer(serializers.Serializer[dict[str, object]]):
    """What several audiences were asked alike, the chosen one first; a choice by each of its answers."""

    code = serializers.CharField()
    asked = AskedSerializer(many=True)
    compared = ComparedSerializer(many=True, help_text="Each questionnaire less the first.")


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
    changes = ComparedSerializer(many=True)
    benchmark: Any = SideSerializer(
        many=True, help_text="The others in the places around, the nearest first; without this place."
    )
    against: Any = ComparedSerializer(many=True, help_text="This place less the last of `benchmark`.")
    contrasts = ContrastSerializer(many=True)
    other_scale = serializers.ListField(child=serializers.CharField())
    computed_at = serializers.DateTimeField(allow_null=True)
