from __future__ import annotations

import django_filters
from django.utils.translation import gettext_lazy as _

from feedback.models import Campaign
from feedback.selectors.targets import label_of
from feedback.tables.results import ResultFilter
from iqas.ui import lists


class CampaignTable(lists.Table):
    code = lists.CodeColumn()
    title = lists.Column(order_by="sort_title", linkify=True, attrs=lists.WIDE)
    edition = lists.Column(
        empty_values=(), order_by="edition__code", verbose_name=_("Asked about"), attrs=lists.UNBROKEN
    )
    state = lists.StateColumn(verbose_name=_("State"))
    opens = lists.DayColumn(verbose_name=_("First day"), visible=False)
    closes = lists.DayColumn(verbose_name=_("Last day"))
    invited_count = lists.NumberColumn(decimals=0, verbose_name=_("People invited"))
    answered = lists.NumberColumn(decimals=0, verbose_name=_("Answered"))

    class Meta(lists.Table.Meta):
        model = Campaign
        fields = ("code", "title", "edition", "state", "opens", "closes", "invited_count", "answered")
        order_by = ("-closes", "-code")

    def render_title(self, value: str, record: Campaign) -> str:
        """Composed titles name the edition, which the next column does."""
        return value if record.edition is None else value.replace(f" ({record.edition.code})", "")

    def render_edition(self, record: Campaign) -> str:
        return label_of(record)


class CampaignFilter(lists.FilterSet):
    q = lists.Search(fields=("sort_title", "code"))
    state = django_filters.ChoiceFilter(label=_("State"), choices=Campaign.State.choices)

    class Meta:
        model = Campaign
        fields = ("q", "state")


class CampaignProgramFilter(ResultFilter):
    """What programs sift campaigns by: as the lists of campaigns and of results do, and by edition."""

    state = django_filters.ChoiceFilter(label=_("State"), choices=Campaign.State.choices)
    edition = django_filters.CharFilter(label=_("Edition"), field_name="edition__code")

    class Meta:
        model = Campaign
        fields = ("q", "questionnaire", "centre", "year", "state", "edition")
